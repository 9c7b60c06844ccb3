"""The demonstration's set-up: decided, tried and rehearsed before the first neighbour came."""

from __future__ import annotations

from datetime import datetime

from pointsbank.demonstration.people_story import PeopleStory
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.earning import plain_document, set_rulebook
from pointsbank.people import TRIED, find_stand_in_card, note_tried
from pointsbank.redemption import begin_rehearsal, check_out, end_rehearsal, quote

REHEARSED = "XIANGZAO"


def tell_setup(teller: Storyteller, people: PeopleStory, moment: datetime) -> None:
    """Decide on the rate, try the equipment, and rehearse a soap at the kiosk."""
    teller.at(moment)
    bank, office, kiosk = teller.bank, people.staff["limin"], people.kiosk
    teller.do(set_rulebook, office, starts_on="2000-01-01", document=plain_document(10))
    teller.do(note_tried, office, outcomes=dict.fromkeys(TRIED, "works"))
    teller.do(begin_rehearsal, office, shop_id=people.shop_id, sku=REHEARSED)
    card = find_stand_in_card(bank)
    if card is None:
        raise AssertionError("the rehearsal has begun, so there is a card")
    promised = quote(
        bank,
        by=kiosk,
        kind="goods",
        shop_id=people.shop_id,
        device_number=1,
        card=card.code,
        request={"lines": [{"sku": REHEARSED, "quantity": 1, "scanned": True}]},
    )
    teller.do(
        check_out,
        kiosk,
        kind="goods",
        card=card.code,
        quote=promised.quote,
        total_points=promised.total_points,
    )
    teller.do(end_rehearsal, office)
