"""Handing over (交接): who leaves, who takes over, what was counted; both sign, and a login ends.

What is open under somebody's name and what stands in the books is gathered by the page, because it
lies in many rooms; here stays what both of them signed: codes and numbers, and which keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Session,
    Text,
    canonical_json,
    operation,
    query,
    statement,
    strict_table,
)
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.admission import shut_out
from pointsbank.people.errors import (
    HandoverBooked,
    HandoverClosed,
    HandoverExists,
    HandoverOfOthers,
    HandoverSigned,
    HandoverUncounted,
    HandoverUnknown,
    HandoverUnsigned,
    SamePersonTwice,
    StaffDisabled,
)
from pointsbank.people.pins import drop_pin
from pointsbank.people.second_person import homes_of, refuse_together, require_role, require_second
from pointsbank.people.staff import (
    ROLES,
    Staff,
    get_staff,
    get_staff_by_id,
    refuse_last_admin,
    require_person,
)

SIGN = "people.sign_handover"
# What is put from one hand into the other: the envelope with the keys of the books, the shop's and
# the office's keys, the box of cards, sticks of backups, the books on paper.
KEYS_HANDED = ("envelope", "shop_key", "office_key", "card_box", "stick", "paper")
COUNTED_MOST = 2_000
PIECES_MOST = 1_000_000
_key = one_of({key: key for key in KEYS_HANDED})
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,40}", re.ASCII)


class Handover(Base):
    """A handover. Of one who leaves at most one is open; what was signed is not changed any more.

    One that was opened by mistake is withdrawn and stays, so that everybody can see that it was.

    `counted` holds for each product what the books said and what was counted, and how much was open
    under the leaving person's name at that time.
    """

    __tablename__ = "handover"
    __table_args__ = strict_table(
        CheckConstraint("leaving_staff_id <> taking_staff_id", name="two_people"),
        CheckConstraint("(counted IS NULL) = (keys_handed IS NULL)", name="counted"),
        CheckConstraint(
            "counted IS NOT NULL OR (signed_leaving_at IS NULL AND signed_taking_at IS NULL)",
            name="signed_counted",
        ),
        CheckConstraint(
            "signed_taking_at IS NULL OR taking_staff_id IS NOT NULL", name="somebody_takes"
        ),
        CheckConstraint(
            "closed_at IS NULL OR (signed_leaving_at IS NOT NULL AND signed_taking_at IS NOT NULL)",
            name="both_signed",
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"
            " AND (withdrawn_at IS NULL OR closed_at IS NULL)",
            name="withdrawn",
        ),
        CheckConstraint(
            "booked_at IS NULL OR (signed_leaving_at IS NOT NULL AND signed_taking_at IS NOT NULL)",
            name="booked_signed",
        ),
        Index(
            "uq_handover_open",
            "leaving_staff_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("closed_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    leaving_staff_id: Mapped[int] = mapped_column(Int, ForeignKey("staff.id"))
    taking_staff_id: Mapped[int | None] = mapped_column(Int, ForeignKey("staff.id"))
    opened_at: Mapped[str] = mapped_column(Text)
    opened_by: Mapped[str] = mapped_column(Text)
    counted: Mapped[str | None] = mapped_column(Text)
    keys_handed: Mapped[str | None] = mapped_column(Text)
    signed_leaving_at: Mapped[str | None] = mapped_column(Text)
    signed_taking_at: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[str | None] = mapped_column(Text)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    booked_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class HandoverRow:
    """A handover as the office sees it.

    `goods` are two numbers by the goods' code, what the books said and what was counted;
    `open_items` says how much of each kind was open under the leaving person's name then.
    """

    id: int
    leaving_id: int
    leaving_login: str
    leaving_name: str
    taking_id: int | None
    taking_login: str | None
    taking_name: str | None
    opened_at: str
    opened_by: str
    is_counted: bool
    goods: dict[str, tuple[int, int]]
    open_items: dict[str, int]
    keys_handed: tuple[str, ...]
    signed_leaving_at: str | None
    signed_taking_at: str | None
    closed_at: str | None
    withdrawn_at: str | None
    withdrawn_by: str | None
    booked_at: str | None

    @property
    def is_over(self) -> bool:
        return bool(self.closed_at or self.withdrawn_at)

    @property
    def differs(self) -> dict[str, int]:
        """How many pieces too many (or, below zero, too few) were counted, by the goods' code."""
        return {
            code: counted - book for code, (book, counted) in self.goods.items() if counted - book
        }

    @property
    def leaving_actor(self) -> str:
        return f"staff:{self.leaving_id}"

    @property
    def is_signed(self) -> bool:
        """Whether one of them has signed, so that nothing is counted any more."""
        return bool(self.signed_leaving_at or self.signed_taking_at)

    @property
    def has_both(self) -> bool:
        return bool(self.signed_leaving_at and self.signed_taking_at)


