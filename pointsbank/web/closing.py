"""Closed kiosks (停办): while the clock is in doubt, no kiosk reads a card, prices or books.

It still learns where it stands, what became of a purchase under way, and it may call for help.
"""

from __future__ import annotations

from flask import Flask, request

from pointsbank.web.context import current_bank, current_visitor

STAY_OPEN = frozenset(
    {
        "api_kiosk.show_place",
        "api_station.show_station",
        "api_shelf.show_shelf",
        "api_receipts.show",
        "api_receipts.give_up",
        "api_calls.call_worker",
    }
)


def init_app(app: Flask) -> None:
    app.before_request(_refuse_kiosks)


def _refuse_kiosks() -> None:
    clock = current_bank().clock
    if clock.doubt is None:
        return
    if current_visitor().device_id is not None and request.endpoint not in STAY_OPEN:
        clock.refuse_doubt()
