"""The demonstration keeps what it promises, on whatever day and at whatever hour it is made."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pointsbank.activities import list_duties, list_missed
from pointsbank.demonstration import (
    find_own_page,
    find_second_person,
    go_to_month_end,
    list_tray,
    make_demonstration,
)
from pointsbank.earning import (
    count_pending,
    list_notices,
    list_public_papers,
    shows_notices,
)
from pointsbank.foundation import (
    DUTY_DONE,
    NIGHT,
    SHOP_ZONE,
    Bank,
    Clock,
    Keys,
    Paging,
    add_days,
    from_instant,
    new_key,
    open_database,
    read_duty_states,
    to_instant,
)
from pointsbank.imports import list_uploads
from pointsbank.inventory import list_goods_ending, list_shelf, list_unknown_codes
from pointsbank.jobs import run_night
from pointsbank.ledger import list_points_flows
from pointsbank.people import (
    NewsLine,
    check_pin,
    count_desk_cards,
    find_card_by_code,
    give_pin,
    list_handovers,
    list_people_to_tell,
    list_staff,
    list_untold,
    list_volunteers,
    verify_second,
)
from pointsbank.redemption import list_redemptions
from tests.books import books_are_right

DETERGENT, SCHOOL_BAG = 230, 260
# Before the shop opens, at noon and after the evening's service the story ends differently.
NOON = "2026-11-30T12:00"
MORE = (
    "2026-11-23T12:00",
    "2026-11-30T06:05",
    "2026-11-30T08:05",
    "2026-12-01T00:01",
    "2026-12-31T23:58",
    "2027-01-01T00:05",
    "2027-02-28T08:00",
    "2027-02-28T23:10",
    "2028-02-29T12:00",
    "2028-03-01T22:00",
)


@pytest.mark.parametrize(
    "started", [NOON, *(pytest.param(one, marks=pytest.mark.nightly) for one in MORE)]
)
def test_whenever_it_is_made_it_keeps_what_it_promises(
    sqlite_template: Path, tmp_path: Path, keys: Keys, started: str
) -> None:
    now = datetime.fromisoformat(started).replace(tzinfo=SHOP_ZONE)
    shutil.copy(sqlite_template, tmp_path / "bank.sqlite")
    database = open_database(f"sqlite:///{tmp_path}/bank.sqlite", durable=False)
    bank = Bank(tmp_path, database, keys, Clock(lambda: now))
    try:
        make_demonstration(bank)
        bank.clock.set_now(lambda: now)
        the_tray_has_something_to_show(bank)
        no_list_is_empty(bank)
        the_office_has_a_past(bank)
        the_gate_is_held_by_all_but_one(bank)
        one_notice_hangs_and_one_is_over(bank)
        every_night_to_the_next_month_does_its_work(bank)
        books_are_right(bank)
    finally:
        bank.close()


def the_tray_has_something_to_show(bank: Bank) -> None:
    """Every card on the tray shows what it is there for."""
    news = {card.kind: untold(bank, card.code) for card in list_tray(bank).cards}
    assert set(news) == {"rich", "short", "blocked", "family", "large"}
    own = find_own_page(bank)
    assert own is not None
    assert own.pin
    check_pin(bank, by=NIGHT, holder="volunteer:1", pin=own.pin)
    [rich], [large] = news["rich"], news["large"]
    assert (rich.code, rich.count > 1) == ("earning.points_arrived", True)
    assert (large.code, large.count > 1) == ("earning.points_arrived", True)
    [short] = news["short"]
    assert (short.count, short.facts["points"]) == (1, 29)
    assert [line.code for line in news["family"]] == ["charity.points_received"]
    rich_ones = list_volunteers(bank, paging=Paging(1, 100)).items
    for price in (DETERGENT, SCHOOL_BAG):
        assert sum(person.points >= price for person in rich_ones) >= 20


def every_night_to_the_next_month_does_its_work(bank: Bank) -> None:
    """Turning the month turns every day of it, and the books have had their nights."""
    today, nights = bank.clock.today(), []

    def night(bank: Bank, is_last: bool) -> None:
        nights.append((bank.clock.today(), is_last))
        run_night(bank, is_last)

    first = go_to_month_end(bank, by=NIGHT, night=night)
    assert first[8:] == "01"
    days = [add_days(today, count) for count in range(1, len(nights) + 1)]
    assert nights == [(day, day == first) for day in days]
    states = bank.database.read(read_duty_states)
    ended = {name: (state.day, state.outcome) for name, state in states.items()}
    assert ended == dict.fromkeys(
        ("lapse", "effective", "expire", "warn", "findings"), (first, DUTY_DONE)
    )


def untold(bank: Bank, code: str) -> list[NewsLine]:
    """What the holder of a card has not been told yet."""

    def read(session: object) -> list[NewsLine]:
        card = find_card_by_code(session, code)  # type: ignore[arg-type]
        assert card is not None
        return list_untold(session, card.holder)  # type: ignore[arg-type]

    return bank.database.read(read)


def the_gate_is_held_by_all_but_one(bank: Bank) -> None:
    """Whoever looks at duty finds the leg that runs, and who is missing a few minutes after."""
    now = bank.clock.instant()
    # Asked up to a minute later: who comes on the stroke of eight finds the leg that begins then.
    until = to_instant(from_instant(now) + timedelta(minutes=1))
    legs = list_duties(bank, since=now, until=until, now=now)
    [gate] = [leg for leg in legs if leg.rota == "东门门岗" and leg.begins_at <= now]
    has_come = [one.state for one in gate.people].count("here")
    assert (len(gate.people), has_come) in {(3, 2), (3, 0)}
    if now > to_instant(from_instant(gate.begins_at) + timedelta(minutes=5)):
        assert has_come == 2
        assert gate.number in {leg.number for leg in list_missed(bank, now=now)}


def one_notice_hangs_and_one_is_over(bank: Bank) -> None:
    """Everybody may read the one that hangs, masked; of the other every record counts."""
    today = bank.clock.today()
    [paper] = list_public_papers(bank, today=today)
    assert shows_notices(bank)
    assert len(paper.lines) >= 5
    assert {line.status for line in paper.lines} == {"published"}
    (running, _hangs), (over, counted) = list_notices(bank).items
    assert running.last_day >= today > over.last_day
    assert over.taken_down_on is not None
    assert (counted.waiting, counted.points > 0) == (0, True)


def the_office_has_a_past(bank: Bank) -> None:
    """A colleague has left in good order, lists were taken in, and the witness can be fetched."""
    [handover] = list_handovers(bank)
    assert (handover.closed_at is not None, handover.differs) == (True, {})
    hours, projects = list_uploads(bank).items
    assert (hours.status, hours.rows_good, hours.rows_bad) == ("done", 6, 1)
    assert (projects.status, projects.rows_good, projects.rows_bad) == ("done", 2, 0)
    second = find_second_person(bank)
    assert second is not None
    assert second.pin
    [worker] = [one for one in list_staff(bank) if one.login == "limin"]
    found = verify_second(
        bank, by=worker.caller, name="inventory.set_price", badge=second.code, pin=second.pin
    )
    assert found.login == second.login
    # Once she draws another, only she knows it: the tray no longer says the one of before.
    [witness] = [one for one in list_staff(bank) if one.login == second.login]
    give_pin(bank, by=witness.caller, key=new_key(), holder=witness.actor)
    renewed = find_second_person(bank)
    assert renewed is not None
    assert (renewed.pin, renewed.code) == (None, second.code)


def no_list_is_empty(bank: Bank) -> None:
    """A visitor finds something on every list, and nothing that lies in the future."""
    today = bank.clock.today()
    shelf = list_shelf(bank, shop_id=1, today=today)
    assert [item.sku for item in shelf if item.left == 0] in ([], ["DAMI"])
    assert count_pending(bank) == 15
    assert list_unknown_codes(bank).total == 1
    month = add_days(today, 30)
    assert bank.database.read(
        lambda session: list_goods_ending(session, shop_id=1, today=today, until=month)
    )
    assert count_desk_cards(bank)["print"] == 1
    assert list_people_to_tell(bank, before=to_instant(bank.clock.moment())).total > 0
    since = add_days(today, -6)
    flows = bank.database.read(lambda session: list_points_flows(session, since=since, until=today))
    assert {flow.day for flow in flows} <= {add_days(since, place) for place in range(7)}
    assert flows != []
    assert list_redemptions(bank, since=since, until=today).total > 0
    assert list_redemptions(bank, since=add_days(today, 1)).total == 0
