"""Today's lines about doubts (今日): what people say is not right, and what the nights found."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.cases import count_cases, list_cases
from pointsbank.findings import count_findings
from pointsbank.foundation import Bank, Paging


def case_lines(bank: Bank, today: str) -> list[dict[str, Any]]:
    """How many wait for an answer; overdue ones are said in red."""
    waiting, late = count_cases(bank, today=today)
    if not waiting:
        return []
    first = list_cases(bank, today=today, state="open", paging=Paging(1, 1)).items[0]
    return [
        {
            "kind": "stop" if late else "wait",
            "word": _("更正"),
            "title": _("%(n)s 件更正过了日子还没答复", n=late)
            if late
            else _("%(n)s 件更正等答复", n=waiting),
            "note": _("一共 %(n)s 件；最早的 %(day)s 到期", n=waiting, day=first.kept.due_on)
            if late
            else _("最早的 %(day)s 到期", day=first.kept.due_on),
            "href": url_for("office_cases.page", state="overdue" if late else None),
            "label": _("去答复"),
        }
    ]


def finding_lines(bank: Bank) -> list[dict[str, Any]]:
    """How much the nights have found that nobody has looked at."""
    waiting = count_findings(bank)
    if not waiting:
        return []
    return [
        {
            "kind": "wait",
            "word": _("异常"),
            "title": _("%(n)s 处服务记录要看一看", n=waiting),
            "note": _("不一定有错，看过写一句就好"),
            "href": url_for("office_findings.page"),
            "label": _("去看看"),
        }
    ]
