"""News (要告诉的事): what somebody is to be told, once, wherever they are met next.

Any room writes it by `tell`; the kiosk, `/me/` and the workers tell it and say so. A line holds a
code and facts, never a sentence and never a name: the sentence is made at the door, in the reader's
language. Whoever has no telephone is told nothing anywhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Index,
    UniqueConstraint,
    bindparam,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    canonical_json,
    insert_ignoring,
    pack,
    packed_rows,
    statement,
    strict_table,
)

WAYS = ("kiosk", "me", "phone", "desk")
# So many untold lines of one person are read at a time; the rest waits for the next time.
READ_MOST = 200


@dataclass(frozen=True)
class NewsKind:
    """One kind of news. `tone` is `in` for what is good, `stop` for what asks for attention."""

    code: str
    tone: str


# Everything that is ever told, what matters most first. A new kind is a line here and its
# sentences in the catalogue, under `news.<code>`.
NEWS_KINDS = (
    NewsKind("people.sanctioned", "stop"),
    NewsKind("earning.points_deducted", "stop"),
    NewsKind("earning.appeal_dismissed", "stop"),
    NewsKind("earning.points_taken_back", "stop"),
    NewsKind("charity.points_taken_back", "stop"),
    NewsKind("earning.opening_taken_back", "stop"),
    NewsKind("earning.record_rejected", "stop"),
    NewsKind("cases.answered", "in"),
    NewsKind("redemption.entered_late", "stop"),
    NewsKind("redemption.late_taken_back", "in"),
    NewsKind("recognition.stars_lowered", "stop"),
    NewsKind("recognition.star_refused", "stop"),
    NewsKind("recognition.certificate_revoked", "stop"),
    NewsKind("recognition.certificate_refused", "stop"),
    NewsKind("recognition.certificate_issued", "in"),
    NewsKind("recognition.star_approved", "in"),
    NewsKind("people.sanction_lifted", "in"),
    NewsKind("activities.cancelled", "stop"),
    NewsKind("activities.forgot_sign_out", "stop"),
    NewsKind("activities.place_free", "in"),
    NewsKind("earning.points_expire_soon", "stop"),
    NewsKind("earning.points_expired", "stop"),
    NewsKind("people.card_found", "in"),
    NewsKind("people.card_replaced", "in"),
    NewsKind("charity.points_received", "in"),
    NewsKind("earning.points_arrived", "in"),
    NewsKind("earning.bonus_arrived", "in"),
    NewsKind("earning.opening_arrived", "in"),
    NewsKind("earning.deduction_lifted", "in"),
)
_RANKS = {kind.code: (rank, kind) for rank, kind in enumerate(NEWS_KINDS)}
# Numbers, codes, days and public ids: no name and no telephone looks like this.
_FACT = re.compile(r"[A-Za-z0-9_.:-]{1,40}", re.ASCII)
_PHONE = re.compile(r"[0-9]{7,}", re.ASCII)


class News(Base):
    """One thing that one holder is to be told. The same thing (`about`) is told once."""

    __tablename__ = "news"
    __table_args__ = strict_table(
        UniqueConstraint("holder", "about"),
        CheckConstraint(
            "(told_at IS NULL) = (told_how IS NULL) AND (told_at IS NULL) = (told_by IS NULL)",
            name="told",
        ),
        CheckConstraint("told_how IN ('kiosk', 'me', 'phone', 'desk')", name="told_how"),
        Index(
            "ix_news_untold",
            "holder",
            "created_at",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    holder: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    created_at: Mapped[str] = mapped_column(Text)
    told_at: Mapped[str | None] = mapped_column(Text)
    told_how: Mapped[str | None] = mapped_column(Text)
    told_by: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class NewsLine:
    """What is told in one sentence: one thing, or `count` things of one kind with their sums.

    `ids` are what is told by it; whoever has said it gives them back.
    """

    code: str
    tone: str
    count: int
    facts: dict[str, int | str]
    since: str
    ids: tuple[int, ...]


_HOLDER, _ABOUT, _FACTS = packed_rows("told", str, str, str)
_INSERT = statement(
    insert_ignoring(News, "holder", "about").from_select(
        ["holder", "about", "facts", "code", "created_at"],
        select(
            _HOLDER,
            _ABOUT,
            _FACTS,
            bindparam("code", type_=Text),
            bindparam("created_at", type_=Text),
            # Without a condition SQLite would read ON CONFLICT as the ON of a join.
        ).where(literal(1) == literal(1)),
    )
)
_UNTOLD = statement(
    select(News.id, News.code, News.facts, News.created_at)
    .where(News.holder == bindparam("of_holder"), News.told_at.is_(None))
    .order_by(News.id)
    .limit(READ_MOST)
)
[_ID] = packed_rows("ids", int)
_MARK = statement(
    update(News)
    .where(
        News.holder == bindparam("of_holder"),
        News.told_at.is_(None),
        News.id.in_(select(_ID)),
    )
    .values(
        told_at=bindparam("new_told_at"),
        told_how=bindparam("new_told_how"),
        told_by=bindparam("new_told_by"),
    )
)


def tell(act: Act, code: str, holder: str, *, about: str, **facts: int | str) -> None:
    """Have a holder told something (告诉), unless the same was noted before.

    `about` says what it is about, so that the same event is told once; facts are numbers, days and
    public ids. For a step of any room.
    """
    tell_all(act, code, [(holder, about, facts)])


def tell_all(act: Act, code: str, told: Iterable[tuple[str, str, dict[str, int | str]]]) -> None:
    """The same for many holders, in one statement."""
    if code not in _RANKS:
        raise ValueError(f"{code} is no kind of news")
    rows = []
    for holder, about, facts in told:
        for value in (holder, about, *facts.values()):
            _refuse_words(value)
        rows.append((holder, about, canonical_json(facts).decode()))
    if rows:
        act.session.run(_INSERT, told=pack(rows), code=code, created_at=act.now)


def _refuse_words(value: int | str) -> None:
    """Nobody writes a name into the news by mistake; a telephone's digits would be a number."""
    if isinstance(value, str) and (not _FACT.fullmatch(value) or _PHONE.fullmatch(value)):
        raise ValueError("news hold numbers, codes, days and public ids only")


