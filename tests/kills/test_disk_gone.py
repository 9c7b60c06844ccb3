"""The disk is thrown away under load: what a backup holds is whole, and what it lacks is listed."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pointsbank.bench.scratch import Scratch
from pointsbank.bench.world import Kiosk, World
from pointsbank.foundation import Keys, Session, new_key, open_database, read_public_id
from pointsbank.safekeeping import Sealer, make_beside, own_shelf, restore, spell_secret
from tests import commands
from tests.kills.conftest import fill
from tests.kills.judge import judge
from tests.kills.rig import (
    HOST,
    History,
    Server,
    count_sales,
    crowd,
    read_history,
    wait_for_sales,
)
from tests.postgres import drop_database, fresh_database

SEED = 20261122
# A backup takes as long as it takes; meanwhile kiosks sell sixty times a second, not six hundred.
REST_SECONDS = 0.1
# What a kiosk hears is what it may count on: keys of receipts that stand in a copy.
KEYS = "SELECT client, key FROM receipt WHERE operation = 'redemption.check_out'"


def keys_in(url: str) -> set[tuple[str, str]]:
    """Every checkout that stands in some books."""
    database = open_database(url, exclusive=False, durable=False)
    try:
        found = database.read(_rows)
    finally:
        database.close()
    return {(client, key) for client, key in found}


def _rows(session: Session) -> list[Any]:
    return session.connection.execute(KEYS).fetchall()


@pytest.fixture
def empty_url(scratch: Scratch, request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where a backup of this database is restored to: a new PostgreSQL one, or a file."""
    if scratch.dialect == "sqlite":
        yield None
        return
    url = fresh_database(request.getfixturevalue("durable_postgres"))
    yield url
    drop_database(url)


def back_up_under_load(
    scratch: Scratch,
    port: int,
    folder: Path,
    times: int,
    seed: int = SEED,
    rest_seconds: float = 0.0,
) -> int:
    """Backups beside a server that sells, each restored and held against what was acknowledged."""
    world = fill(scratch)
    server = Server(scratch.home, scratch.url, port)
    looking = scratch.open(exclusive=False)
    sealer = Sealer.of(looking.keys.backup)
    held = 0
    try:
        server.start()
        for number in range(times):
            already = count_sales(folder)
            with crowd(port, world, folder, seed + number, rest_seconds):
                wait_for_sales(folder, already + 25)
                before = read_history(folder)
                made = make_beside(looking)
            home = folder / f"restored-{number}"
            restore(own_shelf(looking).path(made), home, sealer=sealer)
            url = f"sqlite:///{home / 'bank.sqlite'}"
            lost = before.booked.keys() - keys_in(url)
            assert not lost, f"backup {number} lacks {len(lost)} acknowledged purchases"
            assert judge(url, History(asked=dict.fromkeys(keys_in(url), 0))) == []
            held = len(before.booked)
            shutil.rmtree(home)
            for old in own_shelf(looking).backups():
                own_shelf(looking).path(old).unlink()
    finally:
        looking.close()
        server.stop()
    return held


# On PostgreSQL the day of the disk asks the same of its one dump; many of them are nightly.
def test_backups_under_load_hold_everything_that_was_acknowledged_before(
    sqlite_bank: Scratch, port: int, tmp_path: Path
) -> None:
    held = back_up_under_load(sqlite_bank, port, tmp_path, times=2, rest_seconds=REST_SECONDS)
    assert held >= 2 * 25


# Eight shops of twenty-five: in one of two hundred the books would grow beyond a community's.
@pytest.mark.nightly
@pytest.mark.parametrize("shop", range(8))
def test_two_hundred_backups_under_load_all_restore_and_check_clean(
    scratch: Scratch, port: int, tmp_path: Path, shop: int
) -> None:
    assert back_up_under_load(scratch, port, tmp_path, times=25, seed=SEED + 1_000 * shop) > 500


def test_a_plain_copy_of_the_file_under_load_loses_what_was_acknowledged(
    sqlite_bank: Scratch, port: int, tmp_path: Path
) -> None:
    """The twin: `cp bank.sqlite` beside the server, without the log that lies beside it."""
    world = fill(sqlite_bank)
    server = Server(sqlite_bank.home, sqlite_bank.url, port)
    lost = 0
    try:
        server.start()
        for number in range(5):
            if lost:
                break
            already = count_sales(tmp_path)
            with crowd(port, world, tmp_path, SEED + number, REST_SECONDS):
                wait_for_sales(tmp_path, already + 25)
                before = read_history(tmp_path)
                copy = shutil.copy(sqlite_bank.home / "bank.sqlite", tmp_path / f"{number}.sqlite")
            lost += len(before.booked.keys() - keys_in(f"sqlite:///{copy}"))
    finally:
        server.stop()
    assert lost > 0


