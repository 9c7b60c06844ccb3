"""A month of duty: every leg has its people, nobody is at two places, a missed leg is seen."""

from __future__ import annotations

from collections import Counter as Tally
from itertools import pairwise
from typing import Any

import pytest

from pointsbank.activities import (
    ActivityFull,
    DaysInvalid,
    DutyClash,
    NotJoined,
    RotaGap,
    RotaTooFew,
    RotaUnknown,
    SameDuty,
    SlotsInvalid,
    WrongState,
    begin_rota,
    change_activity,
    change_rota_members,
    end_rota,
    generate_duties,
    get_rota,
    join_activity,
    list_duties,
    list_missed,
    stop_run_out,
    swap_duty,
)
from pointsbank.activities.duty_plan import Leg, assign
from pointsbank.foundation import to_instant
from pointsbank.people import VolunteerUnknown
from tests.activities.community import ON_BOTH, Community, Neighbour, at

ROUNDS = [("早巡", "06:00", 120), ("晚巡", "20:00", 120)]
GATE = [("夜班", "00:00", 480), ("白班", "08:00", 480), ("晚班", "16:00", 480)]
DAY = 24 * 60


def legs_of(slots: list[tuple[str, str, int]], days: int) -> list[Leg]:
    """The legs of so many days, in minutes after the first midnight."""
    found = []
    for day in range(days):
        for place, (_name, begins, minutes) in enumerate(slots):
            at_minute = day * DAY + int(begins[:2]) * 60 + int(begins[3:])
            found.append(Leg((place, f"{day} {begins}"), at_minute, at_minute + minutes))
    return found


# -------------------------------------------------------------------------------- the plan itself


@pytest.mark.parametrize(("slots", "people"), [(ROUNDS, 9), (GATE, 15), (GATE, 12), (ROUNDS, 7)])
def test_in_a_month_every_leg_has_three_and_nobody_is_overworked(
    slots: list[tuple[str, str, int]], people: int
) -> None:
    legs = legs_of(slots, 31)
    chosen, too_few = assign(legs, range(people), {}, each=3, rest=8 * 60)
    assert too_few is None
    assert {len(set(three)) for three in chosen.values()} == {3}
    assert chosen.keys() == {leg.key for leg in legs}
    duties: dict[int, list[Leg]] = {}
    for leg in legs:
        for one in chosen[leg.key]:
            duties.setdefault(one, []).append(leg)
    for mine in duties.values():
        for before, after in pairwise(mine):
            assert after.begins - before.ends >= 8 * 60
    counts = Tally(one for three in chosen.values() for one in three)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_a_gate_day_and_night_has_no_gap_in_a_month() -> None:
    legs = legs_of(GATE, 31)
    assert legs[0].begins == 0
    assert all(one.ends == after.begins for one, after in pairwise(legs))
    assert legs[-1].ends == 31 * DAY


def test_groups_stay_together_while_nothing_keeps_them_apart() -> None:
    chosen, _ = assign(legs_of(ROUNDS, 31), range(9), {}, each=3, rest=0)
    assert {tuple(three) for three in chosen.values()} == {(0, 1, 2), (3, 4, 5), (6, 7, 8)}


def test_who_does_something_else_is_passed_over_and_too_few_are_told() -> None:
    legs = legs_of(ROUNDS, 2)
    chosen, too_few = assign(legs, range(4), {0: [(0, DAY)]}, each=3, rest=0)
    assert too_few is None
    assert 0 not in chosen[legs[0].key]
    busy = {one: [(DAY, 2 * DAY)] for one in (0, 1)}
    chosen, too_few = assign(legs, range(4), busy, each=3, rest=0)
    assert too_few == legs[2]


# ---------------------------------------------------------------------------------- in the bank


class Gate:
    """A rota with its people."""

    def __init__(self, community: Community, slots: Any = ROUNDS, people: int = 6) -> None:
        self.community = community
        self.people = [community.neighbour() for _ in range(people)]
        told: dict[str, Any] = {"name": "“红喇叭”", "category": "平安综治", "place": "南门"}
        told |= {"shop": "shop-1", "slots": slots, "around_clock": slots is GATE}
        made = self.do(begin_rota, members=[one.number for one in self.people], **told)
        self.rota = str(made["rota"])

    def do(self, verb: Any, **told: Any) -> dict[str, Any]:
        by = self.community.worker.caller
        answer: dict[str, Any] = self.community.make.do(verb, by=by, **told).answer
        return answer

    def generate(self, first: str = "2026-11-21", last: str = "2026-11-23") -> int:
        return int(self.do(generate_duties, rota=self.rota, first=first, last=last)["legs"])

    def legs(self, day: int = 21) -> list[Any]:
        bank, now = self.community.bank, to_instant(self.community.now)
        return list_duties(bank, since=at(0, day=day), until=at(0, day=day + 1), now=now)

    def who(self, number: str) -> Neighbour:
        return next(one for one in self.people if one.number == number)


