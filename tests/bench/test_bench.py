"""The measurement itself: it runs, it ends with the ratio, and the yardstick does real work."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pointsbank.bench import course, layers, world
from pointsbank.bench.recording import record_checkout
from pointsbank.bench.scratch import scratch_sqlite
from pointsbank.bench.world import fill_basket, make_world
from pointsbank.bench.yardstick import run_yardstick
from pointsbank.cli.speed import bench
from pointsbank.foundation import new_key
from pointsbank.redemption import check_out, list_redemptions


@pytest.fixture(autouse=True)
def few_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small world and short rounds: here it is asked whether it measures, not what comes out."""
    monkeypatch.setattr(world, "VOLUNTEERS", 20)
    monkeypatch.setattr(world, "GOODS", 10)
    monkeypatch.setattr(course, "FIRST_GUESS_PER_SECOND", 300.0)
    monkeypatch.setattr(layers, "SAMPLES", 20)
    monkeypatch.setattr(layers, "WARM", 5)
    monkeypatch.setattr(course, "WARM_SECONDS", 0.1)


def test_the_last_line_is_the_ratio(tmp_path: Path) -> None:
    arguments = ["--sqlite", "--seconds", "0.2", "--rounds", "1", "--folder", str(tmp_path)]
    done = CliRunner().invoke(bench, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert re.fullmatch(r"ratio \d+\.\d\d", done.stdout.rstrip().splitlines()[-1])
    assert list(tmp_path.iterdir()) == []


def test_the_yardstick_books_as_much_as_it_says(tmp_path: Path) -> None:
    with scratch_sqlite(tmp_path) as scratch:
        bank = scratch.open()
        made = make_world(bank)
        basket = fill_basket(bank, made, made.kiosks[0], made.cards[0], random.Random(1))
        work = check_out.work_for(bank, by=basket.kiosk.caller, key=new_key(), **basket.body)
        replay = record_checkout(bank.database.write, work, "sqlite")
        bank.close()
        done = run_yardstick(scratch.url, "sqlite", [replay], seconds=0.1, connections=1)
        bank = scratch.open(exclusive=False)
        booked = list_redemptions(bank).total
        bank.close()
    assert replay.statements == 10
    assert booked == done.done_in_all + 1


def test_a_round_goes_on_until_something_was_done(tmp_path: Path) -> None:
    with scratch_sqlite(tmp_path) as scratch:
        bank = scratch.open()
        made = make_world(bank)
        basket = fill_basket(bank, made, made.kiosks[0], made.cards[0], random.Random(1))
        work = check_out.work_for(bank, by=basket.kiosk.caller, key=new_key(), **basket.body)
        replay = record_checkout(bank.database.write, work, "sqlite")
        bank.close()
        # No machine does anything in no time at all.
        done = run_yardstick(scratch.url, "sqlite", [replay], seconds=0.0, connections=1)
    assert len(done.times) == 1
    assert done.seconds > 0
    assert done.within(0.5) > 0