def test_after_the_disk_is_gone_the_same_cards_buy_and_what_is_missing_is_listed(
    scratch: Scratch, port: int, tmp_path: Path, empty_url: str | None
) -> None:
    world = fill(scratch)
    stick, envelope = tmp_path / "stick", tmp_path / "envelope.txt"
    stick.mkdir()
    keys = Keys.load(scratch.home / "keys.json")
    envelope.write_text(" ".join(spell_secret(keys.backup)))
    server = Server(scratch.home, scratch.url, port)
    try:
        server.start()
        with crowd(port, world, tmp_path, SEED, REST_SECONDS):
            wait_for_sales(tmp_path, 25)
            certain = read_history(tmp_path)
            done = command(scratch.home, scratch.url, "backup", "--to", str(stick))
            assert done.returncode == 0, done.stderr
            before = read_history(tmp_path)
            wait_for_sales(tmp_path, len(before.booked) + 25)
            server.kill("both")
    finally:
        server.stop()
    told = read_history(tmp_path)
    shutil.rmtree(scratch.home)

    home = tmp_path / "new"
    [sealed] = stick.glob("*.age")
    url = empty_url or f"sqlite:///{home / 'bank.sqlite'}"
    words = ("restore", str(sealed), "--code-file", str(envelope))
    done = command(home, url, *words)
    assert done.returncode == 0, done.stderr
    assert "账是对的" in done.stdout
    there = keys_in(url)
    lost = told.booked.keys() - there
    assert lost, "nothing was acknowledged after the backup"
    missed = certain.booked.keys() - there
    assert not missed, f"the backup lacks {len(missed)} purchases acknowledged before it"

    again = Server(home, url, port)
    try:
        again.start()
        kiosk = world.kiosks[0]
        assert buy(port, kiosk, world) == 201
        assert show_all(port, world, told) == len(lost)
    finally:
        again.stop()
    assert judge(url, History(asked=dict.fromkeys(keys_in(url), 0))) == []


def command(home: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """One command, as somebody types it on the day."""
    return commands.run("--home", str(home), *words, POINTSBANK_DATABASE_URL=url)


def ask(port: int, kiosk: Kiosk, where: str, body: Any) -> tuple[int, Any]:
    """One request of a kiosk that kept its token."""
    asking = http.client.HTTPConnection(HOST, port, timeout=20)
    headers = {"Authorization": f"Bearer {kiosk.token}", "Content-Type": "application/json"}
    headers["Idempotency-Key"] = new_key()
    asking.request("POST", f"/api/v1/{where}", json.dumps(body), headers)
    answer = asking.getresponse()
    told = json.loads(answer.read())
    asking.close()
    return answer.status, told


def buy(port: int, kiosk: Kiosk, world: World) -> int:
    """Buy with a card that was printed before the disk was gone."""
    card = world.cards[0]
    lines = [{"sku": world.goods[0], "quantity": 1, "scanned": False}]
    status, told = ask(port, kiosk, "quotes", {"kind": "goods", "card": card, "lines": lines})
    assert status == 200, told
    body = {"kind": "goods", "card": card, "quote": told["quote"]}
    return ask(port, kiosk, "redemptions", {**body, "total_points": told["total_points"]})[0]


def show_all(port: int, world: World, told: History) -> int:
    """Every kiosk shows what it was told; how many of these the bank does not have."""
    missing = 0
    for kiosk in world.kiosks:
        kept = [
            {
                "key": key,
                "number": number,
                "slip": f"A{kiosk.number}-{read_public_id('R', number) % 10_000:04d}",
                "total_points": told.asked[client, key],
                "card_tail": None,
                "at": "2026-11-22T02:26:00.000000Z",
                "undone": False,
            }
            for (client, key), number in told.booked.items()
            if client == kiosk.caller.client
        ]
        for start in range(0, len(kept), 50):
            status, answer = ask(port, kiosk, "kiosk/seen", {"receipts": kept[start : start + 50]})
            assert status == 201, answer
            missing += answer["missing"]
    return missing
