"""Checking and booking go on beside the shop, survive every death, and book nothing twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

import pointsbank.foundation.file_imports as file_imports
import pointsbank.imports.uploads as uploads
from pointsbank.foundation import Bank, Operation, Outcome, TooBusy, new_key, statement
from pointsbank.imports import (
    ClaimLost,
    ImportWorker,
    Upload,
    UploadNotReady,
    get_preview,
    get_to_mend,
    has_file,
    has_stalled,
    run_next,
)
from pointsbank.imports.notes import claim_upload, note_progress
from pointsbank.imports.running import Run
from pointsbank.inventory import list_deliveries
from pointsbank.people import disable_staff, list_volunteers
from tests.at_once import at_once
from tests.books import books_are_right
from tests.counter import Counter, scanned
from tests.imports.desk import GOODS, PEOPLE, Desk, counts, goods, people
from tests.make import Make


class Killed(BaseException):
    """Somebody pulled the plug."""


@pytest.fixture
def killed_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Have the plug pulled after so many chunks, just before the next one."""
    real = Operation.__call__
    left = [10**9]

    def call(verb: Operation[Any], bank: Bank, **told: Any) -> Outcome:
        if verb.name in {"inventory.take_goods", "people.register_volunteers"}:
            if left[0] == 0:
                left[0] = 10**9
                raise Killed
            left[0] -= 1
        return real(verb, bank, **told)

    monkeypatch.setattr(Operation, "__call__", call)

    def after(chunks: int) -> None:
        left[0] = chunks

    return after


def kill_in_the_middle(
    desk: Desk, killed_after: Callable[[int], None], kind: str, data: str, chunks: int
) -> str:
    """Take a file in until the plug is pulled after so many chunks; its number."""
    upload = desk.checked(kind, data)
    desk.take(upload.number)
    killed_after(chunks)
    with pytest.raises(Killed):
        desk.work_once()
    assert desk.look(upload.number).status == "running"
    return upload.number


def test_a_killed_import_goes_on_where_it_stopped(
    desk: Desk, bank: Bank, killed_after: Callable[[int], None]
) -> None:
    number = kill_in_the_middle(desk, killed_after, "goods", goods(100), chunks=2)
    assert list_deliveries(bank).total == 80
    # Whoever was killed cannot say so: another process waits until it is silent for long enough.
    assert desk.work_once() is False
    desk.later(minutes=3)
    assert has_stalled(bank, number=number, now=bank.clock.instant())
    assert desk.work_once() is True
    done = desk.look(number)
    assert (done.status, counts(done)) == ("done", (100, 0, 0, 0))
    assert list_deliveries(bank).total == 100
    books_are_right(bank)


def test_a_list_of_people_goes_on_as_well_with_rows_to_mend(
    desk: Desk, bank: Bank, killed_after: Callable[[int], None]
) -> None:
    upload = desk.checked("volunteers", people(450) + "X1,李四,123,\n")
    desk.take(upload.number, good=True)
    killed_after(1)
    with pytest.raises(Killed):
        desk.work_once()
    desk.later(minutes=3)
    desk.work()
    done = desk.look(upload.number)
    assert (done.status, counts(done)) == ("done", (450, 0, 0, 1))
    assert get_to_mend(bank, number=upload.number).rows == 1
    assert list_volunteers(bank).total == 450


def test_a_row_that_was_left_out_of_a_booked_chunk_is_still_told_after_a_kill(
    desk: Desk, bank: Bank, counter: Counter, killed_after: Callable[[int], None]
) -> None:
    counter.goods("G00003", price=1)
    upload = desk.checked("goods", goods(100))
    assert counts(upload) == (99, 0, 0, 1)
    desk.take(upload.number, good=True)
    killed_after(1)
    with pytest.raises(Killed):
        desk.work_once()
    desk.later(minutes=3)
    desk.work()
    assert counts(desk.look(upload.number)) == (99, 0, 0, 1)
    [problem] = get_to_mend(bank, number=upload.number).problems
    assert (problem.row, problem.code) == (5, "inventory.goods_differ")
    assert list_deliveries(bank).total == 99


def keys_without_the_range(
    data: bytes, rows: Sequence[Any], most: int
) -> Iterator[tuple[str, Sequence[Any]]]:
    """Chunks as they are cut, under keys that say nothing of the file."""
    for _, chunk in in_chunks(data, rows, most):
        yield new_key(), chunk


in_chunks = file_imports.in_chunks


def test_without_the_key_of_the_range_a_killed_import_would_book_twice(
    desk: Desk,
    bank: Bank,
    killed_after: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_imports, "in_chunks", keys_without_the_range)
    kill_in_the_middle(desk, killed_after, "goods", goods(100), chunks=2)
    desk.later(minutes=3)
    desk.work()
    assert list_deliveries(bank).total == 180


