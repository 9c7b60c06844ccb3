"""Whoever says that a line is not right is answered, by somebody who had no hand in it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from pointsbank.cases import (
    CaseDecided,
    CaseOpen,
    CaseUnknown,
    LineUnknown,
    NothingToReverse,
    WordsMissing,
    answer_case,
    confirm_reverse,
    count_cases,
    get_case,
    list_cases,
    list_cases_of,
    operations,
    propose_reverse,
    reverse_case,
    say_wrong,
    say_wrong_for,
    withdraw_case,
)
from pointsbank.cases import cases as room
from pointsbank.earning import RecordNotEffective, approve_record, get_record, void_record
from pointsbank.foundation import SHOP_ZONE, Bank, Caller, Clock, Keys, Outcome, open_database
from pointsbank.ledger import kept_balances
from pointsbank.people import (
    BenefitsOneself,
    RoleMissing,
    SameHousehold,
    SamePersonTwice,
    SecondPersonNeeded,
    StaffRow,
    VolunteerErased,
    VolunteerRef,
    change_settings,
    erase_volunteer,
    find_volunteers_by_id,
    list_proposals,
    list_untold,
)
from pointsbank.people.errors import (
    ProposalDecided,
    ProposalExists,
    ProposalOther,
    ProposalUnknown,
)
from pointsbank.redemption import take_back_late
from tests.at_once import at_once
from tests.books import books_are_right
from tests.counter import Counter
from tests.earning.kin import hand_with_kin
from tests.make import Make, see_service
from tests.people.test_second_person import live_together
from tests.redemption.test_late import enter

SAYS = "那天我只做了一个小时"


def oneself(person: VolunteerRef) -> Caller:
    """A volunteer who has come to the own page by card and PIN."""
    return Caller(actor=person.holder, client=person.holder)


class Served:
    """An effective record of somebody, and everybody who had a hand in it."""

    def __init__(self, make: Make, minutes: int = 120) -> None:
        make.rule()
        self.make, self.person = make, make.volunteer()
        self.recorder, self.approver, self.third = (make.staff("worker") for _ in range(3))
        self.record = make.record(self.person, minutes, by=self.recorder)
        done = make.do(approve_record, by=self.approver.caller, record=self.record)
        self.entry = str(done.answer["entry"])

    def says(self, line: str = "", says: str = SAYS) -> str:
        """The person says on the own page that a line is not right; the case."""
        told = {"line": line or self.entry, "says": says}
        return str(self.make.do(say_wrong, by=oneself(self.person), **told).answer["case"])

    def owes(self) -> int:
        owed = self.person.owed.id
        return -self.make.bank.database.read(lambda session: kept_balances(session, owed)[owed])


@pytest.fixture
def served(make: Make) -> Served:
    return Served(make)


def news_of(bank: Bank, person: VolunteerRef) -> list[str]:
    lines = bank.database.read(lambda session: list_untold(session, person.holder))
    return [one.code for one in lines]


def test_a_record_is_voided_together_with_the_answer(
    make: Make, bank: Bank, served: Served
) -> None:
    case = served.says()
    make.move(served.person.wallet, make.account("redeemed", holder="bank"), 15)
    two = make.by_two(served.recorder, served.third)
    done = make.do(reverse_case, case=case, answer="属实，重新记", **two).answer
    assert (done["outcome"], done["record"]) == ("reversed", served.record)
    assert (make.balance(served.person.wallet), served.owes()) == (0, 15)
    record = get_record(bank, record=served.record)
    assert (record.status, record.reason) == ("void", f"更正 {case}")
    row = get_case(bank, case=case)
    assert (row.says, row.answer, row.kept.outcome) == (SAYS, "属实，重新记", "reversed")
    assert (row.entry, row.record) == (served.entry, served.record)
    assert set(news_of(bank, served.person)) >= {"cases.answered", "earning.points_taken_back"}
    books_are_right(bank)
    # The line of the voiding is a line as well, and may be said to be wrong in its turn.
    again = served.says(done["entry"], "不该撤回")
    with pytest.raises(RecordNotEffective):
        make.do(reverse_case, case=again, answer="再撤", **make.by_two())
    told = {"case": again, "outcome": "kept", "answer": "没有错"}
    with pytest.raises(SamePersonTwice):
        make.do(answer_case, by=served.third.caller, **told)


def test_what_is_refused_on_the_way_leaves_the_case_open_and_the_points_there(
    make: Make, bank: Bank, served: Served
) -> None:
    case = served.says()
    bought = make.volunteer(points=30)
    made = make.move(bought.wallet, make.account("redeemed", holder="bank"), 5).answer["entry"]
    told = {"number": bought.number, "line": made, "says": "没有买"}
    other = str(make.do(say_wrong_for, by=served.third.caller, **told).answer["case"])
    for number, answer, by, refused in (
        (case, "属实", make.by_two(served.third, served.third), SamePersonTwice),
        (case, "属实", make.by_two(served.third, served.approver), SamePersonTwice),
        (case, "　", make.by_two(), WordsMissing),
        (other, "属实", make.by_two(), NothingToReverse),
        ("C000099-2", "属实", make.by_two(), CaseUnknown),
    ):
        with pytest.raises(refused):
            make.do(reverse_case, case=number, answer=answer, **by)
    assert make.balance(served.person.wallet) == 20
    assert count_cases(bank, today=bank.clock.today()) == (2, 0)


def test_a_reversal_waits_and_is_confirmed_later_once(
    make: Make, bank: Bank, served: Served
) -> None:
    case, answer = served.says(), "属实，慕容奶奶作证"
    asked = {"by": served.recorder.caller, "case": case, "answer": answer}
    waits = make.do(propose_reverse, **asked).answer["proposal"]
    [row] = list_cases(bank, today=bank.clock.today(), state="open").items
    assert (row.proposal, row.kept.outcome) == (waits, None)
    assert make.balance(served.person.wallet) == 20
    with pytest.raises(ProposalExists):
        make.do(propose_reverse, **asked | {"by": served.third.caller})
    [proposal] = list_proposals(bank).items
    # What was answered stands with the words about the person, and nowhere else.
    assert set(proposal.told) == {"case", "answer_id"}
    told = {**proposal.told, "proposed_by": served.recorder.actor, "proposal": waits}
    for by, changes, refused in (
        (served.recorder, {}, SamePersonTwice),
        (served.approver, {}, SamePersonTwice),
        (served.third, {"answer_id": proposal.told["answer_id"] - 1}, ProposalOther),
        (served.third, {"proposal": "P000099-2"}, ProposalUnknown),
    ):
        with pytest.raises(refused):
            make.do(confirm_reverse, by=by.caller, **told | changes)
    others = [make.staff() for _ in range(3)]
    outcomes = at_once([partial(make.do, confirm_reverse, by=one.caller, **told) for one in others])
    assert sum(isinstance(one, Outcome) for one in outcomes) == 1, outcomes
    assert all(isinstance(one, (Outcome, CaseDecided, ProposalDecided)) for one in outcomes)
    row = get_case(bank, case=case)
    assert (row.answer, row.proposal, row.kept.outcome) == (answer, None, "reversed")
    assert row.kept.proposed_by == served.recorder.actor
    assert make.balance(served.person.wallet) == 0
    assert list_proposals(bank).total == 0
    books_are_right(bank)


def decided_at_once(make: Make, case: str, deciders: list[StaffRow]) -> int:
    """How many of those who answer at the same moment were told that theirs is the answer."""
    told = {"case": case, "outcome": "kept"}
    outcomes = at_once(
        [
            partial(make.do, answer_case, by=one.caller, answer=f"答复 {place}", **told)
            for place, one in enumerate(deciders)
        ]
    )
    assert all(isinstance(one, (Outcome, CaseDecided)) for one in outcomes), outcomes
    return sum(isinstance(one, Outcome) for one in outcomes)


def test_of_two_who_answer_at_once_one_does(make: Make, served: Served) -> None:
    deciders = [make.staff() for _ in range(4)]
    assert decided_at_once(make, served.says(), deciders) == 1


def test_without_the_locks_both_are_told_that_they_did(
    postgres_url: str, keys: Keys, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_LOCK", room._FIND)
    monkeypatch.setattr(
        operations,
        "hold_volunteer_by_id",
        lambda session, of_id: find_volunteers_by_id(session, [of_id])[of_id],
    )
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    make = Make(bank)
    served, deciders = Served(make), [make.staff() for _ in range(4)]

    def once() -> bool:
        return decided_at_once(make, served.says(), deciders) > 1

    assert any(once() for _ in range(50))
    bank.close()


def test_one_line_is_in_one_open_case_however_it_is_named(make: Make, served: Served) -> None:
    case = served.says()
    for line in (served.entry, served.record):
        with pytest.raises(CaseOpen) as refusal:
            served.says(line)
        assert refusal.value.facts == {"case": case}
    outcomes = at_once([partial(make.do, withdraw_case, by=oneself(served.person), case=case)] * 3)
    assert sum(isinstance(one, CaseDecided) for one in outcomes) == 2, outcomes
    opened = at_once([served.says] * 3)
    assert sum(isinstance(one, CaseOpen) for one in opened) == 2, opened


class TestOnOneDatabase:
    """What is no business of the database's."""

    @pytest.fixture
    def bank_url(self, sqlite_url: str) -> str:
        return sqlite_url

    def test_who_had_a_hand_in_it_or_lives_with_the_person_does_not_answer(
        self, make: Make, served: Served
    ) -> None:
        mother, neighbour = make.volunteer(), make.volunteer()
        live_together(make, mother, served.person)
        case = served.says()
        told = {"case": case, "outcome": "kept", "answer": "没有错"}
        for by, refused in (
            (served.recorder.caller, SamePersonTwice),
            (served.approver.caller, SamePersonTwice),
            (make.staff("worker", volunteer=served.person).caller, BenefitsOneself),
            (make.staff("worker", volunteer=mother).caller, SameHousehold),
            (Caller(actor=served.third.actor, client="command"), SecondPersonNeeded),
            (make.staff("auditor").caller, RoleMissing),
            (oneself(served.person), SecondPersonNeeded),
        ):
            with pytest.raises(refused):
                make.do(answer_case, by=by, **told)
        make.do(answer_case, by=make.staff("worker", volunteer=neighbour).caller, **told)
        with pytest.raises(CaseDecided):
            make.do(answer_case, by=served.third.caller, **told)

    def test_a_hand_is_a_person_with_a_household_and_not_a_login(self, make: Make) -> None:
        hand, refused = hand_with_kin(make)
        person = make.volunteer()
        record = make.record(person, by=hand)
        told: dict[str, Any] = {"line": record, "says": SAYS}
        case = make.do(say_wrong, by=oneself(person), **told).answer["case"]
        answer = {"case": case, "outcome": "kept", "answer": "没有错"}
        refused(lambda by: make.do(answer_case, by=by, **answer))
        # A leader who called the roll had a hand in it; what they do as a colleague is the same.
        leader = make.volunteer()
        service = {"activity": "巡逻", "minutes": 30, "served_on": "2026-11-18"}
        told = {"number": person.number, "source": "roll_call", **service}
        called = make.do(see_service, by=oneself(leader), **told).answer["record"]
        told = {"line": called, "says": SAYS}
        case = make.do(say_wrong, by=oneself(person), **told).answer["case"]
        with pytest.raises(SamePersonTwice):
            make.do(
                answer_case,
                by=make.staff("worker", volunteer=leader).caller,
                **answer | {"case": case},
            )

    def test_both_who_voided_it_had_a_hand_in_it_however_it_is_named(
        self, make: Make, served: Served
    ) -> None:
        hand, refused = hand_with_kin(make)
        told = {"record": served.record, "reason": "不实"}
        made = make.do(void_record, **told, **make.by_two(hand))
        for line in (served.record, served.entry, str(made.answer["entry"])):
            answer = {"case": served.says(line), "outcome": "kept", "answer": "没有错"}
            refused(lambda by, answer=answer: make.do(answer_case, by=by, **answer))
            make.do(withdraw_case, by=oneself(served.person), case=answer["case"])

    def test_both_who_entered_a_purchase_late_had_a_hand_in_it(self, counter: Counter) -> None:
        make = counter.make
        counter.goods("SOAP", price=30, shelf=5)
        buyer = counter.buyer(points=100)
        hand, refused = hand_with_kin(make)
        for first, second in ((hand, None), (None, hand)):
            by = make.by_two(first, second)
            made = enter(counter, buyer, slip=f"1-{second is None:d}", **by)
            told = {"number": buyer.number, "says": "没有买"}
            lines = [str(made.answer["redemption"]["entry"])]
            number = made.answer["redemption"]["number"]
            back = make.do(take_back_late, **make.by_two(first, second), number=number)
            lines.append(str(back.answer["redemption"]["entry"]))
            for line in lines:
                said = make.do(say_wrong_for, by=make.staff().caller, line=line, **told)
                answer = {"case": said.answer["case"], "outcome": "kept", "answer": "买了"}
                refused(lambda by, answer=answer: make.do(answer_case, by=by, **answer))

    def test_what_waits_comes_too_late_for_a_case_that_was_answered_or_forgotten(
        self, make: Make, bank: Bank, served: Served
    ) -> None:
        def propose() -> dict[str, Any]:
            told = {"case": served.says(), "answer": "属实"}
            waits = make.do(propose_reverse, by=served.recorder.caller, **told).answer["proposal"]
            [row] = [one for one in list_proposals(bank).items if one.number == waits]
            return {**row.told, "proposed_by": served.recorder.actor, "proposal": waits}

        answered = propose()
        told = {"case": answered["case"], "outcome": "kept", "answer": "没有错"}
        make.do(answer_case, by=served.third.caller, **told)
        forgotten = propose()
        make.do(erase_volunteer, by=make.staff("admin").caller, number=served.person.number)
        for waits, refused in ((answered, CaseDecided), (forgotten, VolunteerErased)):
            with pytest.raises(refused):
                make.do(confirm_reverse, by=served.third.caller, **waits)
        assert make.balance(served.person.wallet) == 20

    def test_the_person_and_the_worker_who_was_told_are_both_kept(
        self, make: Make, bank: Bank, served: Served
    ) -> None:
        by = make.staff("worker")
        told = {"number": served.person.number, "line": served.record, "says": SAYS}
        case = make.do(say_wrong_for, by=by.caller, **told).answer["case"]
        row = get_case(bank, case=case)
        assert row.kept.opened_by == by.actor
        assert (row.volunteer_number, row.entry) == (served.person.number, None)
        kept = bank.database.read(
            lambda session: session.row(
                text(
                    "SELECT actor, for_whom FROM receipt JOIN receipt_outcome ON receipt_id = id"
                    " WHERE operation = 'cases.say_wrong_for'"
                )
            )
        )
        assert tuple(kept) == (by.actor, served.person.holder)
        with pytest.raises(SecondPersonNeeded):
            make.do(say_wrong_for, by=oneself(served.person), **told)

    def test_nobody_says_it_of_anothers_line(self, make: Make, served: Served) -> None:
        stranger = make.volunteer()
        for line in (served.entry, served.record, "J000099-2", "S000099-2", "什么", "J1"):
            with pytest.raises(LineUnknown):
                make.do(say_wrong, by=oneself(stranger), line=line, says=SAYS)
        with pytest.raises(WordsMissing):
            served.says(says=" ")
        case = served.says()
        with pytest.raises(CaseUnknown):
            make.do(withdraw_case, by=oneself(stranger), case=case)
        make.do(withdraw_case, by=oneself(served.person), case=case)
        assert news_of(make.bank, served.person) == ["earning.points_arrived"]

    def test_the_clock_runs_for_as_many_days_as_are_set_when_it_is_opened(
        self, make: Make, bank: Bank, clock: Clock, served: Served
    ) -> None:
        first = served.says()
        admin = make.staff("admin").caller
        make.do(change_settings, by=admin, changes={"case_days": 3})
        other = served.says(make.record(served.person))
        dues = {row.number: row.kept.due_on for row in list_cases(bank, today="2026-11-20").items}
        assert dues == {first: "2026-12-05", other: "2026-11-23"}
        clock.set_now(lambda: datetime(2026, 11, 23, 23, 59, 59, tzinfo=SHOP_ZONE))
        assert count_cases(bank, today=clock.today()) == (2, 0)
        clock.set_now(lambda: datetime(2026, 11, 24, tzinfo=SHOP_ZONE))
        assert count_cases(bank, today=clock.today()) == (2, 1)
        [late] = list_cases(bank, today=clock.today(), state="overdue").items
        assert (late.number, late.is_overdue(clock.today())) == (other, True)
        waiting = list_cases(bank, today=clock.today(), state="open").items
        assert [one.number for one in waiting] == [other, first]

    def test_words_go_with_whom_they_are_about_and_stand_nowhere_else(
        self, make: Make, bank: Bank, served: Served
    ) -> None:
        planted = "慕容奶奶可以作证"
        case = served.says(says=planted)
        told: dict[str, Any] = {"case": case, "outcome": "put_right", "answer": planted}
        make.do(answer_case, by=served.third.caller, **told)
        for table in ("receipt", "receipt_outcome", "journal_entry", "news", "service_record"):
            rows = bank.database.read(
                lambda session, table=table: session.rows(text(f"SELECT * FROM {table}"))
            )
            assert rows
            assert not [row for row in rows if any(planted in str(cell) for cell in row)]
        make.do(erase_volunteer, by=make.staff("admin").caller, number=served.person.number)
        [row] = list_cases_of(bank, volunteer_id=served.person.id)
        assert (row.says, row.answer, row.kept.outcome) == (None, None, "put_right")
        told = {"number": served.person.number, "line": served.record, "says": SAYS}
        with pytest.raises(VolunteerErased):
            make.do(say_wrong_for, by=served.third.caller, **told)
