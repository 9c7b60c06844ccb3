"""Why an entry exists (凭什么): the document that it names, as a line of the evidence chain."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Session, public_id
from pointsbank.inventory import find_delivery_of, name_products


def documents_of(
    session: Session, entry_id: int, document: str | None, *, kind_of_entry: str
) -> list[dict[str, Any]]:
    """What an entry rests on, and where to read it."""
    kind, _colon, text = (document or "").partition(":")
    number = int(text) if text.isdigit() else None
    if number is None:
        return []
    if kind in {"record", "time"}:
        shown = public_id("S", number)
        note = _("认定过的时长，按当天的规则换成积分")
        return [
            {
                "title": _("服务记录 %(number)s", number=shown),
                "note": note if kind == "record" else _("服务的时长，另记时间储蓄"),
                "href": url_for("office_service.record", number=shown),
            }
        ]
    if kind == "booklet":
        shown = public_id("E", number)
        return [
            {
                "title": _("存折旧账 %(number)s", number=shown),
                "note": _("纸质存折的结余，另一个人对着扫描件核对过"),
                "href": url_for("office_booklets.one", number=shown),
            }
        ]
    if kind == "redemption":
        shown = public_id("R", number)
        return [
            {
                "title": _("兑换小票 %(number)s", number=shown),
                "note": _("事后补记，两个人确认过")
                if kind_of_entry == "redemption.late"
                else _("本人刷卡，看着总数按下确认"),
                "href": url_for("office_redemptions.page", number=shown),
            }
        ]
    if kind == "grant":
        shown = public_id("G", number)
        return [
            {
                "title": _("公益拨付 %(number)s", number=shown),
                "note": _("两个人定的；哪一户只有纸上的名册知道"),
                "href": url_for("office_grants.one", grant=shown),
            }
        ]
    if kind == "handover":
        return [
            {
                "title": _("交接单 %(number)s", number=number),
                "note": _("两个人点的数，都签了字"),
                "href": url_for("office_handover.one", handover=number),
            }
        ]
    return _goods(session, entry_id, number) if kind == "product" else []


def _goods(session: Session, entry_id: int, product_id: int) -> list[dict[str, Any]]:
    lines = []
    delivery = find_delivery_of(session, entry_id)
    if delivery is not None:
        number, donor, day = delivery
        lines.append(
            {
                "title": _("捐赠批次 %(number)s", number=number),
                "note": _("%(donor)s，%(day)s 点收", donor=donor, day=day),
                "href": url_for("office_goods.deliveries"),
            }
        )
    sku, name = name_products(session, [product_id]).get(product_id, ("", ""))
    if sku:
        lines.append(
            {
                "title": _("商品 %(name)s", name=name),
                "note": _("库房与货架之间的收发"),
                "href": url_for("office_goods.page", sku=sku),
            }
        )
    return lines
