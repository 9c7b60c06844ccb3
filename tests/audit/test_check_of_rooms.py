"""The check sees what is wrong between the journal and what it names: records and redemptions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pointsbank.audit import CHECKS, run_checks
from pointsbank.cases import answer_case, reverse_case, say_wrong
from pointsbank.earning import (
    appeal,
    approve_record,
    confirm_opening_balance,
    decide_appeal,
    deduct,
    give_bonus,
    propose_opening_balance,
    take_back_opening_balance,
    void_record,
)
from pointsbank.findings import list_findings, look_at_finding, look_for_findings
from pointsbank.foundation import NIGHT, Bank, Caller, read_public_id
from pointsbank.people import get_volunteer, impose_sanction, lift_sanction
from pointsbank.people.card_faces import list_card_faces
from pointsbank.redemption import (
    begin_rehearsal,
    end_rehearsal,
    enter_late,
    take_back_late,
)
from tests.audit.forgery import forge
from tests.audit.test_check_of_steps import STEPS
from tests.books import books_are_right
from tests.counter import Buyer, Counter, scanned, tapped
from tests.make import Make

RECORDER = "(SELECT recorded_by FROM service_record WHERE id = 1)"
EARNING = [
    ("issue-for-record", "UPDATE service_record SET points = points + 5 WHERE id = 1"),
    ("issue-for-record", "UPDATE service_record SET volunteer_id = 2 WHERE id = 1"),
    ("issue-for-record", "UPDATE service_record SET status = 'void' WHERE id = 1"),
    ("issue-for-record", "DELETE FROM service_record WHERE id = 1"),
    ("issue-for-record", "UPDATE service_record SET status = 'effective' WHERE id = 2"),
    (
        "record-has-issue",
        "UPDATE service_record SET entry_id = (SELECT max(id) FROM journal_entry) WHERE id = 1",
    ),
    ("two-people", "UPDATE service_record SET recorded_by = decided_by WHERE id = 1"),
    (
        "two-people",
        f"UPDATE staff SET volunteer_id = 1 WHERE 'staff:' || id = {RECORDER}",
    ),
]
REDEEMING = [
    (
        "redemption-there",
        "UPDATE redemption SET entry_id = 1 WHERE id = (SELECT min(id) FROM redemption)",
    ),
    ("points-taken", "UPDATE redemption SET total_points = total_points + 1"),
    ("points-taken", "UPDATE redemption SET points_after = points_after + 1"),
    ("price-agreed", "UPDATE redemption_line SET price_points = price_points - 1"),
    ("price-agreed", "UPDATE product_price SET points = points + 1"),
    ("price-agreed", "UPDATE product_price SET starts_on = '2030-01-01'"),
    ("price-agreed", "DELETE FROM redemption_line WHERE line = 1"),
    ("pieces-given", "UPDATE redemption_line SET quantity = quantity + 1"),
    ("pieces-given", "DELETE FROM redemption_line WHERE line = 1"),
    ("undone-whole", "DELETE FROM redemption_undo"),
    ("undone-whole", "UPDATE redemption_undo SET entry_id = 1"),
]
REHEARSING = [
    ("rehearsal-to-stand-in", "UPDATE volunteer SET number = 'A1' WHERE number LIKE 'REHEARSAL-%'"),
    ("rehearsal-to-stand-in", "UPDATE journal_entry SET document = 'rehearsal:9'"),
    (
        "rehearsal-to-stand-in",
        "UPDATE journal_entry SET kind = 'charity.donate' WHERE kind = 'redemption.goods'",
    ),
    (
        "rehearsal-left-nothing",
        "UPDATE journal_entry SET reverses_id = NULL WHERE kind = 'redemption.goods'",
    ),
    (
        "rehearsal-left-nothing",
        "UPDATE account SET balance = 5 WHERE type = 'wallet' AND holder = 'volunteer:1'",
    ),
    (
        "rehearsal-left-nothing",
        "UPDATE journal_entry SET reverses_id = NULL, occurred_on = '2026-11-21' WHERE id = 6",
    ),
]


LATE = [
    ("late-told", "DELETE FROM late_redemption WHERE slip = '1-1'"),
    ("late-told", "UPDATE late_redemption SET slip = '9-9' WHERE slip = '1-1'"),
    ("late-told", "UPDATE late_redemption SET happened_on = '2026-11-19' WHERE slip = '1-1'"),
    ("late-told", "UPDATE late_redemption SET taken_back_at = NULL WHERE slip = '1-2'"),
    ("late-told", "UPDATE journal_entry SET kind = 'redemption.goods' WHERE memo LIKE '%1-1'"),
    ("points-taken", "UPDATE redemption SET points_after = 0 WHERE slip = '1-1'"),
]


@pytest.fixture
def entered_late(make: Make, bank: Bank) -> Bank:
    """One late entry beyond the balance that stands, and one that was taken back."""
    counter = Counter(make)
    counter.goods("SOAP", price=30, shelf=5)
    buyer = counter.buyer(points=40)
    told = {"shop_id": 1, "why": "paper", "day": "2026-11-20", "taken": [("SOAP", 1)]}
    told |= {"whose": buyer.number, "total_points": 30, **make.by_two()}
    wrong = make.do(enter_late, slip="1-2", **told).answer["redemption"]["number"]
    make.do(take_back_late, **make.by_two(), number=wrong)
    make.do(enter_late, slip="1-1", **told | {"taken": [("SOAP", 2)], "total_points": 60})
    books_are_right(bank)
    return bank


EXTRAS = [
    ("extra-has-entry", "UPDATE extra SET points = 7 WHERE kind = 'bonus'"),
    ("extra-has-entry", "UPDATE extra SET volunteer_id = 2 WHERE kind = 'deduction'"),
    (
        "extra-has-entry",
        "UPDATE journal_entry SET document = 'extra:1' WHERE kind = 'earning.bonus'",
    ),
    ("extra-has-entry", "DELETE FROM extra WHERE kind = 'bonus'"),
    ("extra-by-two", "UPDATE extra SET decided_by = proposed_by WHERE kind = 'bonus'"),
    ("extra-by-two", "UPDATE extra SET answered_by = decided_by WHERE kind = 'deduction'"),
    ("extra-by-two", "UPDATE extra SET outcome = 'dismissed' WHERE kind = 'deduction'"),
    ("extra-by-two", "UPDATE extra SET back_id = entry_id WHERE kind = 'deduction'"),
]


OPENED_BY = "(SELECT decided_by FROM opening_balance WHERE id = 1)"
OPENINGS = [
    ("opening-has-entry", "UPDATE opening_balance SET points = points + 1 WHERE id = 1"),
    ("opening-has-entry", "UPDATE opening_balance SET volunteer_id = 2 WHERE id = 1"),
    ("opening-has-entry", "UPDATE opening_balance SET status = 'confirmed' WHERE id = 2"),
    ("opening-has-entry", "DELETE FROM opening_balance WHERE id = 1"),
    ("opening-by-two", "UPDATE opening_balance SET proposed_by = decided_by WHERE id = 1"),
    (
        "opening-by-two",
        f"UPDATE staff SET volunteer_id = 1 WHERE 'staff:' || id = {OPENED_BY}",
    ),
]


TIME = [
    ("time-for-record", "UPDATE time_credit SET minutes = minutes + 1 WHERE record_id = 1"),
    ("time-for-record", "UPDATE time_credit SET back_id = NULL WHERE record_id = 2"),
    ("time-for-record", "DELETE FROM time_credit WHERE record_id = 1"),
    ("time-for-record", "UPDATE service_record SET status = 'void' WHERE id = 1"),
]


@pytest.fixture
def saved(make: Make, bank: Bank) -> Bank:
    """Two records that saved up time, the second void again."""
    make.rule(time_credit={"kept": True})
    person, second = make.volunteer(), make.staff("witness").caller
    for minutes in (60, 120):
        record = make.record(person, minutes)
        make.do(approve_record, by=second, record=record)
    make.do(void_record, **make.by_two(), record=record, reason="没有来")
    books_are_right(bank)
    return bank


@pytest.fixture
def opened(make: Make, bank: Bank) -> Bank:
    """A booklet that was brought in, and another that was taken back."""
    make.rule()
    person = make.volunteer()
    make.volunteer()
    told = {"points": 20, "minutes": 60, "kept_until": "2026-10-31", "scan": "p1"}
    worker, second = make.staff("worker").caller, make.staff("witness").caller
    for booklet in ("1", "2"):
        made = make.do(
            propose_opening_balance, by=worker, number=person.number, booklet=booklet, **told
        )
        make.do(confirm_opening_balance, by=second, opening=made.answer["opening"])
    back = {"opening": made.answer["opening"], "reason": "抄错了"}
    make.do(take_back_opening_balance, **make.by_two(), **back)
    books_are_right(bank)
    return bank


@pytest.fixture
def rewarded(make: Make, bank: Bank) -> Bank:
    """A bonus, and a deduction beyond the balance that an appeal has undone."""
    make.rule(
        bonuses=[{"code": "star", "name": "评上星级", "points": 3}],
        deductions=[{"code": "no_show", "name": "报名不到", "points": 5}],
    )
    told = {"number": make.volunteer().number, "reason": "如上", **make.by_two()}
    make.volunteer()
    make.do(give_bonus, code="star", **told)
    extra = make.do(deduct, code="no_show", **told).answer["extra"]
    third = make.staff("witness").caller
    make.do(appeal, by=third, extra=extra, reason="来了")
    make.do(decide_appeal, by=third, extra=extra, outcome="upheld", answer="是的")
    books_are_right(bank)
    return bank


@pytest.fixture
def earned(make: Make, bank: Bank) -> Bank:
    """Two approved records of one volunteer, the second void again, and another volunteer."""
    make.rule()
    volunteer = make.volunteer()
    make.volunteer()
    approver = make.staff("worker").caller
    for minutes in (180, 120):
        record = make.record(volunteer, minutes)
        make.do(approve_record, by=approver, record=record)
    make.do(void_record, **make.by_two(), record=record, reason="补录不实")
    books_are_right(bank)
    return bank


@pytest.fixture
def redeemed(make: Make, bank: Bank) -> Bank:
    """One purchase of two kinds of goods that stands, and one that was undone."""
    counter = Counter(make)
    counter.goods("SOAP", price=30, shelf=5)
    counter.goods("RICE", price=50, shelf=5)
    buyer = counter.buyer(points=500)
    counter.check_out(buyer, tapped("SOAP", 2), scanned("RICE"))
    undone = counter.check_out(buyer, tapped("SOAP"))
    counter.undo(buyer, undone["number"])
    books_are_right(bank)
    return bank


@pytest.fixture
def rehearsed(make: Make, bank: Bank) -> Bank:
    """A rehearsal from its beginning to its end."""
    counter, worker = Counter(make), make.staff("worker").caller
    counter.goods("SOAP", price=30, shelf=5)
    made = make.do(begin_rehearsal, by=worker, shop_id=1, sku="SOAP").answer
    [face] = list_card_faces(bank, card_key=bank.keys.card, numbers=[made["number"]])
    stand_in = bank.database.read(lambda session: get_volunteer(session, made["number"]))
    buyer = Buyer(made["number"], face.code, stand_in.wallet, made["short_number"])
    counter.check_out(buyer, scanned("SOAP"))
    make.do(end_rehearsal, by=worker)
    books_are_right(bank)
    return bank


def found_by(bank: Bank) -> dict[str, set[str | None]]:
    """Which checks found something, and in which entries."""
    found: dict[str, set[str | None]] = {}
    for finding in run_checks(bank.database.url, durable=False).findings:
        found.setdefault(finding.check, set()).add(finding.entry)
    return found


@pytest.mark.parametrize(("check", "forgery"), EARNING)
def test_a_record_that_does_not_fit_its_issue_is_seen(
    earned: Bank, check: str, forgery: str
) -> None:
    forge(earned.database.url, forgery)
    [entry] = found_by(earned)[check]
    assert entry is not None
    assert read_public_id("J", entry) > 0


@pytest.mark.parametrize(("check", "forgery"), EXTRAS)
def test_points_beside_the_hours_that_nobody_decided_on_are_seen(
    rewarded: Bank, check: str, forgery: str
) -> None:
    forge(rewarded.database.url, forgery)
    assert check in found_by(rewarded)


@pytest.mark.parametrize(("check", "forgery"), OPENINGS)
def test_a_booklet_that_does_not_fit_its_entry_is_seen(
    opened: Bank, check: str, forgery: str
) -> None:
    forge(opened.database.url, forgery)
    assert check in found_by(opened)


@pytest.mark.parametrize(("check", "forgery"), TIME)
def test_time_that_no_record_saved_up_is_seen(saved: Bank, check: str, forgery: str) -> None:
    forge(saved.database.url, forgery)
    assert check in found_by(saved)


@pytest.mark.parametrize(("check", "forgery"), REDEEMING)
def test_a_redemption_that_does_not_fit_its_entry_is_seen(
    redeemed: Bank, check: str, forgery: str
) -> None:
    forge(redeemed.database.url, forgery)
    entries = found_by(redeemed)[check]
    assert entries
    assert None not in entries


@pytest.mark.parametrize(("check", "forgery"), LATE)
def test_a_late_entry_that_does_not_say_so_is_seen(
    entered_late: Bank, check: str, forgery: str
) -> None:
    forge(entered_late.database.url, forgery)
    assert found_by(entered_late)[check]


@pytest.mark.parametrize(("check", "forgery"), REHEARSING)
def test_a_rehearsal_that_leaves_something_is_seen(
    rehearsed: Bank, check: str, forgery: str
) -> None:
    forge(rehearsed.database.url, forgery)
    assert found_by(rehearsed)[check]


ANSWERED = "UPDATE correction_case SET decided_by = {} WHERE outcome = 'reversed'"
OF_RECORD = "(SELECT {} FROM service_record WHERE status = 'void')"
DOUBTS = [
    ("correction-answered", ANSWERED.format("'staff:99'")),
    ("correction-answered", "UPDATE service_record SET status = 'effective' WHERE status = 'void'"),
    (
        "correction-answered",
        "UPDATE correction_case SET outcome = NULL, decided_by = NULL, decided_at = NULL",
    ),
    ("correction-answered", "UPDATE correction_case SET outcome = 'withdrawn'"),
    ("correction-by-others", ANSWERED.format(OF_RECORD.format("recorded_by"))),
    ("correction-by-others", ANSWERED.format("proposed_by")),
    (
        "correction-by-others",
        (
            "UPDATE correction_case SET decided_by = (SELECT proposed_by FROM sanction)"
            " WHERE sanction_id IS NOT NULL"
        ),
    ),
    ("correction-of-own", "UPDATE correction_case SET volunteer_id = 2"),
    ("correction-of-own", "UPDATE correction_case SET record_id = 9 WHERE record_id = 1"),
    ("sanction-decided", "UPDATE sanction SET lifted_by = decided_by"),
    ("sanction-decided", "UPDATE sanction SET decided_at = '2026-11-01T00:00:00.000000Z'"),
    (
        "sanction-decided",
        "UPDATE sanction SET lifted_by = NULL, lifted_at = NULL, lifted_id = NULL",
    ),
    ("sanction-by-two", "UPDATE sanction SET proposed_by = decided_by"),
    ("sanction-by-two", "UPDATE sanction SET lifted_id = NULL"),
    (
        "sanction-by-two",
        (
            "UPDATE staff SET volunteer_id = 1 WHERE 'staff:' || id IN"
            " (SELECT lifted_by FROM sanction)"
        ),
    ),
    ("finding-looked-at", "UPDATE finding SET looked_by = 'staff:99'"),
    ("finding-looked-at", "UPDATE finding SET remark_id = NULL"),
    ("finding-looked-at", "DELETE FROM finding"),
    (
        "finding-looked-at",
        "UPDATE service_record SET recorded_by = (SELECT looked_by FROM finding)",
    ),
    ("words-of-own", "UPDATE personal_text SET volunteer_id = 2 WHERE id = 1"),
]


@pytest.fixture
def doubted(make: Make, bank: Bank) -> Bank:
    """A correction that took a record back, one of a sanction, which was lifted, and a finding."""
    make.rule()
    person, third = make.volunteer(), make.staff("witness")
    make.volunteer()
    record = make.record(person, 500)
    entry = make.do(approve_record, by=make.staff().caller, record=record).answer["entry"]
    imposed = make.do(
        impose_sanction,
        number=person.number,
        scopes=["redeeming"],
        ends_on="2026-11-30",
        reason="冒领",
        **make.by_two(),
    )
    sanction = imposed.answer["sanction"]
    cases = [
        make.do(say_wrong, by=Caller(person.holder, person.holder), line=line, says="不对").answer[
            "case"
        ]
        for line in (entry, sanction)
    ]
    make.do(lift_sanction, by=third.caller, sanction=sanction, reason="查清楚了")
    look_for_findings(bank, by=NIGHT)
    [finding] = list_findings(bank).items
    make.do(look_at_finding, by=third.caller, finding=finding.number, remark="属实")
    make.do(reverse_case, case=cases[0], answer="属实", **make.by_two(None, third))
    make.do(answer_case, by=third.caller, case=cases[1], outcome="kept", answer="没有错")
    books_are_right(bank)
    return bank


@pytest.mark.parametrize(("check", "forgery"), DOUBTS)
def test_an_answer_that_nobody_gave_or_the_wrong_one_is_seen(
    doubted: Bank, check: str, forgery: str
) -> None:
    forge(doubted.database.url, forgery)
    assert found_by(doubted)[check]


def test_every_check_of_the_rooms_has_a_forgery_that_it_sees() -> None:
    tried = (EARNING, STEPS, DOUBTS, EXTRAS, LATE, OPENINGS, TIME, REDEEMING, REHEARSING)
    told = {check for forgeries in tried for check, _ in forgeries}
    ledgers = ast.unparse(
        ast.parse(Path(__file__).with_name("test_check.py").read_text(encoding="utf-8"))
    )
    for check in CHECKS:
        assert check.name in told or f"'{check.name}'" in ledgers or check.durability, check.name
