"""An entry's bytes, version 1, are fixed: no other entry has the same, and they never change."""

from __future__ import annotations

import dataclasses
import hashlib
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pointsbank.ledger import CanonicalEntry, CanonicalMove, canonical_bytes

ENTRY = CanonicalEntry(
    id=123,
    receipt_fingerprint=bytes(range(32)),
    kind="redemption.goods",
    occurred_on="2026-11-22",
    posted_at="2026-11-22T02:26:00.000000Z",
    memo="洗衣液 ×1",
    document="redemption:12",
    rule=None,
    reverses_id=None,
    moves=[
        CanonicalMove("wallet/PTS/volunteer:12", "redeemed/PTS/shop:1", 275),
        CanonicalMove("shelf/SKU1/shop:1", "given_out/SKU1/shop:1", 1, "2027-12-31"),
    ],
)

# Whoever has to change this line has made version 2, and keeps version 1 for what is sealed.
VERSION_1_SHA256 = "3b05a480dac05da4f78603f62d55ceb2b4d2f1a0711f8ded5d6f79af6fe4d6b3"


def test_the_bytes_of_version_1_never_change() -> None:
    assert hashlib.sha256(canonical_bytes(ENTRY)).hexdigest() == VERSION_1_SHA256


def test_every_field_is_in_the_bytes() -> None:
    changes: list[dict[str, object]] = [
        {"id": 124},
        {"receipt_fingerprint": bytes(32)},
        {"kind": "redemption.good"},
        {"occurred_on": "2026-11-23"},
        {"posted_at": "2026-11-22T02:26:00.000001Z"},
        {"memo": ""},
        {"document": None},
        {"document": ""},
        {"rule": ""},
        {"reverses_id": 1},
        {"moves": ENTRY.moves[:1]},
        {"moves": ENTRY.moves[::-1]},
        *(
            {"moves": [dataclasses.replace(ENTRY.moves[0], **change), ENTRY.moves[1]]}
            for change in (
                {"source": "wallet/PTS/volunteer:1"},
                {"target": "redeemed/PTS/shop:2"},
                {"amount": 274},
                {"expires_on": "2027-12-31"},
                {"expires_on": ""},
            )
        ),
    ]
    told = {canonical_bytes(dataclasses.replace(ENTRY, **change)) for change in changes}
    assert len(told | {canonical_bytes(ENTRY)}) == len(changes) + 1


short = st.text(st.sampled_from("ab/=:\x00é"), max_size=4)
maybe = st.none() | short
moves = st.builds(CanonicalMove, short, short, st.integers(0, 3), maybe)
entries = st.builds(
    CanonicalEntry,
    id=st.integers(0, 3),
    receipt_fingerprint=st.sampled_from([bytes(32), bytes([1]) * 32]),
    kind=short,
    occurred_on=short,
    posted_at=short,
    memo=short,
    document=maybe,
    rule=maybe,
    reverses_id=st.none() | st.integers(1, 3),
    moves=st.lists(moves, max_size=3),
)


@given(entries, entries)
def test_two_different_entries_have_different_bytes(
    one: CanonicalEntry, other: CanonicalEntry
) -> None:
    assert (canonical_bytes(one) == canonical_bytes(other)) == (one == other)


@given(st.text(st.sampled_from("ab/="), max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_moving_the_border_between_two_fields_changes_the_bytes(
    text: str, here: int, there: int
) -> None:
    def split(place: int) -> CanonicalEntry:
        return dataclasses.replace(ENTRY, memo=text[:place], document=text[place:])

    same = text[:here] == text[:there]
    assert (canonical_bytes(split(here)) == canonical_bytes(split(there))) == same


def test_the_same_words_written_in_two_ways_are_the_same_bytes() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Café") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert canonical_bytes(dataclasses.replace(ENTRY, memo=composed)) == canonical_bytes(
        dataclasses.replace(ENTRY, memo=decomposed)
    )
