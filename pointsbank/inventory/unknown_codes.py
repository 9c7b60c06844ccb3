"""Codes that somebody scanned and nobody knows (未登记的条码), counted for the worker."""

from __future__ import annotations

import re

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Base, Int, Text, statement, strict_table
from pointsbank.foundation.cells import narrow

# What a barcode on goods can be. A card's code is not among it: 24 capitals and digits are
# somebody's key to a wallet, and a misread one must not lie about in a list.
_GOODS_CODE = re.compile(r"[!-~]{1,48}", re.ASCII)
_CARD_CODE = re.compile(r"[A-Z2-7]{20,28}", re.ASCII | re.IGNORECASE)


class UnknownCode(Base):
    """A scanned code without goods, how often it was seen, first and last."""

    __tablename__ = "unknown_code"
    __table_args__ = strict_table()

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    seen: Mapped[int] = mapped_column(Int)
    first_at: Mapped[str] = mapped_column(Text)
    last_at: Mapped[str] = mapped_column(Text)


_inserted = insert(UnknownCode).values(
    code=bindparam("code", type_=Text),
    seen=1,
    first_at=bindparam("now", type_=Text),
    last_at=bindparam("now", type_=Text),
)
_COUNT = statement(
    _inserted.on_conflict_do_update(
        index_elements=["code"],
        set_={"seen": UnknownCode.seen + 1, "last_at": _inserted.excluded.last_at},
    ).returning(UnknownCode.seen)
)
_ALL = select(func.count()).select_from(UnknownCode)
KEPT_MOST = 2000


def count_unknown(act: Act, text: str) -> int:
    """How often a code has been seen now, or 0 when it is not of a kind that is kept.

    A kiosk that reads rubbish all night must not fill the books, so new codes stop at some number.
    """
    code = narrow(text)
    if not _GOODS_CODE.fullmatch(code) or _CARD_CODE.search(code):
        return 0
    known = act.session.value(select(UnknownCode.id).where(UnknownCode.code == code))
    if known is None and act.session.value(_ALL) >= KEPT_MOST:
        return 0
    return int(act.session.value(_COUNT, code=code, now=act.now))
