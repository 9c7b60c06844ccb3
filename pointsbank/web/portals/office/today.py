"""Today (今日): what is to be done, the most urgent first; today's points as a sum to check."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.audit import LastCheck, find_last_check
from pointsbank.foundation import (
    Bank,
    Paging,
    Session,
    add_days,
    business_day,
    from_instant,
    read_duty_states,
    to_minute,
)
from pointsbank.inventory import (
    list_empty_shelves,
    list_goods_ending,
    list_recounts,
    list_unknown_codes,
)
from pointsbank.ledger import PointsFlow, has_entries_until, list_points_flows, points_outstanding
from pointsbank.people import ShopRow, list_people_to_tell
from pointsbank.redemption import answer_help, list_help_calls, list_redemptions, list_unconfirmed
from pointsbank.safekeeping import read_alive_again, read_backup_state
from pointsbank.web.access import allows, may_open
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.filters import clock, moment
from pointsbank.web.portals.forms import book, submit
from pointsbank.web.portals.office.backup import backup_says, stick_says
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    current_shop,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.proposal_words import shown_of
from pointsbank.web.portals.office.proposals import count_open
from pointsbank.web.portals.office.tell import waiting_before
from pointsbank.web.portals.office.today_cases import case_lines, finding_lines
from pointsbank.web.portals.office.today_handovers import handover_lines
from pointsbank.web.portals.office.today_recognition import recognition_lines
from pointsbank.web.portals.office.today_service import activity_lines, missed_lines, service_lines
from pointsbank.web.portals.office.words import duty_word
from pointsbank.web.portals.setup.left import is_opened

blueprint = office_blueprint("today")

# What still stands this many days before its last day is brought to mind.
ENDING_DAYS = 30
WEEKS = 8
# So many lines of work fit on the screen without scrolling.
LINES_MOST = 6


@blueprint.get("/")
@allows(*READERS)
def page() -> Any:
    """What is to be done, and how the points stand."""
    bank, shop = current_bank(), current_shop()
    today = bank.clock.today()
    since = add_days(today, -7 * WEEKS + 1)

    def read(session: Session) -> Any:
        return points_outstanding(session), list_points_flows(session, since=since, until=today)

    outstanding, flows = bank.database.read(read)
    todo, check = _todo(bank, shop.id, today), find_last_check(bank)
    return office_page(
        "today.html",
        "today",
        day=date.fromisoformat(today),
        weekday=_weekday(today),
        says=_says(bank, shop, today, waiting=len(todo)),
        todo=todo[:LINES_MOST],
        more=todo[LINES_MOST:],
        sums=_sums([flow for flow in flows if flow.day == today], outstanding, today),
        weeks=_weeks(flows, today),
        check=check,
        closing=bank.database.read(lambda session: _closing(session, check, today)),
        **backup_strip_of(bank),
    )


def _says(bank: Bank, shop: ShopRow, today: str, *, waiting: int) -> str:
    """How it stands with the shop and the work. Before it opens nobody is counted who came."""
    waits = _("有 %(n)s 件事等您。", n=waiting) if waiting else _("没有要办的事。")
    if not is_opened(bank):
        return str(_("还没开张。%(waits)s", waits=waits))
    in_hours = shop.opens <= clock(bank.clock.instant()) < shop.closes
    is_open = in_hours and bank.clock.doubt is None
    return str(
        _(
            "%(open)s，今天已有 %(n)s 笔兑换。%(waits)s",
            open=_("店里开着") if is_open else _("店里关着"),
            n=list_redemptions(bank, shop_id=shop.id, since=today, until=today).total,
            waits=waits,
        )
    )


def _closing(session: Session, check: LastCheck | None, today: str) -> dict[str, Any] | None:
    """The trial balance at the end of last month (月结), or None where the books are younger.

    A check looks at every entry there is: one made after the month's end has looked at all of it.
    """
    until = add_days(f"{today[:8]}01", -1)
    if not has_entries_until(session, until):
        return None
    is_looked_at = check is not None and business_day(from_instant(check.at)) > until
    wrong = check.wrong if check is not None and is_looked_at else None
    return {"day": until, "wrong": wrong}


def _weekday(day: str) -> str:
    words = (
        _("星期一"),
        _("星期二"),
        _("星期三"),
        _("星期四"),
        _("星期五"),
        _("星期六"),
        _("星期日"),
    )
    return str(words[date.fromisoformat(day).weekday()])


def _todo(bank: Bank, shop_id: int, today: str) -> list[dict[str, Any]]:
    """The lines of work for whoever looks; the most urgent first."""
    lines = [
        *_machine(bank),
        *_safekeeping(bank),
        *_calls(bank),
        *missed_lines(bank),
        *service_lines(bank, today),
        *case_lines(bank, today),
        *finding_lines(bank),
        *recognition_lines(bank),
        *_left(bank),
        *_proposed(bank),
        *handover_lines(bank),
        *activity_lines(bank),
        *_to_tell(bank),
        *_looks(bank, shop_id),
        *_goods(bank, shop_id, today),
    ]
    # A witness or an auditor is not sent to a door that is shut to them.
    return [one for one in lines if "href" not in one or may_open(one["href"])]


def _machine(bank: Bank) -> list[dict[str, Any]]:
    """The clock, when nobody knows what day it is, and what the nights have left undone."""
    to_clock = {"kind": "stop", "href": url_for("office_clock.page")}
    doubt, now = bank.clock.doubt, bank.clock.moment()
    undone = [
        {
            **to_clock,
            "word": _("没做成"),
            "title": _("夜间工作没做成：%(duty)s", duty=duty_word(name)),
            "note": _("%(day)s 那天，试了 %(n)s 次", day=state.day, n=state.attempt),
            "label": _("看看"),
        }
        for name, state in bank.database.read(read_duty_states).items()
        if state.is_undone(bank.clock.instant())
    ]
    if doubt is None:
        return undone
    known = to_minute(from_instant(doubt.known))
    asked = {
        **to_clock,
        "word": _("时钟"),
        "title": _("时钟不对，自助机都停了"),
        "note": _("机器上是 %(now)s，账上是 %(known)s", now=to_minute(now), known=known),
        "label": _("去核对日期"),
    }
    return [asked, *undone]


def _safekeeping(bank: Bank) -> list[dict[str, Any]]:
    """That there is no fresh backup, and slips that a restored bank does not have."""
    if bank.is_demonstration:
        # It is thrown away and made anew as one likes: nobody is called to back it up.
        return []
    strip, lines = backup_strip_of(bank), []
    state, to_backup = strip["backup"], {"kind": "stop", "word": _("备份")}
    if not state.is_green:
        lines.append(
            {
                **to_backup,
                "title": strip["backup_words"],
                "note": _("电脑坏了，就只有备份里的账"),
                "href": url_for("office_backup.page"),
                "label": _("去备份"),
            }
        )
    if state.missing:
        lines.append(
            {
                **to_backup,
                "title": _("%(n)s 张小票账上没有", n=state.missing),
                "note": _("自助机和小票上有，要一张张办"),
                "href": url_for("office_backup.missing"),
                "label": _("去办"),
            }
        )
    return [*lines, *_restored(bank)]


def _restored(bank: Bank) -> list[dict[str, Any]]:
    """What an older copy has let in again, until somebody has looked at all of it."""
    alive = read_alive_again(bank)
    if alive is None or not alive.open:
        return []
    return [
        {
            "kind": "stop",
            "word": _("恢复以后"),
            "title": _("%(n)s 样还没核对：人、工作证、机器、卡", n=alive.open),
            "note": _("备份以后停用的，账上又活了"),
            "href": url_for("office_restored.page"),
            "label": _("去核对"),
        }
    ]


def backup_strip_of(bank: Bank) -> dict[str, Any]:
    """What the strip about backups shows."""
    words = {"backup_words": backup_says(bank), "stick_words": stick_says(bank)}
    return {"backup": read_backup_state(bank), **words}


def _calls(bank: Bank) -> list[dict[str, Any]]:
    return [
        {
            "kind": "stop",
            "word": _("叫人帮忙"),
            "title": _("%(device)s 有人要帮忙", device=call.device),
            "note": _("%(at)s 按的铃", at=clock(call.at)),
            "post": url_for("office_today.help_answered", call=call.id),
            "label": _("我去"),
        }
        for call in list_help_calls(bank).items
    ]


def _left(bank: Bank) -> list[dict[str, Any]]:
    """Baskets that were left without the button: on the shelf, or in somebody's kitchen."""
    found = list_unconfirmed(bank, paging=Paging(1, 1))
    if not found.total:
        return []
    return [
        {
            "kind": "wait",
            "word": _("没按确认"),
            "title": _("%(n)s 个篮子没按确认就走了", n=found.total),
            "note": _("最早的是 %(at)s；看看东西在不在架上", at=moment(found.items[0].left_at)),
            "href": url_for("office_redemptions.unconfirmed"),
            "label": _("去看看"),
        }
    ]


