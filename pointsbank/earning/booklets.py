"""Paper booklets (公益存折): what somebody's booklet says at its last line, waiting to count.

A booklet's number stands in the books once, whoever brings it. Number and scan are letters and
digits alone, because they are told in the journal; free words stand with all words about a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning.errors import (
    BookletEmpty,
    BookletInFuture,
    BookletKnown,
    BookletNumberUnreadable,
    OpeningDecided,
    OpeningUnknown,
)
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import clean_text, day, narrow
from pointsbank.foundation.sheet_errors import shown
from pointsbank.people import VolunteerRef, write_many_words, write_words

WAITING, CONFIRMED, DECLINED, TAKEN_BACK = "waiting", "confirmed", "declined", "taken_back"
OPENING_STEPS = (WAITING, CONFIRMED, DECLINED, TAKEN_BACK)
POINTS_MOST = 1_000_000
HOURS_MOST = 9_999
MINUTES_MOST = HOURS_MOST * 60
WORDS_MOST = 200

_AROUND = re.compile(r"(?:第|NO\.?\s*|№)?(.*?)号?", re.DOTALL)
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,23}", re.ASCII)
_SCAN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,59}", re.ASCII)
# A telephone or an identity number would tell in the journal who it is.
_PERSONAL = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")


class OpeningBalance(Base):
    """What one paper booklet brings in. One writes it down, another compares it with the scan.

    Confirmed it has an entry, unless the booklet has no points. Of one number at most one waits or
    is confirmed; what was declined or taken back may be brought again.
    """

    __tablename__ = "opening_balance"
    __table_args__ = strict_table(
        CheckConstraint("points >= 0 AND minutes >= 0 AND points + minutes > 0", name="something"),
        CheckConstraint(
            "status IN ('waiting', 'confirmed', 'declined', 'taken_back')", name="status"
        ),
        CheckConstraint("(status = 'waiting') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(entry_id IS NOT NULL) = (status IN ('confirmed', 'taken_back') AND points > 0)",
            name="entry_has_points",
        ),
        CheckConstraint(
            "(back_id IS NOT NULL) = (status = 'taken_back' AND points > 0)", name="back"
        ),
        CheckConstraint(
            "(status = 'taken_back') = (taken_back_by IS NOT NULL)"
            " AND (taken_back_by IS NULL) = (taken_back_at IS NULL)",
            name="taken_back",
        ),
        CheckConstraint(
            "taken_back_by IS NULL OR taken_back_by <> taken_back_proposed_by",
            name="two_take_back",
        ),
        Index(
            "uq_opening_balance_booklet",
            "booklet",
            unique=True,
            sqlite_where=text("status IN ('waiting', 'confirmed')"),
            postgresql_where=text("status IN ('waiting', 'confirmed')"),
        ),
        Index(None, "status", "id"),
        Index(None, "volunteer_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    booklet: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(Int)
    minutes: Mapped[int] = mapped_column(Int)
    kept_until: Mapped[str] = mapped_column(Text)
    scan: Mapped[str] = mapped_column(Text)
    words_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[str | None] = mapped_column(Text)
    reason_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    rule_version: Mapped[int | None] = mapped_column(Int, ForeignKey("earning_rule.version"))
    entry_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)
    taken_back_proposed_by: Mapped[str | None] = mapped_column(Text)
    taken_back_by: Mapped[str | None] = mapped_column(Text)
    taken_back_at: Mapped[str | None] = mapped_column(Text)
    back_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)


@dataclass(frozen=True, slots=True)
class Booklet:
    """What stands in a booklet, as it was read: its number, points, minutes and last day."""

    booklet: str
    points: int
    minutes: int
    kept_until: str
    scan: str


@dataclass(frozen=True, slots=True)
class LockedOpening:
    """An opening balance that whoever decides on it has locked."""

    id: int
    volunteer_id: int
    booklet: str
    points: int
    minutes: int
    kept_until: str
    scan: str
    proposed_by: str
    status: str
    decided_by: str | None
    entry_id: int | None

    @property
    def number(self) -> str:
        return opening_number(self.id)

    @property
    def working(self) -> str:
        """How the points came about, as it stands with the entry."""
        return (
            f"存折旧账：存折 {self.booklet}，扫描件 {self.scan}，"
            f"记到 {self.kept_until}，{self.points} 分"
        )


_INSERT = statement(insert(OpeningBalance).on_conflict_do_nothing().returning(OpeningBalance.id))
_GIVEN = ("volunteer_id", "booklet", "points", "minutes", "kept_until", "scan", "words_id")
_INSERT_MANY = statement(
    insert(OpeningBalance)
    .from_select(
        [*_GIVEN, "proposed_by", "proposed_at", "status"],
        select(
            *packed_rows("rows", int, str, int, int, str, str, int),
            bindparam("proposed_by", type_=Text),
            bindparam("proposed_at", type_=Text),
            literal(WAITING),
            # Without a condition SQLite would read ON CONFLICT as the ON of a join.
        ).where(literal(1) == literal(1)),
    )
    .on_conflict_do_nothing()
    .returning(OpeningBalance.booklet)
)
[_BOOKLET] = packed_rows("booklets", str)
_KNOWN = statement(
    select(
        OpeningBalance.booklet,
        OpeningBalance.id,
        OpeningBalance.volunteer_id,
        OpeningBalance.points,
        OpeningBalance.minutes,
        OpeningBalance.kept_until,
    ).where(
        OpeningBalance.booklet.in_(select(_BOOKLET)),
        or_(OpeningBalance.status == WAITING, OpeningBalance.status == CONFIRMED),
    )
)
[_ID] = packed_rows("ids", int)
_PEOPLE = statement(
    select(OpeningBalance.volunteer_id).where(OpeningBalance.id.in_(select(_ID))).distinct()
)
_LOCKED = statement(
    select(*(getattr(OpeningBalance, name) for name in LockedOpening.__dataclass_fields__))
    .where(OpeningBalance.id.in_(select(_ID)))
    .order_by(OpeningBalance.id)
    .with_for_update()
)
_OF, _ENTRY = packed_rows("entries", int, int)
_ACTOR, _AT = bindparam("new_by", type_=Text), bindparam("new_at", type_=Text)
_CONFIRM = statement(
    update(OpeningBalance)
    .where(OpeningBalance.id == _OF, OpeningBalance.status.concat("") == WAITING)
    .values(
        status=CONFIRMED,
        decided_by=_ACTOR,
        decided_at=_AT,
        rule_version=bindparam("new_version", type_=Int),
        entry_id=_ENTRY,
    )
)
_DECLINE = statement(
    update(OpeningBalance)
    .where(OpeningBalance.id == bindparam("of_id"), OpeningBalance.status == WAITING)
    .values(
        status=DECLINED,
        decided_by=_ACTOR,
        decided_at=_AT,
        reason_id=bindparam("new_reason", type_=Int),
    )
)
_TAKE_BACK = statement(
    update(OpeningBalance)
    .where(OpeningBalance.id == bindparam("of_id"), OpeningBalance.status == CONFIRMED)
    .values(
        status=TAKEN_BACK,
        taken_back_proposed_by=bindparam("new_first", type_=Text),
        taken_back_by=_ACTOR,
        taken_back_at=_AT,
        reason_id=bindparam("new_reason", type_=Int),
        back_id=bindparam("new_back", type_=Int),
    )
)
_NOTHING_DECIDED = dict.fromkeys(
    (
        "decided_by",
        "decided_at",
        "reason_id",
        "rule_version",
        "entry_id",
        "taken_back_proposed_by",
        "taken_back_by",
        "taken_back_at",
        "back_id",
    )
)


def opening_number(opening_id: int) -> str:
    """The public number of an opening balance.

    >>> opening_number(7)
    'E000007-6'
    """
    return public_id("E", opening_id)


def read_opening_number(number: str) -> int:
    """The id behind a number. Raises OpeningUnknown."""
    try:
        return read_public_id("E", number)
    except PublicIdInvalid as cause:
        raise OpeningUnknown(number=number[:24]) from cause


def document_of(opening_id: int) -> str:
    """What an entry calls the opening balance that it was posted for."""
    return f"booklet:{opening_id}"


def read_booklet_number(text: str) -> str:
    """The number of a booklet, in the one form in which it is kept.

    >>> [read_booklet_number(text) for text in ("第 a12 号", "No. ０１２", "2019/7")]
    ['A12', '012', '2019/7']
    """
    found = _AROUND.fullmatch(narrow(text).upper())
    plain = found[1].strip() if found else ""
    if not _NUMBER.fullmatch(plain) or _PERSONAL.search(plain):
        raise BookletNumberUnreadable(value=shown(text), expected="0012 / A-12")
    return plain


def read_scan(text: str) -> str:
    """The number or file name of a scanned page: letters and digits, and nobody's telephone.

    >>> read_scan(" 2026-11/p3.jpg ")
    '2026-11/p3.jpg'
    """
    plain = narrow(text)
    if not _SCAN.fullmatch(plain) or _PERSONAL.search(plain):
        raise BookletNumberUnreadable(value=shown(text), expected="0012-p3.jpg")
    return plain


def read_booklet(
    *, booklet: str, points: int, minutes: int, kept_until: str, scan: str, today: str
) -> Booklet:
    """A booklet as it was typed. Raises BookletNumberUnreadable, BookletEmpty, BookletInFuture."""
    if not (0 <= points <= POINTS_MOST and 0 <= minutes <= MINUTES_MOST and points + minutes):
        raise BookletEmpty(points=POINTS_MOST, hours=HOURS_MOST)
    until = day(kept_until)
    if until > today:
        raise BookletInFuture(day=until)
    return Booklet(read_booklet_number(booklet), points, minutes, until, read_scan(scan))


def insert_booklet(act: Act, volunteer: VolunteerRef, found: Booklet, words: str) -> int | None:
    """The id of a new opening balance that waits, or None where the booklet is known.

    Whoever writes words holds the volunteer.
    """
    said = clean_text(words, WORDS_MOST)
    if said and find_booklets(act.session, [found.booklet]):
        return None
    made: int | None = act.session.value(
        _INSERT,
        volunteer_id=volunteer.id,
        booklet=found.booklet,
        points=found.points,
        minutes=found.minutes,
        kept_until=found.kept_until,
        scan=found.scan,
        words_id=write_words(act.session, volunteer, words=said) if said else None,
        proposed_by=act.caller.actor,
        proposed_at=act.now,
        status=WAITING,
        **_NOTHING_DECIDED,
    )
    return made


def insert_booklets(
    act: Act, rows: Iterable[tuple[VolunteerRef, Booklet, str]]
) -> tuple[set[str], dict[str, KnownBooklet]]:
    """New opening balances that wait: which booklets are new, and those that stood there before.

    Whoever writes words holds the volunteers. A handful of statements, however many they are.
    """
    rows = list(rows)
    there = find_booklets(act.session, [found.booklet for _, found, _ in rows])
    new: dict[str, tuple[VolunteerRef, Booklet, str]] = {}
    for who, found, said in rows:
        if found.booklet not in there:
            new.setdefault(found.booklet, (who, found, clean_text(said, WORDS_MOST)))
    wanted = list(new.values())
    words = iter(
        write_many_words(act.session, "words", [(who.id, said) for who, _, said in wanted if said])
    )
    told = [(who.id, *astuple(found), next(words) if said else None) for who, found, said in wanted]
    if not told:
        return set(), there
    made = {
        row.booklet
        for row in act.session.rows(
            _INSERT_MANY, rows=pack(told), proposed_by=act.caller.actor, proposed_at=act.now
        )
    }
    # Whoever came in between has the number now.
    late = [found.booklet for _, found, _ in wanted if found.booklet not in made]
    return made, there | (find_booklets(act.session, late) if late else {})


@dataclass(frozen=True, slots=True)
class KnownBooklet:
    """A booklet that waits or was brought in."""

    booklet: str
    id: int
    volunteer_id: int
    points: int
    minutes: int
    kept_until: str

    def is_same(self, volunteer_id: int, found: Booklet) -> bool:
        """Whether somebody brings the very same once more."""
        mine = (self.volunteer_id, self.points, self.minutes, self.kept_until)
        return mine == (volunteer_id, found.points, found.minutes, found.kept_until)

    def refusal(self) -> BookletKnown:
        """What whoever brings it again is told."""
        return BookletKnown(booklet=self.booklet, number=opening_number(self.id))


def find_booklets(session: Session, booklets: Iterable[str]) -> dict[str, KnownBooklet]:
    """Booklets that wait or were brought in, by their numbers."""
    rows = session.rows(_KNOWN, booklets=pack((one,) for one in booklets))
    return {row.booklet: KnownBooklet(*row) for row in rows}


def people_of(session: Session, ids: Iterable[int]) -> list[int]:
    """The volunteers of some opening balances."""
    rows = session.rows(_PEOPLE, ids=pack((one,) for one in ids))
    return [row.volunteer_id for row in rows]


def lock_openings(session: Session, ids: Iterable[int]) -> dict[int, LockedOpening]:
    """Opening balances by their ids, locked until the transaction ends."""
    rows = session.rows(_LOCKED, ids=pack((one,) for one in ids))
    return {row.id: LockedOpening(*row) for row in rows}


def require_at(found: LockedOpening, status: str) -> None:
    """Refuse one that stands elsewhere. Raises OpeningDecided."""
    if found.status != status:
        raise OpeningDecided(number=found.number, status=found.status)


def write_confirmed(act: Act, entries: dict[int, int | None], version: int | None) -> None:
    """These were compared with their scans and found right, each with its entry."""
    _write(act, _CONFIRM, len(entries), entries=pack(entries.items()), new_version=version)


def write_declined(act: Act, opening_id: int, reason_id: int | None) -> None:
    """This one was found wrong."""
    _write(act, _DECLINE, 1, of_id=opening_id, new_reason=reason_id)


def write_taken_back(
    act: Act, opening_id: int, *, first: str, reason_id: int | None, back_id: int | None
) -> None:
    """This one should never have been brought in."""
    told = {"new_first": first, "new_reason": reason_id, "new_back": back_id}
    _write(act, _TAKE_BACK, 1, of_id=opening_id, **told)


def _write(act: Act, source: Any, rows: int, **values: object) -> None:
    """Write a step down. The rows are locked and were looked at, so none can have gone."""
    changed = act.session.run(source, **values, new_by=act.caller.actor, new_at=act.now)
    assert changed == rows, (changed, rows)
