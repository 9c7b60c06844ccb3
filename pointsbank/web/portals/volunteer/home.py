"""The first page of `/me/` (首页): the points, the news, the hours, what happened last."""

from __future__ import annotations

import re
from typing import Any

from flask import redirect, request, url_for

from pointsbank.earning import count_hours, get_time_saved, list_expiries, read_expiries
from pointsbank.foundation import Paging, Session
from pointsbank.ledger import current_balance, read_statement
from pointsbank.people import list_sanctions, list_untold, tell_on_own_page
from pointsbank.recognition import get_stars_of
from pointsbank.web.access import allows
from pointsbank.web.api.news_lines import LINES_MOST
from pointsbank.web.context import current_bank
from pointsbank.web.news_words import news_sentence
from pointsbank.web.portals.forms import book
from pointsbank.web.portals.office.words import SANCTION_SCOPES
from pointsbank.web.portals.volunteer.frame import (
    ANY_CARD,
    OWN,
    me_blueprint,
    me_page,
    own_card,
    own_file,
)
from pointsbank.web.portals.volunteer.told import tell_lines

blueprint = me_blueprint("home")

LATEST = 4
_IDS = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18}){0,999}", re.ASCII)


@blueprint.get("/")
@allows(*ANY_CARD)
def page() -> Any:
    """A volunteer's page; of a family's card the balance alone."""
    card, bank = own_card(), current_bank()
    if not card.is_volunteer:
        points = bank.database.read(lambda session: current_balance(session, card.wallet_id))
        expiries = list_expiries(bank, wallet_id=card.wallet_id, today=bank.clock.today())
        return me_page("family.html", "home", points=points, expiries=expiries)
    own = own_file()

    def read(session: Session) -> Any:
        lines = read_statement(session, card.wallet_id, paging=Paging(1, LATEST))
        expiries = read_expiries(session, card.wallet_id, today=bank.clock.today())
        return tell_lines(session, lines.items), list_untold(session, card.holder), expiries

    latest, news, expiries = bank.database.read(read)
    shown = news[:LINES_MOST]
    return me_page(
        "home.html",
        "home",
        own,
        latest=latest,
        expiries=expiries,
        sanctions=list_sanctions(bank, volunteer_id=own.id),
        scopes=SANCTION_SCOPES,
        hours=count_hours(bank, volunteer_id=own.id),
        time_saved=get_time_saved(bank, volunteer_id=own.id),
        stars=get_stars_of(bank, volunteer_id=own.id, today=bank.clock.today()).stars,
        news=[
            {"tone": one.tone, "text": news_sentence(one, quiet=own.hide_balance)} for one in shown
        ],
        news_more=len(news) - len(shown),
        news_ids=".".join(str(news_id) for one in shown for news_id in one.ids),
    )


@blueprint.post("/news")
@allows(OWN)
def told() -> Any:
    """Note that the news on the page were seen: by the page itself, or by a press of a button."""
    ids = request.form.get("news", "")
    if _IDS.fullmatch(ids):
        book(tell_on_own_page, news=sorted({int(one) for one in ids.split(".")}))
    return redirect(url_for("me_home.page"))
