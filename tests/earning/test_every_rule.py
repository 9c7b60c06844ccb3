"""What every kind of rule promises: read strictly, told in both languages, written back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pointsbank.earning import (
    KINDS,
    Counted,
    Rulebook,
    RulebookUnreadable,
    Served,
    SoFar,
    check_document,
    plain_document,
    read_rulebook,
    read_text,
    work_out,
    write_text,
)
from pointsbank.earning.rules import RATES, RuleKind
from pointsbank.earning.rules.errors import RulebookBroken, RulebookFieldUnknown, RulebookSaidTwice
from pointsbank.earning.rules.served import HOLIDAY, WEEKEND, WORKDAY

DAY = "2026-11-20"
EXAMPLES = [
    pytest.param(kind, example, id=f"{kind.code}-{place}")
    for kind in KINDS
    for place, example in enumerate(kind.examples)
]
# What stands in no rulebook, whatever the field is.
NONSENSE: tuple[Any, ...] = (-1, 1.5, "", "？" * 600, [[]], {"a": 1}, True, 10**9)


def with_rule(kind: RuleKind, example: Mapping[str, Any]) -> dict[str, Any]:
    """A plain rulebook with this one rule in it."""
    if kind in RATES:
        return plain_document(rates=[dict(example)])
    return plain_document(**{kind.code: [dict(example)] if kind.many else dict(example)})


def path_of(kind: RuleKind) -> str:
    """Where the rule stands in that document."""
    return "rates[0]" if kind in RATES else f"{kind.code}[0]" if kind.many else kind.code


def fields_of(value: Any, path: str) -> Iterator[tuple[Any, str | int, str]]:
    """Every field at any depth: what holds it, its name there, and its path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield value, name, f"{path}.{name}" if path else name
            yield from fields_of(inner, f"{path}.{name}" if path else name)
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield value, place, f"{path}[{place}]"
            yield from fields_of(inner, f"{path}[{place}]")


def test_every_kind_has_a_name_of_its_own_and_an_example() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert all(kind.examples and kind.title.zh and kind.title.en for kind in KINDS)


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_it_is_written_back_as_it_was_read(kind: RuleKind, example: Mapping[str, Any]) -> None:
    book = read_rulebook(with_rule(kind, example))
    assert read_rulebook(book.to_document()) == book
    assert read_rulebook(read_text(write_text(book))) == book
    assert read_rulebook(read_text(write_text(book).encode())) == book


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_it_says_itself_in_both_languages(kind: RuleKind, example: Mapping[str, Any]) -> None:
    book = read_rulebook(with_rule(kind, example))
    plain = read_rulebook(plain_document())
    said = [one for _, said_all in book.tell() for one in said_all]
    # Another rule is told in other words.
    assert (book == plain) == (book.tell() == plain.tell())
    assert all(zh and en and zh != en for zh, en in said)


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_a_field_that_nobody_knows_is_refused(kind: RuleKind, example: Mapping[str, Any]) -> None:
    [problem] = check_document(with_rule(kind, {**example, "pionts": 3}))
    assert isinstance(problem, RulebookFieldUnknown)
    assert problem.facts["path"] == f"{path_of(kind)}.pionts"


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_nonsense_is_refused_where_it_stands(kind: RuleKind, example: Mapping[str, Any]) -> None:
    whole = read_rulebook(with_rule(kind, example)).to_document()
    mine = path_of(kind)
    for holder, name, path in list(fields_of(whole, "")):
        if not path.startswith(mine) or path == mine:
            continue
        kept = holder[name]
        for wrong in NONSENSE:
            if type(wrong) is type(kept) and not isinstance(wrong, (int, str)):
                continue
            if isinstance(kept, bool) and isinstance(wrong, bool):
                continue
            holder[name] = wrong
            problems = check_document(whole)
            assert problems, f"{path} = {wrong!r}"
            assert all(str(one.facts["path"]).startswith(mine) for one in problems)
        holder[name] = kept
    assert check_document(whole) == []


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = plain_document(rounding={"minutes": 0}, caps=[{"per": "fortnight", "of": "minutes"}])
    told = [(one.code, one.facts["path"]) for one in check_document(wrong)]
    assert told == [
        ("earning.rulebook_number_wrong", "rounding.minutes"),
        ("earning.rulebook_choice_wrong", "caps[0].per"),
        ("earning.rulebook_field_missing", "caps[0].most"),
    ]