_leaving, _taking = aliased(Staff), aliased(Staff)
_COLUMNS = tuple(Handover.__table__.columns)
_SELECT = (
    select(
        *_COLUMNS,
        _leaving.login.label("leaving_login"),
        _leaving.name.label("leaving_name"),
        _taking.login.label("taking_login"),
        _taking.name.label("taking_name"),
    )
    .join(_leaving, _leaving.id == Handover.leaving_staff_id)
    .outerjoin(_taking, _taking.id == Handover.taking_staff_id)
)
_LOCKED = statement(select(*_COLUMNS).where(Handover.id == bindparam("of_id")).with_for_update())
_LOCK_STAFF = statement(select(Staff.id).where(Staff.id == bindparam("of_id")).with_for_update())
_OPEN_OF = statement(
    select(Handover.id).where(
        Handover.leaving_staff_id == bindparam("of_staff"),
        Handover.closed_at.is_(None),
        Handover.withdrawn_at.is_(None),
    )
)
_INSERT = statement(insert(Handover).returning(Handover.id))
_COUNT = statement(
    update(Handover)
    .where(Handover.id == bindparam("of_id"))
    .values(counted=bindparam("new_counted"), keys_handed=bindparam("new_keys"))
)
_SIGN_LEAVING = statement(
    update(Handover)
    .where(Handover.id == bindparam("of_id"))
    .values(signed_leaving_at=bindparam("now"))
)
_SIGN_TAKING = statement(
    update(Handover)
    .where(Handover.id == bindparam("of_id"))
    .values(signed_taking_at=bindparam("now"), taking_staff_id=bindparam("of_staff"))
)
_WITHDRAW = statement(
    update(Handover)
    .where(Handover.id == bindparam("of_id"))
    .values(withdrawn_at=bindparam("now"), withdrawn_by=bindparam("by"))
)
_BOOK = statement(
    update(Handover).where(Handover.id == bindparam("of_id")).values(booked_at=bindparam("now"))
)
_CLOSE = statement(
    update(Handover).where(Handover.id == bindparam("of_id")).values(closed_at=bindparam("now"))
)


@operation("people.open_handover")
def open_handover(act: Act, *, leaving: str, taking: str | None = None) -> Answer:
    """Begin to hand over what somebody, by login, is in charge of (开始交接).

    Without `taking` it is whoever signs as the one who takes over. Raises StaffUnknown,
    StaffDisabled, HandoverExists, RoleMissing, SamePersonTwice, SameHousehold.
    """
    require_person(act, "worker", "admin")
    session = act.session
    leaves = get_staff(session, leaving)
    takes = get_staff(session, taking) if taking else None
    for one in (leaves, takes):
        if one is not None and one.disabled_at:
            raise StaffDisabled(login=one.login)
    if takes is not None:
        require_role(takes, SIGN)
        refuse_together(homes_of(session, [leaves, takes], []), takes, leaves)
    # Of two who begin at once the second waits here, and then sees the first one's.
    session.value(_LOCK_STAFF, of_id=leaves.id)
    if (known := session.value(_OPEN_OF, of_staff=leaves.id)) is not None:
        raise HandoverExists(handover=known)
    made = session.value(
        _INSERT,
        leaving_staff_id=leaves.id,
        taking_staff_id=takes.id if takes else None,
        opened_at=act.now,
        opened_by=act.caller.actor,
        counted=None,
        keys_handed=None,
        signed_leaving_at=None,
        signed_taking_at=None,
        closed_at=None,
        withdrawn_at=None,
        withdrawn_by=None,
        booked_at=None,
    )
    act.for_whom = leaves.actor
    return {"handover": made}


