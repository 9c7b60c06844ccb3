"""Brought at the very same moment: two lists of one service or one people, a list and a form.

Each scene has a twin: without its guard it goes wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

import pointsbank.earning.operations as hours
import pointsbank.people.registration as people
from pointsbank.earning import count_pending, import_hours
from pointsbank.foundation import Bank, Caller
from pointsbank.people import import_volunteers, list_volunteers, register_volunteer
from tests.at_once import at_once
from tests.make import Make

# So long one waits for the other, where the guard is taken away; with it nobody comes.
COMES, COMES_NOT = 30.0, 0.5
OF_SCHOOL = "学生学号,服务时长(小时),备注\n7,2,2026-11-10\n"
OF_SITE = "志愿者姓名,项目名称,服务时间,录入时长\n张三,清扫,2026-11-10,2\n"
NEWCOMERS = "姓名,性别,手机\n李四,男,13800000001\n王五,女,13800000002\n"
# The very same file is kept apart by its own keys.
SAVED_ANEW = "序号," + NEWCOMERS.replace("\n李", "\n1,李").replace("\n王", "\n2,王")
Guarded = pytest.mark.parametrize("guarded", [True, False])


@pytest.fixture
def bank_url(postgres_url: str) -> str:
    """SQLite has one writer, and that is its guard."""
    return postgres_url


@pytest.fixture
def by(make: Make) -> list[Caller]:
    """Two who bring lists."""
    return [Caller(actor=make.staff("worker").actor, client="command") for _ in range(2)]


def meet(
    monkeypatch: pytest.MonkeyPatch,
    room: Any,
    looks: str,
    guard: str,
    on: bool,
    gate: threading.Barrier | None = None,
) -> threading.Barrier:
    """Both look before either writes, unless the guard lets only one of them look."""
    gate, real = gate or threading.Barrier(2), getattr(room, looks)

    def look(*told: Any) -> Any:
        found = real(*told)
        with suppress(threading.BrokenBarrierError):
            gate.wait(COMES_NOT if on else COMES)
        return found

    monkeypatch.setattr(room, looks, look)
    if not on:
        monkeypatch.setattr(room, guard, lambda *told: None)
    return gate


def bring(bank: Bank, by: list[Caller], take: Callable[..., Any], texts: tuple[str, str]) -> None:
    calls = [
        partial(take, bank, who, text.encode(), "list.csv", take_good=True)
        for who, text in zip(by, texts, strict=True)
    ]
    for one in at_once(calls):
        assert not isinstance(one, Exception), one


@Guarded
def test_one_service_on_two_lists_is_taken_once(
    make: Make, bank: Bank, by: list[Caller], guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.volunteer(name="张三", number="7")
    meet(monkeypatch, hours, "kept_of", "hold_volunteers", guarded)
    bring(bank, by, import_hours, (OF_SCHOOL, OF_SITE))
    assert count_pending(bank) == (1 if guarded else 2)


@Guarded
def test_people_without_numbers_are_registered_once(
    make: Make, bank: Bank, by: list[Caller], guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first of all would wait for the other to open the points themselves.
    make.volunteer()
    before = list_volunteers(bank).total
    meet(monkeypatch, people, "find_namesakes", "hold_newcomers", guarded)
    bring(bank, by, import_volunteers, (NEWCOMERS, SAVED_ANEW))
    assert list_volunteers(bank).total - before == (2 if guarded else 4)


@Guarded
def test_a_form_and_a_list_register_somebody_once(
    make: Make, bank: Bank, by: list[Caller], guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.volunteer()
    before = list_volunteers(bank).total
    gate = meet(monkeypatch, people, "find_namesakes", "hold_newcomers", guarded)
    meet(monkeypatch, people, "find_likely", "hold_newcomers", guarded, gate)
    typed = {"name": "李四", "sex": "male", "phone": "13800000001"}
    calls: list[Callable[[], Any]] = [
        partial(import_volunteers, bank, by[0], NEWCOMERS.encode(), "list.csv", take_good=True),
        partial(make.do, register_volunteer, **typed),
    ]
    at_once(calls)
    assert list_volunteers(bank).total - before == (2 if guarded else 3)
