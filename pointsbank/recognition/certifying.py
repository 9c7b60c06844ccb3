"""Giving certificates (出具证明): asked for, prepared by one person, signed by another, revoked.

It costs nothing, it says what the records say, and it is handed to nobody but the person.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from pointsbank.foundation import Act, Answer, find_setting, operation
from pointsbank.foundation.cells import day
from pointsbank.people import (
    BenefitsOneself,
    VolunteerRef,
    hold_volunteer,
    hold_volunteer_by_id,
    read_words,
    require_oneself,
    require_person,
    require_second,
    tell,
    write_words,
)
from pointsbank.recognition.certificate_service import (
    first_day_of_service,
    minutes_of_period,
    service_of_period,
)
from pointsbank.recognition.certificates import (
    OPEN,
    certificate_id_text,
    certificate_number,
    find_open,
    hash_of_snapshot,
    insert_certificate,
    lock_certificate,
    note_looked,
    owner_of,
    read_certificate_id,
    write_ended,
    write_prepared,
    write_signed,
)
from pointsbank.recognition.errors import (
    CertificateChanged,
    CertificateDecided,
    CertificateNotIssued,
    CertificateOpen,
    CertificateOutdated,
    CertificateUnknown,
    CertificateUnprepared,
    HoursNone,
    PeriodInvalid,
)
from pointsbank.recognition.noted import REASON_MOST, optional, required
from pointsbank.recognition.queries import read_blocks
from pointsbank.recognition.stars import highest_star

SIGN, REVOKE = "recognition.sign_certificate", "recognition.revoke_certificate"
AWARDS_MOST = 3
RESPONSIBLE_SETTING = "responsible_name"
_VOLUNTEER = re.compile(r"volunteer:[0-9]{1,18}", re.ASCII)


@operation("recognition.apply_for_certificate")
def apply_for_certificate(
    act: Act, *, since: str | None = None, until: str | None = None, purpose: str | None = None
) -> Answer:
    """Ask for a certificate on one's own page (申请证明); without days of everything so far.

    Raises RoleMissing, CertificateOpen, HoursNone, PeriodInvalid.
    """
    person = hold_volunteer_by_id(act.session, require_oneself(act))
    if find_open(act.session, person.id) is not None:
        raise CertificateOpen()
    first, last = _period(act, person, since, until)
    if not minutes_of_period(act.session, person.id, first, last):
        raise HoursNone(since=first, until=last)
    words = optional(purpose, REASON_MOST)
    words_id = write_words(act.session, person, purpose=words) if words else None
    made = insert_certificate(act, person.id, first, last, words_id=words_id)
    return {"certificate": certificate_id_text(made), "status": "applied"}


@operation("recognition.prepare_certificate")
def prepare_certificate(
    act: Act,
    *,
    number: str,
    contact: str,
    since: str | None = None,
    until: str | None = None,
    document: str | None = None,
    remarks: str | None = None,
    with_awards: bool = True,
) -> Answer:
    """Prepare a certificate from what the records say now (拟证明), for whoever asked or not.

    What is prepared may be prepared anew until it is signed. Raises RoleMissing,
    SecondPersonNeeded, BenefitsOneself, HoursNone, PeriodInvalid, WordsMissing, VolunteerErased.
    """
    worker = require_person(act, "worker", "admin")
    person = hold_volunteer(act.session, number)
    if worker.volunteer_id == person.id:
        raise BenefitsOneself()
    first, last = _period(act, person, since, until)
    service = service_of_period(act.session, person.id, first, last)
    if not service.minutes:
        raise HoursNone(since=first, until=last)
    asked = find_open(act.session, person.id)
    words: dict[str, Any] = {
        "name": person.name,
        "number": person.number,
        "document": optional(document, 20),
        "since": first,
        "until": last,
        "minutes": service.minutes,
        "times": service.times,
        "lines": [asdict(line) for line in service.lines],
        "more": service.more,
        "more_minutes": service.more_minutes,
        "stars": highest_star(act.session, person.id),
        "awards": _awards(act, person, first, last) if with_awards else [],
        "issuer": find_setting(act.session, "community_name") or "",
        "handler": worker.name,
        # Who answers for the issuer (负责人) signs on the paper; "" is a line to write the name on.
        "responsible": find_setting(act.session, RESPONSIBLE_SETTING) or "",
        "contact": required(contact, 60),
        "remarks": optional(remarks, REASON_MOST),
    }
    words = {name: value for name, value in words.items() if value is not None}
    snapshot = hash_of_snapshot(words)
    words_id = write_words(act.session, person, **words)
    certificate_id: int = (
        insert_certificate(act, person.id, first, last) if asked is None else asked.id
    )
    write_prepared(
        act,
        certificate_id,
        since=first,
        until=last,
        minutes=service.minutes,
        snapshot=snapshot,
        words_id=words_id,
    )
    act.for_whom = person.holder
    return {
        "certificate": certificate_id_text(certificate_id),
        "status": "prepared",
        "minutes": service.minutes,
        "snapshot": snapshot,
    }


def _awards(act: Act, person: VolunteerRef, since: str, until: str) -> list[str]:
    awards = read_blocks(act.session, person.id).standing().awards
    within = [one for one in awards if since <= one.facts["given_on"] <= until]
    return [f"{one.words['name']}（{one.words['given_by']}）" for one in within[:AWARDS_MOST]]


def _period(
    act: Act, person: VolunteerRef, since: str | None, until: str | None
) -> tuple[str, str]:
    """From which day to which; without days from the first service to today."""
    last = day(until) if until else act.today
    first = day(since) if since else first_day_of_service(act.session, person.id) or last
    if first > last or last > act.today:
        raise PeriodInvalid(since=first, until=last)
    return first, last


@operation(SIGN)
def sign_certificate(act: Act, *, certificate: str, snapshot: str) -> Answer:
    """Sign what somebody else has prepared (签发证明); from now on it has a number.

    `snapshot` names what the signer has read. Raises CertificateUnknown, CertificateUnprepared,
    CertificateDecided, CertificateChanged when it was prepared anew meanwhile, CertificateOutdated
    when the hours behind it are others by now, and what `require_second` raises.
    """
    person, row = _lock(act, certificate)
    if row.status == "applied":
        raise CertificateUnprepared()
    _refuse_decided(row)
    second = require_second(act, SIGN, first=row.prepared_by, volunteers=[person.id])
    if row.snapshot != snapshot:
        raise CertificateChanged()
    if minutes_of_period(act.session, person.id, row.since, row.until) != row.minutes:
        raise CertificateOutdated()
    words_id = write_words(act.session, person, signer=second.name)
    year, place, check = write_signed(act, row.id, words_id)
    number = certificate_number(year, place)
    about = f"certificate:{row.id}"
    tell(act, "recognition.certificate_issued", person.holder, about=about, certificate=number)
    return {
        "certificate": certificate,
        "status": "issued",
        "number": number,
        "check": check,
        "volunteer": person.number,
    }


@operation("recognition.refuse_certificate")
def refuse_certificate(act: Act, *, certificate: str, reason: str) -> Answer:
    """Turn a certificate down that nobody has signed (不予出具), saying why to the person.

    Raises CertificateUnknown, CertificateDecided, WordsMissing, BenefitsOneself, RoleMissing.
    """
    decider = require_person(act, "worker", "witness", "admin")
    person, row = _lock(act, certificate)
    _refuse_decided(row)
    if decider.volunteer_id == person.id:
        raise BenefitsOneself()
    why = write_words(act.session, person, reason=required(reason, REASON_MOST))
    write_ended(act, row.id, "refused", why)
    tell(act, "recognition.certificate_refused", person.holder, about=f"certificate:{row.id}:no")
    return {"certificate": certificate, "status": "refused", "volunteer": person.number}


@operation(REVOKE)
def revoke_certificate(act: Act, *, certificate: str, reason: str, proposed_by: str) -> Answer:
    """Revoke a certificate that says what is not so (作废证明); whoever checks its number sees it.

    One proposes, another confirms; its number stays in the register. Raises CertificateUnknown,
    CertificateNotIssued, WordsMissing, and what `require_second` raises.
    """
    person, row = _lock(act, certificate)
    if row.status != "issued":
        raise CertificateNotIssued(status=row.status)
    require_second(act, REVOKE, first=proposed_by, volunteers=[person.id])
    # Of whoever is forgotten nothing may be written; the certificate is void all the same.
    told = required(reason, REASON_MOST)
    why = write_words(act.session, person, reason=told) if person.name else None
    write_ended(act, row.id, "revoked", why)
    tell(act, "recognition.certificate_revoked", person.holder, about=f"certificate:{row.id}:void")
    return {
        "certificate": certificate,
        "status": "revoked",
        "volunteer": person.number,
        "proposed_by": proposed_by,
    }


@operation("recognition.keep_certificate")
def keep_certificate(act: Act, *, certificate: str, note: str) -> Answer:
    """Look at a certificate behind which service was voided, and leave it (看过，保留证明).

    It comes up again when more is voided. Raises CertificateUnknown, CertificateNotIssued,
    WordsMissing, VolunteerErased, BenefitsOneself, RoleMissing.
    """
    worker = require_person(act, "worker", "admin")
    person, row = _lock(act, certificate)
    if row.status != "issued":
        raise CertificateNotIssued(status=row.status)
    if worker.volunteer_id == person.id:
        raise BenefitsOneself()
    why = write_words(act.session, person, note=required(note, REASON_MOST))
    note_looked(act, row.id, why)
    return {"certificate": certificate, "volunteer": person.number}


@operation("recognition.print_certificate")
def print_certificate(act: Act, *, certificate: str) -> Answer:
    """Note that a certificate is printed or fetched, by a worker for its person or by the person.

    The sheet is then drawn from the snapshot. Raises CertificateUnknown, CertificateNotIssued,
    RoleMissing; to somebody else on their own page it is unknown.
    """
    person, row = _lock(act, certificate)
    if _VOLUNTEER.fullmatch(act.caller.actor):
        if require_oneself(act) != person.id:
            raise CertificateUnknown()
    else:
        require_person(act, "worker", "admin")
    act.for_whom = person.holder
    if row.status != "issued":
        raise CertificateNotIssued(status=row.status)
    if not read_words(act.session, [row.words_id]):
        raise CertificateNotIssued(status="forgotten")
    return {"certificate": certificate}


def _lock(act: Act, certificate: str) -> tuple[VolunteerRef, Any]:
    """A certificate and its volunteer, both held: the volunteer first, as everywhere."""
    certificate_id = read_certificate_id(certificate)
    person = hold_volunteer_by_id(act.session, owner_of(act.session, certificate_id))
    act.for_whom = person.holder
    return person, lock_certificate(act.session, certificate_id)


def _refuse_decided(row: Any) -> None:
    if row.status not in OPEN:
        raise CertificateDecided(status=row.status)