@operation("people.count_handover")
def count_handover(
    act: Act,
    *,
    handover: int,
    goods: dict[str, list[int]],
    open_items: dict[str, int],
    keys: list[str],
) -> Answer:
    """Note what was counted (book, counted) by the goods' code, what is open, and which keys go.

    It may be noted again until somebody signs. Raises HandoverUnknown, HandoverClosed,
    HandoverSigned.
    """
    require_person(act, "worker", "admin")
    row = _locked(act, handover)
    if row.signed_leaving_at or row.signed_taking_at:
        raise HandoverSigned()
    told = {"goods": _numbers(goods, 2), "open": _numbers(open_items, 1)}
    chosen = {_key(key) for key in keys}
    act.session.run(
        _COUNT,
        of_id=row.id,
        new_counted=canonical_json(told).decode(),
        new_keys=canonical_json([key for key in KEYS_HANDED if key in chosen]).decode(),
    )
    act.for_whom = f"staff:{row.leaving_staff_id}"
    differ = sorted(code for code, (book, counted) in goods.items() if book != counted)
    return {"handover": row.id, "counted": len(goods), "differ": differ}


def _numbers(told: Mapping[str, Any], many: int) -> dict[str, Any]:
    """Codes and numbers, and nothing else: no name is ever signed into a handover."""
    if len(told) > COUNTED_MOST:
        raise ValueError("too much was counted")
    for code, value in told.items():
        numbers = value if many > 1 else [value]
        whole = all(type(one) is int and abs(one) <= PIECES_MOST for one in numbers)
        if not _CODE.fullmatch(code) or len(numbers) != many or not whole:
            raise ValueError("a handover holds codes and numbers only")
    return dict(told)


@operation(SIGN)
def sign_handover(act: Act, *, handover: int) -> Answer:
    """Sign as the one who leaves or as the one who takes over, each in an own name (签字).

    Raises HandoverUnknown, HandoverClosed, HandoverUncounted, HandoverOfOthers, SamePersonTwice for
    a second signature of the same one, and what `require_second` raises.
    """
    person = require_person(act, *ROLES)
    row = _locked(act, handover)
    if row.counted is None:
        raise HandoverUncounted()
    leaves = get_staff_by_id(act.session, row.leaving_staff_id)
    act.for_whom = leaves.actor
    if person.id == leaves.id:
        if row.signed_leaving_at:
            raise SamePersonTwice()
        act.session.run(_SIGN_LEAVING, of_id=row.id, now=act.now)
        return {"handover": row.id, "as": "leaving"}
    require_second(act, SIGN, first=leaves.actor)
    if row.taking_staff_id not in {None, person.id}:
        raise HandoverOfOthers()
    if row.signed_taking_at:
        raise SamePersonTwice()
    act.session.run(_SIGN_TAKING, of_id=row.id, of_staff=person.id, now=act.now)
    return {"handover": row.id, "as": "taking"}


@operation("people.close_handover")
def close_handover(act: Act, *, handover: int) -> Answer:
    """End a handover that both have signed: login, badge and PIN of who leaves end with it.

    Raises HandoverUnknown, HandoverClosed, HandoverUnsigned, LastAdmin, RoleMissing,
    SecondPersonNeeded.
    """
    require_person(act, "admin")
    row = _locked(act, handover)
    _refuse_unsigned(row)
    leaving_id: int = row.leaving_staff_id
    refuse_last_admin(act.session, leaving_id)
    _write_closed(act, row.id)
    act.for_whom = f"staff:{leaving_id}"
    ended = shut_out(act, leaving_id)
    drop_pin(act.session, act.for_whom)
    return {"handover": row.id, "staff": leaving_id, "ended": ended}


