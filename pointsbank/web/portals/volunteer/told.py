"""A statement in words (明细里的话): what each line was, and why it was so much."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from pointsbank.cases import CaseRow
from pointsbank.earning import (
    OpeningRow,
    RecordRow,
    Rulebooks,
    in_hours,
    read_openings,
    read_records,
    work_out,
)
from pointsbank.foundation import PublicIdInvalid, Session, read_public_id
from pointsbank.ledger import EntryNotFound, StatementLine, read_neighbours
from pointsbank.redemption import BoughtGoods, read_bought
from pointsbank.web.currency import in_books_words, in_currency
from pointsbank.web.i18n import current_language
from pointsbank.web.portals.office.words import entry_kind

LATE = "redemption.late"


@dataclass(frozen=True)
class Told:
    """A line of the statement with its words; `record` and `goods` are what it rests on."""

    line: StatementLine
    what: str
    why: str
    record: RecordRow | None = None
    goods: Sequence[BoughtGoods] = ()


def tell_lines(session: Session, lines: Iterable[StatementLine]) -> list[Told]:
    """The same lines with their words; a few statements, however many lines there are."""
    lines = list(lines)
    records = read_records(session, _named(lines, "record"))
    bought = read_bought(session, _named(lines, "redemption"))
    books = Rulebooks(session) if records else None
    openings = read_openings(session, _named(lines, "booklet"))
    told = []
    for line in lines:
        kind, number = _document(line)
        if kind == "record" and number in records and books is not None:
            told.append(_of_record(line, records[number], books))
        elif kind == "booklet" and number in openings:
            told.append(_of_booklet(line, openings[number]))
        elif kind == "redemption" and number in bought:
            told.append(_of_purchase(line, bought[number]))
        else:
            told.append(Told(line, entry_kind(line.kind), _in_chinese_alone(line.memo)))
    return told


def own_lines(session: Session, wallet_id: int, number: str) -> list[Told]:
    """The lines of an entry on one's own statement: whose is another's is not there at all.

    Raises EntryNotFound.
    """
    try:
        entry_id = read_public_id("J", number)
    except PublicIdInvalid as cause:
        raise EntryNotFound(number=number[:24]) from cause
    lines = read_neighbours(session, wallet_id, entry_id)[1]
    if not lines:
        raise EntryNotFound(number=number[:24])
    return tell_lines(session, lines)


def cases_about(told: Iterable[Told], cases: Iterable[CaseRow]) -> dict[int, CaseRow]:
    """The newest case about each of these lines, by entry; a case of a record is one of its lines.

    Cases come the newest first.
    """
    by_entry: dict[int, CaseRow] = {}
    by_record: dict[int, CaseRow] = {}
    for case in cases:
        by_entry.setdefault(case.kept.entry_id or 0, case)
        by_record.setdefault(case.kept.record_id or 0, case)
    found = {}
    for one in told:
        about = by_entry.get(one.line.entry_id)
        if about is None and one.record is not None:
            about = by_record.get(one.record.id)
        if about is not None:
            found[one.line.entry_id] = about
    return found


def _document(line: StatementLine) -> tuple[str, int]:
    kind, _colon, number = (line.document or "").partition(":")
    return kind, int(number) if number.isascii() and number.isdigit() else 0


def _named(lines: Iterable[StatementLine], kind: str) -> set[int]:
    return {number for line in lines for named, number in [_document(line)] if named == kind}


def _of_record(line: StatementLine, record: RecordRow, books: Rulebooks) -> Told:
    if line.reverses:
        what = _("撤回：%(activity)s", activity=record.activity)
        return Told(line, what, record.reason or "", record)
    if line.amount < 0:
        return Told(line, _("先还欠的积分"), record.activity, record)
    return Told(line, record.activity, working_of(record, books), record)


def _of_booklet(line: StatementLine, opening: OpeningRow) -> Told:
    """A booklet's line: which booklet, which page, up to which day."""
    if line.reverses:
        return Told(
            line, _("撤回：存折 %(booklet)s", booklet=opening.booklet), opening.reason or ""
        )
    what = _("先还欠的积分") if line.amount < 0 else _("存折旧账")
    why = _(
        "存折 %(booklet)s，扫描件 %(scan)s，记到 %(day)s",
        booklet=opening.booklet,
        scan=opening.scan,
        day=opening.kept_until,
    )
    return Told(line, what, why)


def working_of(record: RecordRow, books: Rulebooks) -> str:
    """How the points of a record were worked out, as it was decided then."""
    book = books.version(record.rule_version)
    if current_language() == "zh-CN" or book is None or record.counted_minutes is None:
        return in_books_words(record.working or "")
    alone = work_out(book, books.served(record))
    if (alone.points, alone.counted_minutes) == (record.points, record.counted_minutes):
        return in_currency(alone.en, "en")
    # Something had counted before it; that cannot be worked out again, only told.
    served, counted = in_hours(record.minutes)[1], in_hours(record.counted_minutes)[1]
    return f"{counted} of {served} = {record.points or 0}"


def _of_purchase(line: StatementLine, goods: list[BoughtGoods]) -> Told:
    named = name_goods(goods)
    if line.reverses:
        what = _("撤销补记") if line.kind == LATE else _("撤销兑换")
        return Told(line, what, named, goods=goods)
    pieces = sum(one.quantity for one in goods)
    if line.kind == LATE:
        return Told(line, _("补记：换了 %(n)s 件东西", n=pieces), named, goods=goods)
    return Told(line, _("换了 %(n)s 件东西", n=pieces), named, goods=goods)


def name_goods(goods: Iterable[BoughtGoods]) -> str:
    """Goods in one line, in the reader's language."""
    between = ", " if current_language() == "en" else "、"
    return between.join(f"{name_of(one)}\u00a0×\u00a0{one.quantity}" for one in goods)


def name_of(one: BoughtGoods) -> str:
    """What these goods are called in the reader's language."""
    return one.name_en if current_language() == "en" else one.name


def _in_chinese_alone(memo: str) -> str:
    """A memo of the books, which are written in Chinese."""
    return in_books_words(memo) if current_language() == "zh-CN" else ""
