"""How far the set-up has come (设置到哪儿了), read from the bank as it stands."""

from __future__ import annotations

from dataclasses import dataclass

from pointsbank.earning import FOUNDING, NoRule, Rulebook, decimal, get_rulebook
from pointsbank.foundation import Bank, find_setting_on, read_clock_trail
from pointsbank.inventory import ShelfItem, list_shelf
from pointsbank.people import SHOP_CODE, Readiness, ShopRow, list_shops, read_readiness
from pointsbank.redemption import Rehearsal, find_rehearsal
from pointsbank.safekeeping import ENVELOPE_SETTING, last_good_backup
from pointsbank.web.i18n import current_language

NUMBERS = ("limit_points_daily", "unbooked_pieces_daily", "pin_from_points")


@dataclass(frozen=True)
class State:
    """Everything that a step shows, or that says whether it is done."""

    demonstration: bool
    today: str
    ready: Readiness
    shop: ShopRow
    numbers: dict[str, int]
    book: Rulebook | None
    goods: list[ShelfItem]
    rehearsal: Rehearsal | None
    rehearsed: Rehearsal | None
    clock_right: bool
    envelope_at: str | None
    backup_at: str | None

    @property
    def rate_decided(self) -> bool:
        """Whether a person has decided what an hour is worth."""
        return self.book is not None and self.book.decided_by != FOUNDING

    @property
    def points_per_hour(self) -> str:
        """The points of an hour as people say it; 0 where points do not come from time."""
        return decimal(self.book.hourly or 0) if self.book else "0"

    @property
    def on_shelf(self) -> list[ShelfItem]:
        """Goods of which something stands there, the cheapest first."""
        return sorted((one for one in self.goods if one.left), key=lambda one: one.price_points)

    def name_of(self, item: ShelfItem) -> str:
        """What goods are called, in the reader's language where that is known."""
        return item.name_en or item.name if current_language() == "en" else item.name

    def setting(self, name: str) -> str:
        """One setting, or nothing."""
        return self.ready.settings.get(name, "")


def read_state(bank: Bank) -> State:
    """How far this bank is set up."""
    today = bank.clock.today()
    ready = read_readiness(bank)
    shop = next(one for one in list_shops(bank) if one.code == SHOP_CODE)
    trail = read_clock_trail(bank)
    demonstration = ready.settings["nature"] == "demonstration"
    return State(
        demonstration=demonstration,
        today=today,
        ready=ready,
        shop=shop,
        numbers=bank.database.read(
            lambda session: {
                name: int(find_setting_on(session, name, today) or 0) for name in NUMBERS
            }
        ),
        book=_book_on(bank, today),
        goods=list_shelf(bank, shop_id=shop.id, today=today),
        rehearsal=find_rehearsal(bank),
        rehearsed=find_rehearsal(bank, ended=True),
        # A demonstration's clock is moved by its visitors.
        clock_right=demonstration or (bool(trail.confirmed) and trail.doubt is None),
        envelope_at=ready.settings.get(ENVELOPE_SETTING),
        backup_at=backup.made_at if (backup := last_good_backup(bank)) else None,
    )


def _book_on(bank: Bank, day: str) -> Rulebook | None:
    try:
        return get_rulebook(bank, day=day)
    except NoRule:
        return None
