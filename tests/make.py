"""Short sentences that build a world: `make.wallet(points=100)`, `make.shelf("SOAP", 20)`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import select

from pointsbank.earning import (
    BACK_FILLED,
    plain_document,
    put_record,
    record_number,
    record_service,
    set_rulebook,
)
from pointsbank.earning.service_records import read_service
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Operation,
    Outcome,
    Session,
    new_key,
    operation,
)
from pointsbank.ledger import (
    AccountRef,
    Commodity,
    EntryKind,
    Transfer,
    current_balance,
    declare_kind,
    find_account,
    kept_balances,
    open_account,
    open_commodity,
    points_id,
    post_entry,
)
from pointsbank.people import (
    StaffRow,
    VolunteerRef,
    add_staff,
    found_bank,
    get_staff,
    get_volunteer,
    issue_card,
    register_volunteer,
)
from pointsbank.people.card_faces import list_card_faces

TEST_KIND = declare_kind(
    "tests.any",
    [
        ("issued", "wallet"),
        ("issued", "family_wallet"),
        ("family_wallet", "redeemed"),
        ("owed", "issued"),
        ("wallet", "wallet"),
        ("wallet", "redeemed"),
        ("wallet", "hold"),
        ("hold", "redeemed"),
        ("hold", "wallet"),
        ("supply", "store_room"),
        ("store_room", "shelf"),
        ("shelf", "given_out"),
    ],
)
SOMEBODY = Caller(actor="staff:1", client="tests")


@operation("tests.open_account")
def open_test_account(act: Act, *, type_code: str, commodity: str, holder: str) -> Answer:
    """Open an account of any type."""
    number = (
        points_id(act.session)
        if commodity == "PTS"
        else open_commodity(act.session, commodity, "goods")
    )
    account = open_account(act.session, type_code, number, holder, now=act.now)
    return {"id": account.id, "type": account.type, "commodity_id": account.commodity_id}


@operation("tests.post")
def post_test_entry(
    act: Act, *, lines: list[tuple[list[int | str], list[int | str], int]]
) -> Answer:
    """Post moves between any accounts that the test kind allows."""
    transfers = [
        Transfer(AccountRef(*source), AccountRef(*target), amount)  # type: ignore[arg-type]
        for source, target, amount in lines
    ]
    posted = post_entry(
        act, TEST_KIND, transfers, memo="a test's entry", document=f"test:{act.receipt_id}"
    )
    return {"entry": posted.number, "id": posted.id}


@operation("tests.see_service")
def see_service(act: Act, *, number: str, **service: Any) -> Answer:
    """What a room above does that has seen somebody serve, by card or by roll-call."""
    volunteer = get_volunteer(act.session, number)
    told = {"team": volunteer.team} | service
    made = put_record(act, volunteer.id, read_service(**told, now=act.now))
    act.for_whom = volunteer.holder
    return {"record": record_number(made)}


@dataclass(frozen=True)
class HeldCard:
    """A card in somebody's hand."""

    code: str
    short_number: str


