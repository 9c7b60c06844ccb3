"""Handing cards over (交卡): a card goes to its holder, or to somebody who fetches it for them.

Before this row a printed card lies in a drawer of the office, and everybody can see that it does.
Who fetched it for a volunteer is a representative of theirs, under the same receipt.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    and_,
    bindparam,
    exists,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Text,
    operation,
    pack,
    packed_rows,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import day
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.card_prints import CARDS_MOST
from pointsbank.people.cards import Card, cards_by_short_number, holder_of_card
from pointsbank.people.errors import (
    CardBlocked,
    CardNotHanded,
    CardsMissing,
    CardsTooMany,
    FamilyUnnamed,
    HandedInFuture,
)
from pointsbank.people.representatives import RepresentativeFields, note_helper

_whom = one_of({"self": "self", "other": "other"})


class CardHandover(Base):
    """A card was given out of hand, or a tick that said so was wrong. The newest row holds.

    Append-only. The day is the one on the signature list.
    """

    __tablename__ = "card_handover"
    __table_args__ = strict_table(
        CheckConstraint("to_whom IN ('self', 'other')", name="to_whom"),
        CheckConstraint("taken_back IN (0, 1)", name="taken_back"),
        Index(None, "card_id", "id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    card_id: Mapped[int] = mapped_column(Int, ForeignKey("card.id"))
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    handed_on: Mapped[str] = mapped_column(Text)
    to_whom: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    taken_back: Mapped[int] = mapped_column(Int, server_default=text("0"))


_later = aliased(CardHandover)
# For a statement that names cards: the row that says in whose hand each is, where there is one.
IN_HAND = and_(
    CardHandover.card_id == Card.id,
    CardHandover.taken_back == 0,
    ~exists(_later.id)
    .where(_later.card_id == CardHandover.card_id, _later.id > CardHandover.id)
    .correlate(CardHandover),
)
[_CARD_ID] = packed_rows("cards", int)
_BEFORE = statement(
    select(CardHandover.card_id, CardHandover.handed_on, CardHandover.to_whom)
    .join(Card, IN_HAND)
    .where(Card.id.in_(select(_CARD_ID)))
)
_INSERT = statement(
    insert(CardHandover).from_select(
        ["card_id", "receipt_id", "handed_on", "to_whom", "at", "actor", "taken_back"],
        select(
            _CARD_ID,
            bindparam("of_receipt", type_=Int),
            bindparam("handed_on", type_=Text),
            bindparam("to_whom", type_=Text),
            bindparam("at", type_=Text),
            bindparam("actor", type_=Text),
            bindparam("taken_back", type_=Int),
        ),
    )
)


@operation("people.hand_over_cards")
def hand_over_cards(
    act: Act,
    *,
    short_numbers: list[str],
    handed_on: str | None = None,
    to_whom: str = "self",
    other: RepresentativeFields | None = None,
) -> Answer:
    """Note that at most 200 cards were handed over, today or on the signature list's day (交卡).

    `other` is who fetched them for their holders: a volunteer by number, or a name; a family's card
    is fetched by nobody in particular. What was handed over before is passed over. Raises
    CardsMissing, CardsTooMany, CardUnknown, CardBlocked, HandedInFuture, FamilyUnnamed, and what
    note_helper refuses.
    """
    wanted = sorted(set(short_numbers))
    if not wanted:
        raise CardsMissing()
    if len(wanted) > CARDS_MOST:
        raise CardsTooMany(most=CARDS_MOST)
    whom = "other" if other else _whom(to_whom)
    on = day(handed_on) if handed_on else act.today
    if on > act.today:
        raise HandedInFuture(day=on)
    found = cards_by_short_number(act.session, wanted)
    for card in found:
        if card.status != "active":
            raise CardBlocked(status=card.status)
        if other and card.volunteer_id is None:
            raise FamilyUnnamed()
    if len(found) == 1:
        act.for_whom = holder_of_card(found[0])
    before = {
        row.card_id for row in act.session.rows(_BEFORE, cards=pack([(one.id,) for one in found]))
    }
    handed = [card for card in found if card.id not in before]
    if other:
        for volunteer_id in sorted({card.volunteer_id for card in handed}):
            note_helper(act, volunteer_id, other)
    act.session.run(
        _INSERT,
        cards=pack([(card.id,) for card in handed]),
        of_receipt=act.receipt_id,
        handed_on=on,
        to_whom=whom,
        at=act.now,
        actor=act.caller.actor,
        taken_back=0,
    )
    return {
        "handed": [card.short_number for card in handed],
        "passed_over": [card.short_number for card in found if card.id in before],
        "handed_on": on,
    }


@operation("people.take_back_tick")
def take_back_tick(act: Act, *, short_number: str) -> Answer:
    """Say that a card is in the drawer after all: the wrong one was ticked (勾错了，还没交).

    Both rows stay. Raises CardUnknown, CardNotHanded.
    """
    [card] = cards_by_short_number(act.session, [short_number])
    act.for_whom = holder_of_card(card)
    handed = act.session.row(_BEFORE, cards=pack([(card.id,)]))
    if handed is None:
        raise CardNotHanded()
    act.session.run(
        _INSERT,
        cards=pack([(card.id,)]),
        of_receipt=act.receipt_id,
        handed_on=handed.handed_on,
        to_whom=handed.to_whom,
        at=act.now,
        actor=act.caller.actor,
        taken_back=1,
    )
    return {"card": card.short_number}
