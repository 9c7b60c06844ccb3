"""The steps of the set-up (设置的步骤), each with one decision, in the order of the first day.

A new step is one line in `STEPS` with a view of its endpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from pointsbank.people import TRIED
from pointsbank.web.portals.setup.state import State

BLUEPRINT = "office_setup"


@dataclass(frozen=True)
class Step:
    """One step: its name in the address, its words, and whether the bank shows it as done.

    `must` says that a community cannot open without it; the others may be left.
    """

    code: str
    word: LazyString
    is_done: Callable[[State], bool]
    must: bool = True

    @property
    def href(self) -> str:
        """Its page."""
        return url_for(f"{BLUEPRINT}.{self.code}")


def _settled(what: str) -> Callable[[State], bool]:
    return lambda state: what in state.ready.settled


def equipment_is_fine(state: State) -> bool:
    """Whether everything that is there was tried and works."""
    tried = state.ready.tried
    return all(what in tried and tried[what].is_fine for what in TRIED)


def is_kept_safe(state: State) -> bool:
    """Whether the bank would outlive its computer; nobody asks that of a demonstration."""
    return state.demonstration or (state.envelope_at is not None and state.backup_at is not None)


STEPS: tuple[Step, ...] = (
    Step("community", _("社区叫什么"), _settled("community")),
    Step("shop", _("超市叫什么"), _settled("shop")),
    Step("hours", _("营业时间"), _settled("hours")),
    Step("phone", _("求助电话"), lambda state: bool(state.shop.help_phone)),
    Step("currency", _("积分叫什么"), _settled("currency"), must=False),
    Step("rate", _("一小时几分"), lambda state: state.rate_decided),
    Step("limits", _("一天最多换多少"), _settled("limits"), must=False),
    Step("address", _("公开网址"), _settled("address"), must=False),
    Step("staff", _("第二个人"), lambda state: state.ready.deciders >= 2),
    Step("goods", _("第一批货"), lambda state: bool(state.on_shelf)),
    Step("cards", _("第一张卡"), lambda state: state.ready.cards_printed > 0),
    Step("kiosk", _("配对自助机"), lambda state: state.ready.kiosks > 0),
    Step("equipment", _("试设备"), equipment_is_fine),
    Step("clock", _("对时钟"), lambda state: state.clock_right),
    Step("rehearsal", _("演练一次"), lambda state: state.rehearsed is not None),
    Step("safe", _("备份和信封"), is_kept_safe),
)


def neighbours(code: str) -> tuple[Step | None, Step | None]:
    """The steps before and after one."""
    codes = [step.code for step in STEPS]
    place = codes.index(code)
    before = STEPS[place - 1] if place else None
    return before, STEPS[place + 1] if place + 1 < len(STEPS) else None


def first_open(state: State) -> Step | None:
    """The first step that is not done yet, or None."""
    return next((step for step in STEPS if not step.is_done(state)), None)
