"""A desk at which lists are brought: files as people have them, and whoever takes them in."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from pointsbank.foundation import Caller, Outcome, from_instant, new_key
from pointsbank.imports import (
    ImportWorker,
    UploadRow,
    bring_file,
    discard_upload,
    get_upload,
    go_on,
    run_next,
    take_upload,
)
from tests.make import Make

PEOPLE = "志愿者编号,姓名,手机,所属队伍\n"
HOURS = "志愿者编号,姓名,活动名称,荣誉时数,活动日期\n"
GOODS = "商品编码,条码,品名,规格,积分,参考价(元),捐赠方,入库数量,生产日期,保质期至,每人每月限量\n"


def people(many: int, name: str = "张三") -> str:
    """A list of so many volunteers."""
    return PEOPLE + "".join(f"N{n:05d},{name},,\n" for n in range(many))


def goods(many: int) -> str:
    """A list of so many goods, two pieces of each."""
    return GOODS + "".join(f"G{n:05d},,货{n},,30,,爱心店,2,,,\n" for n in range(many))


class Desk:
    """Somebody at the desk, and a worker behind it that works only when told to."""

    def __init__(self, make: Make, by: Caller) -> None:
        self.make, self.bank, self.by = make, make.bank, by
        self._names = count(1)

    def bring(
        self, kind: str, data: str | bytes, name: str = "list.csv", *, by: Caller | None = None
    ) -> str:
        """Bring a file; its number."""
        content = data.encode() if isinstance(data, str) else data
        by = by or self.by
        return bring_file(self.bank, by=by, key=new_key(), kind=kind, data=content, name=name)

    def checked(
        self, kind: str, data: str | bytes, name: str = "list.csv", *, by: Caller | None = None
    ) -> UploadRow:
        """Bring a file and have it checked."""
        number = self.bring(kind, data, name, by=by)
        self.work()
        return self.look(number)

    def take(self, number: str, *, good: bool = False, by: Caller | None = None) -> Outcome:
        """Say that it is to be taken in."""
        by = by or self.by
        return take_upload(self.bank, by=by, key=new_key(), upload=number, take_good=good)

    def taken(self, number: str, *, good: bool = False) -> UploadRow:
        """Have it taken in, and wait."""
        self.take(number, good=good)
        self.work()
        return self.look(number)

    def go_on(self, number: str, *, by: Caller | None = None) -> Outcome:
        """Go on with what has stopped."""
        return go_on(self.bank, by=by or self.by, key=new_key(), upload=number)

    def discard(self, number: str) -> Outcome:
        """Give it up."""
        return discard_upload(self.bank, by=self.by, key=new_key(), upload=number)

    def work(self) -> None:
        """Do everything that waits, as a worker in a process of its own."""
        ImportWorker(self.bank).run_waiting()

    def work_once(self) -> bool:
        """Do what waits longest, as a process of its own; it may be killed on the way."""
        return run_next(self.bank, f"worker-{next(self._names)}")

    def look(self, number: str) -> UploadRow:
        """How far it is."""
        return get_upload(self.bank, number=number)

    def later(self, **spans: float) -> None:
        """Let time pass."""
        moment = from_instant(self.bank.clock.instant()) + timedelta(**spans)
        self.bank.clock.set_now(lambda: moment)


def counts(upload: UploadRow) -> tuple[int, int, int, int]:
    """Rows booked, renewed, known, bad."""
    return upload.rows_good, upload.rows_changed, upload.rows_known, upload.rows_bad
