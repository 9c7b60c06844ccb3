"""Categories of service (服务类别): a list that an admin changes; records keep their word.

Until somebody has changed it, it is the list of the national site.
"""

from __future__ import annotations

from pointsbank.earning.errors import CategoriesUnreadable
from pointsbank.foundation import Act, Answer, Session, find_setting, keep_setting, operation, query
from pointsbank.foundation.cells import clean_text
from pointsbank.people import require_person

_SETTING = "service_categories"
CATEGORIES_MOST, NAME_MOST = 60, 40

USUAL = (
    "社区服务",
    "扶贫减贫",
    "支教助学",
    "卫生健康",
    "法律服务",
    "环境保护",
    "科技科普",
    "文化艺术",
    "平安综治",
    "文明风尚",
    "交通引导",
    "志愿消防",
    "应急救援",
    "禁毒宣传",
    "体育健身",
    "旅游服务",
    "关爱特殊群体",
    "大型活动",
    "海外志愿服务",
    "其他",
)


def read_categories(session: Session) -> tuple[str, ...]:
    """The categories of this place, in its own order."""
    kept = find_setting(session, _SETTING)
    return tuple(kept.split("\n")) if kept else USUAL


@query
def list_categories(session: Session) -> tuple[str, ...]:
    """The same for the doors."""
    return read_categories(session)


@operation("earning.set_categories")
def set_categories(act: Act, *, names: list[str]) -> Answer:
    """Write the list of categories anew (改服务类别). Raises RoleMissing, CategoriesUnreadable."""
    require_person(act, "admin")
    told = [clean_text(name, NAME_MOST) for name in names]
    told = [name for name in told if name]
    if not 0 < len(told) <= CATEGORIES_MOST or len(set(told)) != len(told):
        raise CategoriesUnreadable(most=CATEGORIES_MOST)
    keep_setting(act.session, _SETTING, "\n".join(told))
    return {"categories": len(told)}
