"""Codes on a screen and on a sheet: right for a moment, for one activity, and kept nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pointsbank.activities import (
    CodeWrong,
    NotInCharge,
    activity_number,
    code_on_screen,
    code_on_sheet,
    sign_by_code,
    way_of_code,
)
from pointsbank.earning import get_record
from pointsbank.foundation import Keys, from_instant, to_instant
from tests.activities.community import Community, Neighbour

SOME_SECONDS = "2026-11-20T01:00:07.000000Z"


def later(instant: str, seconds: int) -> str:
    return to_instant(from_instant(instant) + timedelta(seconds=seconds))


def test_a_code_lasts_half_a_minute_and_is_taken_one_earlier_and_one_later(
    community: Community,
) -> None:
    keys, activity = community.bank.keys, community.file(community.open(shop=None)).row
    code, until = code_on_screen(keys, activity.id, SOME_SECONDS)
    assert len(code) == 6
    assert code.isdigit()
    assert until == "2026-11-20T01:00:30.000000Z"
    assert code_on_screen(keys, activity.id, later(SOME_SECONDS, 22))[0] == code
    assert code_on_screen(keys, activity.id, later(SOME_SECONDS, 23))[0] != code
    taken = {
        seconds: way_of_code(keys, activity, code, later(SOME_SECONDS, seconds))
        for seconds in (-38, -30, 0, 30, 52, 53)
    }
    assert taken == {-38: None, -30: "code", 0: "code", 30: "code", 52: "code", 53: None}


def test_codes_are_of_one_activity_one_key_and_a_sheets_of_one_day(community: Community) -> None:
    keys = community.bank.keys
    other_keys = Keys.new()
    codes = {
        code_on_screen(keys, 1, SOME_SECONDS)[0],
        code_on_screen(keys, 2, SOME_SECONDS)[0],
        code_on_screen(other_keys, 1, SOME_SECONDS)[0],
        code_on_sheet(keys, 1, "2026-11-20"),
        code_on_sheet(keys, 1, "2026-11-21"),
    }
    assert len(codes) == 5


def sign(
    community: Community, who: Neighbour, code: str, activity: str | None = None
) -> dict[str, Any]:
    by = who.caller
    answer: dict[str, Any] = community.make.do(
        sign_by_code, by=by, code=code, activity=activity
    ).answer
    return answer


def test_whoever_reads_the_screen_signs_in_and_out_and_the_record_is_their_own(
    community: Community,
) -> None:
    liu, patrol = community.neighbour(), community.open(shop=None)
    community.open(shop=None, name="别的")
    activity_id = community.file(patrol).row.id

    def shown() -> str:
        return code_on_screen(community.bank.keys, activity_id, to_instant(community.now))[0]

    first = shown()
    told = sign(community, liu, first)
    assert (told["status"], told["activity"]) == ("in", activity_number(activity_id))
    assert sign(community, liu, first)["again"]
    community.wait(60)
    with pytest.raises(CodeWrong):
        sign(community, liu, first)
    told = sign(community, liu, shown(), patrol)
    assert (told["status"], told["minutes"]) == ("out", 58)
    made = get_record(community.bank, record=told["record"])
    assert (made.source, made.recorded_by) == ("sign_in", liu.person.holder)


def test_a_sheets_code_is_taken_only_where_it_was_allowed_and_on_its_day(
    community: Community,
) -> None:
    liu, wang = community.neighbour(), community.neighbour()
    strict, loose = community.open(shop=None), community.open(shop=None, sheet_code=True)
    keys, ids = community.bank.keys, [community.file(one).row.id for one in (strict, loose)]
    with pytest.raises(CodeWrong):
        sign(community, liu, code_on_sheet(keys, ids[0], "2026-11-20"))
    with pytest.raises(CodeWrong):
        sign(community, liu, code_on_sheet(keys, ids[1], "2026-11-19"))
    told = sign(community, wang, code_on_sheet(keys, ids[1], "2026-11-20"))
    assert told["status"] == "in"
    with pytest.raises(CodeWrong):
        sign(community, liu, code_on_sheet(keys, ids[1], "2026-11-20"), strict)


def test_nobody_but_oneself_signs_by_a_code(community: Community) -> None:
    patrol = community.open(shop=None)
    code = code_on_screen(
        community.bank.keys, community.file(patrol).row.id, to_instant(community.now)
    )[0]
    for by in (community.worker.caller, community.kiosk):
        with pytest.raises(NotInCharge):
            community.make.do(sign_by_code, by=by, code=code)
