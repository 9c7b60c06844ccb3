"""The people of the demonstration: founding, staff, volunteers with cards, families, one kiosk."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import bindparam, select

from pointsbank.demonstration import sample
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.foundation import Bank, Caller, Session, new_key
from pointsbank.founding import found_community
from pointsbank.people import (
    SHOP_CODE,
    Card,
    add_organisation,
    add_staff,
    get_shop,
    get_staff,
    hand_over_cards,
    hash_password,
    issue_card,
    make_card_code,
    open_pairing,
    pair_device,
    print_cards,
    register_family,
    register_volunteer,
)

SYSTEM = Caller(actor="system", client="demonstration")
AREA = "湖北省>武汉市>汉阳区"
_CARD = select(Card.serial, Card.issue, Card.wallet_id).where(
    Card.short_number == bindparam("of_short")
)


@dataclass
class Person:
    """Somebody with a card: the number in the books, the card's numbers, the team."""

    number: str
    short_number: str
    serial: int
    issue: int
    wallet_id: int
    team: int
    code: str


class PeopleStory:
    """Who is there, and who may do what."""

    def __init__(self, teller: Storyteller) -> None:
        self.teller = teller
        self.staff: dict[str, Caller] = {}
        self.volunteers: list[Person] = []
        self.families: list[Person] = []
        self.kiosk = SYSTEM
        self.shop_id = 0

    def begin(self, moment: datetime) -> None:
        """Found the bank and let everybody register during the first fortnight."""
        self.teller.at(moment)
        bank = self.teller.bank
        first = sample.STAFF[0]
        found_community(
            bank,
            nature="demonstration",
            community=sample.COMMUNITY,
            shop=sample.SHOP,
            tagline=sample.TAGLINE,
            points_per_hour=10,
            help_phone=sample.HELP_PHONE,
            opens="00:00",
            closes="24:00",
            login=first.login,
            name=first.name,
            password=first.password,
            by=SYSTEM,
            key=new_key(),
        )
        self.shop_id = bank.database.read(lambda session: get_shop(session, SHOP_CODE)).id
        for code, name, kind in sample.DONORS:
            self.teller.do(
                add_organisation, SYSTEM, code=code, name=name, kind=kind, thanks_public=True
            )
        for member in (*sample.STAFF[1:], sample.LEFT):
            self.teller.do(
                add_staff,
                SYSTEM,
                login=member.login,
                name=member.name,
                password_hash=hash_password(member.password),
                roles=list(member.roles),
                organisation=member.organisation,
            )
        for member in sample.STAFF:
            self.staff[member.login] = caller_of(bank, member.login)
        self._register(moment)
        self.kiosk = self._pair_kiosk()

    def _register(self, moment: datetime) -> None:
        office = self.staff["limin"]
        for place, (name, sex, phone, address) in enumerate(sample.PEOPLE):
            self.teller.at(moment + timedelta(hours=5 * place, minutes=place))
            number = f"99990010{place + 1:08d}"
            team = place % len(sample.TEAMS)
            self.teller.do(
                register_volunteer,
                office,
                number=number,
                name=name,
                sex=sex,
                phone=phone or None,
                area=AREA,
                form_of_address=address or None,
                team=sample.TEAMS[team][0],
                large_type=place == 4,
                read_aloud=place == 4,
                hide_balance=place == 9,
            )
            self.volunteers.append(self._card(number, team))
        for _ in sample.FAMILIES:
            number = self.teller.do(register_family, office).answer["number"]
            self.families.append(self._card(number, -1))
        self._hand_out()

    def _hand_out(self) -> None:
        """Everybody's card is printed and put into their hand."""
        office = self.staff["wangfang"]
        short_numbers = [person.short_number for person in (*self.volunteers, *self.families)]
        self.teller.do(print_cards, office, short_numbers=short_numbers, why="list")
        self.teller.do(hand_over_cards, office, short_numbers=short_numbers)

    def _card(self, number: str, team: int) -> Person:
        made = self.teller.do(issue_card, self.staff["wangfang"], number=number)
        short = str(made.answer["short_number"])
        bank = self.teller.bank
        card = bank.database.read(lambda session: session.row(_CARD, of_short=short))
        code = make_card_code(bank.keys.card, card.serial, card.issue)
        return Person(number, short, card.serial, card.issue, card.wallet_id, team, code)

    def _pair_kiosk(self) -> Caller:
        bank = self.teller.bank
        code, _until = open_pairing(
            bank, by=self.staff["limin"], key=new_key(), shop=SHOP_CODE, name="门口自助机"
        )
        # Nobody holds this token: the machine of the past year stands in nobody's browser.
        token = sha256(secrets.token_bytes(32)).digest()
        made = pair_device(bank, code=code, token_hash=token, key=new_key())
        device = f"device:{made.answer['device']}"
        return Caller(actor=device, client=device, device=device)


def caller_of(bank: Bank, login: str) -> Caller:
    """Somebody of the staff, as the books know them."""

    def find(session: Session) -> int:
        return get_staff(session, login).id

    actor = f"staff:{bank.database.read(find)}"
    return Caller(actor=actor, client=actor)


def pair_own_machine(bank: Bank, kind: str) -> str:
    """A pairing code for the kiosk or the station in a visitor's browser."""
    code, _until = open_pairing(
        bank, by=SYSTEM, key=new_key(), shop=SHOP_CODE, name=sample.OWN_MACHINES[kind], kind=kind
    )
    return code.replace(" ", "")