def list_untold(session: Session, holder: str) -> list[NewsLine]:
    """What a holder has not been told yet, what matters most first; one statement.

    Things of one kind are one line, because forty hours that were approved at once are one piece
    of news to whoever worked them.
    """
    return folded(session.rows(_UNTOLD, of_holder=holder))


def folded(rows: Iterable[Any]) -> list[NewsLine]:
    """Rows of news as lines; kinds that this program does not know are left out."""
    by_code: dict[str, list[Any]] = {}
    for row in rows:
        if row.code in _RANKS:
            by_code.setdefault(row.code, []).append(row)
    return [_line(code, by_code[code]) for code in sorted(by_code, key=lambda one: _RANKS[one][0])]


def _line(code: str, rows: list[Any]) -> NewsLine:
    facts: dict[str, int | str] = {}
    for row in rows:
        for name, value in json.loads(row.facts).items():
            before = facts.get(name, 0)
            if isinstance(value, int) and isinstance(before, int):
                facts[name] = before + value
            else:
                facts[name] = value
    return NewsLine(
        code=code,
        tone=_RANKS[code][1].tone,
        count=len(rows),
        facts=facts,
        since=rows[0].created_at,
        ids=tuple(row.id for row in rows),
    )


def mark_told(act: Act, holder: str, ids: Iterable[int], how: str) -> int:
    """Note that a holder has been told these; how many were news to them."""
    return act.session.run(
        _MARK,
        of_holder=holder,
        ids=pack((one,) for one in ids),
        new_told_at=act.now,
        new_told_how=how,
        new_told_by=act.caller.actor,
    )


def untold_since(before: Any) -> Any:
    """A statement's part: holders who have not been told something since then, and since when."""
    return (
        select(
            News.holder,
            func.min(News.created_at).label("since"),
            func.count().label("lines"),
        )
        .where(News.told_at.is_(None))
        .group_by(News.holder)
        .having(func.min(News.created_at) <= before)
    )
