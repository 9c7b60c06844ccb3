"""Opening balances (期初余额): paper booklets are brought in by one and confirmed by another.

What a booklet says is issued once, when a second person has compared it with the scan; its hours
count from then on as back-filled. How long the points stand is counted from that day, as for all
that comes into a wallet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pointsbank.earning.booklets import (
    CONFIRMED,
    WAITING,
    Booklet,
    LockedOpening,
    document_of,
    find_booklets,
    insert_booklet,
    insert_booklets,
    lock_openings,
    opening_number,
    people_of,
    read_booklet,
    read_opening_number,
    require_at,
    write_confirmed,
    write_declined,
    write_taken_back,
)
from pointsbank.earning.errors import (
    BookletKnown,
    OpeningUnknown,
    OwnRecord,
)
from pointsbank.earning.reasons import required_reason
from pointsbank.earning.rulebooks import rulebook_on
from pointsbank.earning.rules import Rulebook
from pointsbank.foundation import Act, Answer, PointsBankError, operation
from pointsbank.ledger import (
    Issue,
    Posted,
    declare_kind,
    issue_many,
    kept_balances,
    lock_accounts,
    open_account,
    points_id,
    take_back_issue,
)
from pointsbank.people import (
    ACTS,
    SYSTEM_HOLDER,
    SecondPersonNeeded,
    StaffRow,
    VolunteerRef,
    find_actor,
    find_volunteers,
    find_volunteers_by_id,
    hold_volunteer,
    hold_volunteers,
    homes_of,
    refuse_left,
    refuse_together,
    require_person,
    require_second,
    tell,
    tell_all,
    write_words,
)

CONFIRMING = "earning.confirm_opening_balance"
TAKING_BACK = "earning.take_back_opening_balance"
OPENINGS_MOST = 100
OPEN = declare_kind(
    "earning.opening_balance",
    [("issued", "wallet"), ("wallet", "owed"), ("issued", "owed"), ("wallet", "expired")],
)

# number, booklet, points, minutes, kept_until, scan, words
BookletValues = tuple[str, str, int, int, str, str, str | None]


# ------------------------------------------------------------------------------------ bringing in


@operation("earning.propose_opening_balance")
def propose_opening_balance(
    act: Act,
    *,
    number: str,
    booklet: str,
    points: int,
    minutes: int,
    kept_until: str,
    scan: str,
    words: str = "",
) -> Answer:
    """Write down what a paper booklet says (登记存折); it waits for a second person.

    `kept_until` is the day of its last line, `scan` says which page was scanned. Raises
    VolunteerUnknown, VolunteerLeft, OwnRecord, SecondPersonNeeded, BookletKnown, and what
    `read_booklet` raises.
    """
    volunteer = hold_volunteer(act.session, number)
    _refuse_own(_proposer(act), volunteer)
    refuse_left(volunteer)
    found = read_booklet(
        booklet=booklet,
        points=points,
        minutes=minutes,
        kept_until=kept_until,
        scan=scan,
        today=act.today,
    )
    made = insert_booklet(act, volunteer, found, words)
    if made is None:
        raise _known(act, found.booklet)
    act.for_whom = volunteer.holder
    return {"opening": opening_number(made), "points": points, "minutes": minutes}


@operation("earning.propose_opening_balances")
def propose_opening_balances(act: Act, *, rows: list[BookletValues]) -> Answer:
    """Write down a chunk of a list of booklets; the very same is passed over."""
    proposer = _proposer(act)
    people = find_volunteers(act.session, {row[0] for row in rows})
    hold_volunteers(act.session, [one.id for one in people.values()])
    read: list[tuple[int, VolunteerRef, Booklet, str]] = []
    answer: dict[str, Any] = {"good": 0, "repeated": 0, "refused": []}
    for place, (number, booklet, points, minutes, kept_until, scan, words) in enumerate(rows):
        volunteer = people.get(number)
        if volunteer is None or volunteer.left_on or proposer.volunteer_id == volunteer.id:
            answer["refused"].append(place)
            continue
        found = read_booklet(
            booklet=booklet,
            points=points,
            minutes=minutes,
            kept_until=kept_until,
            scan=scan,
            today=act.today,
        )
        read.append((place, volunteer, found, words or ""))
    new, there = insert_booklets(act, [one[1:] for one in read])
    for place, volunteer, found, _ in read:
        known = there.get(found.booklet)
        if known is None and found.booklet in new:
            answer["good"] += 1
            new.remove(found.booklet)
        elif known is not None and known.is_same(volunteer.id, found):
            answer["repeated"] += 1
        else:
            answer["refused"].append(place)
    answer["refused"].sort()
    return answer


def _proposer(act: Act) -> StaffRow:
    """Who writes it down: a member of staff, or a command in the name of one."""
    proposer = find_actor(act.session, act.caller.actor)
    if proposer is None:
        raise SecondPersonNeeded()
    return proposer


def _refuse_own(proposer: StaffRow, volunteer: VolunteerRef) -> None:
    if proposer.volunteer_id == volunteer.id:
        raise OwnRecord()


def _known(act: Act, booklet: str) -> BookletKnown:
    return find_booklets(act.session, [booklet])[booklet].refusal()


# -------------------------------------------------------------------------------------- confirming


@operation(CONFIRMING)
def confirm_opening_balance(act: Act, *, opening: str) -> Answer:
    """Confirm what a booklet brings in (核对存折): its points are issued, its hours count.

    Raises OpeningUnknown, OpeningDecided, SecondPersonNeeded, RoleMissing, SamePersonTwice,
    BenefitsOneself, SameHousehold, VolunteerLeft, NoRule.
    """
    opening_id = read_opening_number(opening)
    looking = _Looking(act, [opening_id])
    found = looking.look_at(opening_id)
    act.for_whom = looking.people[found.volunteer_id].holder
    posted = looking.settle()
    entry = posted.get(found.id)
    return {
        "opening": opening,
        "points": found.points,
        "minutes": found.minutes,
        "entry": entry.number if entry else None,
        "proposed_by": found.proposed_by,
    }


@operation("earning.confirm_opening_balances")
def confirm_opening_balances(act: Act, *, openings: list[str]) -> Answer:
    """Confirm up to 100 at once; those that may not be are passed over, each with its code.

    Of a longer list `left` were not looked at. Raises SecondPersonNeeded, RoleMissing.
    """
    ids = [read_opening_number(one) for one in openings[:OPENINGS_MOST]]
    looking = _Looking(act, ids)
    answer: dict[str, Any] = {"confirmed": [], "points": 0, "passed_over": []}
    answer["left"] = len(openings) - len(ids)
    for opening_id in sorted(set(ids)):
        try:
            # Every refusal stands before the first effect, so one that is refused leaves no trace.
            found = looking.look_at(opening_id)
        except PointsBankError as refusal:
            told = {"opening": opening_number(opening_id), "code": refusal.code}
            answer["passed_over"].append(told)
        else:
            answer["confirmed"].append(found.number)
            answer["points"] += found.points
    looking.settle()
    return answer


class _Looking:
    """One second person going through booklets; what was found right is written down at the end."""

    def __init__(self, act: Act, ids: Sequence[int]) -> None:
        self.act = act
        self.second = require_person(act, *ACTS[CONFIRMING].roles)
        self.people, self._openings = _lock_with_people(act, ids)
        actors = {one.proposed_by for one in self._openings.values()}
        self._proposers = {actor: find_actor(act.session, actor) for actor in actors}
        staff = [self.second, *self._proposers.values()]
        self._homes: Mapping[int, int] = homes_of(act.session, staff, self.people)
        self._right: list[LockedOpening] = []
        self._rulebook: Rulebook | None = None

    def look_at(self, opening_id: int) -> LockedOpening:
        """One that the second person may confirm. Writes nothing."""
        found = _get(self._openings, opening_id)
        require_at(found, WAITING)
        proposer = self._proposers[found.proposed_by]
        refuse_together(self._homes, self.second, proposer, [found.volunteer_id])
        refuse_left(self.people[found.volunteer_id])
        if found.points:
            self._rulebook_today()
        self._right.append(found)
        return found

    def _rulebook_today(self) -> Rulebook:
        """By which rulebook points are issued, asked for once. Raises NoRule."""
        self._rulebook = self._rulebook or rulebook_on(self.act.session, self.act.today)
        return self._rulebook

    def settle(self) -> dict[int, Posted]:
        """Issue what was found right; the entries by opening balance."""
        if not self._right:
            return {}
        giving = [one for one in self._right if one.points]
        version, posted = None, {}
        if giving:
            book = self._rulebook_today()
            version, posted = book.version, _issue(self.act, giving, self.people, book)
        entries = {one.id: posted[one.id].id if one.id in posted else None for one in self._right}
        write_confirmed(self.act, entries, version)
        told: list[tuple[str, str, dict[str, int | str]]] = [
            (
                self.people[one.volunteer_id].holder,
                document_of(one.id),
                {"points": one.points, "day": one.kept_until},
            )
            for one in giving
        ]
        tell_all(self.act, "earning.opening_arrived", told)
        return posted


def _issue(
    act: Act,
    giving: Sequence[LockedOpening],
    people: Mapping[int, VolunteerRef],
    book: Rulebook,
) -> dict[int, Posted]:
    """Issue the points of some booklets; the entries."""
    issues = [
        Issue(
            people[one.volunteer_id].wallet,
            people[one.volunteer_id].owed,
            one.points,
            memo=one.working,
            document=document_of(one.id),
            rule=f"earning_rule:{book.version}",
            expires_on=book.expires_on(act.today),
        )
        for one in giving
    ]
    issued = open_account(act.session, "issued", points_id(act.session), SYSTEM_HOLDER, now=act.now)
    posted = issue_many(act, OPEN, issues, issued=issued)
    return {one.id: posted[document_of(one.id)] for one in giving}


def _lock_with_people(
    act: Act, ids: Iterable[int]
) -> tuple[dict[int, VolunteerRef], dict[int, LockedOpening]]:
    """Lock the people's accounts, then the rows: everybody else takes them in this order."""
    ids = list(ids)
    people = find_volunteers_by_id(act.session, people_of(act.session, ids))
    accounts = [ref.id for person in people.values() for ref in (person.wallet, person.owed)]
    if accounts:
        lock_accounts(act.session, *accounts)
    return people, lock_openings(act.session, ids)


