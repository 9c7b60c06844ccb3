"""Making the demonstration: a year of a community, told through the operations that people use."""

from __future__ import annotations

from datetime import timedelta

from pointsbank.demonstration.activity_story import ActivityStory
from pointsbank.demonstration.doubt_story import tell_doubts, tell_findings
from pointsbank.demonstration.goods_story import GoodsStory
from pointsbank.demonstration.notice_story import NoticeStory
from pointsbank.demonstration.office_story import OfficeStory
from pointsbank.demonstration.people_story import PeopleStory
from pointsbank.demonstration.settings import OWN_PAGE, TRAY, keep_setting
from pointsbank.demonstration.setup_story import tell_setup
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.demonstration.tray import keep_pin
from pointsbank.demonstration.year_story import YearStory
from pointsbank.foundation import SHOP_ZONE, Bank, canonical_json, new_key
from pointsbank.people import get_volunteer_file, give_pin

WEEKS = 52


def make_demonstration(bank: Bank) -> None:
    """Fill an empty bank with a made-up community and its last year, up to a moment ago.

    The days are counted back from now, so that lists and charts look the same in any year. The
    bank's clock runs as before when it returns.
    """
    now = bank.clock.moment().astimezone(SHOP_ZONE)
    teller = Storyteller(bank)
    first_day = (now - timedelta(weeks=WEEKS)).replace(hour=8, minute=0, second=0, microsecond=0)
    people = PeopleStory(teller)
    goods = GoodsStory(teller, people)
    activities = ActivityStory(teller, people)
    notices = NoticeStory(teller, people)
    office = OfficeStory(teller, people)
    year = YearStory(teller, people, goods, activities, notices)
    people.begin(first_day - timedelta(days=14))
    goods.begin(first_day - timedelta(days=10))
    activities.begin(first_day - timedelta(days=4))
    tell_setup(teller, people, first_day - timedelta(days=3))
    moment, today = now - timedelta(minutes=12), first_day + timedelta(weeks=WEEKS)
    # Today nobody goes out; it is the rounds and the gate that go on.
    until = min(now, today + timedelta(hours=14))
    for week in range(WEEKS):
        year.tell_week(week, first_day + timedelta(weeks=week), until=until)
        office.tell_week(week)
    year.keep_rounds(moment, until=today)
    year.tell_week(WEEKS, today, until=until)
    year.go_on(moment)
    office.end(now)
    tell_doubts(teller, people, now - timedelta(hours=2))
    tray = year.end(moment)
    _leave_a_pin(teller, people)
    tell_findings(teller, people, now - timedelta(minutes=11))
    _leave_on_tray(bank, tray)
    teller.go_home()


def _leave_a_pin(teller: Storyteller, people: PeopleStory) -> None:
    """One of the leaders has a PIN, and the front page says it."""
    bank, number = teller.bank, people.volunteers[0].number
    holder = f"volunteer:{get_volunteer_file(bank, number=number).id}"
    pin = give_pin(bank, by=people.staff["limin"], key=new_key(), holder=holder)
    keep_pin(bank, OWN_PAGE, holder, number=number, pin=pin)


def _leave_on_tray(bank: Bank, cards: dict[str, tuple[int, int]]) -> None:
    told = canonical_json({kind: list(card) for kind, card in cards.items()}).decode()
    bank.database.write(lambda session: keep_setting(session, TRAY, told))
