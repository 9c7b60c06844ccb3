"""The course of a measurement: a world, a recording, then rounds of both sides in turn."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle, islice
from statistics import mean

from pointsbank.audit import run_checks
from pointsbank.bench.clients import as_request, run_clients
from pointsbank.bench.layers import Layers, measure_layers
from pointsbank.bench.recording import Replay, record_checkout
from pointsbank.bench.rounds import Round, Side
from pointsbank.bench.scratch import Scratch
from pointsbank.bench.serving import Server, running_server
from pointsbank.bench.world import World, fill_basket, make_world
from pointsbank.bench.yardstick import run_yardstick
from pointsbank.foundation import Bank, new_key
from pointsbank.redemption import check_out, list_redemptions

SEED = 20261122
WARM_SECONDS = 0.5
# A round makes so many more quotes than the round before needed.
RESERVE = 1.3
FIRST_GUESS_PER_SECOND = 1500.0

Tell = Callable[[str], None]


class NothingBooked(Exception):
    """The server refused everything; the message is what it said first."""


class BooksWrong(Exception):
    """After the measurement the books were not right, so the figures are worth nothing."""


@dataclass(frozen=True)
class Measured:
    """What one database gave."""

    dialect: str
    yardstick: Side
    ours: Side
    statements: float
    layers: Layers
    booked: int

    @property
    def ratio(self) -> float:
        """Checkouts over HTTP for each checkout of the yardstick."""
        return self.ours.per_second / self.yardstick.per_second


def measure(
    scratch: Scratch,
    *,
    seconds: float,
    rounds: int,
    clients: int,
    workers: int = 1,
    tell: Tell = lambda _: None,
) -> Measured:
    """Measure both sides on one database, in turn. Raises BooksWrong, NothingBooked."""
    chance = random.Random(SEED)
    tell(f"{scratch.dialect}: making the world")
    bank = scratch.open()
    world = make_world(bank)
    bank.close()
    scratch.copy_to_twin()
    tell(f"{scratch.dialect}: recording and taking apart one checkout of each card")
    replays = _record(scratch, world, chance)
    layers = measure_layers(scratch, world, replays, chance)
    yardstick: list[Round] = []
    ours: list[Round] = []
    with running_server(scratch.home, scratch.url, workers=workers) as server:
        per_second = FIRST_GUESS_PER_SECOND
        for number in range(1, rounds + 1):
            tell(f"{scratch.dialect}: round {number} of {rounds}")
            yardstick.append(
                run_yardstick(
                    scratch.twin_url,
                    scratch.dialect,
                    replays,
                    seconds=seconds,
                    connections=clients,
                )
            )
            wanted = int((seconds + WARM_SECONDS) * per_second * RESERVE)
            bank = scratch.open(exclusive=False)
            requests = _requests(bank, world, clients, wanted, chance)
            bank.close()
            ours.append(_serve_round(server, requests, seconds))
            per_second = max(ours[-1].per_second, FIRST_GUESS_PER_SECOND / 2)
    booked = _refuse_wrong_books(scratch, layers.booked + sum(one.done_in_all for one in ours))
    return Measured(
        scratch.dialect,
        Side(yardstick),
        Side(ours),
        mean(one.statements for one in replays),
        layers,
        booked,
    )


def _record(scratch: Scratch, world: World, chance: random.Random) -> list[Replay]:
    """One real checkout of each card, on the copy, with what it said."""
    bank = scratch.open_twin()
    replays = []
    for card, kiosk in zip(world.cards, cycle(world.kiosks), strict=False):
        basket = fill_basket(bank, world, kiosk, card, chance)
        work = check_out.work_for(bank, by=kiosk.caller, key=new_key(), **basket.body)
        replays.append(record_checkout(bank.database.write, work, scratch.dialect))
    bank.close()
    return replays


def _requests(
    bank: Bank, world: World, clients: int, wanted: int, chance: random.Random
) -> list[list[bytes]]:
    """Fresh quotes for each client, who each stand at a kiosk of their own."""
    queues: list[list[bytes]] = [[] for _ in range(clients)]
    kiosks = list(islice(cycle(world.kiosks), clients))
    for number in range(wanted):
        place = number % clients
        card = chance.choice(world.cards)
        basket = fill_basket(bank, world, kiosks[place], card, chance)
        queues[place].append(as_request(basket))
    return queues


def _serve_round(server: Server, requests: list[list[bytes]], seconds: float) -> Round:
    before = server.cpu_seconds()
    done = run_clients(server.port, requests, seconds=seconds, warm_seconds=WARM_SECONDS)
    if not done.times:
        raise NothingBooked(*done.refused[:1])
    after = server.cpu_seconds()
    used = None if before is None or after is None else after - before
    return replace(done, cpu_seconds=used)


def _refuse_wrong_books(scratch: Scratch, acknowledged: int) -> int:
    """Everything that was acknowledged is booked, and the check from outside finds nothing."""
    report = run_checks(scratch.url)
    if not report.is_right:
        raise BooksWrong("\n".join(str(finding) for finding in report.findings[:10]))
    bank = scratch.open(exclusive=False)
    booked = list_redemptions(bank).total
    bank.close()
    if booked != acknowledged:
        raise BooksWrong(f"{acknowledged} were acknowledged, {booked} are in the books")
    return booked
