"""The envelope: every secret can be typed from it, and what was mistyped is named."""

from __future__ import annotations

import json
import random
import secrets
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsbank.foundation import DatabaseUnfit, Keys
from pointsbank.safekeeping import (
    RecoveryWrong,
    Sealer,
    SecretUnreadable,
    check_recovery,
    envelope_pdf,
    envelope_text,
    fill_envelope,
    read_secret,
    spell_secret,
)
from tests.counter import Counter

FIRST_KEYS = ("fingerprint", "card", "quote", "session", "pepper")


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """The envelope is made of keys, not of books."""
    return sqlite_url


@given(st.binary(min_size=16, max_size=16) | st.binary(min_size=32, max_size=32))
def test_every_secret_is_read_back_from_its_digits(secret: bytes) -> None:
    groups = spell_secret(secret)
    assert len(groups) == {16: 8, 32: 16}[len(secret)]
    assert all(len(group) == 6 and group.isdigit() for group in groups)
    for written in (" ".join(groups), "".join(groups), "-".join(groups), "\n".join(groups)):
        assert read_secret(written, len(secret)) == secret
    full_width = "".join(groups).translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    assert read_secret(full_width, len(secret)) == secret


def test_every_wrong_digit_and_every_two_swapped_neighbours_are_named() -> None:
    chance = random.Random(20261122)
    groups = spell_secret(chance.randbytes(16))
    for place in range(8):
        for digit in range(6):
            for other in range(10):
                wrong = groups[place][:digit] + str(other) + groups[place][digit + 1 :]
                if wrong != groups[place]:
                    assert group_named([*groups[:place], wrong, *groups[place + 1 :]]) == place + 1
        for digit in range(5):
            word = groups[place]
            wrong = word[:digit] + word[digit + 1] + word[digit] + word[digit + 2 :]
            if wrong != word:
                assert group_named([*groups[:place], wrong, *groups[place + 1 :]]) == place + 1


def test_two_groups_in_the_wrong_order_are_found() -> None:
    chance = random.Random(20261122)
    for _ in range(50):
        groups = spell_secret(chance.randbytes(16))
        one, other = chance.sample(range(8), 2)
        groups[one], groups[other] = groups[other], groups[one]
        assert group_named(groups) == min(one, other) + 1


def group_named(groups: list[str]) -> int:
    with pytest.raises(SecretUnreadable) as refused:
        read_secret(" ".join(groups), 16)
    return int(refused.value.facts["group"] or 0)


@pytest.mark.parametrize("typed", ["", "1", "0" * 47, "0" * 49, "zehn", "一二三四五六" * 8])
def test_what_is_no_secret_is_refused(typed: str) -> None:
    with pytest.raises(SecretUnreadable):
        read_secret(typed, 16)


def test_the_line_for_other_people_s_program_opens_what_we_seal(tmp_path: Path) -> None:
    secret = secrets.token_bytes(16)
    sealer = Sealer.of(secret)
    (tmp_path / "plain").write_bytes(b"the books " * 9_999)
    sealer.seal(tmp_path / "plain", tmp_path / "sealed")
    identity = pyrage.x25519.Identity.from_str(sealer.identity)
    assert pyrage.decrypt((tmp_path / "sealed").read_bytes(), [identity]) == b"the books " * 9_999
    for typed in (sealer.identity, sealer.identity.lower(), " ".join(spell_secret(secret))):
        assert Sealer.typed(typed).identity == sealer.identity


def test_the_envelope_says_every_secret_and_printing_again_says_the_same(
    counter: Counter,
) -> None:
    bank = counter.bank
    told = envelope_text(fill_envelope(bank))
    squeezed = "".join(told.split())
    for secret in (bank.keys.backup, bank.keys.recovery, bank.keys.card, bank.keys.signing):
        assert "".join(spell_secret(secret)) in squeezed
    assert Sealer.of(bank.keys.backup).identity in told
    assert "电脑坏了那天怎么办" in told
    assert "The day the computer dies" in told
    assert envelope_text(fill_envelope(bank)) == told
    paper = envelope_pdf(fill_envelope(bank))
    assert paper.startswith(b"%PDF")
    assert paper == envelope_pdf(fill_envelope(bank))
    for hidden in (bank.keys.pepper, bank.keys.session, bank.keys.quote, bank.keys.fingerprint):
        assert hidden.hex() not in told


def test_the_recovery_code_is_one_s_own(counter: Counter) -> None:
    bank = counter.bank
    check_recovery(bank, " ".join(spell_secret(bank.keys.recovery)))
    with pytest.raises(RecoveryWrong):
        check_recovery(bank, " ".join(spell_secret(bank.keys.backup)))


def test_keys_of_an_older_program_are_completed_once_and_keep_what_they_had(
    tmp_path: Path,
) -> None:
    before = Keys.new()
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({name: getattr(before, name).hex() for name in FIRST_KEYS}))
    path.chmod(0o600)
    first, second = Keys.load(path), Keys.load(path)
    assert first == second
    assert all(getattr(first, name) == getattr(before, name) for name in FIRST_KEYS)
    assert (len(first.signing), len(first.backup), len(first.recovery)) == (32, 16, 16)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"card": "zz"}', '{"card": 5}'])
def test_a_broken_file_of_keys_is_never_completed(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(DatabaseUnfit):
        Keys.load(path)
    assert path.read_text() == content
