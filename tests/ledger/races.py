"""The scenes of the race tests: what happens at once, and whether it came out right."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pointsbank.foundation import Bank, Outcome, new_key
from pointsbank.ledger import (
    AccountRef,
    AlreadyReversed,
    InsufficientBalance,
    InsufficientStock,
)
from tests.at_once import at_once
from tests.ledger.verbs import reverse_test_entry
from tests.make import SOMEBODY, Make, line, post_test_entry

Outcomes = list[Outcome | Exception]


@dataclass
class Scene:
    """Something that many do at once: `run` does one round, `is_right` judges what came of it."""

    run: Callable[[], Outcomes]
    is_right: Callable[[Outcomes], bool]


def one_wins(refusal: type[Exception]) -> Callable[[Outcomes], bool]:
    """Exactly one got it and everybody else was told why not."""

    def judge(outcomes: Outcomes) -> bool:
        won = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
        refused = [outcome for outcome in outcomes if isinstance(outcome, refusal)]
        return len(won) == 1 and len(refused) == len(outcomes) - 1

    return judge


def post(bank: Bank, *moves: tuple[AccountRef, AccountRef, int], key: str = "") -> Outcome:
    """Post moves in one entry, under a fresh key unless one is given."""
    lines = [line(*move) for move in moves]
    return post_test_entry(bank, by=SOMEBODY, key=key or new_key(), lines=lines)


def last_piece(make: Make, bank: Bank, buyers: int = 64) -> Scene:
    """So many buyers want the last piece on the shelf."""
    shelf, supply = make.account("shelf", "SOAP"), make.account("supply", "SOAP")
    room, given = make.account("store_room", "SOAP"), make.account("given_out", "SOAP")
    redeemed = make.account("redeemed")
    # One of them may be the fastest in each of 500 rounds.
    wallets = [make.wallet(points=10_000) for _ in range(buyers)]

    def run() -> Outcomes:
        make.move(supply, room, 1)
        left = make.balance(shelf)
        if left:
            make.move(shelf, given, left)
        make.move(room, shelf, 1)
        return at_once(
            [partial(post, bank, (wallet, redeemed, 10), (shelf, given, 1)) for wallet in wallets]
        )

    return Scene(run, one_wins(InsufficientStock))


def one_wallet(make: Make, bank: Bank, kiosks: int = 16) -> Scene:
    """A wallet that can pay once is held to so many kiosks."""
    wallet, redeemed = make.wallet(points=10), make.account("redeemed")
    issued = make.account("issued")

    def run() -> Outcomes:
        missing = 10 - make.balance(wallet)
        if missing:
            make.move(issued, wallet, missing)
        return at_once([partial(post, bank, (wallet, redeemed, 10)) for _ in range(kiosks)])

    return Scene(run, one_wins(InsufficientBalance))


def one_key(make: Make, bank: Bank, senders: int = 100) -> Scene:
    """One request is sent so many times under one key."""
    wallet, redeemed = make.wallet(points=1_000_000), make.account("redeemed")

    def run() -> Outcomes:
        key = new_key()
        return at_once([partial(post, bank, (wallet, redeemed, 10), key=key)] * senders)

    def is_right(outcomes: Outcomes) -> bool:
        answers = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
        return (
            len(answers) == len(outcomes)
            and len({str(sorted(answer.answer.items())) for answer in answers}) == 1
            and len({answer.receipt for answer in answers}) == 1
            and sum(not answer.repeated for answer in answers) == 1
        )

    return Scene(run, is_right)


def one_reversal(make: Make, bank: Bank, askers: int = 2) -> Scene:
    """The same entry is reversed by two people at once, each for a reason of their own."""
    issued, wallet = make.account("issued"), make.wallet(points=1_000)

    def run() -> Outcomes:
        entry_id = make.move(issued, wallet, 10).answer["id"]
        return at_once(
            [
                partial(reverse_test_entry, bank, by=SOMEBODY, key=new_key(), entry_id=entry_id)
                for _ in range(askers)
            ]
        )

    return Scene(run, one_wins(AlreadyReversed))


def rings(make: Make, bank: Bank, count: int = 8) -> Scene:
    """Rings of three to five wallets pass a point around, each starting somewhere else."""
    wallets = [make.wallet(points=1_000) for _ in range(6)]
    chance = random.Random(20261122)

    def run() -> Outcomes:
        calls = []
        for _ in range(count):
            ring = chance.sample(wallets, chance.randint(3, 5))
            steps = zip(ring, [*ring[1:], ring[0]], strict=True)
            # One point more in every step, so that each balance changes and must be locked.
            moves = [(source, target, 1 + n) for n, (source, target) in enumerate(steps)]
            calls.append(partial(post, bank, *moves))
        return at_once(calls)

    def is_right(outcomes: Outcomes) -> bool:
        return all(isinstance(outcome, (Outcome, InsufficientBalance)) for outcome in outcomes)

    return Scene(run, is_right)


SCENES: dict[str, Callable[[Make, Bank], Scene]] = {
    "last piece": last_piece,
    "one wallet": one_wallet,
    "one key": one_key,
    "one reversal": one_reversal,
    "rings": rings,
}
