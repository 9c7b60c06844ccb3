"""The tray beside the kiosk (托盘): sample cards and goods' barcodes; a click is a scan."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pointsbank.demonstration.sample import GOODS
from pointsbank.demonstration.settings import OWN_PAGE, SECOND, TRAY, keep_setting
from pointsbank.foundation import Bank, canonical_json, find_setting
from pointsbank.people import (
    find_pin,
    get_volunteer_file,
    list_badges,
    list_cards,
    list_staff,
    make_badge_code,
    make_card_code,
)

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


@dataclass(frozen=True)
class OwnPage:
    """With which card and PIN a visitor opens somebody's own page; None once it was renewed."""

    card: str
    pin: str | None


@dataclass(frozen=True)
class SecondPerson:
    """The badge that lies on the tray: whose it is, what is scanned, and its PIN as it was made."""

    login: str
    name: str
    code: str
    pin: str | None


def find_second_person(bank: Bank) -> SecondPerson | None:
    """Who can be fetched to somebody else's screen, with the newest badge."""
    kept = json.loads(bank.database.read(lambda session: find_setting(session, SECOND)) or "{}")
    if not kept:
        return None
    [person] = [one for one in list_staff(bank) if one.login == kept["login"]]
    issue = list_badges(bank)[person.id].issue
    code = make_badge_code(bank.keys.card, person.id, issue)
    return SecondPerson(person.login, person.name, code, _pin_as_left(bank, person.actor, kept))


def find_own_page(bank: Bank) -> OwnPage | None:
    """The card and the PIN that stand on the front page."""
    kept = json.loads(bank.database.read(lambda session: find_setting(session, OWN_PAGE)) or "{}")
    if not kept:
        return None
    own = get_volunteer_file(bank, number=kept["number"])
    newest = list_cards(bank, wallet_id=own.wallet_id)[0].short_number
    pin = _pin_as_left(bank, f"volunteer:{own.id}", kept)
    return OwnPage(card=f"{newest[:4]} {newest[4:]}", pin=pin)


def keep_pin(bank: Bank, name: str, holder: str, **told: str) -> None:
    """Remember a PIN that a visitor may see, and since when it is the holder's."""
    stands = find_pin(bank, holder=holder)
    kept = canonical_json({**told, "set_at": stands.set_at if stands else ""}).decode()
    bank.database.write(lambda session: keep_setting(session, name, kept))


def _pin_as_left(bank: Bank, holder: str, kept: dict[str, str]) -> str | None:
    """The PIN that was kept, or None when the holder has had another since: no book knows that."""
    stands = find_pin(bank, holder=holder)
    is_left = stands is not None and stands.set_at == kept.get("set_at", stands.set_at)
    return kept["pin"] if is_left else None


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