@operation("people.withdraw_handover")
def withdraw_handover(act: Act, *, handover: int) -> Answer:
    """Take back a handover that was opened by mistake (撤回交接), as long as not both have signed.

    Nobody's login ends. Raises HandoverUnknown, HandoverClosed, HandoverSigned, RoleMissing.
    """
    person = require_person(act, "worker", "admin")
    row = _locked(act, handover)
    if row.signed_leaving_at and row.signed_taking_at:
        raise HandoverSigned()
    act.session.run(_WITHDRAW, of_id=row.id, now=act.now, by=person.actor)
    act.for_whom = f"staff:{row.leaving_staff_id}"
    return {"handover": row.id}


@dataclass(frozen=True)
class SignedCount:
    """What two people counted and signed: pieces too many or too few, by the goods' code."""

    differs: dict[str, int]
    signed_by: tuple[str, str]


def take_signed_count(act: Act, handover: int) -> SignedCount:
    """What was counted otherwise than it stood in the books, to be booked now, and once.

    Both have signed it, so it needs no further second person. Raises HandoverUnknown,
    HandoverUnsigned, HandoverBooked.
    """
    row = act.session.row(_LOCKED, of_id=handover)
    if row is None:
        raise HandoverUnknown()
    _refuse_unsigned(row)
    if row.booked_at is not None:
        raise HandoverBooked()
    act.session.run(_BOOK, of_id=row.id, now=act.now)
    act.for_whom = f"staff:{row.leaving_staff_id}"
    goods = json.loads(row.counted)["goods"]
    return SignedCount(
        {code: counted - book for code, (book, counted) in goods.items() if counted - book},
        (f"staff:{row.leaving_staff_id}", f"staff:{row.taking_staff_id}"),
    )


def _write_closed(act: Act, handover_id: int) -> None:
    act.session.run(_CLOSE, of_id=handover_id, now=act.now)


def _refuse_unsigned(row: Any) -> None:
    signed = {"leaving": row.signed_leaving_at, "taking": row.signed_taking_at}
    missing = [who for who, at in signed.items() if at is None]
    if missing:
        raise HandoverUnsigned(missing=" ".join(missing))


def _locked(act: Act, handover_id: int) -> Any:
    """The open handover, held for this transaction. Raises HandoverUnknown, HandoverClosed."""
    row = act.session.row(_LOCKED, of_id=handover_id)
    if row is None:
        raise HandoverUnknown()
    if row.closed_at is not None or row.withdrawn_at is not None:
        raise HandoverClosed()
    return row


@query
def list_handovers(session: Session) -> list[HandoverRow]:
    """All handovers, the newest first; there are few."""
    return [_row(one) for one in session.rows(_SELECT.order_by(Handover.id.desc()).limit(200))]


@query
def get_handover(session: Session, *, handover: int) -> HandoverRow:
    """One handover. Raises HandoverUnknown."""
    row = session.row(_SELECT.where(Handover.id == handover))
    if row is None:
        raise HandoverUnknown()
    return _row(row)


def _row(row: Any) -> HandoverRow:
    told = json.loads(row.counted) if row.counted else {"goods": {}, "open": {}}
    return HandoverRow(
        id=row.id,
        leaving_id=row.leaving_staff_id,
        leaving_login=row.leaving_login,
        leaving_name=row.leaving_name,
        taking_id=row.taking_staff_id,
        taking_login=row.taking_login,
        taking_name=row.taking_name,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        is_counted=row.counted is not None,
        goods={code: (book, counted) for code, (book, counted) in told["goods"].items()},
        open_items=told["open"],
        keys_handed=tuple(json.loads(row.keys_handed or "[]")),
        signed_leaving_at=row.signed_leaving_at,
        signed_taking_at=row.signed_taking_at,
        closed_at=row.closed_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        booked_at=row.booked_at,
    )
