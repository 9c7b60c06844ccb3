"""Lost cards (挂失): who told it, how and why; found again, or replaced by a new one.

A lost card is blocked at the first word, by telephone or at the desk; nobody must prove anything to
have it blocked. It lives again only while its holder stands there.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, update
from sqlalchemy.orm import Mapped, mapped_column

import pointsbank.people.cards as cards
from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Text,
    operation,
    statement,
    strict_table,
)
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.errors import CardBlocked, FamilyUnnamed, PersonAbsent
from pointsbank.people.families import get_family_by_id, refuse_ended
from pointsbank.people.news import tell
from pointsbank.people.representatives import RepresentativeFields, note_helper
from pointsbank.people.volunteers import find_volunteers_by_id, refuse_left

REASONS = ("lost", "stolen", "other")
WAYS = ("phone", "desk", "me")
_reason = one_of({reason: reason for reason in REASONS})
_way = one_of({way: way for way in WAYS})
_told_by = one_of({"self": "self", "other": "other"})


class CardLoss(Base):
    """A card was reported lost; found again at most once."""

    __tablename__ = "card_loss"
    __table_args__ = strict_table(
        CheckConstraint("reason IN ('lost', 'stolen', 'other')", name="reason"),
        CheckConstraint("told_by IN ('self', 'other')", name="told_by"),
        CheckConstraint("told_how IN ('phone', 'desk', 'me')", name="told_how"),
        CheckConstraint("(found_at IS NULL) = (found_actor IS NULL)", name="found"),
        Index(None, "card_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    card_id: Mapped[int] = mapped_column(Int, ForeignKey("card.id"))
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    reason: Mapped[str] = mapped_column(Text)
    told_by: Mapped[str] = mapped_column(Text)
    told_how: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    found_at: Mapped[str | None] = mapped_column(Text)
    found_actor: Mapped[str | None] = mapped_column(Text)


_INSERT = statement(insert(CardLoss))
_FOUND = statement(
    update(CardLoss)
    .where(CardLoss.card_id == bindparam("of_card"), CardLoss.found_at.is_(None))
    .values(found_at=bindparam("new_found_at"), found_actor=bindparam("new_actor"))
)


@operation("people.block_card", whatever_the_time=True)
def block_card(
    act: Act,
    *,
    short_number: str,
    reason: str = "lost",
    told_by: str = "self",
    told_how: str = "desk",
    other: RepresentativeFields | None = None,
) -> Answer:
    """Block a lost card at once (挂失), and note why, who told it and how.

    `other` says who told it for a volunteer; it may be left out, because blocking waits for nobody.
    Raises CardUnknown, CardBlocked, FamilyUnnamed.
    """
    why, how = _reason(reason), _way(told_how)
    by_whom = "other" if other else _told_by(told_by)
    card = _card(act, short_number)
    if card.status != "active":
        raise CardBlocked(status=card.status)
    if other:
        if card.volunteer_id is None:
            raise FamilyUnnamed()
        note_helper(act, card.volunteer_id, other)
    cards.block(act, card)
    act.session.run(
        _INSERT,
        card_id=card.id,
        receipt_id=act.receipt_id,
        reason=why,
        told_by=by_whom,
        told_how=how,
        at=act.now,
        actor=act.caller.actor,
        found_at=None,
        found_actor=None,
    )
    return {"short_number": card.short_number, "status": "blocked"}


@operation("people.unblock_card")
def unblock_card(act: Act, *, short_number: str, person_present: bool) -> Answer:
    """Let a found card live again while its holder stands there (解挂).

    Raises PersonAbsent, CardUnknown, CardNotBlocked, VolunteerLeft, FamilyEnded.
    """
    if not person_present:
        raise PersonAbsent()
    card = _card(act, short_number)
    _refuse_gone(act, card)
    cards.unblock(act, card)
    act.session.run(_FOUND, of_card=card.id, new_found_at=act.now, new_actor=act.caller.actor)
    tell(act, "people.card_found", str(act.for_whom), about=f"found:{act.receipt_id}")
    return {"short_number": card.short_number, "status": "active"}


@operation("people.replace_card")
def replace_card(act: Act, *, short_number: str) -> Answer:
    """Give the holder a new card with the same points (补卡); the old one never works again.

    Raises CardUnknown, CardBlocked, VolunteerLeft, FamilyEnded.
    """
    card = _card(act, short_number)
    _refuse_gone(act, card)
    issued = cards.replace(act, card)
    tell(act, "people.card_replaced", str(act.for_whom), about=f"card:{card.id}")
    return {"short_number": issued, "replaced": card.short_number}


def _card(act: Act, short_number: str) -> Any:
    card = cards.get_card_by_short_number(act.session, short_number)
    act.for_whom = cards.holder_of_card(card)
    return card


def _refuse_gone(act: Act, card: Any) -> None:
    """A card lives again only for who is still there."""
    if card.volunteer_id is not None:
        refuse_left(find_volunteers_by_id(act.session, [card.volunteer_id])[card.volunteer_id])
    else:
        refuse_ended(get_family_by_id(act.session, card.family_id))
