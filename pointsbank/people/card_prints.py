"""Prints of cards (打印登记): one row for each card that came out of a printer, kept for ever.

A card on paper is money for whoever holds it, so nothing prints one without leaving a row here; and
what stands on cards is told only against the receipt of such a print, soon, to whoever printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Base,
    Caller,
    Int,
    Session,
    Text,
    find_receipt_by_id,
    from_instant,
    operation,
    pack,
    packed_rows,
    query,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.card_codes import card_code_hash, make_card_code
from pointsbank.people.card_faces import list_card_faces
from pointsbank.people.card_sheet import CardFace
from pointsbank.people.cards import Card, cards_by_short_number, holder_of_card
from pointsbank.people.errors import (
    CardBlocked,
    CardKeyOther,
    CardsMissing,
    CardsTooMany,
    PrintOver,
)

CARDS_MOST = 200
# So long may whoever printed fetch the same sheets again, as when the browser lost them.
FETCH_MINUTES = 15
WHYS = ("first", "reprint", "list")
_why = one_of({why: why for why in WHYS})


class CardPrint(Base):
    """A card came out of a printer (first issue, reprint, list), or was found spoilt there.

    Append-only. A card whose last row is `spoilt`, or that has none, is to be printed.
    """

    __tablename__ = "card_print"
    __table_args__ = strict_table(
        CheckConstraint("what IN ('first', 'reprint', 'list', 'spoilt')", name="what"),
        Index(None, "card_id", "id"),
        Index(None, "receipt_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    card_id: Mapped[int] = mapped_column(Int, ForeignKey("card.id"))
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    what: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)


[_CARD_ID] = packed_rows("cards", int)
_INSERT = statement(
    insert(CardPrint).from_select(
        ["card_id", "receipt_id", "what", "at", "actor"],
        select(
            _CARD_ID,
            bindparam("of_receipt", type_=Int),
            bindparam("what", type_=Text),
            bindparam("at", type_=Text),
            bindparam("actor", type_=Text),
        ),
    )
)
_OF_RECEIPT = statement(
    select(Card.short_number)
    .join(CardPrint, CardPrint.card_id == Card.id)
    .where(CardPrint.receipt_id == bindparam("of_receipt"), CardPrint.what != "spoilt")
    .order_by(Card.id)
)


@operation("people.print_cards")
def print_cards(act: Act, *, short_numbers: list[str], why: str) -> Answer:
    """Note that at most 200 cards are printed, by whom and why (打印): first, reprint or list.

    The sheets are then drawn from `list_printed_faces`. Raises CardsMissing, CardsTooMany,
    CardUnknown, CardBlocked, and CardKeyOther for a card that was made under another key.
    """
    what = _why(why)
    found = _locked(act, short_numbers)
    for card in found:
        if card.status != "active":
            raise CardBlocked(status=card.status)
        code = make_card_code(act.keys.card, card.serial, card.issue)
        if card_code_hash(code) != card.code_hash:
            raise CardKeyOther(short_number=card.short_number)
    _note(act, found, what)
    return {"printed": [card.short_number for card in found], "why": what}


@operation("people.report_spoilt_print")
def report_spoilt_print(act: Act, *, short_numbers: list[str]) -> Answer:
    """Say that cards did not come out right (没印好), so that they are printed again.

    The same card is printed again, with the same code. Raises CardsMissing, CardsTooMany,
    CardUnknown, CardBlocked.
    """
    found = _locked(act, short_numbers)
    for card in found:
        if card.status != "active":
            raise CardBlocked(status=card.status)
    _note(act, found, "spoilt")
    return {"spoilt": [card.short_number for card in found]}


def _locked(act: Act, short_numbers: list[str]) -> list[Any]:
    wanted = sorted(set(short_numbers))
    if not wanted:
        raise CardsMissing()
    if len(wanted) > CARDS_MOST:
        raise CardsTooMany(most=CARDS_MOST)
    found = cards_by_short_number(act.session, wanted)
    if len(found) == 1:
        act.for_whom = holder_of_card(found[0])
    return found


def _note(act: Act, found: Iterable[Any], what: str) -> None:
    act.session.run(
        _INSERT,
        cards=pack([(card.id,) for card in found]),
        of_receipt=act.receipt_id,
        what=what,
        at=act.now,
        actor=act.caller.actor,
    )


def list_printed_faces(bank: Bank, *, by: Caller, receipt: str) -> list[CardFace]:
    """What stands on the cards of a print, for whoever printed them a quarter of an hour ago.

    There is no other way to it. A card that was blocked meanwhile is left out. Raises PrintOver.
    """
    receipt_id = read_public_id("Q", receipt)

    def read(session: Session) -> list[str]:
        kept = find_receipt_by_id(session, receipt_id)
        if kept is None or (kept.operation, kept.actor) != (print_cards.name, by.actor):
            raise PrintOver(minutes=FETCH_MINUTES)
        until = from_instant(kept.at) + timedelta(minutes=FETCH_MINUTES)
        if bank.clock.moment() > until:
            raise PrintOver(minutes=FETCH_MINUTES)
        return [row.short_number for row in session.rows(_OF_RECEIPT, of_receipt=receipt_id)]

    short_numbers = bank.database.read(read)
    if not short_numbers:
        return []
    return list_card_faces(bank, card_key=bank.keys.card, short_numbers=short_numbers)


@query
def list_printed(session: Session, *, receipt: str) -> list[str]:
    """The short numbers of the cards of a print, in the order of the sheet."""
    receipt_id = read_public_id("Q", receipt)
    return [row.short_number for row in session.rows(_OF_RECEIPT, of_receipt=receipt_id)]