def _proposed(bank: Bank) -> list[dict[str, Any]]:
    """What somebody proposed and nobody has looked at."""
    waiting, oldest = count_open(bank)
    if oldest is None:
        return []
    return [
        {
            "kind": "wait",
            "word": _("等第二个人"),
            "title": _("%(n)s 件事等第二个人确认", n=waiting),
            "note": _(
                "最早的是 %(day)s 提出的：%(what)s",
                day=moment(oldest.proposed_at)[:10],
                what=shown_of(bank, oldest).title,
            ),
            "href": url_for("office_proposals.page"),
            "label": _("去看看"),
        }
    ]


def _to_tell(bank: Bank) -> list[dict[str, Any]]:
    """Who has not been to a kiosk for long and does not know what came for them."""
    waiting = list_people_to_tell(bank, before=waiting_before(bank), paging=Paging(1, 1))
    if not waiting.total:
        return []
    return [
        {
            "kind": "wait",
            "word": _("要告诉"),
            "title": _("%(n)s 位有消息还不知道", n=waiting.total),
            "note": _("最久的从 %(day)s 等起", day=moment(waiting.items[0].since)[:10]),
            "href": url_for("office_tell.page"),
            "label": _("去告诉"),
        }
    ]


def _looks(bank: Bank, shop_id: int) -> list[dict[str, Any]]:
    lines = []
    recounts = list_recounts(bank, shop_id=shop_id)
    if recounts.total:
        first = recounts.items[0]
        lines.append(
            {
                "kind": "stop",
                "word": _("待清点"),
                "title": _("%(n)s 处货架与账上不一样", n=recounts.total),
                "note": _("最近是%(name)s，多出 %(n)s 件", name=first.name, n=first.quantity),
                "href": url_for("office_goods.looks"),
                "label": _("看差异"),
            }
        )
    unknown = list_unknown_codes(bank)
    if unknown.total:
        code = unknown.items[0]
        lines.append(
            {
                "kind": "muted",
                "word": _("不认识"),
                "title": _("%(n)s 个条码还没登记", n=unknown.total),
                "note": _("%(code)s 被扫了 %(n)s 次", code=code.code, n=code.seen),
                "href": url_for("office_goods.looks"),
                "label": _("去建档"),
            }
        )
    return lines


