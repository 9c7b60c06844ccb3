"""What may be asked about certificates: the register, one of them, and by whoever holds a paper."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from pointsbank.earning import ServiceRecord
from pointsbank.foundation import Page, Paging, Session, find_setting, query, read_page, statement
from pointsbank.people import Person, Volunteer, mask_name, read_words
from pointsbank.recognition.certificates import (
    IS_OPEN,
    Certificate,
    CertificateNumber,
    certificate_id_text,
    certificate_number,
    read_certificate_id,
    read_certificate_number,
)
from pointsbank.recognition.errors import CertificateMissing, CertificateUnknown

SOMEBODY_GONE = "已注销"
CHECK_PATH = "/certificate/"


@dataclass(frozen=True)
class CertificateRow:
    """A certificate as the office lists it. `number` and `check` are there once it is signed."""

    id_text: str
    volunteer_number: str
    masked_name: str
    status: str
    since: str
    until: str
    minutes: int | None
    snapshot: str | None
    applied_by: str
    applied_at: str
    prepared_by: str | None
    prepared_at: str | None
    signed_by: str | None
    signed_at: str | None
    ended_by: str | None
    ended_at: str | None
    number: str | None
    check: str | None


@dataclass(frozen=True)
class CertificatePaper:
    """One certificate with its words; they are empty once the person is forgotten.

    `signer` is who released it here (签发人), `responsible` who answers for the issuer (负责人).
    What was signed before the two were told apart says 负责人 of the signer, as its paper does.
    """

    row: CertificateRow
    words: dict[str, Any]
    responsible: str | None
    signer: str | None
    reason: str | None
    note: str | None
    purpose: str | None
    check_address: str | None

    @property
    def is_whole(self) -> bool:
        """Whether there is something to print."""
        return self.row.status == "issued" and bool(self.words)


@dataclass(frozen=True)
class CertificateStatus:
    """What anybody is told who has a number and its check digits; never a name."""

    number: str
    since: str
    until: str
    minutes: int
    issued_at: str
    is_valid: bool
    revoked_at: str | None


_ROWS: Select[Any] = (
    select(
        *Certificate.__table__.columns,
        Volunteer.number,
        Person.name,
        CertificateNumber.year,
        CertificateNumber.place,
        CertificateNumber.check_digits,
    )
    .join(Volunteer, Volunteer.id == Certificate.volunteer_id)
    .outerjoin(Person, Person.id == Volunteer.person_id)
    .outerjoin(CertificateNumber, CertificateNumber.certificate_id == Certificate.id)
)
_BY_NUMBER = statement(
    select(
        Certificate.status,
        Certificate.since,
        Certificate.until,
        Certificate.minutes,
        Certificate.signed_at,
        Certificate.ended_at,
        CertificateNumber.check_digits,
    )
    .join(CertificateNumber, CertificateNumber.certificate_id == Certificate.id)
    .where(
        CertificateNumber.year == bindparam("of_year"),
        CertificateNumber.place == bindparam("of_place"),
    )
)
_YEARS = statement(
    select(CertificateNumber.year).distinct().order_by(CertificateNumber.year.desc())
)
_COUNT_OPEN = statement(select(func.count()).select_from(Certificate).where(IS_OPEN))
# Service of the period that counted when it was signed, and was voided since somebody looked.
_voided = (
    select(ServiceRecord.id)
    .where(
        ServiceRecord.volunteer_id == Certificate.volunteer_id,
        ServiceRecord.status == "void",
        ServiceRecord.served_on >= Certificate.since,
        ServiceRecord.served_on <= Certificate.until,
        ServiceRecord.effective_at <= Certificate.signed_at,
        ServiceRecord.voided_at > func.coalesce(Certificate.looked_at, Certificate.signed_at),
    )
    .correlate(Certificate)
    .exists()
)
_DOUBTFUL = (Certificate.status == "issued", _voided)
_COUNT_DOUBTFUL = statement(select(func.count()).select_from(Certificate).where(*_DOUBTFUL))


@query
def list_certificates(
    session: Session,
    *,
    status: str | None = None,
    year: int | None = None,
    volunteer_id: int | None = None,
    paging: Paging | None = None,
) -> Page[CertificateRow]:
    """Certificates, the newest first; `open` for those that wait, `doubtful` for those behind
    which service was voided; a year lists its register in the order of its numbers."""
    paging = paging or Paging()
    found = _ROWS
    if status == "open":
        found = found.where(IS_OPEN)
    elif status == "doubtful":
        found = found.where(*_DOUBTFUL)
    elif status is not None:
        found = found.where(Certificate.status == status)
    if volunteer_id is not None:
        found = found.where(Certificate.volunteer_id == volunteer_id)
    if year is not None:
        found = found.where(CertificateNumber.year == year)
    newest = CertificateNumber.place if year is not None else Certificate.id.desc()
    return read_page(session, found.order_by(newest), paging).mapped(_row)


@query
def get_certificate(session: Session, *, certificate: str) -> CertificatePaper:
    """One certificate with its words. Raises CertificateUnknown."""
    row = session.row(_ROWS.where(Certificate.id == read_certificate_id(certificate)))
    if row is None:
        raise CertificateUnknown()
    told_by = (row.words_id, row.signed_words_id, row.ended_words_id, row.looked_words_id)
    words = read_words(session, told_by)
    told = _row(row)
    said, signed = words.get(row.words_id, {}), words.get(row.signed_words_id, {})
    return CertificatePaper(
        row=told,
        words=said if row.snapshot else {},
        responsible=said.get("responsible", signed.get("responsible")),
        signer=signed.get("signer"),
        reason=words.get(row.ended_words_id, {}).get("reason"),
        note=words.get(row.looked_words_id, {}).get("note"),
        purpose=None if row.snapshot else said.get("purpose"),
        check_address=_check_address(session, told),
    )


def _check_address(session: Session, row: CertificateRow) -> str | None:
    """Where a telephone checks this very number; None without a public address."""
    public = find_setting(session, "public_address")
    if not public or row.number is None:
        return None
    return f"{public}{CHECK_PATH}?number={row.number}&check={row.check}"


@query
def check_certificate(session: Session, *, number: str, check: str) -> CertificateStatus:
    """What a number and its check digits say, to anybody. Raises CertificateMissing."""
    year, place, digits = read_certificate_number(number, check)
    row = session.row(_BY_NUMBER, of_year=year, of_place=place)
    # Compared alike whether the number is there or not, so that the time tells nothing.
    right = hmac.compare_digest(digits, row.check_digits if row is not None else "-" * len(digits))
    if row is None or not right:
        raise CertificateMissing()
    return CertificateStatus(
        number=certificate_number(year, place),
        since=row.since,
        until=row.until,
        minutes=row.minutes,
        issued_at=row.signed_at,
        is_valid=row.status == "issued",
        revoked_at=row.ended_at,
    )


@query
def list_certificate_years(session: Session) -> list[int]:
    """The years that have a register, the newest first."""
    return [row.year for row in session.rows(_YEARS)]


@query
def count_open_certificates(session: Session) -> int:
    """How many certificates wait for somebody."""
    return int(session.value(_COUNT_OPEN))


@query
def count_doubtful_certificates(session: Session) -> int:
    """How many are to be looked at, because service behind them was voided since."""
    return int(session.value(_COUNT_DOUBTFUL))


def _row(row: Any) -> CertificateRow:
    signed = row.place is not None
    return CertificateRow(
        id_text=certificate_id_text(row.id),
        volunteer_number=row.number,
        masked_name=mask_name(row.name) if row.name else SOMEBODY_GONE,
        status=row.status,
        since=row.since,
        until=row.until,
        minutes=row.minutes,
        snapshot=row.snapshot,
        applied_by=row.applied_by,
        applied_at=row.applied_at,
        prepared_by=row.prepared_by,
        prepared_at=row.prepared_at,
        signed_by=row.signed_by,
        signed_at=row.signed_at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        number=certificate_number(row.year, row.place) if signed else None,
        check=row.check_digits if signed else None,
    )
