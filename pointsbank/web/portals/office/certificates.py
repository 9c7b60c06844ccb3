"""Certificates of service (服务证明): who waits for one, the register, and each on a page."""

from __future__ import annotations

import io
from typing import Any

from flask import current_app, send_file, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome, PointsBankError, business_day, from_instant
from pointsbank.people import get_staff, get_volunteer_file, missing_glyphs, place_of_cards
from pointsbank.recognition import (
    CertificateFace,
    CertificateNotIssued,
    CertificatePaper,
    certificate_pdf,
    count_doubtful_certificates,
    count_open_certificates,
    get_certificate,
    keep_certificate,
    list_certificate_years,
    list_certificates,
    prepare_certificate,
    print_certificate,
    refuse_certificate,
    revoke_certificate,
    sign_certificate,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.errors import status_of
from pointsbank.web.portals.addresses import asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, proposer
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    READERS,
    WRITERS,
    current_shop,
    is_one_of,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.words import CERTIFICATE_STEPS

blueprint = office_blueprint("certificates")

SHOWN = ("open", "register", "doubtful", "revoked", "refused")
REGISTER_LINES = 200


@blueprint.get("/certificates")
@allows(*READERS)
def page() -> Any:
    """What waits for somebody, the register of a year, and what says too much."""
    bank = current_bank()
    waiting, doubtful = count_open_certificates(bank), count_doubtful_certificates(bank)
    years = list_certificate_years(bank)
    usual = "open" if waiting else "doubtful" if doubtful else "register" if years else "open"
    shown = asked_of("show", SHOWN) or usual
    year = int(asked_of("year", {f"{one}" for one in years}) or (years[0] if years else 0))
    in_register = shown == "register"
    found = list_certificates(
        bank,
        status=None if in_register else shown,
        year=year if in_register else None,
        paging=asked_paging(REGISTER_LINES if in_register else 25),
    )
    holders = [one for row in found.items for one in (row.prepared_by, row.signed_by)]
    return office_page(
        "certificates.html",
        "volunteers",
        shown=shown,
        found=found,
        waiting=waiting,
        doubtful=doubtful,
        years=years,
        year=year,
        place=place_of_cards(bank),
        today=bank.clock.today(),
        steps=CERTIFICATE_STEPS,
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        pager=pager_of(found),
    )


@blueprint.get("/certificates/of/<number>")
@allows(*READERS)
def person(number: str) -> Any:
    """One volunteer's certificates, and the form that prepares the next."""
    return _person_page(number, Form())


def _person_page(number: str, form: Form) -> str:
    bank = current_bank()
    file = get_volunteer_file(bank, number=number)
    found = list_certificates(bank, volunteer_id=file.id, paging=asked_paging())
    asked = next((row for row in found.items if row.status in {"applied", "prepared"}), None)
    return office_page(
        "certificates_person.html",
        "volunteers",
        form=form,
        person_file=file,
        found=found,
        asked=asked,
        purpose=_purpose(asked.id_text) if asked else None,
        own=_volunteer_of_visitor() == file.id,
        contact=current_shop().help_phone,
        today=bank.clock.today(),
        steps=CERTIFICATE_STEPS,
        pager=pager_of(found),
    )


def _purpose(id_text: str) -> str | None:
    return get_certificate(current_bank(), certificate=id_text).purpose


@blueprint.post("/certificates/of/<number>")
@allows(*WRITERS)
def prepare(number: str) -> Any:
    """Prepare a certificate, or prepare it anew."""
    return submit(
        lambda typed: book(
            prepare_certificate,
            number=number,
            since=typed.day("since"),
            until=typed.day("until"),
            document=typed.maybe("document"),
            remarks=typed.maybe("remarks"),
            contact=typed.text("contact"),
            with_awards=typed.ticked("with_awards"),
        ),
        again=lambda form: _person_page(number, form),
        done=lambda outcome: (
            _address(outcome.answer["certificate"]),
            _("拟好了，等另一个人看过签发。"),
        ),
    )


@blueprint.get("/certificates/<certificate>")
@allows(*READERS)
def one(certificate: str) -> Any:
    """One certificate: what it says, who did what, and what can be done with it."""
    return _one_page(certificate, Form())


def _one_page(certificate: str, form: Form) -> str:
    bank, visitor = current_bank(), current_visitor()
    paper = get_certificate(bank, certificate=certificate)
    row = paper.row
    file = get_volunteer_file(bank, number=row.volunteer_number)
    own = _volunteer_of_visitor() == file.id
    holders = [row.applied_by, row.prepared_by, row.signed_by, row.ended_by]
    return office_page(
        "certificate.html",
        "volunteers",
        form=form,
        paper=paper,
        row=row,
        own=own,
        signs=row.status == "prepared"
        and is_one_of(visitor, APPROVERS)
        and not own
        and row.prepared_by != visitor.caller.actor,
        doubtful=_is_doubtful(certificate, file.id),
        unprinted=missing_glyphs(str(paper.words.get("name", ""))),
        steps=CERTIFICATE_STEPS,
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
    )


def _is_doubtful(certificate: str, volunteer_id: int) -> bool:
    found = list_certificates(current_bank(), status="doubtful", volunteer_id=volunteer_id)
    return any(row.id_text == certificate for row in found.items)


def _volunteer_of_visitor() -> int | None:
    login = current_visitor().login or ""
    return current_bank().database.read(lambda session: get_staff(session, login).volunteer_id)


@blueprint.post("/certificates/<certificate>/sign")
@allows(*APPROVERS)
def sign(certificate: str) -> Any:
    """Sign what somebody else has prepared."""
    return submit(
        lambda typed: book(
            sign_certificate, certificate=certificate, snapshot=typed.text("snapshot")
        ),
        again=lambda form: _one_page(certificate, form),
        done=lambda outcome: (_address(certificate), _signed(outcome)),
    )


@blueprint.post("/certificates/<certificate>/confirm")
@allows(*APPROVERS)
def confirm(certificate: str) -> Any:
    """The same by whoever stands beside the screen."""
    beside = Beside("recognition.sign_certificate")
    return submit(
        lambda typed: beside.book(
            sign_certificate, typed, certificate=certificate, snapshot=typed.text("snapshot")
        ),
        again=lambda form: _one_page(certificate, form),
        done=lambda outcome: (_address(certificate), beside.signs(_signed(outcome))),
    )


def _signed(outcome: Outcome) -> str:
    said: str = _(
        "签发了，编号 %(number)s；请打印、盖章，交给本人。", number=outcome.answer["number"]
    )
    return said


@blueprint.post("/certificates/<certificate>/refuse")
@allows(*APPROVERS)
def refuse(certificate: str) -> Any:
    """Turn a certificate down, saying why."""
    return submit(
        lambda typed: book(
            refuse_certificate, certificate=certificate, reason=typed.text("reason")
        ),
        again=lambda form: _one_page(certificate, form),
        done=lambda outcome: (_address(certificate), _("记下了，这次没有出具；本人会知道。")),
    )


@blueprint.post("/certificates/<certificate>/revoke")
@allows(*APPROVERS)
def revoke(certificate: str) -> Any:
    """Revoke a certificate, with somebody beside the screen."""
    beside = Beside("recognition.revoke_certificate")

    def work(typed: Typed) -> Outcome:
        told = {"reason": typed.text("reason"), "proposed_by": proposer()}
        return beside.book(revoke_certificate, typed, certificate=certificate, **told)

    return submit(
        work,
        again=lambda form: _one_page(certificate, form),
        done=lambda outcome: (
            _address(certificate),
            beside.signs(_("作废了；谁来核对，都会看到已作废。")),
        ),
    )


@blueprint.post("/certificates/<certificate>/keep")
@allows(*WRITERS)
def keep(certificate: str) -> Any:
    """Look at a certificate behind which service was voided, and leave it."""
    return submit(
        lambda typed: book(keep_certificate, certificate=certificate, note=typed.text("note")),
        again=lambda form: _one_page(certificate, form),
        done=lambda outcome: (_address(certificate), _("记下了，证明保留；再有作废才会又提醒。")),
    )


@blueprint.post("/certificates/<certificate>/print")
@allows(*WRITERS)
def printed(certificate: str) -> Any:
    """The sheet to print, once it is written down who printed it; it is for its person alone."""
    try:
        book(print_certificate, certificate=certificate)
    except PointsBankError as refusal:
        return _one_page(certificate, Form.of(refusal)), int(status_of(refusal))
    return sheet_of(get_certificate(current_bank(), certificate=certificate))


def sheet_of(paper: CertificatePaper) -> Any:
    """The PDF of a certificate that holds, drawn from what was signed."""
    row = paper.row
    if not paper.is_whole or row.number is None or row.check is None or row.signed_at is None:
        raise CertificateNotIssued(status=row.status)
    face = CertificateFace(
        words=paper.words,
        responsible=paper.responsible or "",
        number=row.number,
        check=row.check,
        issued_on=business_day(from_instant(row.signed_at)),
        check_address=paper.check_address,
        signer=paper.signer,
        demonstration=current_app.config["DEMONSTRATION"],
    )
    return send_file(
        io.BytesIO(certificate_pdf(face)),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{row.number}.pdf",
        conditional=False,
        etag=False,
    )


def _address(certificate: str) -> str:
    return url_for("office_certificates.one", certificate=certificate)
