"""Appealing against a deduction (申诉): a third person decides, and points come back."""

from __future__ import annotations

from pointsbank.earning.errors import AppealDecided, AppealTooLate, ExtraUnknown, NotAppealed
from pointsbank.earning.extras import (
    DEDUCTION,
    DISMISSED,
    UPHELD,
    ExtraRow,
    document_of,
    lock_extra,
    note_answer,
    note_appeal,
    read_extra,
)
from pointsbank.earning.hands import refuse_hands
from pointsbank.earning.reasons import required_reason
from pointsbank.earning.rewarding import DEDUCT
from pointsbank.foundation import Act, Answer, operation
from pointsbank.ledger import (
    Posted,
    debts_first,
    lock_accounts,
    mirror_of,
    post_entry,
)
from pointsbank.people import (
    VolunteerRef,
    hold_volunteer_by_id,
    require_person,
    tell,
    write_words,
)

DECIDERS = ("worker", "witness", "admin")


@operation("earning.appeal")
def appeal(act: Act, *, extra: str, reason: str) -> Answer:
    """Write down that somebody appeals against a deduction (申诉), as they said it at the desk.

    Raises ExtraUnknown, AppealTooLate, AppealDecided when it was appealed against before,
    ReasonMissing, SecondPersonNeeded, RoleMissing.
    """
    require_person(act, *DECIDERS)
    said = required_reason(reason)
    found = read_extra(act.session, extra)
    if found.kind != DEDUCTION:
        raise ExtraUnknown(extra=extra[:24])
    if act.today > str(found.appeal_until):
        raise AppealTooLate(until=found.appeal_until)
    # Whom it is about is held, so that nobody else appeals or forgets them meanwhile.
    volunteer = hold_volunteer_by_id(act.session, found.volunteer_id)
    if read_extra(act.session, extra).appealed_at is not None:
        raise AppealDecided(extra=found.number)
    note_appeal(act, found.id, write_words(act.session, volunteer, appeal=said))
    act.for_whom = f"volunteer:{found.volunteer_id}"
    return {"extra": found.number}


@operation("earning.decide_appeal")
def decide_appeal(act: Act, *, extra: str, outcome: str, answer: str) -> Answer:
    """Decide on an appeal (处理申诉): upheld, the points come back; dismissed, all stays.

    Whoever decides neither proposed nor confirmed the deduction, is not whom it is about, and lives
    with none of them. Raises ExtraUnknown, NotAppealed, AppealDecided, ReasonMissing,
    SamePersonTwice, BenefitsOneself, SameHousehold, SecondPersonNeeded, RoleMissing.
    """
    decider = require_person(act, *DECIDERS)
    said = required_reason(answer)
    known = read_extra(act.session, extra)
    volunteer = hold_volunteer_by_id(act.session, known.volunteer_id)
    # The accounts first, as everybody does; then the deduction, which a rival may have decided.
    lock_accounts(act.session, volunteer.wallet.id, volunteer.owed.id)
    found = lock_extra(act.session, known.id)
    if found.appealed_at is None:
        raise NotAppealed(extra=found.number)
    if found.outcome is not None:
        raise AppealDecided(extra=found.number)
    refuse_hands(act.session, decider, [found.proposed_by, found.decided_by], [volunteer.id])
    act.for_whom = volunteer.holder
    back = _give_back(act, found, volunteer) if outcome == UPHELD else None
    decided = UPHELD if back else DISMISSED
    note_answer(act, found.id, write_words(act.session, volunteer, answer=said), decided, back)
    news = "earning.deduction_lifted" if back else "earning.appeal_dismissed"
    about = f"{document_of(found.id)}:{decided}"
    tell(act, news, volunteer.holder, about=about, day=found.happened_on, points=found.points)
    return {
        "extra": found.number,
        "outcome": decided,
        "entry": back.number if back else None,
    }


def _give_back(act: Act, found: ExtraRow, volunteer: VolunteerRef) -> Posted:
    """Reverse a deduction."""
    wallet, owed = volunteer.wallet, volunteer.owed
    mirror = mirror_of(act.session, found.entry_id, also_lock=[wallet, owed])
    return post_entry(
        act,
        DEDUCT,
        debts_first(act.session, mirror, wallet=wallet, owed=owed),
        memo=f"申诉成立，退回扣减：{found.name} {found.points} 分",
        document=document_of(found.id),
        reverses_id=found.entry_id,
        locked=True,
    )
