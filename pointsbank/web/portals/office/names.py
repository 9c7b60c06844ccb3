"""Whom the holders, actors and commodities of the books stand for, looked up at the door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Session
from pointsbank.inventory import name_commodities
from pointsbank.ledger import POINTS, TIME_CREDIT, EntryMove
from pointsbank.people import name_holders
from pointsbank.web.portals.office.words import account_type


@dataclass
class Names:
    """The names that one page needs; masked where they are a person's."""

    holders: dict[str, str]
    goods: dict[str, tuple[str, str]]

    def account(self, type_code: str, holder: str) -> str:
        """An account in words: whose it is, and what of theirs."""
        word, known = account_type(type_code), self.holders.get(holder)
        if known is None or holder == "bank" or holder.startswith("shop:"):
            return word
        if type_code in {"wallet", "family_wallet", "supply"}:
            return known
        return f"{known} · {word}"

    def actor(self, actor: str) -> str:
        """Who did something."""
        word: str = _("系统") if actor == "system" else self.holders.get(actor, actor)
        return word

    def unit(self, commodity: str) -> str:
        """What a commodity is counted in."""
        if commodity == TIME_CREDIT:
            return str(_("分钟"))
        return str(_("分") if commodity == POINTS else _("件"))

    def commodity(self, commodity: str) -> str:
        """A commodity in words."""
        if commodity == TIME_CREDIT:
            return str(_("时间储蓄"))
        return _("积分") if commodity == POINTS else self.goods.get(commodity, (commodity, ""))[0]


def names_for(
    session: Session,
    *,
    holders: Iterable[str | None] = (),
    moves: Iterable[EntryMove] = (),
    commodities: Iterable[str] = (),
) -> Names:
    """Look up everybody and everything that these holders and moves name."""
    wanted, kinds = {holder for holder in holders if holder}, set(commodities)
    for move in moves:
        wanted |= {move.source_holder, move.target_holder}
        kinds.add(move.commodity)
    return Names(name_holders(session, wanted), name_commodities(session, kinds))


def account_address(account_id: int) -> str:
    """The page of one account."""
    return url_for("office_journal.account", account_id=account_id)


def entry_address(number: str) -> str:
    """The page of one entry."""
    return url_for("office_entries.page", number=number)
