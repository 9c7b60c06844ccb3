"""Giving bonuses and taking deductions (奖励、扣减): by the rulebook, and by two people.

How much stands in the rulebook in force, never in the hand of who gives or takes.
"""

from __future__ import annotations

from pointsbank.earning.errors import BonusLimit, RuleUnknown
from pointsbank.earning.extras import (
    BONUS,
    DEDUCTION,
    count_given,
    document_of,
    extra_number,
    keep_extra,
)
from pointsbank.earning.reasons import required_reason
from pointsbank.earning.rulebooks import rulebook_on
from pointsbank.earning.rules import first_day
from pointsbank.foundation import Act, Answer, add_days, operation
from pointsbank.ledger import (
    Posted,
    Transfer,
    declare_kind,
    issue_points,
    kept_balances,
    lock_accounts,
    open_account,
    points_id,
    post_entry,
)
from pointsbank.people import SYSTEM_HOLDER, VolunteerRef, hold_volunteer, require_second

GIVE = declare_kind(
    "earning.bonus",
    [("issued", "wallet"), ("wallet", "owed"), ("issued", "owed"), ("wallet", "expired")],
)
DEDUCT = declare_kind("earning.deduct", [("wallet", "deducted"), ("owed", "deducted")])


@operation("earning.give_bonus")
def give_bonus(act: Act, *, number: str, code: str, reason: str, proposed_by: str) -> Answer:
    """Give what the rulebook in force gives for something (奖励). One proposes, another confirms.

    Raises VolunteerUnknown, RuleUnknown, BonusLimit, ReasonMissing, NoRule, and what
    `require_second` raises.
    """
    volunteer, said = _whom(act, "earning.give_bonus", number, reason, proposed_by)
    book = rulebook_on(act.session, act.today)
    rule = next((one for one in book.bonuses if one.code == code), None)
    if rule is None:
        raise RuleUnknown(rule=code[:40])
    # The accounts are held, so that of two who give the last one at once the second sees it.
    lock_accounts(act.session, volunteer.wallet.id, volunteer.owed.id)
    if rule.most_yearly is not None:
        since = first_day(act.today, "year")
        if count_given(act.session, volunteer.id, rule.code, since=since) >= rule.most_yearly:
            raise BonusLimit(most=rule.most_yearly)
    points = points_id(act.session)
    posted = issue_points(
        act,
        GIVE,
        issued=open_account(act.session, "issued", points, SYSTEM_HOLDER, now=act.now),
        wallet=volunteer.wallet,
        owed=volunteer.owed,
        amount=rule.points,
        memo=f"奖励：{rule.name} {rule.points} 分",
        document=document_of(act.receipt_id),
        rule=f"earning_rule:{book.version}",
        expires_on=book.expires_on(act.today),
    )
    told = (rule.code, rule.name, rule.points, book.version)
    keep_extra(act, BONUS, volunteer, told, said, proposed_by, posted)
    return _answer(act, rule.points, posted, proposed_by)


@operation("earning.deduct")
def deduct(act: Act, *, number: str, code: str, reason: str, proposed_by: str) -> Answer:
    """Take what the rulebook in force takes for something (扣减). One proposes, another confirms.

    What is not there any more is owed. Raises VolunteerUnknown, RuleUnknown also where the rulebook
    takes hours alone, ReasonMissing, NoRule, and what `require_second` raises.
    """
    volunteer, said = _whom(act, "earning.deduct", number, reason, proposed_by)
    book = rulebook_on(act.session, act.today)
    rule = next((one for one in book.deductions if one.code == code and one.points), None)
    if rule is None:
        raise RuleUnknown(rule=code[:40])
    lock_accounts(act.session, volunteer.wallet.id, volunteer.owed.id)
    points = points_id(act.session)
    gone = open_account(act.session, "deducted", points, SYSTEM_HOLDER, now=act.now)
    there = kept_balances(act.session, volunteer.wallet.id)[volunteer.wallet.id]
    taken = min(there, rule.points)
    parts = [(volunteer.wallet, taken), (volunteer.owed, rule.points - taken)]
    posted = post_entry(
        act,
        DEDUCT,
        [Transfer(source, gone, amount) for source, amount in parts if amount],
        memo=f"扣减：{rule.name} {rule.points} 分",
        document=document_of(act.receipt_id),
        rule=f"earning_rule:{book.version}",
        locked=True,
    )
    until = add_days(act.today, rule.appeal_days)
    told = (rule.code, rule.name, rule.points, book.version)
    keep_extra(act, DEDUCTION, volunteer, told, said, proposed_by, posted, until)
    return _answer(act, rule.points, posted, proposed_by) | {"appeal_until": until}


def _whom(
    act: Act, name: str, number: str, reason: str, proposed_by: str
) -> tuple[VolunteerRef, str]:
    """Whom it is about, and why; refuses whoever may not decide."""
    volunteer = hold_volunteer(act.session, number)
    act.for_whom = volunteer.holder
    require_second(act, name, first=proposed_by, volunteers=[volunteer.id])
    return volunteer, required_reason(reason)


def _answer(act: Act, points: int, posted: Posted, proposed_by: str) -> Answer:
    number = extra_number(act.receipt_id)
    return {
        "extra": number,
        "points": points,
        "entry": posted.number,
        "proposed_by": proposed_by,
    }