def test_two_rates_for_one_category_are_refused() -> None:
    rates = [
        {"kind": "per_act", "points": 15, "categories": ["护理"]},
        {"kind": "per_time", "points": 10, "categories": ["巡逻", "护理"]},
    ]
    [problem] = check_document(plain_document(rates=rates))
    assert isinstance(problem, RulebookSaidTwice)
    assert problem.facts == {"path": "rates[1].categories", "what": "护理"}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "{'name': 1}", "\x00", '{"a": NaN}', "[" * 9000, b"\xff\xfe{}"]
)
def test_what_is_no_text_of_a_rulebook_is_refused(text: str | bytes) -> None:
    with pytest.raises((RulebookUnreadable, RulebookBroken)):
        read_text(text)


def test_where_a_file_breaks_off_is_told() -> None:
    with pytest.raises(RulebookBroken) as refusal:
        read_text('{\n  "name": "甲"\n  "rates": []\n}')
    assert refusal.value.facts == {"line": 3, "column": 3}


def test_days_of_redeeming_that_never_come_are_refused() -> None:
    never = {"months": [2], "days_of_month": [30]}
    [problem] = check_document(plain_document(redeeming=never))
    assert problem.code == "earning.rulebook_never_opens"
    seldom = {"months": [2], "days_of_month": [29], "weekdays": [5]}
    assert read_rulebook(plain_document(redeeming=seldom)).redeeming.opens_next("2026-01-01") == (
        "2036-02-29"
    )


# ------------------------------------------------------------------------------------ the working

CATEGORIES = some.sampled_from(
    [None, "护理", "大型活动", "社区服务", "应急救援", "卫生健康", "建言"]
)
TAGS = some.frozensets(some.sampled_from(["应急", "专业", "重活"]), max_size=2)
STARTS = some.sampled_from([None, "2026-11-20T15:30:00.000000Z", "2026-11-20T01:00:00.000000Z"])


def one_of(code: str) -> some.SearchStrategy[Any]:
    """Any example of a part of a rulebook."""
    [kind] = [kind for kind in KINDS if kind.code == code]
    return some.sampled_from([dict(example) for example in kind.examples])


RATE_LISTS = some.lists(
    some.sampled_from([dict(example) for kind in RATES for example in kind.examples]),
    min_size=1,
    max_size=3,
)
BOOKS = some.builds(
    lambda rates, rounding, multipliers, caps: plain_document(
        rates=rates, rounding=rounding, multipliers=multipliers, caps=caps
    ),
    RATE_LISTS,
    one_of("rounding"),
    one_of("multipliers"),
    some.lists(one_of("caps"), max_size=4),
).filter(lambda document: not check_document(document))
COUNTED = some.builds(
    Counted,
    some.sampled_from(["2026-11-20", "2026-11-02", "2026-10-01", "2026-02-28"]),
    some.sampled_from(["巡逻", "清扫"]),
    some.sampled_from([None, "建言"]),
    some.integers(0, 480),
    some.integers(0, 300),
)


@given(
    document=BOOKS,
    minutes=some.integers(1, 1440),
    more=some.integers(0, 600),
    category=CATEGORIES,
    tags=TAGS,
    started_at=STARTS,
    day_kind=some.sampled_from([HOLIDAY, WEEKEND, WORKDAY]),
    before=some.lists(COUNTED, max_size=4),
    one=COUNTED,
)
def test_more_time_never_gives_less_and_no_cap_is_ever_passed(
    document: dict[str, Any],
    minutes: int,
    more: int,
    category: str | None,
    tags: frozenset[str],
    started_at: str | None,
    day_kind: str,
    before: list[Counted],
    one: Counted,
) -> None:
    book, so_far = read_rulebook(document), SoFar(tuple(before))

    def served(long: int) -> Served:
        return Served(long, "sign_in", DAY, "巡逻", category, started_at, None, tags, day_kind)

    working = work_out(book, served(minutes), so_far)
    longer = work_out(book, served(min(1440, minutes + more)), so_far)
    later = work_out(book, served(minutes), so_far.with_one(one))
    assert 0 <= working.points <= longer.points
    assert later.points <= working.points
    assert 0 <= working.counted_minutes <= minutes
    assert working.counted_minutes % book.rounding.minutes == 0
    for cap in book.caps:
        if cap.fits(served(minutes)):
            got = {
                "minutes": working.counted_minutes,
                "points": working.points,
                "sessions": 1 if working.points else 0,
            }
            assert got[cap.measure] <= cap.left(served(minutes), so_far)
    assert working.zh
    assert working.en
    assert str(working.points) in working.zh or not working.points
    assert str(working.points) in working.en or not working.points


@given(document=BOOKS)
def test_any_rulebook_is_written_back_as_it_was_read(document: dict[str, Any]) -> None:
    book: Rulebook = read_rulebook(document)
    assert read_rulebook(book.to_document()) == book
