"""What was proposed, in words (提出的是什么): a title, what changes and to what, where to look.

A new act that may wait is a function here, and a line in `_SHOWN` and in `proposals.VERBS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.cases import get_case
from pointsbank.charity import count_pool, get_grant
from pointsbank.earning import Words, compare, get_record, get_rulebook, read_rulebook
from pointsbank.foundation import Bank, PointsBankError, Session
from pointsbank.inventory import GoodsFile, get_goods_file, get_recount
from pointsbank.people import (
    ProposalRow,
    find_card_by_hand,
    find_sanctioned_until,
    get_family,
    get_volunteer,
    name_holders,
    read_words,
)
from pointsbank.redemption import get_redemption
from pointsbank.web.i18n import current_language
from pointsbank.web.portals.filters import points
from pointsbank.web.portals.office.frame import current_shop
from pointsbank.web.portals.office.words import GRANT_WHYS, LATE_WHYS, operation_word


@dataclass
class Shown:
    """A proposal as a page shows it; `rows` are those of the diff: what, now, then."""

    title: str
    href: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)


def in_language(words: Words) -> str:
    """A sentence of the rules in the reader's language."""
    return words.en if current_language() == "en" else words.zh


def shown_of(bank: Bank, row: ProposalRow) -> Shown:
    """What a proposal asks for. What it is about may have gone meanwhile; then its act is named."""
    try:
        return _SHOWN[row.act](bank, row.told)
    except PointsBankError:
        return Shown(operation_word(row.act))


def _price(bank: Bank, told: dict[str, Any]) -> Shown:
    goods = _goods(bank, told["sku"])
    now = _("%(n)s 分", n=points(goods.price_points)) if goods.price_points else ""
    then = _("%(n)s 分", n=points(told["points"]))
    return Shown(
        _("改价：%(name)s %(now)s → %(then)s", name=goods.name, now=now, then=then),
        _goods_address(goods),
        [
            {"what": _("积分价"), "now": now, "then": then},
            {"what": _("从哪天起"), "now": "", "then": told["starts_on"]},
        ],
    )


def _recount(bank: Bank, told: dict[str, Any]) -> Shown:
    found = get_recount(bank, recount=told["recount"])
    return Shown(
        _("清点相符：%(name)s", name=found.name),
        url_for("office_goods.looks"),
        [
            {
                "what": _("账上没有的"),
                "now": _("%(n)s 件", n=found.quantity),
                "then": _("数过了，相符"),
            }
        ],
    )


def _stock(bank: Bank, told: dict[str, Any]) -> Shown:
    goods = _goods(bank, told["sku"])
    pairs = ((_("货架"), "shelf"), (_("库房"), "store"))
    return Shown(
        _("盘点调整：%(name)s", name=goods.name),
        _goods_address(goods),
        [
            {
                "what": word,
                "now": _("%(n)s 件", n=told[f"{place}_book"]),
                "then": _("%(n)s 件", n=told[place]),
            }
            for word, place in pairs
        ],
    )


def _voiding(bank: Bank, told: dict[str, Any]) -> Shown:
    found = get_record(bank, record=told["record"])
    return Shown(
        _(
            "撤回认定：%(who)s %(day)s %(activity)s",
            who=found.masked_name,
            day=found.served_on,
            activity=found.activity,
        ),
        url_for("office_service.record", number=found.number),
        [
            {
                "what": _("入账的积分"),
                "now": _("%(n)s 分", n=points(found.points or 0)),
                "then": _("冲回，用掉的记成欠分"),
            },
            {"what": _("理由"), "now": "", "then": told["reason"]},
        ],
    )


def _reversal(bank: Bank, told: dict[str, Any]) -> Shown:
    case = get_case(bank, case=told["case"])
    words = bank.database.read(lambda session: read_words(session, [told["answer_id"]]))
    answer = words.get(told["answer_id"], {}).get("answer") or _("已注销")
    return Shown(
        _(
            "更正 %(number)s：%(who)s说“%(says)s”，撤回服务记录并答复",
            number=case.number,
            who=case.masked_name,
            says=case.says or _("已注销"),
        ),
        url_for("office_cases.case", number=case.number),
        [
            {
                "what": _("服务记录"),
                "now": case.record or "",
                "then": _("冲回，用掉的记成欠分"),
            },
            {"what": _("答复"), "now": "", "then": answer},
        ],
    )


def _rulebook(bank: Bank, told: dict[str, Any]) -> Shown:
    made = read_rulebook(told["document"])
    try:
        changed = compare(get_rulebook(bank, day=bank.clock.today()), made)
    except PointsBankError:
        changed = []
    rows = [
        {
            "what": in_language(one.title),
            "now": "；".join(in_language(said) for said in one.gone),
            "then": "；".join(in_language(said) for said in one.new),
        }
        for one in changed
    ]
    return Shown(
        _("改积分办法：%(name)s，%(day)s 起", name=made.name, day=told["starts_on"]),
        url_for("office_rulebook.page"),
        [*rows, {"what": _("从哪天起"), "now": "", "then": told["starts_on"]}],
    )


