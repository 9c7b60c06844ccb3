"""Words for imports: what can be brought, the steps of an upload, the columns of its preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _

from pointsbank.web.portals.filters import duration
from pointsbank.web.portals.office.words import RECORD_SOURCES

# What it is called, and the columns that it must have.
KINDS = {
    "volunteers": (
        _("志愿者名单"),
        _(
            "要有“姓名”一列，最好有“志愿者编号”；没有编号的由本社区编号，同名分不清的要补上编号。"
            "性别、手机、服务区域、注册日期、所属队伍可有可无。"
        ),
    ),
    "hours": (
        _("服务时长"),
        _(
            "签到记录要有“姓名”“开始时间”“结束时间”“录入时长”“录入方式”；"
            "荣誉时数要有“姓名”“活动名称”“荣誉时数”“活动日期”；"
            "学校的名单要有“学生学号”“服务时长(小时)”。项目、队伍、日期每行都一样的，"
            "可以在表头上面写一行“项目名称：……”。收下后等另一个人认定。"
        ),
    ),
    "booklets": (
        _("纸质存折"),
        _(
            "要有“姓名”“存折号”“积分”“最后一笔日期”“扫描件”；"
            "志愿者编号、时长、说明可有可无。收下后等另一个人对着扫描件核对。"
        ),
    ),
    "projects": (
        _("项目"),
        _(
            "要有“项目名称”；项目岗位、服务区域、项目所属队伍、服务类别可有可无。没写类别的算“其他”。"
            "加入时间和时长是某一位志愿者的，不收。"
        ),
    ),
    "goods": (
        _("捐赠商品"),
        _(
            "要有“商品编码”“品名”“积分”“捐赠方”“入库数量”；"
            "条码、规格、参考价、保质期至、每人每月限量可有可无。"
        ),
    ),
    "organisations": (
        _("机构名单"),
        _(
            "要有“代码”“名称”；“上级代码”可有可无，上级要在名单里，或者早已登记。"
            "收下后，队伍和工作人员可以归到这些机构。"
        ),
    ),
}
# Under which tab of the office it belongs.
TABS_OF = {
    "volunteers": "volunteers",
    "hours": "service",
    "booklets": "service",
    "projects": "service",
    "goods": "goods",
    "organisations": "service",
}
# What is usually done once it is taken in.
NEXT = {
    "volunteers": (_("给他们发卡"), "/office/cards", "card"),
    "hours": (_("去认定"), "/office/service", None),
    "booklets": (_("去核对存折"), "/office/booklets", None),
    "projects": (_("排活动"), "/office/activities", None),
    "goods": (_("看商品"), "/office/goods", None),
    "organisations": (_("看队伍"), "/office/teams", None),
}
STEPS = {
    "uploaded": (_("正在核对"), "wait"),
    "checked": (_("等您决定"), "wait"),
    "running": (_("正在收"), "wait"),
    "done": (_("收好了"), "in"),
    "stopped": (_("没有收"), "muted"),
    "failed": (_("没收成"), "stop"),
}
# Fields of a row, their headings, and whether they are figures.
COLUMNS = {
    "volunteers": [
        ("number", _("编号"), ""),
        ("name", _("姓名"), ""),
        ("gender", _("性别"), ""),
        ("phone_tail", _("手机尾号"), ""),
        ("team", _("服务队"), ""),
        ("registered_on", _("登记日期"), "when"),
    ],
    "hours": [
        ("day", _("服务日期"), "when"),
        ("number", _("编号"), ""),
        ("name", _("姓名"), ""),
        ("activity", _("做了什么"), ""),
        ("source", _("怎么记的"), ""),
        ("minutes", _("时长"), "num"),
    ],
    "booklets": [
        ("number", _("编号"), ""),
        ("name", _("姓名"), ""),
        ("booklet", _("存折号"), ""),
        ("points", _("积分"), "num"),
        ("minutes", _("时长"), "num"),
        ("kept_until", _("最后一笔"), "when"),
        ("scan", _("扫描件"), ""),
    ],
    "projects": [
        ("name", _("项目"), ""),
        ("category", _("类别"), ""),
        ("team", _("服务队"), ""),
        ("about", _("说明"), ""),
    ],
    "goods": [
        ("sku", _("商品编码"), ""),
        ("name", _("品名"), ""),
        ("spec", _("规格"), ""),
        ("donor", _("捐赠方"), ""),
        ("price_points", _("积分价"), "num"),
        ("quantity", _("件数"), "num"),
        ("best_before", _("到期"), "when"),
    ],
    "organisations": [
        ("code", _("代码"), ""),
        ("name", _("名称"), ""),
        ("parent", _("上级代码"), ""),
    ],
}
_GENDERS = {"female": _("女"), "male": _("男")}
VALUES: dict[str, Callable[[Any], Any]] = {
    "gender": lambda code: _GENDERS.get(code, ""),
    "source": lambda code: RECORD_SOURCES.get(code, code),
    # To the minute, because a list that says 1.67 hours means 100 minutes.
    "minutes": duration,
}
