"""Bonuses and deductions (奖励、扣减): points beside the hours, by the rulebook and by two people.

How much stands in the rulebook in force, never in the hand of who gives or takes. A deduction can
be appealed against; whoever decides on the appeal neither proposed nor confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning.errors import (
    AppealDecided,
    AppealTooLate,
    BonusLimit,
    ExtraUnknown,
    NotAppealed,
    ReasonMissing,
    RuleUnknown,
)
from pointsbank.earning.rulebooks import rulebook_on
from pointsbank.earning.rules import first_day
from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    add_days,
    operation,
    public_id,
    query,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import clean_text
from pointsbank.ledger import (
    Posted,
    Transfer,
    declare_kind,
    issue_points,
    kept_balances,
    lock_accounts,
    mirror_of,
    open_account,
    points_id,
    post_entry,
)
from pointsbank.people import (
    SYSTEM_HOLDER,
    SamePersonTwice,
    VolunteerRef,
    find_actor,
    find_volunteers_by_id,
    hold_volunteer,
    hold_volunteer_by_id,
    homes_of,
    mask_name,
    read_words,
    refuse_together,
    require_person,
    require_second,
    tell,
    write_words,
)

BONUS, DEDUCTION = "bonus", "deduction"
UPHELD, DISMISSED = "upheld", "dismissed"
REASON_MOST = 200
DECIDERS = ("worker", "witness", "admin")
GIVE = declare_kind(
    "earning.bonus",
    [("issued", "wallet"), ("wallet", "owed"), ("issued", "owed"), ("wallet", "expired")],
)
DEDUCT = declare_kind("earning.deduct", [("wallet", "deducted"), ("owed", "deducted")])


class Extra(Base):
    """One bonus or one deduction. Its entry moved exactly its points; the words about it are kept
    with all words about a person, and go with them.

    An appeal is raised once and decided once; upheld, the deduction's entry is reversed.
    """

    __tablename__ = "extra"
    __table_args__ = strict_table(
        CheckConstraint("kind IN ('bonus', 'deduction')", name="kind"),
        CheckConstraint("points > 0", name="points"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(appealed_at IS NULL) = (appeal_id IS NULL)"
            " AND (appealed_at IS NULL) = (appealed_by IS NULL)"
            " AND (appealed_at IS NULL OR kind = 'deduction')",
            name="appealed",
        ),
        CheckConstraint("outcome IN ('upheld', 'dismissed')", name="outcome"),
        CheckConstraint(
            "(outcome IS NULL) = (answered_by IS NULL)"
            " AND (outcome IS NULL) = (answered_at IS NULL)"
            " AND (outcome IS NULL) = (answer_id IS NULL)"
            " AND (outcome IS NULL OR appealed_at IS NOT NULL)",
            name="answered",
        ),
        CheckConstraint(
            "outcome IS NULL OR (answered_by <> proposed_by AND answered_by <> decided_by)",
            name="third_person",
        ),
        CheckConstraint("coalesce(outcome = 'upheld', 1 = 0) = (back_id IS NOT NULL)", name="back"),
        Index(None, "volunteer_id", "happened_on"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True, autoincrement=False)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    points: Mapped[int] = mapped_column(Int)
    happened_on: Mapped[str] = mapped_column(Text)
    reason_id: Mapped[int] = mapped_column(Int, ForeignKey("personal_text.id"))
    rule_version: Mapped[int] = mapped_column(Int, ForeignKey("earning_rule.version"))
    entry_id: Mapped[int] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)
    proposed_by: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[str] = mapped_column(Text)
    appeal_until: Mapped[str | None] = mapped_column(Text)
    appealed_by: Mapped[str | None] = mapped_column(Text)
    appealed_at: Mapped[str | None] = mapped_column(Text)
    appeal_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    answered_by: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[str | None] = mapped_column(Text)
    answer_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    outcome: Mapped[str | None] = mapped_column(Text)
    back_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)


@dataclass(frozen=True)
class ExtraRow:
    """A bonus or a deduction as a worker sees it; words that were forgotten are None."""

    id: int
    kind: str
    code: str
    name: str
    volunteer_id: int
    points: int
    happened_on: str
    reason_id: int
    rule_version: int
    entry_id: int
    proposed_by: str
    decided_by: str
    decided_at: str
    appeal_until: str | None
    appealed_by: str | None
    appealed_at: str | None
    appeal_id: int | None
    answered_by: str | None
    answered_at: str | None
    answer_id: int | None
    outcome: str | None
    back_id: int | None
    reason: str | None = None
    appeal: str | None = None
    answer: str | None = None

    @property
    def number(self) -> str:
        return extra_number(self.id)

    @property
    def entry(self) -> str:
        return public_id("J", self.entry_id)

    @property
    def signed_points(self) -> int:
        """What it did to the wallet."""
        return self.points if self.kind == BONUS else -self.points


_WORDS = ("reason", "appeal", "answer")
_SELECT = select(
    *(getattr(Extra, name) for name in ExtraRow.__dataclass_fields__ if name not in _WORDS)
)
_BY_ID = statement(_SELECT.where(Extra.id == bindparam("of_id")))
_HELD = statement(_SELECT.where(Extra.id == bindparam("of_id")).with_for_update())
_OF_VOLUNTEER = statement(
    _SELECT.where(Extra.volunteer_id == bindparam("of_volunteer")).order_by(Extra.id.desc())
)
_OPEN = statement(
    _SELECT.where(Extra.appealed_at.is_not(None), Extra.outcome.is_(None)).order_by(Extra.id)
)
_GIVEN = statement(
    select(func.count())
    .select_from(Extra)
    .where(
        Extra.volunteer_id == bindparam("of_volunteer"),
        Extra.kind == BONUS,
        Extra.code == bindparam("of_code"),
        Extra.happened_on >= bindparam("since"),
    )
)
_INSERT = statement(insert(Extra))
_APPEAL = statement(
    update(Extra)
    .where(Extra.id == bindparam("of_id"), Extra.appealed_at.is_(None))
    .values(
        appealed_by=bindparam("new_by"),
        appealed_at=bindparam("new_at"),
        appeal_id=bindparam("new_appeal"),
    )
)
_ANSWER = statement(
    update(Extra)
    .where(Extra.id == bindparam("of_id"), Extra.outcome.is_(None))
    .values(
        answered_by=bindparam("new_by"),
        answered_at=bindparam("new_at"),
        answer_id=bindparam("new_answer"),
        outcome=bindparam("new_outcome"),
        back_id=bindparam("new_back"),
    )
)


def extra_number(extra_id: int) -> str:
    """The public number of a bonus or a deduction.

    >>> extra_number(7)
    'B000007-6'
    """
    return public_id("B", extra_id)


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
        given = act.session.value(_GIVEN, of_volunteer=volunteer.id, of_code=rule.code, since=since)
        if given >= rule.most_yearly:
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
        document=_document(act.receipt_id),
        rule=f"earning_rule:{book.version}",
        expires_on=book.expires_on(act.today),
    )
    told = (rule.code, rule.name, rule.points, book.version)
    _keep(act, BONUS, volunteer, told, said, proposed_by, posted)
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
        document=_document(act.receipt_id),
        rule=f"earning_rule:{book.version}",
        locked=True,
    )
    until = add_days(act.today, rule.appeal_days)
    told = (rule.code, rule.name, rule.points, book.version)
    _keep(act, DEDUCTION, volunteer, told, said, proposed_by, posted, until)
    return _answer(act, rule.points, posted, proposed_by) | {"appeal_until": until}


def _whom(
    act: Act, name: str, number: str, reason: str, proposed_by: str
) -> tuple[VolunteerRef, str]:
    """Whom it is about, and why; refuses whoever may not decide."""
    volunteer = hold_volunteer(act.session, number)
    act.for_whom = volunteer.holder
    require_second(act, name, first=proposed_by, volunteers=[volunteer.id])
    return volunteer, _words(reason)


def _document(receipt_id: int) -> str:
    return f"extra:{receipt_id}"


def _keep(
    act: Act,
    kind: str,
    volunteer: VolunteerRef,
    told: tuple[str, str, int, int],
    reason: str,
    proposed_by: str,
    posted: Posted,
    until: str | None = None,
) -> None:
    """Write it down, known by its receipt as its entry names it, and tell the volunteer."""
    code, name, points, version = told
    later = ("appealed_by", "appealed_at", "appeal_id", "answered_by", "answered_at", "answer_id")
    act.session.run(
        _INSERT,
        id=act.receipt_id,
        receipt_id=act.receipt_id,
        kind=kind,
        code=code,
        name=name,
        volunteer_id=volunteer.id,
        points=points,
        happened_on=act.today,
        reason_id=write_words(act.session, volunteer, reason=reason),
        rule_version=version,
        entry_id=posted.id,
        proposed_by=proposed_by,
        decided_by=act.caller.actor,
        decided_at=act.now,
        appeal_until=until,
        outcome=None,
        back_id=None,
        **dict.fromkeys(later),
    )
    news = "earning.bonus_arrived" if kind == BONUS else "earning.points_deducted"
    about = _document(act.receipt_id)
    tell(act, news, volunteer.holder, about=about, day=act.today, points=points)


def _answer(act: Act, points: int, posted: Posted, proposed_by: str) -> Answer:
    number = extra_number(act.receipt_id)
    return {
        "extra": number,
        "points": points,
        "entry": posted.number,
        "proposed_by": proposed_by,
    }


# --------------------------------------------------------------------------------------- appealing


@operation("earning.appeal")
def appeal(act: Act, *, extra: str, reason: str) -> Answer:
    """Write down that somebody appeals against a deduction (申诉), as they said it at the desk.

    Raises ExtraUnknown, AppealTooLate, AppealDecided when it was appealed against before,
    ReasonMissing, SecondPersonNeeded, RoleMissing.
    """
    require_person(act, *DECIDERS)
    said = _words(reason)
    found = _get(act.session, extra)
    if found.kind != DEDUCTION:
        raise ExtraUnknown(extra=extra[:24])
    if act.today > str(found.appeal_until):
        raise AppealTooLate(until=found.appeal_until)
    # Whom it is about is held, so that nobody else appeals or forgets them meanwhile.
    volunteer = hold_volunteer_by_id(act.session, found.volunteer_id)
    if _get(act.session, extra).appealed_at is not None:
        raise AppealDecided(extra=found.number)
    words = write_words(act.session, volunteer, appeal=said)
    act.session.run(
        _APPEAL, of_id=found.id, new_by=act.caller.actor, new_at=act.now, new_appeal=words
    )
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
    said = _words(answer)
    known = _get(act.session, extra)
    volunteer = hold_volunteer_by_id(act.session, known.volunteer_id)
    # The accounts first, as everybody does; then the deduction, which a rival may have decided.
    lock_accounts(act.session, volunteer.wallet.id, volunteer.owed.id)
    found = ExtraRow(*act.session.row(_HELD, of_id=known.id))
    if found.appealed_at is None:
        raise NotAppealed(extra=found.number)
    if found.outcome is not None:
        raise AppealDecided(extra=found.number)
    others = [find_actor(act.session, who) for who in (found.proposed_by, found.decided_by)]
    homes = homes_of(act.session, [decider, *others], [volunteer.id])
    for other in others:
        refuse_together(homes, decider, other)
    if decider.actor in (found.proposed_by, found.decided_by):
        raise SamePersonTwice()
    refuse_together(homes, decider, None, [volunteer.id])
    act.for_whom = volunteer.holder
    back = _give_back(act, found, volunteer) if outcome == UPHELD else None
    act.session.run(
        _ANSWER,
        of_id=found.id,
        new_by=act.caller.actor,
        new_at=act.now,
        new_answer=write_words(act.session, volunteer, answer=said),
        new_outcome=UPHELD if back else DISMISSED,
        new_back=back.id if back else None,
    )
    news = "earning.deduction_lifted" if back else "earning.appeal_dismissed"
    about = f"{_document(found.id)}:{UPHELD if back else DISMISSED}"
    tell(act, news, volunteer.holder, about=about, day=found.happened_on, points=found.points)
    return {
        "extra": found.number,
        "outcome": UPHELD if back else DISMISSED,
        "entry": back.number if back else None,
    }


def _give_back(act: Act, found: ExtraRow, volunteer: VolunteerRef) -> Posted:
    """Reverse a deduction. What was owed for it and has been repaid since goes to the wallet."""
    gone = mirror_of(act.session, found.entry_id, also_lock=[volunteer.wallet, volunteer.owed])
    debt = -kept_balances(act.session, volunteer.owed.id)[volunteer.owed.id]
    owed = min(debt, sum(one.amount for one in gone if one.target.type == "owed"))
    source = gone[0].source
    parts = [(volunteer.owed, owed), (volunteer.wallet, found.points - owed)]
    return post_entry(
        act,
        DEDUCT,
        [Transfer(source, target, amount) for target, amount in parts if amount],
        memo=f"申诉成立，退回扣减：{found.name} {found.points} 分",
        document=_document(found.id),
        reverses_id=found.entry_id,
        locked=True,
    )


def _get(session: Session, number: str) -> ExtraRow:
    try:
        row = session.row(_BY_ID, of_id=read_public_id("B", number))
    except PublicIdInvalid:
        row = None
    if row is None:
        raise ExtraUnknown(extra=number[:24])
    return ExtraRow(*row)


def _words(text: str) -> str:
    said = clean_text(text, REASON_MOST)
    if not said:
        raise ReasonMissing()
    return said


@query
def list_extras(session: Session, *, volunteer_id: int) -> list[ExtraRow]:
    """A volunteer's bonuses and deductions, the newest first."""
    return _told(session, session.rows(_OF_VOLUNTEER, of_volunteer=volunteer_id))


