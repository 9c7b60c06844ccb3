"""The activities of the year: a team goes out nearly every day, and one is at it right now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pointsbank.activities import (
    DutyLeg,
    begin_project,
    begin_rota,
    call_roll,
    cancel_activity,
    close_activity,
    confirm_list,
    generate_duties,
    join_activity,
    list_duties,
    list_people_here,
    open_activity,
    plan_activity,
    read_activity_number,
    sign_in,
    sign_out,
    stop_clocks,
)
from pointsbank.demonstration import sample
from pointsbank.demonstration.people_story import PeopleStory, Person
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.earning import list_records, record_services
from pointsbank.foundation import (
    SHOP_ZONE,
    Caller,
    Paging,
    add_days,
    business_day,
    from_instant,
    to_instant,
)
from pointsbank.people import SHOP_CODE, found_team, name_leader

PLACES = ("四新路", "晴川里", "琴台路口", "社区活动室", "解放巷", "文化广场")
# A team's tour is as long as the longest of its people stay.
TOUR = timedelta(hours=3)
# A gate's leg, the teams it takes turns from, and when those who come have come.
GATE_HOURS, GATE_TEAMS, COMES_AFTER = 8, (4, 5), timedelta(minutes=2)
COMMUNITY_TEAM = "晨光社区志愿服务队"
SMALL_TEAM = "红喇叭一组"
PROJECT, PROJECT_SAYS = "暖心敲门", "每周探访一遍社区的独居老人"

Happening = tuple[datetime, Callable[[], object]]
# How long the shop's own activity is open: the day through, and over when people go to bed; but
# whoever comes late in the evening finds it open for an hour at least.
OPEN_FOR, CLOSES_AT, STAYS_OPEN = timedelta(hours=10), 22, timedelta(hours=2)


class ActivityStory:
    """Who is out, and how the leader's list becomes records."""

    def __init__(self, teller: Storyteller, people: PeopleStory) -> None:
        self.teller = teller
        self.people = people
        self.chance = teller.chance
        self.teams: list[str] = []
        self.project = ""
        self.happenings: list[Happening] = []
        self.records: list[str] = []

    def begin(self, moment: datetime) -> None:
        """The teams are founded, one above the other, each with a leader of its own."""
        self.teller.at(moment)
        office = self.people.staff["limin"]
        top = self._found(office, COMMUNITY_TEAM, organisation="community")
        self.teams = [self._found(office, name, parent=top) for name, *_ in sample.TEAMS]
        self.project = str(
            self.teller.do(
                begin_project, office, name=PROJECT, category=sample.TEAMS[1][2], about=PROJECT_SAYS
            ).answer["project"]
        )
        self._found(office, SMALL_TEAM, parent=self.teams[0])
        for place, team in enumerate(self.teams):
            self.teller.do(
                name_leader, office, team=team, number=self.people.volunteers[place].number
            )

    def _found(self, by: Caller, name: str, **told: Any) -> str:
        return str(self.teller.do(found_team, by, name=name, **told).answer["team"])

    def go_out(self, team: int, start: datetime, stays: dict[str, int]) -> list[str]:
        """One tour of a team: so many minutes for each number. The records that follow from it."""
        office = self.people.staff["wangfang"]
        number = self.plan(team, start, TOUR)
        self.teller.at(start)
        self.teller.do(open_activity, office, activity=number)
        self.teller.do(call_roll, office, activity=number, present=sorted(stays))
        for minutes in sorted(set(stays.values())):
            leaving = sorted(who for who, stay in stays.items() if stay == minutes)
            self.teller.at(start + timedelta(minutes=minutes))
            self.teller.do(call_roll, office, activity=number, present=leaving, leaving=True)
        self.teller.at(start + timedelta(minutes=max(stays.values()) + 20))
        self.teller.do(close_activity, office, activity=number)
        return self._confirm(office, number)

    def go_out_from_the_shop(
        self, team: int, start: datetime, stays: dict[str, int], forgetful: Iterable[str] = ()
    ) -> list[str]:
        """The same with everybody's own card at the shop's kiosk; whom the clock stopped waits."""
        office, kiosk = self.people.staff["wangfang"], self.people.kiosk
        forgot = set(forgetful)
        cards = {one.number: one.code for one in self.people.volunteers}
        number = self.plan(team, start, TOUR, shop=SHOP_CODE)
        self.teller.at(start - timedelta(minutes=5))
        self.teller.do(open_activity, office, activity=number)
        for who in sorted(stays):
            self.teller.at(start - timedelta(minutes=self.chance.randrange(5)))
            self.teller.do(sign_in, kiosk, activity=number, card=cards[who])
        for who, minutes in sorted(stays.items(), key=lambda one: (one[1], one[0])):
            self.teller.at(start + timedelta(minutes=minutes))
            if who not in forgot:
                self.teller.do(sign_out, kiosk, activity=number, card=cards[who])
        self.teller.at(start + TOUR + timedelta(minutes=30))
        self.teller.do(stop_clocks, office, activity=number)
        return [] if forgot else self._confirm(office, number)

    def bring_list(self, team: int, start: datetime, stays: dict[str, int]) -> list[str]:
        """A list of another platform is brought in: so many minutes for each number.

        All records of such lists that wait now.
        """
        name, activity, category = sample.TEAMS[team]
        rows = []
        for who, minutes in stays.items():
            span = (to_instant(start), to_instant(start + timedelta(minutes=minutes)))
            day = business_day(start)
            rows.append((who, activity, day, minutes, "app", *span, name, category, None))
        self.teller.do(record_services, self.people.staff["wangfang"], rows=rows)
        waiting = list_records(
            self.teller.bank, status="pending", source="app", paging=Paging(1, 200)
        )
        return [one.number for one in waiting.items]

    def plan(self, team: int, start: datetime, length: timedelta, **told: Any) -> str:
        """An activity of one team; its number."""
        _name, activity, category = sample.TEAMS[team]
        usual: dict[str, Any] = {"name": activity, "category": category, "place": PLACES[team]}
        usual |= {"team": self.teams[team], "leader_confirms": True}
        usual |= {"project": self.project if team == 1 else None}
        made = self.teller.do(
            plan_activity,
            self.people.staff["wangfang"],
            begins_at=to_instant(start),
            ends_at=to_instant(start + length),
            **{**usual, **told},
        )
        return str(made.answer["activity"])

    def keep_rounds(self, moment: datetime, besides: Iterable[Person]) -> None:
        """Early and late rounds for a month, and a gate day and night at which one is missing.

        What happens from now until that moment is told by `go_on`. Whoever is among `besides` has
        other things to do in this story.
        """
        self.teller.at(moment - timedelta(hours=26))
        left_out = {one.number for one in besides}
        walkers = [
            one.number
            for one in self.people.volunteers
            if one.team == 0 and one.number not in left_out
        ]
        self.happenings = self._rounds(moment, walkers)
        running = moment.astimezone(SHOP_ZONE).replace(second=0, microsecond=0, minute=0)
        running -= timedelta(hours=running.hour % GATE_HOURS)
        members = [
            one.number
            for one in self.people.volunteers
            if one.team in GATE_TEAMS and one.number not in left_out
        ]
        begun = running - timedelta(minutes=1)
        self.happenings.append((begun, partial(self._open_gate, members)))
        if running + COMES_AFTER < moment:
            self.happenings.append((running + COMES_AFTER, partial(self._come_to_gate, running)))
        self.happenings.sort(key=lambda one: one[0])

    def go_on(self, until: datetime) -> list[str]:
        """Whatever of it happens before then; the records that follow from it."""
        self.records = []
        while self.happenings and self.happenings[0][0] < until:
            when, happen = self.happenings.pop(0)
            self.teller.at(when)
            happen()
        return self.records

    def _rounds(self, moment: datetime, members: list[str]) -> list[Happening]:
        """The rounds are generated; those that are over by then are still to be walked."""
        office, bank = self.people.staff["wangfang"], self.teller.bank
        rota = self.teller.do(
            begin_rota,
            office,
            name="“红喇叭”巡逻",
            category=sample.TEAMS[0][2],
            place=PLACES[0],
            team=self.teams[0],
            slots=[("早巡", "06:00", 120), ("晚巡", "20:00", 120)],
            members=members,
        ).answer["rota"]
        day, since = bank.clock.today(), self.teller.instant()
        self.teller.do(generate_duties, office, rota=rota, first=day, last=add_days(day, 30))
        happenings: list[Happening] = []
        for leg in list_duties(bank, since=since, until=to_instant(moment), now=since):
            begins, ends = from_instant(leg.begins_at), from_instant(leg.ends_at)
            happenings.append((begins + timedelta(minutes=1), partial(self._call, leg)))
            happenings.append((ends, partial(self._end, leg)))
        return happenings

    def _call(self, leg: DutyLeg, *, leaving: bool = False) -> None:
        office, numbers = self.people.staff["wangfang"], [one.number for one in leg.people]
        told = {"activity": leg.number, "present": numbers, "leaving": leaving}
        self.teller.do(call_roll, office, **told)

    def _end(self, leg: DutyLeg) -> None:
        office = self.people.staff["wangfang"]
        self._call(leg, leaving=True)
        self.teller.do(close_activity, office, activity=leg.number)
        self.records += self._confirm(office, leg.number)

    def _open_gate(self, members: list[str]) -> None:
        office = self.people.staff["limin"]
        rota = self.teller.do(
            begin_rota,
            office,
            name="东门门岗",
            category=sample.TEAMS[0][2],
            place="小区东门",
            slots=[("夜班", "00:00", 480), ("白班", "08:00", 480), ("晚班", "16:00", 480)],
            members=members,
            around_clock=True,
        ).answer["rota"]
        day = self.teller.bank.clock.today()
        self.teller.do(generate_duties, office, rota=rota, first=day, last=add_days(day, 14))

    def _come_to_gate(self, running: datetime) -> None:
        """All but one of the leg that runs when the visitor comes."""
        office, now = self.people.staff["limin"], self.teller.instant()
        legs = list_duties(self.teller.bank, since=now, until=now, now=now)
        [leg] = [one for one in legs if one.begins_at == to_instant(running)]
        present = [one.number for one in leg.people][1:]
        self.teller.do(call_roll, office, activity=leg.number, present=present)

    def _confirm(self, by: Caller, number: str) -> list[str]:
        """The worker confirms for the leader, so that the leader's own hours are in it as well."""
        people = list_people_here(self.teller.bank, activity_id=read_activity_number(number))
        minutes = {
            str(stay.id): stay.minutes
            for one in people
            for stay in one.attendances
            if stay.status == "ended" and stay.minutes
        }
        done = self.teller.do(confirm_list, by, activity=number, minutes=minutes)
        return list(done.answer["records"])

    def end(self, moment: datetime) -> None:
        """What the visitor finds: one that is open at the shop, and some to come."""
        office, kiosk = self.people.staff["wangfang"], self.people.kiosk
        people = self.people.volunteers
        self._to_come(moment, people)
        start = (moment - timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        number = self.plan(3, start, _open_for(moment, start), shop=SHOP_CODE, people_most=30)
        self.teller.at(moment - timedelta(minutes=50))
        self.teller.do(open_activity, office, activity=number)
        for place, one in enumerate([one for one in people if one.team == 3][1:4]):
            self.teller.at(moment - timedelta(minutes=48 - 3 * place))
            self.teller.do(sign_in, kiosk, activity=number, card=one.code)

    def _to_come(self, moment: datetime, people: list[Person]) -> None:
        office = self.people.staff["wangfang"]
        tomorrow = (moment + timedelta(days=1)).replace(hour=9, minute=0)
        coming: list[tuple[int, datetime, dict[str, Any]]] = [
            (1, tomorrow, {"people_most": 8, "waiting": True}),
            (2, tomorrow + timedelta(days=1), {"risk_note": "沿河道走，穿防滑鞋"}),
            (
                2,
                tomorrow + timedelta(days=2),
                {"name": "高处清洗", "dangerous": True, "risk_note": "登高，先买保险"},
            ),
            (5, tomorrow + timedelta(days=4), {"age_least": 16}),
        ]
        for team, start, told in coming:
            number = self.plan(team, start, TOUR, **told)
            if told.get("dangerous") or told.get("age_least"):
                continue
            for one in [one for one in people if one.team == team]:
                self.teller.do(join_activity, office, activity=number, number=one.number)
        off = self.plan(4, tomorrow + timedelta(days=3), TOUR)
        self.teller.do(cancel_activity, office, activity=off, reason="学校考试，改到下周")


def _open_for(moment: datetime, start: datetime) -> timedelta:
    """How long an activity lasts that began at `start` and that a visitor meets at `moment`.

    >>> def until(clock):
    ...     moment = datetime.fromisoformat(f"2026-11-20T{clock}")
    ...     start = (moment - timedelta(hours=1)).replace(minute=0)
    ...     return f"{start + _open_for(moment, start):%H:%M}"
    >>> [until(clock) for clock in ("09:30", "12:30", "19:30", "21:30", "23:50", "00:10")]
    ['18:00', '21:00', '22:00', '23:00', '01:00', '02:00']
    """
    latest = max(
        start.replace(hour=CLOSES_AT),
        moment.replace(minute=0, second=0, microsecond=0) + STAYS_OPEN,
    )
    return min(start + OPEN_FOR, latest) - start