def _ending(bank: Bank, told: dict[str, Any]) -> Shown:
    return Shown(
        _("给长期有效的积分定到期日：%(day)s", day=told["expires_on"]),
        url_for("office_expiry.page"),
        [{"what": _("没有到期日的积分"), "now": _("长期有效"), "then": told["expires_on"]}],
    )


def _grant(bank: Bank, told: dict[str, Any]) -> Shown:
    family = bank.database.read(lambda session: get_family(session, told["family"]))
    then = _("%(n)s 分", n=points(told["points"]))
    pool = _("公益池里有 %(n)s 分", n=points(count_pool(bank)))
    until = told["expires_on"] or _("照积分办法")
    return Shown(
        _("拨付：%(family)s %(then)s", family=family.label, then=then),
        url_for("office_grants.page"),
        [
            {"what": _("给哪一户"), "now": "", "then": f"{family.label} {family.number}"},
            {"what": _("拨多少"), "now": pool, "then": then},
            {"what": _("用到哪天"), "now": "", "then": until},
        ],
    )


def _grant_back(bank: Bank, told: dict[str, Any]) -> Shown:
    found = get_grant(bank, number=told["grant"])
    return Shown(
        _("收回拨付：%(family)s %(n)s 分", family=found.label, n=points(found.points)),
        url_for("office_grants.one", grant=found.number),
        [
            {
                "what": _("拨付的积分"),
                "now": _("%(n)s 分", n=points(found.points)),
                "then": _("没用掉的退回公益池"),
            },
            {"what": _("为什么收回"), "now": "", "then": GRANT_WHYS[told["why"]]},
        ],
    )


def _late(bank: Bank, told: dict[str, Any]) -> Shown:
    taken = [_("%(name)s × %(n)s", name=_goods(bank, sku).name, n=n) for sku, n in told["taken"]]
    pairs = (
        (_("谁拿的"), _taker(bank, told["whose"], told["day"])),
        (_("哪天拿的"), told["day"]),
        (_("拿了什么"), "、".join(taken)),
        (_("一共几分"), _("%(n)s 分", n=points(told["total_points"]))),
        (_("为什么现在才记"), LATE_WHYS[told["why"]]),
    )
    return Shown(
        _("补记兑换：%(slip)s", slip=told["slip"]),
        url_for("office_late.page", seen=told.get("seen_id")),
        [{"what": word, "now": "", "then": then} for word, then in pairs],
    )


def _late_back(bank: Bank, told: dict[str, Any]) -> Shown:
    found = get_redemption(bank, number=told["number"])
    return Shown(
        _("撤销补记：%(slip)s", slip=found.slip),
        url_for("office_redemptions.page", number=found.number),
        [
            {
                "what": _("用掉的积分"),
                "now": _("%(n)s 分", n=points(found.total_points)),
                "then": _("退回，东西退回账上"),
            }
        ],
    )


def _taker(bank: Bank, whose: str, day: str) -> str:
    """Whose number or card this is, masked, with what was typed; and what barred them that day."""

    def read(session: Session) -> tuple[str, str | None]:
        card = find_card_by_hand(session, whose)
        holder = card.holder if card else get_volunteer(session, whose).holder
        volunteer_id = card.volunteer_id if card else get_volunteer(session, whose).id
        until = volunteer_id and find_sanctioned_until(session, volunteer_id, "redeeming", day)
        return name_holders(session, [holder]).get(holder, ""), until or None

    name, until = bank.database.read(read)
    who = name if whose in name else f"{name} {whose}"
    if until is None:
        return who
    said: str = _("%(who)s，那天暂停兑换（%(day)s 止）", who=who, day=until)
    return said


def _goods(bank: Bank, sku: str) -> GoodsFile:
    shop, today = current_shop(), bank.clock.today()
    return bank.database.read(
        lambda session: get_goods_file(session, sku, shop_id=shop.id, today=today)
    )


def _goods_address(goods: GoodsFile) -> str:
    return url_for("office_goods.page", sku=goods.sku)


_SHOWN: Mapping[str, Callable[[Bank, dict[str, Any]], Shown]] = {
    "cases.reverse": _reversal,
    "charity.approve_grant": _grant,
    "charity.take_back_grant": _grant_back,
    "earning.set_rulebook": _rulebook,
    "earning.end_undated": _ending,
    "earning.void_record": _voiding,
    "inventory.set_price": _price,
    "inventory.settle_recount": _recount,
    "inventory.adjust_stock": _stock,
    "redemption.enter_late": _late,
    "redemption.take_back_late": _late_back,
    "safekeeping.enter_missing": _late,
}