def _get(openings: Mapping[int, LockedOpening], opening_id: int) -> LockedOpening:
    if opening_id not in openings:
        raise OpeningUnknown(number=opening_number(opening_id))
    return openings[opening_id]


# ------------------------------------------------------------------ declining, and taking it back


@operation("earning.decline_opening_balance")
def decline_opening_balance(act: Act, *, opening: str, reason: str) -> Answer:
    """Say that a booklet is not as it was written down (退回存折), with a reason.

    It may be brought again, mended. Raises OpeningUnknown, OpeningDecided, ReasonMissing, and what
    `require_second` raises.
    """
    opening_id = read_opening_number(opening)
    people, openings = _lock_with_people(act, [opening_id])
    found = _get(openings, opening_id)
    require_at(found, WAITING)
    require_second(act, CONFIRMING, first=found.proposed_by)
    said = required_reason(reason)
    volunteer = people[found.volunteer_id]
    write_declined(act, opening_id, _words(act, volunteer, said))
    act.for_whom = volunteer.holder
    return {"opening": opening, "status": "declined"}


@operation(TAKING_BACK)
def take_back_opening_balance(act: Act, *, opening: str, reason: str, proposed_by: str) -> Answer:
    """Take a confirmed booklet back (撤回存折旧账): its points go back, whatever became of them.

    One proposes, another confirms. What has been spent is owed; its hours do not count any more,
    and the booklet may be brought again. Raises OpeningUnknown, OpeningDecided, ReasonMissing, and
    what `require_second` raises.
    """
    opening_id = read_opening_number(opening)
    people, openings = _lock_with_people(act, [opening_id])
    found = _get(openings, opening_id)
    require_at(found, CONFIRMED)
    require_second(act, TAKING_BACK, first=proposed_by, volunteers=[found.volunteer_id])
    said = required_reason(reason)
    volunteer = people[found.volunteer_id]
    back = None
    if found.entry_id is not None:
        memo = f"存折旧账撤回：存折 {found.booklet}，{found.points} 分冲回"
        document = document_of(found.id)
        back = take_back_issue(
            act, OPEN, found.entry_id, owed=volunteer.owed, memo=memo, document=document
        )
        tell(
            act,
            "earning.opening_taken_back",
            volunteer.holder,
            about=f"{document}:back",
            day=found.kept_until,
            points=found.points,
        )
    write_taken_back(
        act,
        opening_id,
        first=proposed_by,
        reason_id=_words(act, volunteer, said),
        back_id=back.id if back else None,
    )
    act.for_whom = volunteer.holder
    owes = -kept_balances(act.session, volunteer.owed.id)[volunteer.owed.id]
    return {
        "opening": opening,
        "status": "taken_back",
        "entry": back.number if back else None,
        "owes": owes,
        "proposed_by": proposed_by,
    }


def _words(act: Act, volunteer: VolunteerRef, reason: str) -> int | None:
    """Keep a reason; of somebody who was forgotten no words are kept."""
    return write_words(act.session, volunteer, reason=reason) if volunteer.name else None
