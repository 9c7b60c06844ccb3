"""The office's frame (办公室): who may come in, and what stands around every page."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from pointsbank.earning import NoRule, count_objections, count_pending, get_rulebook
from pointsbank.findings import count_findings
from pointsbank.people import ShopRow, list_shops
from pointsbank.web.context import Visitor, current_bank, current_visitor
from pointsbank.web.portals.addresses import address, pressed
from pointsbank.web.portals.forms import Form
from pointsbank.web.portals.setup.left import setup_banners, way_back

READERS = ("worker", "admin", "witness", "auditor")
WRITERS = ("worker", "admin")
APPROVERS = ("worker", "admin", "witness")

TABS = (
    "today",
    "volunteers",
    "service",
    "activities",
    "notices",
    "redemptions",
    "goods",
    "books",
    "findings",
    "devices",
)
WRITERS_TABS = ("backup",)
ADMINS_TABS = ("staff", "settings")


def office_blueprint(subject: str) -> Blueprint:
    """The blueprint of one subject of the office."""
    return Blueprint(
        f"office_{subject}", f"pointsbank.web.portals.office.{subject}", url_prefix="/office"
    )


def office_page(template: str, here: str, **context: Any) -> str:
    """A page of the office, with its frame filled in."""
    visitor = current_visitor()
    may_write = is_one_of(visitor, WRITERS)
    tabs = (*TABS, *(WRITERS_TABS if may_write else ()))
    if "admin" in visitor.roles:
        tabs += ADMINS_TABS
    bank = current_bank()
    counts = {"service": count_pending(bank), "notices": count_objections(bank)}
    counts["findings"] = count_findings(bank)
    return render_template(
        f"office/{template}",
        here=here,
        person={"name": visitor.name, "role": role_word(visitor), "href": own_page(visitor)},
        tabs_allowed=tabs,
        counts=counts,
        address=address,
        pressed=pressed,
        may_write=may_write,
        may_approve=is_one_of(visitor, APPROVERS),
        clock_doubt=current_bank().clock.doubt,
        banners=_banners(here) if may_write else [],
        **{"form": Form(), **context},
    )


def _banners(here: str) -> list[dict[str, Any]]:
    """What is left to set up, and the way back to it from where one of its steps has led."""
    if here == "today":
        return setup_banners(current_bank())
    return way_back(current_bank()) if here != "settings" else []


def current_shop() -> ShopRow:
    """The shop that the office looks after: the first one."""
    return list_shops(current_bank())[0]


def rate_on(day: str) -> Fraction | None:
    """The points of an hour on a day, or None where points do not come from time."""
    try:
        return get_rulebook(current_bank(), day=day).hourly
    except NoRule:
        return None


def is_one_of(visitor: Visitor, roles: tuple[str, ...]) -> bool:
    """Whether a visitor has one of these roles."""
    return bool(visitor.roles & set(roles))


def own_page(visitor: Visitor) -> str | None:
    """Where somebody draws an own PIN, for those who may be second persons."""
    return "/office/badges" if is_one_of(visitor, APPROVERS) else None


def role_word(visitor: Visitor) -> str:
    """What a visitor is here for, in one word."""
    return role_word_of(visitor.roles)


def role_word_of(roles: frozenset[str]) -> str:
    """What somebody is here for, in one word: the role that may do most."""
    words = {
        "admin": _("管理员"),
        "worker": _("社区工作者"),
        "witness": _("监督员"),
        "auditor": _("审计"),
        "merchant": _("捐赠商户"),
    }
    return next((words[role] for role in words if role in roles), "")
