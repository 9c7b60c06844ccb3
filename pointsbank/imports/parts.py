"""What is kept of an upload while it is needed (文件内容): the file, its preview, the rows to mend.

The bytes lie in the database, so that every process of a bank can go on with them, and in parts, so
that none holds the writer for long. They name people: the file goes when it is taken in, the rest
after seven days, or when somebody says so.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Base, Bytes, Int, Session, Text, statement, strict_table

PART_BYTES = 256 * 1024
FILE, PREVIEW, MEND = "file", "preview", "mend"


class UploadPart(Base):
    """A piece of an upload's file, or of what a check found in it. It goes when nobody needs it."""

    __tablename__ = "upload_part"
    __table_args__ = strict_table(
        CheckConstraint(f"what IN ('{FILE}', '{PREVIEW}', '{MEND}')", name="what"),
        CheckConstraint(f"length(content) BETWEEN 1 AND {PART_BYTES}", name="content_length"),
    )

    upload_id: Mapped[int] = mapped_column(
        Int, ForeignKey("upload.id"), primary_key=True, autoincrement=False
    )
    what: Mapped[str] = mapped_column(Text, primary_key=True)
    place: Mapped[int] = mapped_column(Int, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(Bytes)


_INSERT_PART = statement(insert(UploadPart))
_SIZES = statement(
    select(func.count(), func.coalesce(func.sum(func.length(UploadPart.content)), 0)).where(
        UploadPart.upload_id == bindparam("of_id"), UploadPart.what == bindparam("of_what")
    )
)
_PARTS = statement(
    select(UploadPart.content)
    .where(UploadPart.upload_id == bindparam("of_id"), UploadPart.what == bindparam("of_what"))
    .order_by(UploadPart.place)
)
_OLDEST_PARTS = (
    select(UploadPart.place)
    .where(UploadPart.upload_id == bindparam("of_id"), UploadPart.what == bindparam("of_what"))
    .order_by(UploadPart.place)
    .limit(bindparam("most"))
)
_DROP = statement(
    delete(UploadPart).where(
        UploadPart.upload_id == bindparam("of_id"),
        UploadPart.what == bindparam("of_what"),
        UploadPart.place.in_(_OLDEST_PARTS),
    )
)


def insert_part(session: Session, upload_id: int, what: str, place: int, content: bytes) -> None:
    """Keep one piece."""
    session.run(_INSERT_PART, upload_id=upload_id, what=what, place=place, content=content)


def size_of_parts(session: Session, upload_id: int, what: str) -> tuple[int, int]:
    """How many pieces are kept, and how many bytes they have together."""
    row = session.rows(_SIZES, of_id=upload_id, of_what=what)[0]
    return int(row[0]), int(row[1])


def read_parts(session: Session, upload_id: int, what: str) -> bytes:
    """The pieces put together; empty when there are none."""
    return b"".join(
        bytes(row.content) for row in session.rows(_PARTS, of_id=upload_id, of_what=what)
    )


def drop_parts(session: Session, upload_id: int, what: str, most: int) -> int:
    """Delete some pieces; SQLite overwrites what it frees. How many are left."""
    session.run(_DROP, of_id=upload_id, of_what=what, most=most)
    return size_of_parts(session, upload_id, what)[0]
