"""The tray beside the kiosk (托盘): sample cards and goods' barcodes; a click is a scan."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pointsbank.demonstration.sample import GOODS
from pointsbank.demonstration.settings import TRAY
from pointsbank.foundation import Bank, find_setting
from pointsbank.people import make_card_code

KINDS = ("rich", "short", "blocked", "family", "large")


@dataclass(frozen=True)
class TrayCard:
    """A sample card: what it is there to show, and the code that a scanner would read."""

    kind: str
    code: str


@dataclass(frozen=True)
class TrayGoods:
    """A product with its barcode."""

    sku: str
    name: str
    name_en: str
    barcode: str


@dataclass(frozen=True)
class Tray:
    """Everything that lies there."""

    cards: list[TrayCard]
    goods: list[TrayGoods]


def list_tray(bank: Bank) -> Tray:
    """What lies on the tray of this demonstration."""
    kept = json.loads(bank.database.read(lambda session: find_setting(session, TRAY)) or "{}")
    return Tray(
        cards=[
            TrayCard(kind, make_card_code(bank.keys.card, *kept[kind]))
            for kind in KINDS
            if kind in kept
        ],
        goods=[
            TrayGoods(goods.sku, goods.name, goods.name_en, goods.barcode)
            for goods in GOODS
            if goods.barcode
        ],
    )
