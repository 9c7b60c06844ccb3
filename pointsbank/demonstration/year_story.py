"""The year itself: service every week, approved by a second person, and the walks to the shop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pointsbank.charity import approve_grant, donate_points
from pointsbank.demonstration import sample
from pointsbank.demonstration.activity_story import ActivityStory
from pointsbank.demonstration.goods_story import GoodsStory
from pointsbank.demonstration.notice_story import NoticeStory
from pointsbank.demonstration.people_story import PeopleStory, Person
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.earning import RECORDS_MOST, approve_records
from pointsbank.foundation import (
    Paging,
    PointsBankError,
    Session,
    add_days,
    business_day,
    to_instant,
)
from pointsbank.inventory import note_unknown_code, propose_price
from pointsbank.ledger import kept_balances
from pointsbank.people import (
    block_card,
    find_card_by_code,
    list_people_to_tell,
    list_untold,
    replace_card,
    tell_at_kiosk,
    tell_by_worker,
)
from pointsbank.redemption import answer_help, call_help, check_out, quote, undo

# Where in the list of volunteers the cards of the tray are.
RICH, LARGE, SHORT, BLOCKED = 0, 4, 37, 30
# Two of them have something to read when the visitor presents their cards, on whatever day and at
# whatever hour the demonstration is made: they miss no service, and from this week on they hear
# nothing, so that at least two weeks' points wait for them.
READERS = (RICH, LARGE)
UNHEARD_WEEK = 51
# Somebody lost a card a while ago; the new one lies in the printer's queue.
REPLACED = 35
# In this week the office called everybody who had not heard their news for long.
CALLED_WEEK = 49
CALLED_DAYS = 14
SHORT_MINUTES = 174
PRICES_FELL_WEEK = 39
QUARTER_WEEKS = 13
GRANT_WEEKS = (20, 34, 47)
SERVICES_AT = (9, 14, 19)
# Since then whoever serves at the shop's door signs in with the own card.
BY_CARD_WEEKS = 6
OPEN_HOURS = (8, 19)
# Two of three save up and never go below this, so that a good twenty can always afford a detergent
# or a school bag; the others spend everything now and then.
KEEP = 265
SPENDER = 3
UNKNOWN_BARCODE = "6901234567892"
# So many minutes before the visitor comes, these were at the shop.
LAST_BUYERS = ((30, 12), (22, 17), (18, 23))


class YearStory:
    """Tells one week after the other."""

    def __init__(
        self,
        teller: Storyteller,
        people: PeopleStory,
        goods: GoodsStory,
        activities: ActivityStory,
        notices: NoticeStory,
    ) -> None:
        self.teller = teller
        self.people = people
        self.goods = goods
        self.activities = activities
        self.notices = notices
        self.chance = teller.chance
        self.waiting: list[str] = []
        self.until = datetime.max.replace(tzinfo=UTC)

    def tell_week(self, week: int, monday: datetime, until: datetime) -> None:
        """One week: last week's records are approved, new ones written, things are redeemed."""
        if monday >= until:
            return
        self.until = until
        self.teller.at(monday)
        if week < UNHEARD_WEEK:
            # The rich one of the tray comes by every week, to see what has arrived.
            self._hear_news(self.people.volunteers[RICH])
        self._approve()
        self.notices.tell_week(week)
        if week == CALLED_WEEK:
            self._call_everybody()
        if week % QUARTER_WEEKS == 0 and week:
            self.goods.fill_up()
        if week == PRICES_FELL_WEEK:
            self.goods.lower_prices()
        for day in range(6):
            morning = monday + timedelta(days=day)
            if morning + timedelta(hours=14) >= until:
                return
            self.notices.tell_morning(morning)
            following = morning + timedelta(days=1) if day < 5 else monday + timedelta(weeks=1)
            self._serve(morning, is_last=following + timedelta(hours=14) >= until)
            if week >= 4:
                self._redeem(morning, week)
        if week > PRICES_FELL_WEEK:
            self._take_rice(week)
        if week in GRANT_WEEKS:
            self._give_away(monday + timedelta(days=6))

    def keep_rounds(self, moment: datetime, until: datetime) -> None:
        """The last day's rounds and the gate, as far as the next thing of the year."""
        tray = [self.people.volunteers[one] for one in (RICH, LARGE, SHORT, BLOCKED)]
        self.activities.keep_rounds(moment, besides=tray)
        self.go_on(min(moment, until))

    def go_on(self, until: datetime) -> None:
        """What happens of them before then."""
        self.waiting += self.activities.go_on(until)

    def end(self, moment: datetime) -> dict[str, tuple[int, int]]:
        """The last hour before the visitor comes; the cards that lie on the tray."""
        self._approve()
        self._short_card(moment - timedelta(days=2))
        self.teller.at(moment - timedelta(hours=1))
        self.goods.give_what_must_go_soon()
        blocked = self.people.volunteers[BLOCKED]
        self.teller.do(block_card, self.people.staff["limin"], short_number=blocked.short_number)
        replaced = self.people.volunteers[REPLACED].short_number
        self.teller.do(
            block_card, self.people.staff["limin"], short_number=replaced, told_how="phone"
        )
        self.teller.do(replace_card, self.people.staff["limin"], short_number=replaced)
        self._leave_work_to_do(moment)
        self.activities.end(moment)
        self.teller.at(moment)
        cards = {
            "rich": self.people.volunteers[RICH],
            "short": self.people.volunteers[SHORT],
            "blocked": blocked,
            "family": self.people.families[0],
            "large": self.people.volunteers[LARGE],
        }
        return {kind: (person.serial, person.issue) for kind, person in cards.items()}

    # ------------------------------------------------------------------------------- service

    def _serve(self, morning: datetime, *, is_last: bool) -> None:
        """One team is out on this day; each of its people for an hour to three."""
        team = morning.toordinal() % len(sample.TEAMS)
        start = morning.replace(hour=self.chance.choice(SERVICES_AT), minute=0)
        stays: dict[str, int] = {}
        for person in self.people.volunteers:
            if person.team != team or person is self.people.volunteers[SHORT]:
                continue
            if self.chance.random() < 0.12 and not self._is_reader(person):
                continue
            stays[person.number] = self.chance.choice((60, 90, 120, 120, 150, 170))
        if not stays:
            return
        if is_last:
            # The last tour: somebody forgot to sign out, and nobody has looked at the list yet.
            self.activities.go_out_from_the_shop(team, start, stays, sorted(stays)[-1:])
            return
        by_card = self.until - morning < timedelta(weeks=BY_CARD_WEEKS) and team % 2 == 0
        go_out = self.activities.go_out_from_the_shop if by_card else self.activities.go_out
        self.waiting += go_out(team, start, stays)

    def _approve(self) -> None:
        """A second person finds last week's records right: the witness, or the colleague."""
        approver = self.people.staff[self.chance.choice(("limin", "chenbo"))]
        while self.waiting:
            chunk, self.waiting = self.waiting[:RECORDS_MOST], self.waiting[RECORDS_MOST:]
            self.teller.do(approve_records, approver, records=chunk)

    def _short_card(self, moment: datetime) -> None:
        """Whoever served once, 2.9 hours, has 29 points: one short of a soap."""
        person = self.people.volunteers[SHORT]
        start = moment.replace(hour=9, minute=0)
        self.waiting += self.activities.bring_list(
            person.team, start, {person.number: SHORT_MINUTES}
        )
        self.teller.at(moment + timedelta(hours=12))
        self._approve()

    # ------------------------------------------------------------------------------- the shop

    def _is_reader(self, person: Person) -> bool:
        return any(person is self.people.volunteers[place] for place in READERS)

    def _stays_away(self, person: Person, week: int) -> bool:
        """Who would hear at the kiosk what the visitor is to read."""
        return week >= UNHEARD_WEEK and self._is_reader(person)

    def _redeem(self, morning: datetime, week: int) -> None:
        """A few people walk to the shop; the rich one of the tray saves up."""
        buyers = self.chance.sample(self.people.volunteers[1:], 3)
        for place, person in enumerate(buyers):
            moment = morning.replace(hour=OPEN_HOURS[0] + 4 * place, minute=5 * place)
            self.teller.at(moment + timedelta(minutes=self.chance.randrange(50)))
            if person in (self.people.volunteers[SHORT], self.people.volunteers[BLOCKED]):
                continue
            if self._stays_away(person, week):
                continue
            basket = self._basket(person)
            if basket:
                self._check_out(person, basket)

    def _basket(self, person: Person) -> dict[str, int]:
        """What somebody takes who likes to keep some points."""
        spends = self.people.volunteers.index(person) % SPENDER == 0
        spare = self._balance(person) - (0 if spends and self.chance.random() < 0.5 else KEEP)
        basket: dict[str, int] = {}
        for goods in self.chance.sample(sample.GOODS, 4):
            price, there = self.goods.price[goods.sku], self.goods.on_shelf.get(goods.sku, 0)
            if price <= spare and there > 2 + (goods.sku == "SHUBAO"):
                basket[goods.sku] = 1
                spare -= price
        return basket

    def _take_rice(self, week: int) -> None:
        """Whoever has saved up most takes a bag of rice, until there is none."""
        richest = max(self.people.volunteers[1:], key=self._balance)
        if self._stays_away(richest, week):
            return
        spare = self._balance(richest) - KEEP
        if self.goods.on_shelf["DAMI"] and spare >= self.goods.price["DAMI"]:
            self._check_out(richest, {"DAMI": 1})

    def _check_out(self, person: Person, basket: dict[str, int]) -> None:
        bank, kiosk = self.teller.bank, self.people.kiosk
        self._hear_news(person)
        asked = {
            "lines": [
                {"sku": sku, "quantity": count, "scanned": False} for sku, count in basket.items()
            ]
        }
        offer = quote(
            bank,
            by=kiosk,
            kind="goods",
            shop_id=self.people.shop_id,
            device_number=1,
            card=person.code,
            request=asked,
        )
        if offer.refusals:
            return
        made = self.teller.do(
            check_out,
            kiosk,
            kind="goods",
            card=person.code,
            quote=offer.quote,
            total_points=offer.total_points,
        )
        if self.chance.random() < 0.04:
            self.teller.at(self.teller.moment + timedelta(minutes=2))
            number = str(made.answer["redemption"]["number"])
            self.teller.do(
                undo, kiosk, number=number, card=person.code, shop_id=self.people.shop_id
            )
            return
        for sku, count in basket.items():
            self.goods.on_shelf[sku] -= count

    def _hear_news(self, person: Person) -> None:
        """At the kiosk somebody is told what they do not know yet."""

        def read(session: Session) -> list[int]:
            card = find_card_by_code(session, person.code)
            lines = list_untold(session, card.holder) if card else []
            return [one for line in lines for one in line.ids]

        news = self.teller.bank.database.read(read)
        if news:
            self.teller.do(tell_at_kiosk, self.people.kiosk, card=person.code, news=news)

    def _call_everybody(self) -> None:
        """The office tells by telephone what the kiosk could not; whoever has none still waits."""
        before = to_instant(self.teller.moment - timedelta(days=CALLED_DAYS))
        waiting = list_people_to_tell(self.teller.bank, before=before, paging=Paging(1, 200))
        for person in waiting.items:
            if person.masked_phone:
                self.teller.do(
                    tell_by_worker,
                    self.people.staff["wangfang"],
                    number=person.number,
                    how="phone",
                    news=[one for line in person.lines for one in line.ids],
                )

    def _balance(self, person: Person) -> int:
        def read(session: Session) -> int:
            return kept_balances(session, person.wallet_id)[person.wallet_id]

        return self.teller.bank.database.read(read)

    # ------------------------------------------------------------------------ giving, and the rest

    def _give_away(self, moment: datetime) -> None:
        """Some give points to the pool; a family receives them by two people's decision."""
        self.teller.at(moment)
        givers = sorted(self.people.volunteers[1:], key=self._balance)[-4:]
        for person in givers:
            if self._balance(person) > KEEP + 120:
                self.teller.do(
                    donate_points,
                    self.people.staff["wangfang"],
                    volunteer=person.number,
                    points=100,
                )
        for family in self.people.families:
            try:
                self.teller.do(
                    approve_grant,
                    self.people.staff["chenbo"],
                    family=family.number,
                    points=100,
                    proposed_by=self.people.staff["limin"].actor,
                )
            except PointsBankError:
                # The pool is empty until more has been given.
                return

    def _leave_work_to_do(self, moment: datetime) -> None:
        """What the visitor finds open: a list to approve, a price that waits, an unknown barcode.

        And the last hour's purchases, if the shop is open then.
        """
        start = (moment - timedelta(days=1)).replace(hour=15, minute=0)
        stays = {one.number: 60 + 30 * (n % 3) for n, one in enumerate(self.people.volunteers[1:8])}
        self.teller.at(start + timedelta(hours=3))
        self.activities.bring_list(0, start, stays)
        self.teller.at(moment - timedelta(minutes=40))
        for _ in range(4):
            self.teller.do(note_unknown_code, self.people.kiosk, code=UNKNOWN_BARCODE)
        call = self.teller.do(call_help, self.people.kiosk).answer["call"]
        self.teller.at(moment - timedelta(minutes=36))
        self.teller.do(answer_help, self.people.staff["limin"], call=call)
        self.teller.do(
            propose_price,
            self.people.staff["limin"],
            sku="DAMI",
            points=self.goods.price["DAMI"] - 20,
            starts_on=add_days(business_day(self.teller.moment), 7),
        )
        for minutes, place in LAST_BUYERS:
            self.teller.at(moment - timedelta(minutes=minutes))
            person = self.people.volunteers[place]
            if basket := self._basket(person):
                self._check_out(person, basket)
