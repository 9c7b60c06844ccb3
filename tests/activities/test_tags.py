"""What else was true of a service is said of its activity, and comes with every record of it."""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.activities import (
    CategoryUnknown,
    begin_rota,
    change_activity,
    enter_attendance,
    generate_duties,
    list_duties,
)
from pointsbank.earning import TagUnknown, approve_record, get_record
from pointsbank.foundation import to_instant
from tests.activities.community import ON_BOTH, Community, at

RULES: dict[str, Any] = {
    "multipliers": {
        "combine": "highest",
        "factors": [{"when": "tag", "name": "应急", "percent": 200}],
    },
    "rates": [
        {"kind": "per_time", "minutes": 60, "points": 10},
        {"kind": "per_time", "minutes": 60, "points": 5, "categories": ["看望老人"]},
    ],
}


@ON_BOTH
def test_a_sign_in_and_an_entry_afterwards_carry_what_the_activity_says(
    community: Community,
) -> None:
    community.make.rule(starts_on="2026-11-20", **RULES)
    liu, wang = community.neighbour(), community.neighbour()
    # A category that only the rulebook names is one as well.
    visit = community.open(category="看望老人", tags=["应急"], leader_confirms=False)
    community.sign_in(liu, visit)
    community.wait(122)
    signed = community.sign_out(liu, visit)["record"]
    told = {"signed_in_at": at(9), "signed_out_at": at(10)}
    by = community.make.staff("worker").caller
    entered = community.make.do(
        enter_attendance, by=by, activity=visit, number=wang.number, **told
    ).answer["record"]
    for number in (signed, entered):
        record = get_record(community.bank, record=number)
        assert (record.category, record.tags) == ("看望老人", "应急")
    done = community.make.do(approve_record, by=community.worker.caller, record=signed)
    assert done.answer["points"] == 20


def test_a_leg_says_what_its_rota_says(community: Community) -> None:
    community.make.rule(starts_on="2026-11-20", **RULES)
    members = [community.neighbour() for _ in range(3)]
    told: dict[str, Any] = {"name": "防汛", "category": "平安综治", "place": "闸口"}
    told |= {"members": [one.number for one in members], "slots": [("白班", "08:00", 120)]}
    by = community.worker.caller
    made = community.make.do(begin_rota, by=by, tags=["应急"], **told).answer
    days = {"first": "2026-11-21", "last": "2026-11-21"}
    community.make.do(generate_duties, by=by, rota=made["rota"], **days)
    now = to_instant(community.now)
    [leg] = list_duties(community.bank, since=at(0, day=21), until=at(0, day=22), now=now)
    assert community.file(leg.number).row.tags == "应急"
    with pytest.raises(TagUnknown):
        community.make.do(begin_rota, by=by, tags=["急"], **told)


def test_what_the_days_rulebook_does_not_speak_of_is_refused(community: Community) -> None:
    community.make.rule(starts_on="2026-11-20", **RULES)
    with pytest.raises(TagUnknown) as refused:
        community.plan(tags=["专业"])
    assert refused.value.facts == {"tag": "专业", "known": "应急"}
    with pytest.raises(CategoryUnknown):
        community.plan(category="没有这一类")
    visit = community.plan(tags=["应急"])
    told: dict[str, Any] = {"name": "治安巡逻", "category": "平安综治", "place": "四新路"}
    told |= {"begins_at": at(9), "ends_at": at(11)}
    community.make.do(change_activity, by=community.worker.caller, activity=visit, **told)
    assert community.file(visit).row.tags is None
