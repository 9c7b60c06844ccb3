"""Names on slips are remembered for a moment: never another shop's, and never for longer."""

from __future__ import annotations

from pointsbank.web.api.slip_goods import FRESH_SECONDS, SlipGoods
from tests.counter import Counter


def test_a_name_is_asked_for_once_in_a_moment_and_then_again(counter: Counter) -> None:
    counter.goods("SOAP", 30, shelf=4)
    counter.goods("RICE", 80, shelf=4)
    now = 100.0
    known, bank = SlipGoods(lambda: now), counter.bank
    asked = _counting_glances(counter)
    first = known.read(bank, counter.shop_id, {"SOAP"})
    assert known.read(bank, counter.shop_id, {"SOAP"}) == first
    assert len(asked) == 1
    # One that is not known yet: all of the slip are asked for in one statement.
    assert known.read(bank, counter.shop_id, {"SOAP", "RICE"}).keys() == {"SOAP", "RICE"}
    assert len(asked) == 2
    now += FRESH_SECONDS
    assert known.read(bank, counter.shop_id, {"SOAP"}) == first
    assert len(asked) == 3


def test_another_shop_is_another_question(counter: Counter) -> None:
    counter.goods("SOAP", 30, shelf=4)
    known = SlipGoods()
    known.read(counter.bank, counter.shop_id, {"SOAP"})
    asked = _counting_glances(counter)
    known.read(counter.bank, counter.shop_id + 1, {"SOAP"})
    assert len(asked) == 1


def _counting_glances(counter: Counter) -> list[None]:
    """Every look into the books from here on."""
    asked: list[None] = []
    glance = counter.bank.database.glance

    def counted(work):  # type: ignore[no-untyped-def]
        asked.append(None)
        return glance(work)

    counter.bank.database.glance = counted  # type: ignore[method-assign]
    return asked
