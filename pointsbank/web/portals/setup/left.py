"""What is left to do before the first neighbour comes (还差什么): marks set by nobody's hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import session, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Bank
from pointsbank.redemption import has_redeemed
from pointsbank.web.portals.filters import moment
from pointsbank.web.portals.setup.state import State, read_state
from pointsbank.web.portals.setup.steps import STEPS, equipment_is_fine

FINISHED = "finished"
# Steps that are done on other pages, where the tab of the settings is easily lost.
LEADS_AWAY = frozenset({"staff", "goods", "cards", "safe"})
_STEP = "setup_step"


@dataclass(frozen=True)
class Mark:
    """One line of the check list: done or open, what the bank shows, and where to go."""

    code: str
    word: str
    note: str
    done: bool
    href: str


def list_marks(state: State) -> list[Mark]:
    """The check list. A demonstration keeps nothing safe, so nothing of that is asked of it."""
    marks = [_named(state), _rate(state), _people(state), _goods(state), _cards(state)]
    marks += [_kiosk(state), _equipment(state), _clock(state), _rehearsal(state)]
    if not state.demonstration:
        marks += [_envelope(state), _backup(state)]
    return marks


def count_left(bank: Bank) -> int:
    """How many marks are open, none once an admin has said that it is to be left at that."""
    state = read_state(bank)
    if FINISHED in state.ready.settled:
        return 0
    return sum(1 for mark in list_marks(state) if not mark.done)


def is_opened(bank: Bank) -> bool:
    """Whether the shop has opened (开张): all is set up, or a neighbour has been served already."""
    return not count_left(bank) or has_redeemed(bank)


def setup_banners(bank: Bank) -> list[dict[str, Any]]:
    """What the office's first page says of a bank that is not set up yet."""
    left = count_left(bank)
    if not left:
        return []
    # A shelf that is empty or a kiosk that was shut out years later opens nothing a second time.
    if has_redeemed(bank):
        text = _("设置里有 %(n)s 件事没办好。", n=left)
    else:
        text = _("还有 %(n)s 件事没设好，设好了才好开张。", n=left)
    return [
        {
            "text": text,
            "kind": "",
            "href": url_for("office_setup.page"),
            "label": _("接着设置"),
        }
    ]


def note_step(code: str) -> None:
    """Remember for this browser which step leads elsewhere, until another one is looked at."""
    if code in LEADS_AWAY:
        session[_STEP] = code
    else:
        session.pop(_STEP, None)


def way_back(bank: Bank) -> list[dict[str, Any]]:
    """The way back to a step that led elsewhere; nothing once all is set up."""
    step = next((one for one in STEPS if one.code == session.get(_STEP)), None)
    if step is None:
        return []
    if not count_left(bank):
        session.pop(_STEP, None)
        return []
    return [
        {
            "text": _("正在设置：%(step)s。", step=step.word),
            "kind": "",
            "href": step.href,
            "label": _("回到这一步"),
        }
    ]


def _named(state: State) -> Mark:
    names = {"community", "shop", "hours", "phone"}
    open_steps = [step for step in STEPS if step.code in names and not step.is_done(state)]
    told = _(
        "%(community)s · %(shop)s", community=state.setting("community_name"), shop=state.shop.name
    )
    return Mark(
        "named",
        _("名字、时间、电话"),
        _("还没定：%(what)s", what=_("、").join(str(step.word) for step in open_steps))
        if open_steps
        else told,
        not open_steps,
        url_for(f"office_setup.{open_steps[0].code if open_steps else 'community'}"),
    )


def _rate(state: State) -> Mark:
    rate = state.points_per_hour
    told = _("一小时 %(n)s 分", n=rate)
    return Mark(
        "rate",
        _("积分标准定了"),
        told if state.rate_decided else _("%(told)s，是默认的，还没人定", told=told),
        state.rate_decided,
        url_for("office_setup.rate"),
    )


def _people(state: State) -> Mark:
    return Mark(
        "people",
        _("有第二个人"),
        _("能认定的有 %(n)s 人，要两人：同事，或者监督员", n=state.ready.deciders),
        state.ready.deciders >= 2,
        url_for("office_setup.staff"),
    )


def _goods(state: State) -> Mark:
    pieces = sum(one.left for one in state.on_shelf)
    return Mark(
        "goods",
        _("货架上有货"),
        _("%(n)s 样，%(pieces)s 件", n=len(state.on_shelf), pieces=pieces),
        bool(state.on_shelf),
        url_for("office_setup.goods"),
    )


def _cards(state: State) -> Mark:
    return Mark(
        "cards",
        _("印过卡"),
        _("印过 %(n)s 张", n=state.ready.cards_printed),
        state.ready.cards_printed > 0,
        url_for("office_setup.cards"),
    )


def _kiosk(state: State) -> Mark:
    return Mark(
        "kiosk",
        _("自助机配对了"),
        _("在用 %(n)s 台", n=state.ready.kiosks),
        state.ready.kiosks > 0,
        url_for("office_setup.kiosk"),
    )


def _equipment(state: State) -> Mark:
    failing = sum(1 for one in state.ready.tried.values() if not one.is_fine)
    told = _("%(n)s 样不行", n=failing) if failing else _("试过 %(n)s 样", n=len(state.ready.tried))
    return Mark(
        "equipment",
        _("设备试过"),
        told,
        equipment_is_fine(state),
        url_for("office_setup.equipment"),
    )


def _clock(state: State) -> Mark:
    return Mark(
        "clock",
        _("时钟对了"),
        _("有人看过，是对的") if state.clock_right else _("要看一眼手机，对一对"),
        state.clock_right,
        url_for("office_setup.clock"),
    )


def _envelope(state: State) -> Mark:
    return Mark(
        "envelope",
        _("信封进了保险柜"),
        _("%(at)s 打出来的，要锁在这台电脑以外的地方", at=moment(state.envelope_at))
        if state.envelope_at
        else _("还没打出来：电脑坏了，没有它什么也打不开"),
        state.envelope_at is not None,
        url_for("office_backup.page"),
    )


def _backup(state: State) -> Mark:
    return Mark(
        "backup",
        _("有一份好的备份"),
        _("账到 %(at)s 的一份", at=moment(state.backup_at))
        if state.backup_at
        else _("还没有：插上 U 盘，现在就备一份"),
        state.backup_at is not None,
        url_for("office_backup.page"),
    )


def _rehearsal(state: State) -> Mark:
    if state.rehearsal is not None:
        told = _("演练还没收场")
    elif state.rehearsed is None:
        told = _("还没演过")
    else:
        told = _("演过了，积分和货都回来了")
    return Mark(
        "rehearsal",
        _("演练过一次"),
        told,
        state.rehearsed is not None and state.rehearsal is None,
        url_for("office_setup.rehearsal"),
    )
