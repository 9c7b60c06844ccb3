"""Two people decide, at one screen or at two; and two are never one, nor of one household."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher

from pointsbank.cases import reverse_case, say_wrong_for
from pointsbank.charity import approve_grant, donate_points, take_back_grant
from pointsbank.earning import SamePersonTwice as RecordedOneself
from pointsbank.earning import (
    approve_record,
    approve_records,
    confirm_opening_balance,
    decide_objection,
    deduct,
    end_undated,
    give_bonus,
    list_records,
    object_to_record,
    plain_document,
    propose_opening_balance,
    set_rulebook,
    take_back_opening_balance,
    uphold_complaint,
    void_record,
)
from pointsbank.foundation import Bank, Caller, Operation, Outcome, new_key
from pointsbank.inventory import adjust_stock, list_recounts, settle_recount
from pointsbank.inventory import set_price as decide_price
from pointsbank.people import (
    ACTS,
    CAPACITIES,
    ROLES,
    BadgeBlocked,
    BadgeUnknown,
    BenefitsOneself,
    PinBlocked,
    PinLocked,
    PinMissing,
    PinWrong,
    RoleMissing,
    SameHousehold,
    SamePersonTwice,
    SecondPersonNeeded,
    StaffRow,
    VolunteerRef,
    block_badge,
    count_handover,
    give_pin,
    impose_sanction,
    issue_badge,
    join_household,
    open_handover,
    register_family,
    sign_handover,
    verify_second,
)
from pointsbank.people import pins as room
from pointsbank.people.badge_faces import get_badge_face
from pointsbank.recognition import (
    approve_star,
    list_stars,
    lower_stars,
    prepare_certificate,
    propose_star,
    revoke_certificate,
    set_star_rule,
    sign_certificate,
)
from pointsbank.redemption import enter_late, take_back_late
from pointsbank.safekeeping import enter_missing, note_slip
from tests.counter import Counter, scanned
from tests.earning.wall import Wall
from tests.make import Make


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(room, "_HASHER", PasswordHasher(1, 8, 1))


@dataclass(frozen=True)
class Standing:
    """Somebody who stands beside the screen, with a badge and an own PIN."""

    staff: StaffRow
    badge: str
    pin: str


def standing(make: Make, *roles: str, volunteer: VolunteerRef | None = None) -> Standing:
    staff = make.staff(*(roles or ("witness",)), volunteer=volunteer)
    capacity = "worker" if {"worker", "admin"} & set(staff.roles) else "committee"
    make.do(issue_badge, login=staff.login, capacity=capacity)
    pin = give_pin(make.bank, by=staff.caller, key=new_key(), holder=staff.actor)
    return Standing(staff, get_badge_face(make.bank, login=staff.login).code, pin)


def confirm(
    bank: Bank,
    first: StaffRow,
    beside: Standing,
    name: str = "earning.approve_record",
    pin: str | None = None,
) -> StaffRow:
    return verify_second(
        bank, by=first.caller, name=name, badge=beside.badge, pin=pin or beside.pin
    )


def live_together(make: Make, one: VolunteerRef, other: VolunteerRef) -> None:
    make.do(
        join_household,
        by=make.staff("worker").caller,
        number=one.number,
        member=other.number,
        consented_on="2026-11-01",
    )


# ------------------------------------------------------------------------------------ at one screen


def test_the_second_person_is_known_by_badge_and_pin_and_books_in_an_own_name(
    make: Make, bank: Bank
) -> None:
    make.rule()
    worker, witness, volunteer = make.staff("worker"), standing(make), make.volunteer()
    record = make.record(volunteer, by=worker)
    second = confirm(bank, worker, witness)
    assert second == witness.staff
    assert second.caller == Caller(actor=second.actor, client=second.actor)
    make.do(approve_record, by=second.caller, record=record)
    assert make.balance(volunteer.wallet) == 20


def test_a_badge_without_its_pin_is_nobody(make: Make, bank: Bank) -> None:
    worker, witness, other = make.staff("worker"), standing(make), standing(make)
    for _ in range(4):
        with pytest.raises(PinWrong):
            confirm(bank, worker, witness, pin=other.pin)
    with pytest.raises(PinLocked):
        confirm(bank, worker, witness, pin=other.pin)
    with pytest.raises(PinLocked):
        confirm(bank, worker, witness)
    assert confirm(bank, worker, other) == other.staff


def test_ten_wrong_pins_end_a_badges_use_until_its_owner_draws_a_new_one(
    make: Make, bank: Bank
) -> None:
    worker, witness = make.staff("worker"), standing(make)
    make.bank.database.write(lambda session: session.run(_NINE, of_holder=witness.staff.actor))
    with pytest.raises(PinBlocked):
        confirm(bank, worker, witness, pin="000000")
    with pytest.raises(PinBlocked):
        confirm(bank, worker, witness)
    fresh = give_pin(bank, by=witness.staff.caller, key=new_key(), holder=witness.staff.actor)
    assert confirm(bank, worker, witness, pin=fresh) == witness.staff


_NINE = (
    room.update(room.Pin).where(room.Pin.holder == room.bindparam("of_holder")).values(failures=9)
)


def test_a_badge_that_is_blocked_unknown_or_a_card_confirms_nothing(make: Make, bank: Bank) -> None:
    worker, witness = make.staff("worker"), standing(make)
    card = make.card(make.volunteer())
    for badge in (card.code, card.short_number, "RH6V5JZTTEH6XDVEA56O5BMG", "x"):
        with pytest.raises(BadgeUnknown):
            confirm(bank, worker, Standing(witness.staff, badge, witness.pin))
    make.do(block_badge, login=witness.staff.login)
    with pytest.raises(BadgeBlocked):
        confirm(bank, worker, witness)


def test_a_badge_whose_owner_has_drawn_no_pin_confirms_nothing(make: Make, bank: Bank) -> None:
    worker, witness = make.staff("worker"), make.staff("witness")
    make.do(issue_badge, login=witness.login, capacity="committee")
    code = get_badge_face(bank, login=witness.login).code
    with pytest.raises(PinMissing):
        verify_second(
            bank, by=worker.caller, name="earning.approve_record", badge=code, pin="407182"
        )


def test_the_same_person_is_not_two_with_whatever_badge(make: Make, bank: Bank) -> None:
    alone = standing(make, "worker", "witness", "admin")
    with pytest.raises(SamePersonTwice):
        confirm(bank, alone.staff, alone)
    # Two logins of one volunteer are one person.
    volunteer = make.volunteer()
    one, other = (standing(make, "worker", volunteer=volunteer) for _ in range(2))
    with pytest.raises(SamePersonTwice):
        confirm(bank, one.staff, other)


def test_two_of_one_household_are_not_two(make: Make, bank: Bank) -> None:
    husband, wife, neighbour = (make.volunteer() for _ in range(3))
    live_together(make, husband, wife)
    worker = make.staff("worker", volunteer=husband)
    with pytest.raises(SameHousehold):
        confirm(bank, worker, standing(make, volunteer=wife))
    other = standing(make, volunteer=neighbour)
    assert confirm(bank, worker, other) == other.staff


def test_a_command_and_a_kiosk_have_no_screen_for_a_second_person(make: Make, bank: Bank) -> None:
    worker, witness = make.staff("worker"), standing(make)
    for by in (
        Caller(actor=worker.actor, client=f"command:{worker.id}"),
        Caller(actor="device:1", client="device:1"),
        Caller(actor="system", client="login"),
    ):
        with pytest.raises(SecondPersonNeeded):
            verify_second(
                bank, by=by, name="earning.approve_record", badge=witness.badge, pin=witness.pin
            )


@pytest.mark.parametrize("role", ROLES)
def test_who_may_be_second_is_what_the_table_says(
    make: Make, bank: Bank, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = make.staff("worker")
    if role not in {"worker", "admin", "witness"}:
        # No such badge is issued; a role that was taken away later must not confirm either.
        monkeypatch.setitem(CAPACITIES, "committee", (role,))
        staff = make.staff(role)
        make.do(issue_badge, login=staff.login, capacity="committee")
        beside = Standing(staff, get_badge_face(bank, login=staff.login).code, "407182")
    else:
        beside = standing(make, role)
    confirmed = {}
    for name in ACTS:
        with suppress(RoleMissing):
            confirmed[name] = confirm(bank, worker, beside, name)
    assert confirmed == {name: beside.staff for name, act in ACTS.items() if role in act.roles}


# ---------------------------------------------------------------------------- by no door, one alone

Act = Callable[[Make, StaffRow, Caller], Outcome]


def _approve(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule()
    return make.do(approve_record, by=by, record=make.record(make.volunteer(), by=first))


def _approve_manual(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule(counts_manual=True)
    record = make.record(make.volunteer(), by=first, source="manual")
    return make.do(approve_record, by=by, record=record)


def _void(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule()
    record = make.record(make.volunteer())
    make.do(approve_record, by=make.staff("worker").caller, record=record)
    return make.do(void_record, by=by, record=record, reason="不实", proposed_by=first.actor)


def _rulebook(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule()
    make.do(approve_record, by=make.staff().caller, record=make.record(make.volunteer()))
    told = {"document": plain_document(12), "starts_on": "2026-12-01", "proposed_by": first.actor}
    return make.do(set_rulebook, by=by, **told)


OPENING = {"points": 20, "minutes": 60, "kept_until": "2026-10-31", "scan": "p1"}


def _opening(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule()
    booklet, number = str(make.next_number()), make.volunteer().number
    told = {"number": number, "booklet": booklet, **OPENING}
    made = make.do(propose_opening_balance, by=first.caller, **told)
    return make.do(confirm_opening_balance, by=by, opening=made.answer["opening"])


def _opening_back(make: Make, first: StaffRow, by: Caller) -> Outcome:
    done = _opening(make, make.staff("worker"), make.staff("witness").caller).answer
    told = {"opening": done["opening"], "reason": "抄错了", "proposed_by": first.actor}
    return make.do(take_back_opening_balance, by=by, **told)


def _objection(make: Make, first: StaffRow, by: Caller) -> Outcome:
    wall = Wall(make)
    record = make.record(make.volunteer(), by=first)
    make.do(approve_record, by=wall.reviewer.caller, record=record)
    made = make.do(object_to_record, record=record, reason="没有来").answer
    told = {"objection": made["objection"], "outcome": "dismissed", "answer": "查过"}
    return make.do(decide_objection, by=by, **told)


def _complaint(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule()
    record = make.record(make.volunteer())
    told = {"record": record, "reason": "态度不好", "proposed_by": first.actor}
    return make.do(uphold_complaint, by=by, **told)


def _grant(make: Make, first: StaffRow, by: Caller) -> Outcome:
    giver = make.volunteer(points=50)
    make.do(donate_points, volunteer=giver.number, points=50)
    family = make.do(register_family).answer["number"]
    return make.do(approve_grant, by=by, proposed_by=first.actor, family=family, points=50)


def _take_grant_back(make: Make, first: StaffRow, by: Caller) -> Outcome:
    made = _grant(make, make.staff("worker"), make.staff("witness").caller).answer["grant"]
    told = {"grant": made, "why": "family", "proposed_by": first.actor}
    return make.do(take_back_grant, by=by, **told)


def _price(make: Make, first: StaffRow, by: Caller) -> Outcome:
    Counter(make).goods("SOAP")
    return make.do(decide_price, by=by, sku="SOAP", points=7, proposed_by=first.actor)


def _recount(make: Make, first: StaffRow, by: Caller) -> Outcome:
    counter = Counter(make)
    counter.goods("SOAP", price=10)
    counter.check_out(counter.buyer(points=50), scanned("SOAP"))
    [finding] = list_recounts(make.bank, shop_id=1).items
    return make.do(settle_recount, by=by, recount=finding.id, proposed_by=first.actor)


SMALL_STARS = {"steps": [{"hours": 1}, {"hours": 2}], "lowers": True}


def _star(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule()
    today = make.bank.clock.today()
    admin = make.staff("admin").caller
    make.do(set_star_rule, by=admin, document=SMALL_STARS, starts_on=today)
    person = make.volunteer()
    record = make.record(person, 60)
    make.do(approve_record, by=make.staff("worker").caller, record=record)
    star = make.do(propose_star, by=first.caller, number=person.number).answer["star"]
    return make.do(approve_star, by=by, star=star)


def _lower_stars(make: Make, first: StaffRow, by: Caller) -> Outcome:
    two = make.by_two()
    _star(make, make.staff("worker"), make.staff("witness").caller)
    [star] = list_stars(make.bank, status="approved").items
    [record] = list_records(make.bank).items
    make.do(void_record, **two, record=record.number, reason="不实")
    number = star.volunteer_number
    return make.do(lower_stars, by=by, number=number, reason="不实", proposed_by=first.actor)


def _certificate(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule()
    person = make.volunteer()
    record = make.record(person, 60)
    make.do(approve_record, by=make.staff("worker").caller, record=record)
    told = {"number": person.number, "contact": "027-84840000"}
    prepared = make.do(prepare_certificate, by=first.caller, **told).answer
    named = {"certificate": prepared["certificate"], "snapshot": prepared["snapshot"]}
    return make.do(sign_certificate, by=by, **named)


def _revoke(make: Make, first: StaffRow, by: Caller) -> Outcome:
    done = _certificate(make, make.staff("worker"), make.staff("witness").caller)
    named = {"certificate": done.answer["certificate"], "reason": "不实"}
    return make.do(revoke_certificate, by=by, proposed_by=first.actor, **named)


def _star_rule(make: Make, first: StaffRow, by: Caller) -> Outcome:
    _star(make, make.staff("worker"), make.staff("witness").caller)
    told = {"document": SMALL_STARS, "starts_on": make.bank.clock.today()}
    return make.do(set_star_rule, by=by, proposed_by=first.actor, **told)


EXTRAS = {
    "bonuses": [{"code": "commended", "name": "受表扬", "points": 30}],
    "deductions": [{"code": "no_show", "name": "报名不到", "points": 5, "appeal_days": 7}],
}


def _extra(verb: Operation[...], code: str) -> Act:
    def done(make: Make, first: StaffRow, by: Caller) -> Outcome:
        make.rule(**EXTRAS)
        told = {"number": make.volunteer(points=10).number, "code": code, "reason": "理由"}
        return make.do(verb, by=by, proposed_by=first.actor, **told)

    return done


def _end_undated(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule()
    return make.do(end_undated, by=by, expires_on="2028-12-31", proposed_by=first.actor)


def _hand_over(make: Make, first: StaffRow, by: Caller) -> Outcome:
    opened = make.do(open_handover, by=first.caller, leaving=first.login)
    handover = opened.answer["handover"]
    make.do(
        count_handover, by=first.caller, handover=handover, goods={}, open_items={}, keys=["stick"]
    )
    make.do(sign_handover, by=first.caller, handover=handover)
    return make.do(sign_handover, by=by, handover=handover)


def _stock(make: Make, first: StaffRow, by: Caller) -> Outcome:
    Counter(make).goods("SOAP", shelf=5)
    counted = {"shelf_book": 5, "shelf": 4, "store_book": 0, "store": 0}
    return make.do(adjust_stock, by=by, shop_id=1, sku="SOAP", **counted, proposed_by=first.actor)


def _reverse(make: Make, first: StaffRow, by: Caller) -> Outcome:
    make.rule()
    person = make.volunteer()
    record = make.record(person, 60)
    make.do(approve_record, by=make.staff("worker").caller, record=record)
    told = {"number": person.number, "line": record, "says": "那天没有去"}
    opened = make.do(say_wrong_for, by=make.staff("worker").caller, **told)
    case = opened.answer["case"]
    return make.do(reverse_case, by=by, case=case, answer="属实", proposed_by=first.actor)


def _late(make: Make, first: StaffRow, by: Caller) -> Outcome:
    Counter(make).goods("SOAP", price=10, shelf=5)
    told = {"shop_id": 1, "why": "paper", "day": make.bank.clock.today(), "slip": "1-1"}
    told |= {"whose": make.volunteer().number, "taken": [("SOAP", 1)], "total_points": 10}
    return make.do(enter_late, by=by, proposed_by=first.actor, **told)


def _take_late_back(make: Make, first: StaffRow, by: Caller) -> Outcome:
    entered = _late(make, make.staff("worker"), make.staff("witness").caller)
    number = entered.answer["redemption"]["number"]
    return make.do(take_back_late, by=by, number=number, proposed_by=first.actor)


def _missing(make: Make, first: StaffRow, by: Caller) -> Outcome:
    Counter(make).goods("SOAP", price=10, shelf=5)
    make.do(note_slip, slip="A3-0412", points=10)
    told = {"shop_id": 1, "seen_id": 1, "day": make.bank.clock.today(), "slip": "A3-0412"}
    told |= {"whose": make.volunteer().number, "taken": [("SOAP", 1)], "total_points": 10}
    return make.do(enter_missing, by=by, proposed_by=first.actor, **told)


def _sanction(make: Make, first: StaffRow, by: Caller) -> Outcome:
    told = {"number": make.volunteer().number, "scopes": ["redeeming"], "reason": "借卡给别人"}
    told["ends_on"] = make.bank.clock.today()
    return make.do(impose_sanction, by=by, proposed_by=first.actor, **told)


DONE: dict[str, Act] = {
    "people.impose_sanction": _sanction,
    "cases.reverse": _reverse,
    "earning.approve_record": _approve,
    "earning.approve_manual": _approve_manual,
    "earning.void_record": _void,
    "earning.set_rulebook": _rulebook,
    "earning.decide_objection": _objection,
    "earning.give_bonus": _extra(give_bonus, "commended"),
    "earning.deduct": _extra(deduct, "no_show"),
    "earning.end_undated": _end_undated,
    "earning.confirm_opening_balance": _opening,
    "earning.take_back_opening_balance": _opening_back,
    "earning.uphold_complaint": _complaint,
    "charity.approve_grant": _grant,
    "charity.take_back_grant": _take_grant_back,
    "inventory.set_price": _price,
    "inventory.settle_recount": _recount,
    "recognition.set_star_rule": _star_rule,
    "recognition.approve_star": _star,
    "recognition.lower_stars": _lower_stars,
    "inventory.adjust_stock": _stock,
    "recognition.sign_certificate": _certificate,
    "recognition.revoke_certificate": _revoke,
    "redemption.enter_late": _late,
    "redemption.take_back_late": _take_late_back,
    "safekeeping.enter_missing": _missing,
    "people.sign_handover": _hand_over,
}


# Who is whom is asked by one guard; on PostgreSQL an act of each room is enough before a merge.
ON_BOTH = {
    "people.sign_handover",
    "cases.reverse",
    "earning.approve_record",
    "charity.approve_grant",
    "inventory.adjust_stock",
    "recognition.sign_certificate",
    "redemption.enter_late",
    "safekeeping.enter_missing",
}
each_act = pytest.mark.parametrize(
    ("bank_url", "name"),
    [
        *(("sqlite", name) for name in ACTS),
        *(
            pytest.param("postgresql", name, marks=[] if name in ON_BOTH else pytest.mark.nightly)
            for name in ACTS
        ),
    ],
    indirect=["bank_url"],
)


def test_every_act_of_the_table_is_tried_here() -> None:
    assert DONE.keys() == ACTS.keys()


@each_act
def test_another_person_confirms(make: Make, name: str) -> None:
    done = DONE[name](make, make.staff("worker"), make.staff("witness").caller)
    assert not done.repeated


@each_act
def test_nobody_confirms_alone(make: Make, name: str) -> None:
    alone = make.staff("worker", "witness", "admin")
    with pytest.raises((SamePersonTwice, RecordedOneself)):
        DONE[name](make, alone, alone.caller)


@each_act
def test_no_command_confirms_whoever_types_it(make: Make, name: str) -> None:
    first, other = make.staff("worker"), make.staff("witness", "admin")
    with pytest.raises(SecondPersonNeeded):
        DONE[name](make, first, Caller(actor=other.actor, client=f"command:{other.id}"))


@each_act
def test_no_kiosk_confirms(make: Make, name: str) -> None:
    with pytest.raises(SecondPersonNeeded):
        DONE[name](make, make.staff("worker"), Caller("device:1", "device:1", "device:1"))


@each_act
def test_two_of_one_household_decide_nothing(make: Make, name: str) -> None:
    one, other = make.volunteer(), make.volunteer()
    live_together(make, one, other)
    first = make.staff("worker", volunteer=one)
    second = make.staff("witness", volunteer=other)
    with pytest.raises(SameHousehold):
        DONE[name](make, first, second.caller)


@each_act
def test_without_the_guard_one_alone_would_be_enough(
    make: Make, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the same acts by two of one household, with the look at households taken away."""
    monkeypatch.setattr("pointsbank.people.second_person.household_of", lambda *_: {})
    one, other = make.volunteer(), make.volunteer()
    live_together(make, one, other)
    first = make.staff("worker", volunteer=one)
    second = make.staff("witness", volunteer=other)
    assert not DONE[name](make, first, second.caller).repeated


