"""The journal (序时账), the accounts and the receipts: each figure opens what adds up to it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from pointsbank.foundation import NotFound, Page, Session, find_receipt_by_id, read_public_id
from pointsbank.ledger import (
    POINTS,
    TIME_CREDIT,
    EntryMove,
    EntryRow,
    read_account,
    read_entries,
    read_journal_page,
    read_moves,
    read_statement,
    sum_passbook,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.currency import in_books_words
from pointsbank.web.portals.addresses import asked, asked_day, asked_of, asked_paging, pager_of
from pointsbank.web.portals.filters import clock
from pointsbank.web.portals.office.frame import READERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import Names, names_for
from pointsbank.web.portals.office.words import (
    ACCOUNT_TYPES,
    ENTRY_KINDS,
    account_type,
    entry_kind,
    operation_word,
)

blueprint = office_blueprint("journal")

# The types of account that somebody would look for by a word; the others are reached by a link.
TYPES_OFFERED = ("wallet", "owed", "issued", "redeemed", "shelf", "store_room", "given_out")


@blueprint.get("/journal")
@allows(*READERS)
def page() -> Any:
    """The journal, narrowed by what the address says."""
    turned = asked_of("turned", {"yes", "no"})
    chosen = {
        "kind": asked_of("kind", ENTRY_KINDS),
        "since": asked_day("from"),
        "until": asked_day("to"),
        "account_type": asked_of("type", ACCOUNT_TYPES),
        "commodity": asked("of"),
        "words": asked("words"),
    }

    def read(session: Session) -> Any:
        found = read_journal_page(
            session,
            paging=asked_paging(),
            reversals=None if turned is None else turned == "yes",
            **chosen,
        )
        moves = [move for moves in found.moves.values() for move in moves]
        of = [chosen["commodity"]] if chosen["commodity"] else []
        return found, names_for(session, moves=moves, commodities=of)

    found, names = current_bank().database.read(read)
    rows = [journal_row(entry, found.moves[entry.id], names) for entry in found.entries.items]
    return office_page(
        "journal.html",
        "books",
        found=found,
        rows=rows,
        chosen={**chosen, "turned": turned},
        kinds=[(code, entry_kind(code)) for code in ENTRY_KINDS],
        types=_types_offered(chosen["account_type"]),
        of_word=names.commodity(chosen["commodity"]) if chosen["commodity"] else "",
        type_word=account_type(chosen["account_type"]) if chosen["account_type"] else "",
        pager=pager_of(found.entries),
    )


def _types_offered(chosen: str | None) -> list[tuple[str, str]]:
    codes = [*TYPES_OFFERED, *([chosen] if chosen and chosen not in TYPES_OFFERED else [])]
    return [(code, account_type(code)) for code in codes]


_NO_PIECES = (POINTS, TIME_CREDIT)


def journal_row(entry: EntryRow, moves: list[EntryMove], names: Names) -> dict[str, Any]:
    """An entry as a line of the journal: its first move of points, and what it moved in all."""
    first = next((move for move in moves if move.commodity == POINTS), moves[0])
    return {
        "number": entry.number,
        "day": entry.occurred_on,
        "time": clock(entry.posted_at),
        "kind": entry_kind(entry.kind),
        "turned": entry.reverses_id is not None,
        "memo": in_books_words(entry.memo),
        "source": names.account(first.source_type, first.source_holder),
        "target": names.account(first.target_type, first.target_holder),
        "points": sum(move.amount for move in moves if move.commodity == POINTS),
        "pieces": sum(move.amount for move in moves if move.commodity not in _NO_PIECES),
    }


@blueprint.get("/accounts/<int:account_id>")
@allows(*READERS)
def account(account_id: int) -> Any:
    """One account as a passbook: its entries and the sum that they make."""
    since, until = asked_day("from"), asked_day("to")
    only = asked_of("only", {"in", "out", "reversal"})
    words = asked("words")

    def read(session: Session) -> dict[str, Any]:
        card = read_account(session, account_id)
        names = names_for(session, holders=[card.holder], commodities=[card.commodity])
        lines = read_statement(
            session,
            account_id,
            since=since,
            until=until,
            only=only,
            words=words,
            paging=asked_paging(),
        )
        return {
            "card": card,
            "title": names.account(card.type, card.holder),
            "of": names.commodity(card.commodity),
            "unit": names.unit(card.commodity),
            "lines": lines,
            "sums": sum_passbook(session, account_id, since=since, until=until),
        }

    context = current_bank().database.read(read)
    return office_page(
        "account.html",
        "books",
        chosen={"from": since, "to": until, "only": only, "words": words},
        pager=pager_of(context["lines"]),
        account_type=account_type,
        entry_kind=entry_kind,
        **context,
    )


@blueprint.get("/receipts/<number>")
@allows(*READERS)
def receipt(number: str) -> Any:
    """A receipt: who did what, from where, under which key, and the entries it made."""
    receipt_id = read_public_id("Q", number)

    def read(session: Session) -> dict[str, Any]:
        kept = find_receipt_by_id(session, receipt_id)
        if kept is None:
            raise ReceiptUnknown()
        entries: Page[EntryRow] = read_entries(session, receipt_id=receipt_id)
        moves = read_moves(session, [entry.id for entry in entries.items])
        flat = [move for some in moves.values() for move in some]
        holders = [kept.actor, kept.device, kept.for_whom]
        names = names_for(session, moves=flat, holders=holders)
        return {
            "receipt": kept,
            "operation": operation_word(kept.operation),
            "who": names.actor(kept.actor),
            "device": names.actor(kept.device) if kept.device else _("办公室"),
            "rows": [journal_row(entry, moves[entry.id], names) for entry in entries.items],
        }

    return office_page("receipt.html", "books", **current_bank().database.read(read))


class ReceiptUnknown(NotFound):
    """No receipt has this number (没有这张回执)."""

    code = "foundation.receipt_unknown"
