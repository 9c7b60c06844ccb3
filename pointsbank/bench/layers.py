"""Where the time goes (各层耗时): processor time of one checkout, layer by layer.

The same checkout is run in steps in this process, each step with one layer more, and what a step
adds is the layer's. On PostgreSQL the database works in processes of its own, told beside it.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import mean
from typing import Any, TypeVar

from flask import Flask
from werkzeug.test import run_wsgi_app

from pointsbank.bench.recording import Replay
from pointsbank.bench.scratch import Scratch
from pointsbank.bench.world import Basket, World, fill_basket
from pointsbank.bench.yardstick import BEGIN, COMMIT, connect_raw
from pointsbank.foundation import Bank, Session, canonical_json, new_key
from pointsbank.redemption import check_out
from pointsbank.web import create_app_for
from pointsbank.web.api.redemptions import CheckOut
from pointsbank.web.api.strict_json import parse_strictly

SAMPLES = 400
WARM = 50

T = TypeVar("T")


class Refused(Exception):
    """A checkout that should have gone through did not."""


@dataclass(frozen=True)
class Layers:
    """Microseconds of processor time for one checkout that is alone, commit and waking included."""

    sql: float
    commit: float
    rules: float
    hand_over: float
    validation: float
    routing: float
    booked: int


def measure_layers(
    scratch: Scratch, world: World, replays: Sequence[Replay], chance: random.Random
) -> Layers:
    """Take one checkout apart, on the bank itself and, for the raw statements, on its copy."""
    sql, commit = _raw(scratch, replays)
    bank = scratch.open()
    app = create_app_for(bank)
    app.config["LIMIT_REQUESTS"] = 10**9
    each = WARM + SAMPLES
    places = islice(zip(cycle(world.kiosks), cycle(world.cards), strict=False), 3 * each)
    baskets = [fill_basket(bank, world, kiosk, card, chance) for kiosk, card in places]
    inside = _mean(lambda basket: _inside(bank, basket), baskets[:each])
    queued = _mean(_timed(lambda basket: _queued(bank, basket)), baskets[each : 2 * each])
    whole = _mean(_timed(lambda basket: _called(app, basket)), baskets[2 * each :])
    schema, bodies = CheckOut(), [canonical_json(basket.body) for basket in baskets]
    validation = _mean(_timed(lambda body: schema.load(parse_strictly(body))), bodies)
    bank.close()
    return Layers(
        sql=sql,
        commit=commit,
        rules=inside - sql,
        hand_over=queued - inside - commit,
        validation=validation,
        routing=whole - queued - validation,
        booked=len(baskets),
    )


def _mean(measure: Callable[[T], float], samples: Sequence[T]) -> float:
    """What one of them takes, in microseconds; the first ones only warm up."""
    taken = [measure(sample) for sample in samples]
    return mean(taken[WARM:]) * 1e6


def _timed(run: Callable[[T], object]) -> Callable[[T], float]:
    """Processor time of this whole process while it runs."""

    def measure(sample: T) -> float:
        before = time.process_time()
        run(sample)
        return time.process_time() - before

    return measure


def _raw(scratch: Scratch, replays: Sequence[Replay]) -> tuple[float, float]:
    """The driver alone: the statements; begin and commit."""
    connection = connect_raw(scratch.twin_url, scratch.dialect)
    begin, fresh = BEGIN[scratch.dialect], time.monotonic_ns()
    said, ended = [], []
    for number in range(WARM + SAMPLES):
        before = time.process_time()
        connection.execute(begin)
        between = time.process_time()
        replays[number % len(replays)].run(connection, f"{fresh}-{number}")
        after = time.process_time()
        connection.execute(COMMIT)
        said.append(after - between)
        ended.append(time.process_time() - after + between - before)
    connection.close()
    return mean(said[WARM:]) * 1e6, mean(ended[WARM:]) * 1e6


def _inside(bank: Bank, basket: Basket) -> float:
    """The operation alone, in the thread that runs it."""
    work = check_out.work_for(bank, by=basket.kiosk.caller, key=new_key(), **basket.body)

    def timed(session: Session) -> float:
        before = time.thread_time()
        work(session)
        return time.thread_time() - before

    return bank.database.write(timed)


def _queued(bank: Bank, basket: Basket) -> None:
    check_out(bank, by=basket.kiosk.caller, key=new_key(), **basket.body)


def _called(app: Flask, basket: Basket) -> None:
    """The application as a server calls it."""
    body = canonical_json(basket.body)
    surroundings: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/api/v1/redemptions",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {basket.kiosk.token}",
        "HTTP_IDEMPOTENCY_KEY": new_key(),
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    parts, status, _ = run_wsgi_app(app.wsgi_app, surroundings)
    answer = b"".join(parts)
    if not status.startswith("201"):
        raise Refused(f"{status} {answer.decode(errors='replace')}")