@dataclass(frozen=True)
class ExtraPaper:
    """One bonus or deduction with whose it is, the name masked."""

    row: ExtraRow
    volunteer_number: str
    masked_name: str | None


@query
def get_extra(session: Session, *, extra: str) -> ExtraPaper:
    """One bonus or deduction by its number. Raises ExtraUnknown."""
    [row] = _told(session, [session.row(_BY_ID, of_id=_get(session, extra).id)])
    whose = find_volunteers_by_id(session, [row.volunteer_id])[row.volunteer_id]
    return ExtraPaper(row, whose.number, mask_name(whose.name) if whose.name else None)


@query
def list_open_appeals(session: Session) -> list[ExtraRow]:
    """Deductions that somebody has appealed against, without an answer yet."""
    return _told(session, session.rows(_OPEN))


def _told(session: Session, rows: Iterable[Any]) -> list[ExtraRow]:
    """Rows with the words about them, as far as they are still known."""
    found = [ExtraRow(*row) for row in rows]
    ids = [one for row in found for one in (row.reason_id, row.appeal_id, row.answer_id)]
    words = read_words(session, ids)
    return [
        replace(
            row,
            reason=words.get(row.reason_id, {}).get("reason"),
            appeal=words.get(row.appeal_id or 0, {}).get("appeal"),
            answer=words.get(row.answer_id or 0, {}).get("answer"),
        )
        for row in found
    ]
