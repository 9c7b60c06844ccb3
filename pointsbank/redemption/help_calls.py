"""Calls for help (叫人帮忙): somebody at a kiosk wants a worker."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Base, Int, Text, statement, strict_table
from pointsbank.redemption.errors import HelpCallUnknown


class HelpCall(Base):
    """One call from one kiosk, open until a worker answers it."""

    __tablename__ = "help_call"
    __table_args__ = strict_table(Index(None, "device_id", "answered_at"))

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    device_id: Mapped[int] = mapped_column(Int, ForeignKey("device.id"))
    at: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[str | None] = mapped_column(Text)


_OPEN = statement(
    select(HelpCall.id).where(
        HelpCall.device_id == bindparam("of_device"), HelpCall.answered_at.is_(None)
    )
)
_INSERT = statement(insert(HelpCall).returning(HelpCall.id))
_ANSWER = statement(
    update(HelpCall)
    .where(HelpCall.id == bindparam("of_id"), HelpCall.answered_at.is_(None))
    .values(answered_at=bindparam("now"))
)


def open_call(act: Act, device_id: int) -> int:
    """The kiosk's call; pressing again while it is open is the same call."""
    session = act.session
    known: int | None = session.value(_OPEN, of_device=device_id)
    if known is not None:
        return known
    made: int = session.value(_INSERT, device_id=device_id, at=act.now, answered_at=None)
    return made


def answer_call(act: Act, call_id: int) -> None:
    """Somebody is on the way. Raises HelpCallUnknown when nobody waits any more."""
    if not act.session.run(_ANSWER, of_id=call_id, now=act.now):
        raise HelpCallUnknown()
