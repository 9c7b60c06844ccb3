"""Names on slips are remembered for a moment: never another shop's, and never for longer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pointsbank.foundation import Session
from pointsbank.web.api.slip_goods import FRESH_SECONDS, SlipGoods
from tests.counter import Counter


def test_a_name_is_asked_for_once_in_a_moment_and_then_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    counter.goods("RICE", 80, shelf=4)
    now = 100.0
    known, bank = SlipGoods(lambda: now), counter.bank
    asked = _counting_glances(counter, monkeypatch)
    first = known.read(bank, counter.shop_id, {"SOAP"})
    assert known.read(bank, counter.shop_id, {"SOAP"}) == first
    assert len(asked) == 1
    # One that is not known yet: all of the slip are asked for in one statement.
    assert known.read(bank, counter.shop_id, {"SOAP", "RICE"}).keys() == {"SOAP", "RICE"}
    assert len(asked) == 2
    now += FRESH_SECONDS
    assert known.read(bank, counter.shop_id, {"SOAP"}) == first
    assert len(asked) == 3


def test_another_shop_is_another_question(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    known = SlipGoods()
    known.read(counter.bank, counter.shop_id, {"SOAP"})
    asked = _counting_glances(counter, monkeypatch)
    known.read(counter.bank, counter.shop_id + 1, {"SOAP"})
    assert len(asked) == 1


def _counting_glances(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every look into the books from here on."""
    asked: list[object] = []
    glance = counter.bank.database.glance

    def counted(work: Callable[[Session], object]) -> object:
        asked.append(work)
        return glance(work)

    monkeypatch.setattr(counter.bank.database, "glance", counted)
    return asked
