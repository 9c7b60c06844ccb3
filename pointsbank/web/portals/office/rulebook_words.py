"""The words of the rulebook's form: what its choices are called, in the order they are offered."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

Choices = tuple[tuple[str, object], ...]

CHOICES: dict[str, Choices] = {
    "kind": (
        ("per_time", _("按时长")),
        ("per_act", _("按次，不论多久")),
        ("sessions_and_hours", _("按场次，另加时长")),
        ("coefficients", _("按时长乘系数")),
    ),
    "when": (
        ("night", _("夜里开始的")),
        ("holiday", _("放假的日子，按放假安排")),
        ("days", _("这些日子")),
        ("tag", _("有这个标记的，比如应急、专业")),
    ),
    "combine": (("highest", _("只取最高的一条")), ("multiply", _("连乘"))),
    "cap_per": (
        ("activity", _("每次活动")),
        ("day", _("每天")),
        ("week", _("每周")),
        ("month", _("每月")),
        ("quarter", _("每季度")),
        ("year", _("每年")),
    ),
    "of": (("minutes", _("小时")), ("points", _("积分")), ("sessions", _("次"))),
    "limit_of": (
        ("no_shows", _("爽约，次")),
        ("complaints", _("投诉属实，次")),
        ("owed", _("欠着，分")),
    ),
    "unit": (("working", _("个工作日")), ("calendar", _("天，节假日也算"))),
    "until": (
        ("none", _("长期有效")),
        ("calendar_year", _("到当年 12 月 31 日")),
        ("years", _("几年有效")),
    ),
    "times_per": (
        ("day", _("每天")),
        ("week", _("每周")),
        ("month", _("每月")),
        ("quarter", _("每季度")),
        ("year", _("每年")),
    ),
    "item_per": (
        ("day", _("每天")),
        ("week", _("每周")),
        ("month", _("每月")),
        ("quarter", _("每季度")),
        ("year", _("每年")),
        ("ever", _("一共")),
    ),
    "whose": (("person", _("每人")), ("household", _("每户"))),
    "roles": (
        ("worker", _("社区工作者")),
        ("witness", _("监督员")),
        ("admin", _("管理员")),
    ),
    "weekdays": (
        ("1", _("周一")),
        ("2", _("周二")),
        ("3", _("周三")),
        ("4", _("周四")),
        ("5", _("周五")),
        ("6", _("周六")),
        ("7", _("周日")),
    ),
}