class Make:
    """Builds what a test needs through the operations that people use."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self._numbers = count(1)

    def next_number(self) -> int:
        """A number that this test has not used yet."""
        return next(self._numbers)

    def do(
        self, verb: Operation[...], by: Caller = SOMEBODY, key: str = "", **values: object
    ) -> Outcome:
        """Run an operation under a fresh key."""
        return verb(self.bank, by=by, key=key or new_key(), **values)

    def found(self, nature: str = "bank", *, shop: str = "公益超市") -> Outcome:
        """A community and its shop, without which a bank is nobody's."""
        return self.do(
            found_bank,
            nature=nature,
            community="晴川社区",
            shop=shop,
            help_phone="027-84840000",
            login="founder",
            name="建账员",
            password_hash="-",
        )

    def account(self, type_code: str, commodity: str = "PTS", holder: str = "") -> AccountRef:
        """An open account."""
        holder = holder or f"holder:{next(self._numbers)}"
        made = self.do(open_test_account, type_code=type_code, commodity=commodity, holder=holder)
        return AccountRef(**made.answer)

    def wallet(self, points: int = 0) -> AccountRef:
        """A wallet with so many points."""
        wallet = self.account("wallet")
        if points:
            self.move(self.account("issued", holder="bank"), wallet, points)
        return wallet

    def shelf(self, commodity: str, pieces: int = 0) -> AccountRef:
        """A shelf with so many pieces."""
        shelf = self.account("shelf", commodity)
        if pieces:
            room, supply = self.account("store_room", commodity), self.account("supply", commodity)
            self.move(supply, room, pieces)
            self.move(room, shelf, pieces)
        return shelf

    def move(self, source: AccountRef, target: AccountRef, amount: int, key: str = "") -> Outcome:
        """Post one move."""
        return self.post((source, target, amount), key=key)

    def post(self, *moves: tuple[AccountRef, AccountRef, int], key: str = "") -> Outcome:
        """Post several moves in one entry."""
        return self.do(post_test_entry, key=key, lines=[line(*move) for move in moves])

    def staff(self, *roles: str, volunteer: VolunteerRef | None = None) -> StaffRow:
        """A member of staff; by their `caller` they have logged in themselves."""
        login = f"staff{self.next_number()}"
        self.do(
            add_staff,
            login=login,
            name="工作人员",
            password_hash="-",
            roles=list(roles or ("worker",)),
            volunteer_number=volunteer.number if volunteer else None,
        )
        return self.bank.database.read(lambda session: get_staff(session, login))

    def by_two(
        self, first: StaffRow | None = None, second: StaffRow | None = None
    ) -> dict[str, Any]:
        """Who does an act that one proposes and a second person confirms."""
        proposer, confirmer = first or self.staff(), second or self.staff("witness")
        return {"by": confirmer.caller, "proposed_by": proposer.actor}

    def volunteer(self, points: int = 0, name: str = "王小明", **data: Any) -> VolunteerRef:
        """A volunteer with so many points."""
        number = str(data.pop("number", f"T{self.next_number():05d}"))
        self.do(register_volunteer, number=number, name=name, **data)
        made = self.bank.database.read(lambda session: get_volunteer(session, number))
        if points:
            self.move(self.account("issued", holder="bank"), made.wallet, points)
        return made

    def card(self, volunteer: VolunteerRef) -> HeldCard:
        """The volunteer's card, just issued."""
        issued = self.do(issue_card, number=volunteer.number)
        [face] = list_card_faces(
            self.bank, card_key=self.bank.keys.card, numbers=[volunteer.number]
        )
        return HeldCard(face.code, issued.answer["short_number"])

    def rule(self, points_per_hour: int = 10, starts_on: str = "2020-01-01", **rest: Any) -> int:
        """A plain rulebook with these parts, in force from long ago unless said otherwise."""
        document = plain_document(points_per_hour, **rest)
        made = self.do(set_rulebook, document=document, starts_on=starts_on)
        return int(made.answer["version"])

    def record(
        self,
        volunteer: VolunteerRef,
        minutes: int = 120,
        *,
        by: StaffRow | None = None,
        **service: Any,
    ) -> str:
        """A pending service record; its number."""
        service = {"source": "sign_in", "served_on": "2026-11-18"} | service
        service.setdefault("activity", f"活动{self.next_number()}")
        caller = (by or self.staff()).caller
        verb = record_service if service["source"] in BACK_FILLED else see_service
        made = self.do(verb, by=caller, number=volunteer.number, minutes=minutes, **service)
        return str(made.answer["record"])

    def balance(self, account: AccountRef) -> int:
        """What an account keeps now."""
        kept = self.bank.database.read(lambda session: kept_balances(session, account.id))
        return kept[account.id]

    def sum_of(self, type_code: str, commodity: str, holder: str) -> int:
        """What an account holds now, kept or summed; 0 when nobody opened it."""

        def ask(session: Session) -> int:
            number = session.value(select(Commodity.id).where(Commodity.code == commodity))
            found = find_account(session, type_code, number or 0, holder)
            return current_balance(session, found.id) if found else 0

        return self.bank.database.read(ask)


def between(since: int, until: int, day: int = 18) -> dict[str, str]:
    """From one hour to another of a day in November, by the shop's clock."""
    return {
        name: f"2026-11-{day:02d}T{hour - 8:02d}:00:00.000000Z"
        for name, hour in (("started_at", since), ("ended_at", until))
    }


def line(source: AccountRef, target: AccountRef, amount: int) -> list[object]:
    """A move as plain values."""
    return [
        [source.id, source.type, source.commodity_id],
        [target.id, target.type, target.commodity_id],
        amount,
    ]


__all__ = [
    "SOMEBODY",
    "TEST_KIND",
    "EntryKind",
    "Make",
    "between",
    "line",
    "open_test_account",
    "post_test_entry",
]
