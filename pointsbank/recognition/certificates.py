"""Certificates of service (志愿服务记录证明): applied for, prepared by one, signed by another.

What is printed is the snapshot that was signed, never what the records say today. It stands with
the people's own data, because it holds a name; here are days, minutes and who did what.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    or_,
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
    public_id,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import narrow
from pointsbank.recognition.errors import CertificateMissing, CertificateUnknown

OPEN = ("applied", "prepared")
STATUSES = (*OPEN, "issued", "refused", "revoked")
CHECK_DIGITS = 6
_NUMBER = re.compile(r"ZM([0-9]{4})-?([0-9]{1,6})", re.ASCII)
_CHECK = re.compile(rf"[0-9]{{{CHECK_DIGITS}}}", re.ASCII)


class Certificate(Base):
    """A certificate, from the wish to the seal, perhaps revoked. Of one volunteer one is open.

    `snapshot` is the hash of the words that were prepared; whoever signs names it.
    """

    __tablename__ = "certificate"
    __table_args__ = strict_table(
        CheckConstraint(
            "status IN ('applied', 'prepared', 'issued', 'refused', 'revoked')", name="status"
        ),
        CheckConstraint("since <= until", name="period"),
        CheckConstraint(
            "status NOT IN ('prepared', 'issued', 'revoked')"
            " OR (prepared_by IS NOT NULL AND snapshot IS NOT NULL AND minutes > 0)",
            name="prepared",
        ),
        CheckConstraint(
            "(status IN ('issued', 'revoked')) = (signed_by IS NOT NULL)", name="signed"
        ),
        CheckConstraint("signed_by IS NULL OR signed_by <> prepared_by", name="two_people"),
        CheckConstraint(
            "(status IN ('refused', 'revoked')) = (ended_by IS NOT NULL)", name="ended"
        ),
        Index(
            "uq_certificate_open",
            "volunteer_id",
            unique=True,
            sqlite_where=text("status IN ('applied', 'prepared')"),
            postgresql_where=text("status IN ('applied', 'prepared')"),
        ),
        Index(None, "status", "id"),
        Index(None, "volunteer_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    status: Mapped[str] = mapped_column(Text)
    since: Mapped[str] = mapped_column(Text)
    until: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int | None] = mapped_column(Int)
    snapshot: Mapped[str | None] = mapped_column(Text)
    words_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    applied_by: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[str] = mapped_column(Text)
    prepared_by: Mapped[str | None] = mapped_column(Text)
    prepared_at: Mapped[str | None] = mapped_column(Text)
    signed_by: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[str | None] = mapped_column(Text)
    signed_words_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    ended_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)
    ended_words_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    looked_by: Mapped[str | None] = mapped_column(Text)
    looked_at: Mapped[str | None] = mapped_column(Text)
    looked_words_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))


class CertificateNumber(Base):
    """The register (登记簿): one number for each certificate that was signed, without gaps a year.

    The check digits are drawn; nobody can make a number that answers out of another.
    """

    __tablename__ = "certificate_number"
    __table_args__ = strict_table(
        UniqueConstraint("year", "place"),
        CheckConstraint("place > 0", name="place"),
        CheckConstraint(f"length(check_digits) = {CHECK_DIGITS}", name="check_digits"),
    )

    certificate_id: Mapped[int] = mapped_column(
        Int, ForeignKey("certificate.id"), primary_key=True, autoincrement=False
    )
    year: Mapped[int] = mapped_column(Int)
    place: Mapped[int] = mapped_column(Int)
    check_digits: Mapped[str] = mapped_column(Text)


COLUMNS = tuple(Certificate.__table__.columns)
IS_OPEN = or_(Certificate.status == "applied", Certificate.status == "prepared")
_INSERT = statement(insert(Certificate).returning(Certificate.id))
_OWNER = statement(select(Certificate.volunteer_id).where(Certificate.id == bindparam("of_id")))
_LOCKED = statement(select(*COLUMNS).where(Certificate.id == bindparam("of_id")).with_for_update())
_OPEN = statement(
    select(*COLUMNS).where(Certificate.volunteer_id == bindparam("of_volunteer"), IS_OPEN)
)
_PREPARE = statement(
    update(Certificate)
    .where(Certificate.id == bindparam("of_id"), IS_OPEN)
    .values(
        status="prepared",
        since=bindparam("new_since"),
        until=bindparam("new_until"),
        minutes=bindparam("new_minutes"),
        snapshot=bindparam("new_snapshot"),
        words_id=bindparam("new_words"),
        prepared_by=bindparam("new_by"),
        prepared_at=bindparam("new_at"),
    )
)
_SIGN = statement(
    update(Certificate)
    .where(Certificate.id == bindparam("of_id"), Certificate.status == "prepared")
    .values(
        status="issued",
        signed_by=bindparam("new_by"),
        signed_at=bindparam("new_at"),
        signed_words_id=bindparam("new_words"),
    )
)
_END = statement(
    update(Certificate)
    .where(Certificate.id == bindparam("of_id"))
    .values(
        status=bindparam("new_status"),
        ended_by=bindparam("new_by"),
        ended_at=bindparam("new_at"),
        ended_words_id=bindparam("new_words"),
    )
)
_LOOKED = statement(
    update(Certificate)
    .where(Certificate.id == bindparam("of_id"), Certificate.status == "issued")
    .values(
        looked_by=bindparam("new_by"),
        looked_at=bindparam("new_at"),
        looked_words_id=bindparam("new_words"),
    )
)
_LAST_PLACE = statement(
    select(func.coalesce(func.max(CertificateNumber.place), 0)).where(
        CertificateNumber.year == bindparam("of_year")
    )
)
_REGISTER = statement(
    insert_ignoring(CertificateNumber, "year", "place").returning(CertificateNumber.place)
)


def certificate_id_text(certificate_id: int) -> str:
    """What a certificate is called in the office before it has a number, and ever after.

    >>> certificate_id_text(3)
    'Z000003-7'
    """
    return public_id("Z", certificate_id)


def read_certificate_id(number: str) -> int:
    """The id behind it. Raises PublicIdInvalid."""
    return read_public_id("Z", number)


def certificate_number(year: int, place: int) -> str:
    """The number on the paper (证明编号).

    >>> certificate_number(2026, 7)
    'ZM2026-0007'
    """
    return f"ZM{year}-{place:04d}"


def read_certificate_number(number: str, check: str) -> tuple[int, int, str]:
    """Year, place and check digits as somebody typed them. Raises CertificateMissing.

    >>> read_certificate_number(" zm2026－0007", "482 913")
    (2026, 7, '482913')
    """
    found = _NUMBER.fullmatch("".join(narrow(number).upper().split()))
    digits = "".join(narrow(check).split())
    if found is None or not _CHECK.fullmatch(digits):
        raise CertificateMissing()
    return int(found[1]), int(found[2]), digits


def hash_of_snapshot(words: dict[str, Any]) -> str:
    """What names a snapshot: whoever signs says which one they saw."""
    return hashlib.sha256(canonical_json(words)).hexdigest()


def insert_certificate(
    act: Act, volunteer_id: int, since: str, until: str, *, words_id: int | None = None
) -> int:
    """A certificate that is wished for."""
    made: int = act.session.value(
        _INSERT,
        volunteer_id=volunteer_id,
        status="applied",
        since=since,
        until=until,
        words_id=words_id,
        applied_by=act.caller.actor,
        applied_at=act.now,
        **dict.fromkeys(
            (
                "minutes",
                "snapshot",
                "prepared_by",
                "prepared_at",
                "signed_by",
                "signed_at",
                "signed_words_id",
                "ended_by",
                "ended_at",
                "ended_words_id",
                "looked_by",
                "looked_at",
                "looked_words_id",
            )
        ),
    )
    return made


def write_prepared(
    act: Act,
    certificate_id: int,
    *,
    since: str,
    until: str,
    minutes: int,
    snapshot: str,
    words_id: int,
) -> None:
    """Write down what is to be signed."""
    act.session.run(
        _PREPARE,
        of_id=certificate_id,
        new_since=since,
        new_until=until,
        new_minutes=minutes,
        new_snapshot=snapshot,
        new_words=words_id,
        new_by=act.caller.actor,
        new_at=act.now,
    )


def write_signed(act: Act, certificate_id: int, words_id: int) -> tuple[int, int, str]:
    """Write the signature down and take the year's next number; year, place, check digits."""
    act.session.run(
        _SIGN,
        of_id=certificate_id,
        new_by=act.caller.actor,
        new_at=act.now,
        new_words=words_id,
    )
    year, digits = int(act.today[:4]), f"{secrets.randbelow(10**CHECK_DIGITS):0{CHECK_DIGITS}d}"
    place, made = int(act.session.value(_LAST_PLACE, of_year=year)), None
    while made is None:
        # Somebody else may be signing the same moment. They are waited for, and then the number
        # after is ours; so none is left out, not even when they give up.
        place += 1
        made = act.session.value(
            _REGISTER, certificate_id=certificate_id, year=year, place=place, check_digits=digits
        )
    return year, place, digits


def write_ended(act: Act, certificate_id: int, status: str, words_id: int | None) -> None:
    """Write down that a certificate is refused, or no longer holds."""
    act.session.run(
        _END,
        of_id=certificate_id,
        new_status=status,
        new_by=act.caller.actor,
        new_at=act.now,
        new_words=words_id,
    )


def note_looked(act: Act, certificate_id: int, words_id: int) -> None:
    """Write down that somebody has looked at a certificate and left it as it is."""
    act.session.run(
        _LOOKED,
        of_id=certificate_id,
        new_by=act.caller.actor,
        new_at=act.now,
        new_words=words_id,
    )


def owner_of(session: Session, certificate_id: int) -> int:
    """Whose certificate it is. Raises CertificateUnknown."""
    found: int | None = session.value(_OWNER, of_id=certificate_id)
    if found is None:
        raise CertificateUnknown()
    return found


def lock_certificate(session: Session, certificate_id: int) -> Any:
    """A certificate, held until the transaction ends; its volunteer is held already."""
    return session.row(_LOCKED, of_id=certificate_id)


def find_open(session: Session, volunteer_id: int) -> Any:
    """The certificate that a volunteer waits for, or None."""
    return session.row(_OPEN, of_volunteer=volunteer_id)
