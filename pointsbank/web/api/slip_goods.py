"""What goods are called on a slip (小票上的品名), remembered for a moment.

A name or a donor who wants to be thanked seldom changes; where many press at once, not every press
has to ask for both again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from flask import Flask, current_app

from pointsbank.foundation import Bank
from pointsbank.inventory import GoodsOnSlip, goods_on_slip

# So long a slip may still bear the name, or thank the donor, of a moment ago.
FRESH_SECONDS = 5.0
_REMEMBERED_MOST = 5_000
_NAMED = "pointsbank.slip_goods"


class SlipGoods:
    """Names and donors as they were read last, by shop and goods' code."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[int, str], tuple[float, GoodsOnSlip]] = {}

    def read(self, bank: Bank, shop_id: int, skus: Iterable[str]) -> dict[str, GoodsOnSlip]:
        """What a slip says of these goods, by code; at most one statement."""
        now = self._clock()
        found: dict[str, GoodsOnSlip] = {}
        for sku in skus:
            read_at, goods = self._known.get((shop_id, sku), (now, None))
            if goods is None or now - read_at >= FRESH_SECONDS:
                return self._read_all(bank, shop_id, skus, now)
            found[sku] = goods
        return found

    def _read_all(
        self, bank: Bank, shop_id: int, skus: Iterable[str], now: float
    ) -> dict[str, GoodsOnSlip]:
        found = bank.database.glance(
            lambda session: goods_on_slip(session, shop_id=shop_id, skus=skus)
        )
        if len(self._known) > _REMEMBERED_MOST:
            self._known.clear()
        self._known |= {(shop_id, sku): (now, goods) for sku, goods in found.items()}
        return found


def init_app(app: Flask) -> None:
    app.extensions[_NAMED] = SlipGoods()


def slip_goods() -> SlipGoods:
    """The one of this application."""
    known: SlipGoods = current_app.extensions[_NAMED]
    return known