def _goods(bank: Bank, shop_id: int, today: str) -> list[dict[str, Any]]:
    until = add_days(today, ENDING_DAYS)
    ending, empty = bank.database.read(
        lambda session: (
            list_goods_ending(session, shop_id=shop_id, today=today, until=until),
            list_empty_shelves(session, shop_id=shop_id, today=today),
        )
    )
    lines = [
        {
            "kind": "stop",
            "word": _("快过期") if (one.best_before or today) >= today else _("过期了"),
            "title": _("%(name)s，%(n)s 件", name=one.name, n=one.on_shelf + one.in_store_room),
            "note": _("%(day)s 到期；货架 %(n)s 件", day=one.best_before, n=one.on_shelf),
            "href": url_for("office_goods.page", sku=one.sku),
            "label": _("安排"),
        }
        for one in ending[:2]
    ]
    if empty:
        first = empty[0]
        lines.append(
            {
                "kind": "muted",
                "word": _("空架"),
                "title": _("%(n)s 样在货架上换完了", n=len(empty)),
                "note": _("%(name)s：库房还有 %(n)s 件", name=first.name, n=first.in_store_room),
                "href": url_for("office_goods.page", sku=first.sku),
                "label": _("去上架"),
            }
        )
    return lines


# Which flow is which line of the sum: side, out, words, sign, filter of the journal.
_LINES = (
    ("issued", True, "in", "&type=issued&turned=no"),
    ("issued", False, "cost", "&type=issued&turned=yes"),
    ("redeemed", False, "cost", "&type=redeemed&turned=no"),
    ("redeemed", True, "in", "&type=redeemed&turned=yes"),
    ("expired", False, "cost", "&type=expired&turned=no"),
    ("expired", True, "in", "&type=expired&turned=yes"),
    ("deducted", False, "cost", "&type=deducted&turned=no"),
    ("deducted", True, "in", "&type=deducted&turned=yes"),
)