def test_a_rota_generates_legs_once_that_open_by_themselves_and_are_signed_in_to(
    community: Community,
) -> None:
    gate = Gate(community)
    assert gate.generate() == 6
    assert gate.generate(last="2026-11-24") == 2
    early, late = gate.legs()
    assert (early.slot, early.begins_at, len(early.people)) == ("早巡", at(6, day=21), 3)
    assert {one.number for one in early.people} | {one.number for one in late.people} == {
        one.number for one in gate.people
    }
    community.until(at(5, 50, day=21))
    first, second, third = (gate.who(one.number) for one in early.people)
    community.sign_in(first, early.number)
    assert community.file(early.number).row.state == "open"
    # Who is not on the leg does not come in by a card.
    with pytest.raises(NotJoined):
        community.sign_in(gate.who(late.people[0].number), early.number)
    community.until(at(6, 2, day=21))
    assert [one.state for one in gate.legs()[0].people] == ["here", "to_come", "to_come"]
    assert list_missed(community.bank, now=to_instant(community.now)) == []
    community.until(at(6, 3, day=21))
    [missed] = list_missed(community.bank, now=to_instant(community.now))
    assert (missed.number, missed.missing) == (early.number, 2)
    community.sign_in(second, early.number)
    community.sign_in(third, early.number)
    assert list_missed(community.bank, now=to_instant(community.now)) == []
    community.until(at(8, day=21))
    community.sign_out(first, early.number)
    community.until(at(8, 30, day=21))
    stop_run_out(community.bank)
    assert [one.state for one in gate.legs()[0].people] == ["gone", "gone", "gone"]
    assert community.file(early.number).row.state == "closed"


def test_a_leg_to_which_nobody_came_is_closed_and_says_who_was_absent(
    community: Community,
) -> None:
    gate = Gate(community)
    gate.generate()
    community.until(at(9, day=21))
    stop_run_out(community.bank)
    leg = gate.legs()[0]
    assert (leg.state, leg.missing) == ("closed", 3)
    assert {one.state for one in leg.people} == {"absent"}


def test_the_gate_has_somebody_at_every_hour_of_three_days(community: Community) -> None:
    gate = Gate(community, GATE, people=12)
    assert gate.generate() == 9
    legs = [leg for day in (21, 22, 23) for leg in gate.legs(day)]
    unique = sorted({leg.number: leg for leg in legs}.values(), key=lambda leg: leg.begins_at)
    assert unique[0].begins_at == at(0, day=21)
    assert unique[-1].ends_at == at(0, day=24)
    assert all(one.ends_at == after.begins_at for one, after in pairwise(unique))
    assert {len(leg.people) for leg in unique} == {3}


def test_a_gap_an_overlap_and_wrong_slots_are_refused(community: Community) -> None:
    gate = Gate(community)

    def begin(slots: Any, *, around_clock: bool = False, members: int = 3) -> None:
        people = [one.number for one in gate.people[:members]]
        told: dict[str, Any] = {"name": "门岗", "category": "平安综治", "place": "南门"}
        gate.do(begin_rota, slots=slots, members=people, around_clock=around_clock, **told)

    with pytest.raises(RotaGap) as told:
        begin([*GATE[:2], ("晚班", "16:30", 450)], around_clock=True)
    assert told.value.facts == {"ends": "16:00", "begins": "16:30"}
    with pytest.raises(RotaGap):
        begin([("全天", "00:00", 480)], around_clock=True)
    for slots in ([], [("早", "25:00", 60)], [("早", "06:00", 5)], [ROUNDS[0], ROUNDS[0]]):
        with pytest.raises(SlotsInvalid):
            begin(slots)
    with pytest.raises(RotaTooFew):
        begin(ROUNDS, members=2)
    with pytest.raises(VolunteerUnknown):
        gate.do(change_rota_members, rota=gate.rota, members=["没有", *["x"] * 3])
    with pytest.raises(RotaUnknown):
        gate.do(end_rota, rota="B000099-0")


def test_what_people_do_otherwise_is_left_free_and_days_have_bounds(community: Community) -> None:
    gate = Gate(community, people=4)
    visit = community.plan(begins_at=at(6, day=21), ends_at=at(7, day=21), name="探访")
    for one in gate.people[:2]:
        community.make.do(join_activity, by=one.caller, activity=visit)
    with pytest.raises(RotaTooFew) as told:
        gate.generate()
    assert (told.value.facts["begins"], told.value.facts["wanted"]) == (at(6, day=21), 3)
    assert gate.legs() == []
    with pytest.raises(DaysInvalid):
        gate.generate(last="2026-12-22")
    with pytest.raises(DaysInvalid):
        gate.generate(first="2026-11-23", last="2026-11-22")
    gate.do(end_rota, rota=gate.rota)
    with pytest.raises(WrongState):
        gate.generate(first="2026-11-22")
    assert get_rota(community.bank, rota=gate.rota).row.ended_at


