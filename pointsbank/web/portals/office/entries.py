"""An entry as a voucher (记账凭证): its moves, why it exists, and what stands beside it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import KeptReceipt, Session, find_receipt_by_id, read_public_id
from pointsbank.ledger import POINTS, EntryMove, EntryPaper, read_entry, read_neighbours
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.currency import in_books_words
from pointsbank.web.portals.filters import moment
from pointsbank.web.portals.office.evidence import documents_of
from pointsbank.web.portals.office.frame import READERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import Names, account_address, entry_address, names_for
from pointsbank.web.portals.office.words import entry_kind, operation_word

blueprint = office_blueprint("entries")


@blueprint.get("/journal/<number>")
@allows(*READERS)
def page(number: str) -> Any:
    """One entry as a voucher, with why it exists and what stands beside it."""
    entry_id = read_public_id("J", number)
    return office_page(
        "entry.html",
        "books",
        **current_bank().database.read(lambda session: _entry_context(session, entry_id)),
    )


def _entry_context(session: Session, entry_id: int) -> dict[str, Any]:
    paper = read_entry(session, entry_id)
    receipt = find_receipt_by_id(session, paper.entry.receipt_id)
    actors = [receipt.actor, receipt.device] if receipt else []
    names = names_for(session, moves=paper.moves, holders=actors)
    own = _whose(paper.moves)
    before, lines, after = read_neighbours(session, own, entry_id)
    evidence = [_receipt_evidence(receipt, names)] if receipt else []
    evidence += documents_of(
        session, entry_id, paper.entry.document, kind_of_entry=paper.entry.kind
    )
    if paper.entry.rule:
        evidence.append({"title": _("按积分规则第 %(rule)s 版", rule=paper.entry.rule), "note": ""})
    for word, number in ((_("冲正了"), paper.reverses), (_("被冲正于"), paper.reversed_by)):
        if number:
            evidence.append(
                {"title": f"{word} {number}", "note": "", "href": entry_address(number)}
            )
    return {
        "voucher": _voucher(paper, receipt, names),
        "number": paper.entry.number,
        "memo": in_books_words(paper.entry.memo),
        "turned": paper.entry.reverses_id is not None,
        "evidence": evidence,
        "before": before,
        "own": lines,
        "after": after,
        "own_account": account_address(own),
    }


def _whose(moves: list[EntryMove]) -> int:
    """The account whose passbook the entry is shown in: a person's if there is one."""
    for move in moves:
        for kind, account_id in (
            (move.source_type, move.source_id),
            (move.target_type, move.target_id),
        ):
            if kind in {"wallet", "family_wallet"}:
                return account_id
    return moves[0].target_id


def _voucher(paper: EntryPaper, receipt: KeptReceipt | None, names: Names) -> dict[str, Any]:
    lines = [
        {
            "memo": in_books_words(paper.entry.memo)
            if move.commodity == POINTS
            else names.commodity(move.commodity),
            "source": names.account(move.source_type, move.source_holder),
            "source_href": account_address(move.source_id),
            "target": names.account(move.target_type, move.target_holder),
            "target_href": account_address(move.target_id),
            "quantity": f"{move.amount:,}",
            "unit": names.unit(move.commodity),
        }
        for move in paper.moves
    ]
    facts = [(_("记账"), moment(paper.entry.posted_at))]
    if receipt is not None:
        device = names.actor(receipt.device) if receipt.device else _("办公室")
        facts = [(_("办理"), names.actor(receipt.actor)), (_("终端"), device), *facts]
    turned = paper.reverses or paper.reversed_by or _("无")
    return {
        "kind": entry_kind(paper.entry.kind),
        "day": paper.entry.occurred_on,
        "number": paper.entry.number,
        "lines": lines,
        "facts": [*facts, (_("冲正"), turned)],
        "sealed": False,
    }


def _receipt_evidence(receipt: KeptReceipt, names: Names) -> dict[str, Any]:
    note = _(
        "%(operation)s，%(who)s，%(at)s；同样的请求来几次都只记一次",
        operation=operation_word(receipt.operation),
        who=names.actor(receipt.actor),
        at=moment(receipt.at),
    )
    return {
        "title": _("回执 %(number)s", number=receipt.number),
        "note": note,
        "href": url_for("office_journal.receipt", number=receipt.number),
    }
