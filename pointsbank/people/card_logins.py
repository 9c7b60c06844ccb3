"""Logins by card (凭卡登录): who is on the own page, `/me/`, and for how long.

As with staff, the token is the browser's alone and its SHA-256 stands here. A login hangs on one
card and one PIN: whoever blocks or replaces the card, or gives a new PIN, has ended it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Bytes,
    Int,
    Session,
    Text,
    from_instant,
    statement,
    strict_table,
)
from pointsbank.ledger import Account
from pointsbank.people.cards import Card
from pointsbank.people.logins import RENEWED_AFTER
from pointsbank.people.pins import Pin
from pointsbank.people.volunteers import Volunteer

IDLE = timedelta(minutes=30)
LASTS = timedelta(hours=12)


class CardLogin(Base):
    """One login with one card. It opens something only while the card is active and has that PIN.

    `pin_version` is the holder's PIN that was right then. A login ends once.
    """

    __tablename__ = "card_login"
    __table_args__ = strict_table(
        CheckConstraint("length(token_hash) = 32", name="token_hash_length"),
        CheckConstraint("pin_version > 0", name="pin_version"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(Bytes, unique=True)
    card_id: Mapped[int] = mapped_column(Int, ForeignKey("card.id"), index=True)
    pin_version: Mapped[int] = mapped_column(Int)
    opened_at: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class OpenCardLogin:
    """A cardholder who is in. `number` is a volunteer's; a family's card has none to show."""

    holder: str
    short_number: str
    wallet_id: int
    volunteer_id: int | None
    number: str | None
    opened_at: str
    seen_at: str

    @property
    def is_volunteer(self) -> bool:
        return self.volunteer_id is not None

    def needs_renewal(self, now: str) -> bool:
        """Whether `renew_card_login` is worth a write."""
        return from_instant(now) - from_instant(self.seen_at) >= RENEWED_AFTER


_INSERT = statement(insert(CardLogin).returning(CardLogin.id))
_BY_TOKEN = statement(
    select(
        Account.holder,
        Card.short_number,
        Card.wallet_id,
        Card.volunteer_id,
        Volunteer.number,
        CardLogin.opened_at,
        CardLogin.seen_at,
    )
    .select_from(CardLogin)
    .join(Card, Card.id == CardLogin.card_id)
    .join(Account, Account.id == Card.wallet_id)
    .join(Pin, (Pin.holder == Account.holder) & (Pin.version == CardLogin.pin_version))
    .outerjoin(Volunteer, Volunteer.id == Card.volunteer_id)
    .where(
        CardLogin.token_hash == bindparam("of_hash"),
        CardLogin.ended_at.is_(None),
        Card.status == "active",
    )
)
_OPEN = (CardLogin.token_hash == bindparam("of_hash")) & CardLogin.ended_at.is_(None)
_SEEN = statement(update(CardLogin).where(_OPEN).values(seen_at=bindparam("new_seen_at")))
_END = statement(update(CardLogin).where(_OPEN).values(ended_at=bindparam("new_ended_at")))


def start(act: Act, card_id: int, pin_version: int, token_hash: bytes) -> int:
    """Begin a login; its id."""
    made: int = act.session.value(
        _INSERT,
        token_hash=token_hash,
        card_id=card_id,
        pin_version=pin_version,
        opened_at=act.now,
        seen_at=act.now,
        ended_at=None,
    )
    return made


def find_card_login(session: Session, token_hash: bytes, *, now: str) -> OpenCardLogin | None:
    """Who holds this token, or None when the login is over, for whatever reason; one statement."""
    row: Any = session.row(_BY_TOKEN, of_hash=token_hash)
    if row is None:
        return None
    moment = from_instant(now)
    asleep = moment - from_instant(row.seen_at) > IDLE
    if asleep or moment - from_instant(row.opened_at) > LASTS:
        return None
    return OpenCardLogin(**row._asdict())


def mark_seen(act: Act, token_hash: bytes) -> bool:
    """Write down that somebody has just touched the page; False when the login has ended."""
    return act.session.run(_SEEN, of_hash=token_hash, new_seen_at=act.now) == 1


def end(act: Act, token_hash: bytes) -> bool:
    """End a login; False when it had ended."""
    return act.session.run(_END, of_hash=token_hash, new_ended_at=act.now) == 1