def _sums(flows: list[PointsFlow], outstanding: int, today: str) -> dict[str, Any]:
    """Last night + issued − redeemed + given back = now."""
    words = (
        _("今天发放"),
        _("撤回发放"),
        _("今天兑换"),
        _("撤销退回"),
        _("过期收回"),
        _("过期退回"),
        _("今天扣减"),
        _("申诉退回"),
    )
    lines, change = [], 0
    for (side, out, kind, narrowing), word in zip(_LINES, words, strict=True):
        flow = next((one for one in flows if (one.side, one.out) == (side, out)), None)
        points = flow.points if flow else 0
        change += points if out else -points
        if points or (side, out) in {("issued", True), ("redeemed", False), ("redeemed", True)}:
            lines.append(
                {
                    "word": word,
                    "plus": out,
                    "points": points,
                    "entries": flow.entries if flow else 0,
                    "kind": kind,
                    "href": f"/office/journal?from={today}&to={today}{narrowing}",
                }
            )
    return {
        "before": outstanding - change,
        "before_href": f"/office/books?day={add_days(today, -1)}",
        "lines": lines,
        "now": outstanding,
    }


def _weeks(flows: list[PointsFlow], today: str) -> list[dict[str, Any]]:
    """Issued and redeemed of the last eight weeks, the last one ending today."""
    groups = []
    for back in range(WEEKS - 1, -1, -1):
        first, last = add_days(today, -7 * back - 6), add_days(today, -7 * back)
        within = [flow for flow in flows if first <= flow.day <= last]
        issued = sum(one.points for one in within if one.side == "issued" and one.out)
        redeemed = sum(one.points for one in within if one.side == "redeemed" and not one.out)
        start = date.fromisoformat(first)
        name = f"{start.month}.{start.day}" if back else _("近七天")
        groups.append({"name": name, "values": [issued, redeemed]})
    return groups


@blueprint.post("/help/<int:call>")
@allows(*WRITERS)
def help_answered(call: int) -> Any:
    """Say that one is on the way to a kiosk."""
    name = current_visitor().name or ""
    return submit(
        lambda typed: book(answer_help, call=call),
        again=lambda form: office_page("refused.html", "today", form=form),
        done=lambda outcome: (
            url_for("office_today.page"),
            _("记下了，%(name)s 去帮忙。", name=name),
        ),
    )
