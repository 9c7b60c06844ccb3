"""The front page with its doors, and the page that shows every part of the visual language."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext as _

from pointsbank.demonstration import (
    STAFF,
    OwnPage,
    SecondPerson,
    TrayGoods,
    find_own_page,
    find_second_person,
    is_cheated,
    list_tray,
)
from pointsbank.foundation import Session, list_settings
from pointsbank.people import Wording, current_wording, list_shops, wording_since
from pointsbank.safekeeping import read_keeping
from pointsbank.web.access import allows_everybody
from pointsbank.web.context import current_bank
from pointsbank.web.i18n import current_language
from pointsbank.web.qr import draw_qr

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@allows_everybody
def front() -> Any:
    """The doors; in a demonstration with their logins, the tray, and time at hand."""
    bank = current_bank()
    demonstration = current_app.config["DEMONSTRATION"]
    shop = list_shops(bank)[0]
    tray = list_tray(bank) if demonstration else None
    return render_template(
        "front.html",
        shop_name=shop.name,
        tagline=shop.tagline,
        doors=_doors(demonstration, find_own_page(bank) if demonstration else None),
        tray=_cards(tray.cards) if tray else [],
        badge=_badge(find_second_person(bank)) if demonstration else None,
        goods=_goods(tray.goods) if tray else [],
        demo_acts=_acts(is_cheated(bank)) if demonstration else [],
        today=bank.clock.today(),
    )


@blueprint.get("/privacy")
@allows_everybody
def privacy() -> Any:
    """What is kept of people, why, how long, and what they can have done about it."""
    bank = current_bank()

    def read(session: Session) -> tuple[Wording, str, dict[str, str]]:
        settings = list_settings(session)
        since = wording_since(session) or settings.get("founded_on", "")
        return current_wording(session), since, settings

    wording, since, settings = bank.database.read(read)
    shop = list_shops(bank)[0]
    return render_template(
        "public/privacy.html",
        shop_name=shop.name,
        community=settings.get("community_name", shop.name),
        phone=shop.help_phone,
        wording=wording,
        since=since[:10],
        keeping=read_keeping(bank),
        # A kiosk has no way back of its own.
        from_kiosk=request.args.get("from") == "kiosk",
    )


@blueprint.get("/looks")
@allows_everybody
def looks() -> Any:
    """Every component in every state, in both themes."""
    return render_template("looks.html")


def _doors(demonstration: bool, own: OwnPage | None) -> list[dict[str, Any]]:
    logins = (
        {person.login: {"user": person.login, "password": person.password} for person in STAFF}
        if demonstration
        else {}
    )
    return [
        {
            "name": _("自助机"),
            "line": _("刷卡、拿东西、按黄色按钮。"),
            "href": url_for("kiosk.page"),
            "login": None,
            "picture": "soap",
            "icon": "card",
        },
        {
            "name": _("办公室 · 工作人员"),
            "line": _("记时长、上货、发卡。"),
            "href": "/office/",
            "login": logins.get("limin"),
            "picture": "notebook",
            "icon": "book",
        },
        {
            "name": _("办公室 · 第二个人"),
            "line": _("别人记的，由另一位同事或监督员认定。"),
            "href": "/office/service",
            "login": logins.get("wangfang"),
            "second_login": logins.get("chenbo"),
            "picture": "mug",
            "icon": "user-check",
        },
        {
            "name": _("账册"),
            "line": _("账对不对，当场查一遍；拿走用别的软件查。"),
            "href": "/office/books",
            "login": logins.get("chenbo"),
            "picture": "box",
            "icon": "chart",
        },
        {
            "name": _("捐赠商户"),
            "line": _("我捐的东西都去了哪里。"),
            "href": "/merchant/",
            "login": logins.get("chaoshi"),
            "picture": "schoolbag",
            "icon": "gift",
        },
        {
            "name": _("我的积分"),
            "line": _("在手机上看积分、报名、签到；这一位还带队。")
            if demonstration
            else _("在手机上看积分、报名、签到。"),
            "href": "/me/",
            "login": own and {"user": own.card, "password": own.pin, "called": _("卡号")},
            "picture": "umbrella",
            "icon": "star",
        },
    ]


def _cards(cards: list[Any]) -> list[dict[str, str]]:
    labels = {
        "rich": (_("积分多的"), _("买得起洗衣液和书包")),
        "short": (_("只有 29 分"), _("差 1 分，换不了香皂")),
        "blocked": (_("挂失的"), _("停用了，积分还在")),
        "family": (_("一户人家的"), _("看上去和别的卡一样")),
        "large": (_("要大字的"), _("一刷就是大字")),
    }
    return [
        {
            "label": labels[card.kind][0],
            "note": labels[card.kind][1],
            "href": url_for("kiosk.page", _anchor=f"tray={card.kind}"),
        }
        for card in cards
    ]


def _goods(goods: list[TrayGoods]) -> list[dict[str, str]]:
    named = attrgetter("name_en" if current_language() == "en" else "name")
    return [{"name": named(one), "barcode": one.barcode} for one in goods]


def _badge(second: SecondPerson | None) -> dict[str, Any] | None:
    """The badge beside the cards: it opens nothing, and confirms at somebody else's screen."""
    if second is None:
        return None
    return {
        "label": _("监督员的工作证"),
        "name": second.name,
        "pin": second.pin,
        "note": _("工作人员登录后，第二个人在同一块屏幕上扫证、输密码。"),
        "href": "/office/proposals",
        "qr": draw_qr(second.code, glass=True),
    }


def _acts(cheated: bool) -> list[dict[str, str]]:
    cheating = (
        {
            "label": _("改回来"),
            "note": _("那 1 分现在在别人的卡里，去账册查一遍看看，再改回来。"),
            "href": url_for("demonstration.right"),
            "icon": "undo",
        }
        if cheated
        else {
            "label": _("试着作弊"),
            "note": _("绕过程序挪 1 分，看谁先发现。"),
            "href": url_for("demonstration.wrong"),
            "icon": "search",
        }
    )
    return [
        {
            "label": _("下一天"),
            "note": _("钟拨到明天这个时候，夜里该做的都做。"),
            "href": url_for("demonstration.next_day"),
            "icon": "clock",
        },
        {
            "label": _("月结"),
            "note": _("一夜一夜走到下个月一号，看上个月末的试算平衡表。"),
            "href": url_for("demonstration.month_end"),
            "icon": "book",
        },
        cheating,
    ]