# ----------------------------------------------------------------------------------- for whom it is


def test_nobody_approves_for_an_own_household_one_by_one_or_many_at_once(
    make: Make, bank: Bank
) -> None:
    make.rule()
    mother, daughter, neighbour = (make.volunteer() for _ in range(3))
    live_together(make, mother, daughter)
    worker = make.staff("worker")
    theirs, others = (make.record(one, by=worker) for one in (mother, neighbour))
    witness = make.staff("witness", volunteer=daughter)
    with pytest.raises(SameHousehold):
        make.do(approve_record, by=witness.caller, record=theirs)
    done = make.do(approve_records, by=witness.caller, records=[theirs, others])
    assert done.answer["approved"] == [others]
    assert done.answer["passed_over"] == [{"record": theirs, "code": "people.same_household"}]
    assert make.balance(mother.wallet) == 0
    make.do(approve_record, by=make.staff("witness").caller, record=theirs)
    assert make.balance(mother.wallet) == 20


def test_neither_who_proposes_nor_who_confirms_a_voiding_is_concerned(make: Make) -> None:
    make.rule()
    volunteer = make.volunteer()
    record = make.record(volunteer)
    make.do(approve_record, by=make.staff("worker").caller, record=record)
    own = make.staff("worker", volunteer=volunteer)
    told = {"record": record, "reason": "不实"}
    with pytest.raises(BenefitsOneself):
        make.do(void_record, by=make.staff("witness").caller, proposed_by=own.actor, **told)
    with pytest.raises(SecondPersonNeeded):
        make.do(void_record, by=make.staff("witness").caller, proposed_by="system", **told)
    assert make.balance(volunteer.wallet) == 20
