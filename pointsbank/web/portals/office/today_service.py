"""Today's lines about service (今日): records, notices, appeals, and lists of activities."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.activities import count_open_sessions, count_to_confirm, list_missed
from pointsbank.earning import (
    NoRule,
    count_objections,
    count_openings,
    count_to_publish,
    get_rulebook,
    list_calendars,
    list_notices_over,
    list_notices_running,
    list_open_appeals,
    list_records,
)
from pointsbank.foundation import Bank, Paging, add_days
from pointsbank.web.portals.filters import clock, hours

# Next year's holidays are published in November; by then they should be ticked.
CALENDAR_DAYS = 30

Line = dict[str, Any]


def service_lines(bank: Bank, today: str) -> list[Line]:
    """What waits between the hour of service and its points."""
    return [*_pending(bank), *_booklets(bank), *_notices(bank, today), *_appeals(bank)]


def _pending(bank: Bank) -> list[Line]:
    waiting = list_records(bank, status="pending", paging=Paging(1, 1))
    if not waiting.total:
        return []
    oldest = list_records(bank, status="pending", paging=Paging(waiting.total, 1)).items
    note = ""
    if oldest:
        one = oldest[0]
        note = _(
            "最早的是 %(day)s：%(activity)s %(hours)s 小时",
            day=one.served_on,
            activity=one.activity,
            hours=hours(one.minutes),
        )
    return [
        {
            "kind": "wait",
            "word": _("等认定"),
            "title": _("%(n)s 条服务记录等人认定", n=waiting.total),
            "note": note,
            "href": url_for("office_service.page"),
            "label": _("去认定"),
            "main": True,
        }
    ]


def _booklets(bank: Bank) -> list[Line]:
    waiting = count_openings(bank)
    if not waiting:
        return []
    return [
        {
            "kind": "wait",
            "word": _("等核对"),
            "title": _("%(n)s 本存折等人核对", n=waiting),
            "note": _("对着扫描件看过才入账"),
            "href": url_for("office_booklets.page"),
            "label": _("去核对"),
        }
    ]


def _notices(bank: Bank, today: str) -> list[Line]:
    """What waits for a notice, ends today or is over, was objected to; holidays nobody settled."""
    to_notices = {"href": url_for("office_notices.page"), "label": _("去公示")}
    lines = []
    objected, waiting = count_objections(bank), count_to_publish(bank)
    if objected:
        lines.append(
            {
                "kind": "stop",
                "word": _("异议"),
                "title": _("%(n)s 条异议等处理", n=objected),
                "note": _("处理完之前不入账"),
                "href": url_for("office_objections.page"),
                "label": _("去处理"),
            }
        )
    if waiting:
        lines.append(
            {
                **to_notices,
                "kind": "wait",
                "word": _("等公示"),
                "title": _("%(n)s 条认定过的等公示", n=waiting),
                "note": _("公示期满，没有异议才入账"),
            }
        )
    running, over = list_notices_running(bank, today=today), list_notices_over(bank, today=today)
    for one in running:
        if one.hung_on is None or one.last_day == today:
            last = one.last_day == today
            lines.append(
                {
                    "kind": "stop",
                    "word": _("公示"),
                    "title": _("第 %(number)s 期今天最后一天", number=one.number)
                    if last
                    else _("第 %(number)s 期还没记张贴", number=one.number),
                    "note": _("公示到 %(day)s", day=one.last_day),
                    "href": url_for("office_notices.notice", number=one.number),
                    "label": _("看看") if last else _("去记"),
                }
            )
    lines += [
        {
            "kind": "wait",
            "word": _("公示"),
            "title": _("第 %(number)s 期到期了，等入账", number=one.number),
            "note": _("夜里会自己入账，也可以现在办"),
            "href": url_for("office_notices.notice", number=one.number),
            "label": _("去入账"),
        }
        for one in over
    ]
    return [*lines, *_calendar(bank, today)]


def _calendar(bank: Bank, today: str) -> list[Line]:
    """The year whose holidays are needed soon and nobody has settled."""
    try:
        rule = get_rulebook(bank, day=today).notice
    except NoRule:
        return []
    if not rule.length or rule.unit != "working":
        return []
    known = {one.year for one in list_calendars(bank)}
    needed = {int(today[:4]), int(add_days(today, CALENDAR_DAYS)[:4])}
    return [
        {
            "kind": "stop",
            "word": _("放假安排"),
            "title": _("还没有 %(year)s 年的放假安排", year=year),
            "note": _("不知道哪天是工作日，公示开不了"),
            "href": url_for("office_calendar.page", year=year),
            "label": _("去勾"),
        }
        for year in sorted(needed - known)
    ]


def _appeals(bank: Bank) -> list[Line]:
    """Deductions that somebody says were wrong."""
    return [
        {
            "kind": "wait",
            "word": _("申诉"),
            "title": _("%(name)s，扣了 %(n)s 分", name=one.name, n=one.points),
            "note": _("%(day)s 扣的，要由第三个人处理", day=one.happened_on),
            "href": url_for("office_extras.one", extra=one.number),
            "label": _("处理"),
        }
        for one in list_open_appeals(bank)
    ]


def missed_lines(bank: Bank) -> list[Line]:
    """The leg of duty that nobody has come to; several stand on the board."""
    missed = list_missed(bank, now=bank.clock.instant())
    if not missed:
        return []
    leg, others = missed[0], len(missed) - 1
    note = _("%(at)s 开始的，%(place)s", at=clock(leg.begins_at), place=leg.place)
    return [
        {
            "kind": "stop",
            "word": _("缺岗"),
            "title": _(
                "%(rota)s %(slot)s 缺 %(n)s 人", rota=leg.rota, slot=leg.slot, n=leg.missing
            ),
            "note": _("%(note)s；另外还有 %(n)s 个班缺人", note=note, n=others) if others else note,
            "href": url_for("office_rotas.page"),
            "label": _("看排班"),
        }
    ]


def activity_lines(bank: Bank) -> list[Line]:
    """Lists of activities that nobody has confirmed, and who is signed in right now."""
    waiting, signed_in = count_to_confirm(bank), count_open_sessions(bank)
    lines = []
    if waiting.rows:
        lines.append(
            {
                "kind": "wait",
                "word": _("等确认"),
                "title": _("%(n)s 个活动的名单等人确认", n=waiting.activities),
                "note": _("%(n)s 条，其中 %(k)s 条忘了签退", n=waiting.rows, k=waiting.forgotten),
                "href": url_for("office_activities.page", confirm="yes"),
                "label": _("看名单"),
            }
        )
    if signed_in:
        lines.append(
            {
                "kind": "muted",
                "word": _("活动"),
                "title": _("现在有 %(n)s 人签到了，还没签退", n=signed_in),
                "note": _("到时候没签退的会自动停表"),
                "href": url_for("office_activity_plans.inside"),
                "label": _("看看"),
            }
        )
    return lines