def test_two_swap_their_legs_or_one_takes_anothers_place(community: Community) -> None:
    gate = Gate(community)
    spare = community.neighbour()
    gate.generate()
    early, late = gate.legs()
    one, other = early.people[0].number, late.people[0].number

    def swap(number: str, with_number: str, with_activity: str = late.number) -> None:
        gate.do(
            swap_duty,
            activity=early.number,
            number=number,
            with_activity=with_activity,
            with_number=with_number,
        )

    swap(one, other)
    early, late = gate.legs()
    assert other in {person.number for person in early.people}
    assert one in {person.number for person in late.people}
    assert [len(leg.people) for leg in (early, late)] == [3, 3]
    with pytest.raises(NotJoined):
        swap(one, other)
    with pytest.raises(SameDuty):
        swap(other, early.people[0].number, early.number)
    swap(other, spare.number, early.number)
    assert spare.number in {person.number for person in gate.legs()[0].people}
    visit = community.plan(begins_at=at(20, day=21), ends_at=at(21, day=21), name="探访")
    community.make.do(join_activity, by=spare.caller, activity=visit)
    with pytest.raises(DutyClash):
        swap(spare.number, late.people[1].number)


# ------------------------------------------------------------------ rested, on both databases


NIGHT = [("夜班", "20:00", 240)]


@ON_BOTH
def test_who_came_off_a_leg_generated_earlier_rests_before_the_next(community: Community) -> None:
    gate = Gate(community, NIGHT, people=3)
    assert gate.generate(last="2026-11-21") == 1
    # Another rota of the same people: its first leg begins four hours after the night ends.
    told: dict[str, Any] = {"name": "早市", "category": "平安综治", "place": "北门"}
    told |= {"members": [one.number for one in gate.people], "rest_hours": 4}
    early = str(gate.do(begin_rota, slots=[("早市", "04:00", 60)], **told)["rota"])
    days = {"first": "2026-11-22", "last": "2026-11-22"}
    with pytest.raises(RotaTooFew) as refused:
        gate.do(generate_duties, rota=early, **days)
    assert refused.value.facts["begins"] == at(4, day=22)
    # Eight hours after the night, as its own rota asks for, they are rested.
    late = str(gate.do(begin_rota, slots=[("早市", "08:00", 60)], **told)["rota"])
    assert gate.do(generate_duties, rota=late, **days)["legs"] == 1
    # And the other way: a night that ends too soon before that morning.
    close = str(gate.do(begin_rota, slots=[("深夜", "01:00", 240)], **told)["rota"])
    with pytest.raises(RotaTooFew):
        gate.do(generate_duties, rota=close, **days)


@ON_BOTH
def test_days_generated_one_by_one_go_on_in_the_order_of_a_month(community: Community) -> None:
    gate = Gate(community, people=9)
    assert [gate.generate(f"2026-11-{day}", f"2026-11-{day}") for day in (21, 22, 23)] == [2, 2, 2]
    on = Tally(one.number for day in (21, 22, 23) for leg in gate.legs(day) for one in leg.people)
    assert set(on.values()) == {2}
    assert len(on) == 9


@ON_BOTH
def test_nobody_swaps_joins_or_is_moved_into_a_leg_without_rest(community: Community) -> None:
    gate = Gate(community, [("下午", "12:00", 120), ("晚巡", "20:00", 120)])
    gate.generate(last="2026-11-22")
    noon, late = gate.legs(21)
    on_noon, on_late = noon.people[0].number, late.people[0].number

    def swap(number: str, with_number: str, activity: str, with_activity: str) -> None:
        told = {"number": number, "with_number": with_number}
        gate.do(swap_duty, activity=activity, with_activity=with_activity, **told)

    # Six hours lie between noon's leg and the late one: nobody does both.
    with pytest.raises(DutyClash) as refused:
        swap(on_late, on_noon, late.number, late.number)
    assert refused.value.facts == {"number": on_noon, "begins": at(20, day=21)}
    # Whoever gives the one up may have the other.
    swap(on_noon, on_late, noon.number, late.number)
    with pytest.raises(DutyClash):
        gate.do(join_activity, activity=noon.number, number=on_noon)
    spare = community.neighbour()
    with pytest.raises(ActivityFull):
        gate.do(join_activity, activity=noon.number, number=spare.number)
    row = community.file(late.number).row
    told: dict[str, Any] = {"name": row.name, "category": row.category, "place": row.place}
    told |= {"activity": late.number, "begins_at": at(15, day=22), "ends_at": at(17, day=22)}
    with pytest.raises(DutyClash):
        gate.do(change_activity, **told)
    assert {one.number for one in gate.legs(21)[1].people} == (
        {one.number for one in late.people} - {on_late} | {on_noon}
    )