def test_a_server_that_is_stopped_lets_go_and_the_next_one_goes_on_at_once(
    desk: Desk, bank: Bank
) -> None:
    upload = desk.checked("goods", goods(200))
    desk.take(upload.number)
    stop = threading.Event()
    stop.set()
    run_next(bank, "stopping", stop)
    half = desk.look(upload.number)
    assert (half.status, half.worker) == ("running", None)
    assert 0 < list_deliveries(bank).total < 200
    desk.work()
    assert counts(desk.look(upload.number)) == (200, 0, 0, 0)
    assert list_deliveries(bank).total == 200


def test_only_one_of_many_processes_works_at_an_import(desk: Desk, bank: Bank) -> None:
    number = desk.bring("goods", goods(3))
    assert claims_of(desk, bank, number) == 1
    with pytest.raises(UploadNotReady):
        desk.go_on(number)


def test_without_the_condition_of_the_claim_several_would(
    desk: Desk, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    anybody = (
        update(Upload)
        .where(Upload.id == uploads.bindparam("of_id"))
        .values(worker=uploads.bindparam("new_worker"), beat_at=uploads.bindparam("now"))
    )
    monkeypatch.setattr(uploads, "_CLAIM", statement(anybody))
    monkeypatch.setattr(uploads, "_silence", lambda now: {})
    assert claims_of(desk, bank, desk.bring("goods", goods(3))) == 8


def claims_of(desk: Desk, bank: Bank, number: str) -> int:
    """How many of eight workers who come at the same moment get it."""
    outcomes = at_once(
        [
            partial(
                claim_upload,
                bank,
                by=desk.by,
                key=new_key(),
                upload=number,
                worker=f"worker-{place}",
            )
            for place in range(8)
        ]
    )
    return sum(1 for one in outcomes if isinstance(one, Outcome) and one.answer["claimed"])


def test_whoever_was_thought_dead_stops_at_the_next_look_and_nothing_is_double(
    desk: Desk, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsbank.imports.running.NOTED_EVERY_SECONDS", 0.0)
    upload = desk.checked("goods", goods(100))
    desk.take(upload.number)
    slept = []
    real = Run._progress

    def sleepy(run: Run, done: int, to_do: int) -> None:
        if run.worker == "sleeper" and not slept:
            slept.append(done)
            desk.later(minutes=3)
            desk.work()
        real(run, done, to_do)

    monkeypatch.setattr(Run, "_progress", sleepy)
    run_next(bank, "sleeper")
    assert slept == [40]
    done = desk.look(upload.number)
    assert (done.status, counts(done)) == ("done", (100, 0, 0, 0))
    assert list_deliveries(bank).total == 100
    with pytest.raises(ClaimLost):
        note_progress(
            bank, by=desk.by, key=new_key(), upload=upload.number, worker="sleeper", done=1, to_do=2
        )


def test_what_nobody_takes_up_is_said_to_have_stalled_only_after_a_while(
    desk: Desk, bank: Bank
) -> None:
    def stalled() -> bool:
        return has_stalled(bank, number=upload.number, now=bank.clock.instant())

    upload = desk.checked("goods", goods(3))
    desk.later(hours=1)
    assert not stalled()
    desk.take(upload.number)
    assert not stalled()
    desk.later(minutes=2)
    assert stalled()
    desk.go_on(upload.number)
    desk.work()
    assert desk.look(upload.number).status == "done"
    assert not stalled()


def test_whoever_reads_for_long_says_that_it_lives(
    desk: Desk, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsbank.imports.running.BEAT_SECONDS", 0.05)
    check_file = file_imports.check_file
    beats = []

    def slowly(*given: Any, **told: Any) -> Any:
        desk.later(minutes=2)
        assert has_stalled(bank, number=number, now=bank.clock.instant())
        wait_until(lambda: not has_stalled(bank, number=number, now=bank.clock.instant()))
        beats.append(desk.look(number).beat_at)
        return check_file(*given, **told)

    monkeypatch.setattr("pointsbank.imports.running.check_file", slowly)
    number = desk.bring("goods", goods(3))
    desk.work()
    assert beats == [bank.clock.instant()]
    assert desk.look(number).status == "checked"


def test_a_new_process_on_a_file_of_its_own_takes_over_at_once(
    desk: Desk, bank: Bank, killed_after: Callable[[int], None]
) -> None:
    number = kill_in_the_middle(desk, killed_after, "goods", goods(100), chunks=1)
    worker = ImportWorker(bank)
    worker.start()
    try:
        if bank.database.dialect == "postgresql":
            # Others may be alive there, so the new one waits; here time is moved on for it.
            desk.later(minutes=3)
            worker.wake()
        wait_until(lambda: desk.look(number).status == "done")
    finally:
        worker.stop()
    assert list_deliveries(bank).total == 100


def wait_until(what: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come true"
        time.sleep(0.02)


def test_a_failure_is_told_and_whoever_presses_go_on_goes_on(
    desk: Desk, bank: Bank, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = desk.checked("goods", goods(50))
    desk.take(upload.number)
    with monkeypatch.context() as broken:
        broken.setattr("pointsbank.imports.running.book_file", lambda *_, **__: 1 / 0)
        desk.work()
    failed = desk.look(upload.number)
    assert (failed.status, failed.code) == ("failed", "imports.crashed")
    assert has_file(bank, number=upload.number)
    other = make.staff("admin").caller
    desk.go_on(upload.number, by=other)
    desk.work()
    done = desk.look(upload.number)
    assert (done.status, done.taken_by, done.rows_good) == ("done", other.actor, 50)


def test_a_bank_that_cannot_write_now_is_asked_again(
    desk: Desk, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = desk.checked("goods", goods(50))
    desk.take(upload.number)

    def busy(*_: object, **__: object) -> None:
        raise TooBusy

    with monkeypatch.context() as crowded:
        crowded.setattr("pointsbank.imports.running.book_file", busy)
        with pytest.raises(TooBusy):
            desk.work()
    assert desk.look(upload.number).status == "running"
    desk.work()
    assert counts(desk.look(upload.number)) == (50, 0, 0, 0)


def test_nothing_is_booked_for_somebody_who_was_shut_out_meanwhile(
    desk: Desk, bank: Bank, make: Make
) -> None:
    staff = make.staff("worker")
    upload = desk.checked("goods", goods(3))
    desk.take(upload.number, by=staff.caller)
    make.do(disable_staff, login=staff.login)
    desk.work()
    failed = desk.look(upload.number)
    assert (failed.status, failed.code) == ("failed", "imports.may_not_import")
    assert list_deliveries(bank).total == 0
    desk.go_on(upload.number)
    desk.work()
    assert list_deliveries(bank).total == 3


def test_a_row_that_the_books_refuse_at_the_last_moment_is_told(
    desk: Desk, bank: Bank, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = desk.checked("volunteers", PEOPLE + "7,张三,,\n8,李四,,\n")
    desk.take(upload.number)
    book_file = file_imports.book_file

    def meanwhile(*given: Any, **told: Any) -> Any:
        make.volunteer(name="王五", number="8")
        return book_file(*given, **told)

    monkeypatch.setattr("pointsbank.imports.running.book_file", meanwhile)
    desk.work()
    assert counts(desk.look(upload.number)) == (1, 0, 0, 1)
    [problem] = get_to_mend(bank, number=upload.number).problems
    assert (problem.row, problem.code, problem.cells["姓名"]) == (3, "people.number_taken", "李四")


def test_kiosks_sell_while_a_list_is_taken_in(desk: Desk, bank: Bank, counter: Counter) -> None:
    counter.goods("SOAP", price=1, shelf=500)
    buyer = counter.buyer(points=200)
    upload = desk.checked("volunteers", people(4_000))
    desk.take(upload.number)
    working = threading.Thread(target=desk.work)
    working.start()
    waits = []
    try:
        while working.is_alive() and len(waits) < 200:
            began = time.monotonic()
            counter.check_out(buyer, scanned("SOAP"))
            waits.append(time.monotonic() - began)
    finally:
        working.join(60)
    assert counts(desk.look(upload.number)) == (4_000, 0, 0, 0)
    assert len(waits) >= 10
    assert sorted(waits)[len(waits) // 2] < 0.5
    assert counter.points(buyer) == 200 - len(waits)
    assert list_volunteers(bank).total == 4_001
    books_are_right(bank)


def test_what_was_found_is_kept_until_it_is_not_needed(desk: Desk, bank: Bank) -> None:
    clean = desk.taken(desk.checked("goods", goods(2)).number)
    assert not has_file(bank, number=clean.number)
    assert not get_preview(bank, number=clean.number).rows
    assert desk.look(clean.number).forgotten_at is not None
    bad = desk.checked("goods", GOODS + "GX,,甲,,坏,,店,2,,,\nGY,,乙,,30,,店,2,,,\n")
    done = desk.taken(bad.number, good=True)
    assert not has_file(bank, number=bad.number)
    assert [one.row for one in get_to_mend(bank, number=bad.number).problems] == [2]
    assert (counts(done), done.forgotten_at) == ((1, 0, 0, 1), None)
