"""Buttons that only a demonstration has. In a real bank none of these addresses exists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, url_for

from pointsbank.demonstration import cheat, go_to_month_end, go_to_next_day, put_right
from pointsbank.foundation import Caller
from pointsbank.jobs import run_night
from pointsbank.web.access import allows_everybody
from pointsbank.web.context import current_bank

blueprint = Blueprint("demonstration", __name__, url_prefix="/demo")
VISITOR = Caller(actor="system", client="demonstration")


@blueprint.post("/next-day")
@allows_everybody
def next_day() -> Any:
    go_to_next_day(current_bank(), by=VISITOR, night=run_night)
    return redirect(url_for("public.front"))


@blueprint.post("/close-month")
@allows_everybody
def month_end() -> Any:
    first = go_to_month_end(current_bank(), by=VISITOR, night=run_night)
    last = date.fromisoformat(first) - timedelta(days=1)
    return redirect(f"/office/books?day={last.isoformat()}")


@blueprint.post("/cheat")
@allows_everybody
def wrong() -> Any:
    cheat(current_bank())
    return redirect(url_for("public.front", _anchor="acts"))


@blueprint.post("/put-right")
@allows_everybody
def right() -> Any:
    put_right(current_bank())
    return redirect(url_for("public.front", _anchor="acts"))
