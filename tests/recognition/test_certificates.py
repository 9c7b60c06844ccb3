"""Certificates: prepared by one, signed by another, numbered without gaps, checked by number."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import bindparam, insert, literal, select

from pointsbank.earning import void_record
from pointsbank.foundation import Bank, Caller, Clock, Int, statement
from pointsbank.people import (
    BenefitsOneself,
    RoleMissing,
    SamePersonTwice,
    SecondPersonNeeded,
    VolunteerErased,
    VolunteerRef,
    change_settings,
    erase_volunteer,
    list_untold,
    missing_glyphs,
)
from pointsbank.recognition import (
    CertificateChanged,
    CertificateDecided,
    CertificateFace,
    CertificateMissing,
    CertificateNotIssued,
    CertificateNumber,
    CertificateOpen,
    CertificateOutdated,
    CertificatePaper,
    CertificateUnknown,
    CertificateUnprepared,
    HoursNone,
    PeriodInvalid,
    WordsMissing,
    apply_for_certificate,
    certificate_pdf,
    check_certificate,
    count_doubtful_certificates,
    count_open_certificates,
    draw_certificate,
    get_certificate,
    keep_certificate,
    list_certificates,
    note_award,
    prepare_certificate,
    print_certificate,
    refuse_certificate,
    revoke_certificate,
    sign_certificate,
)
from pointsbank.recognition.certificate_sheet import draw
from tests.at_once import at_once
from tests.conftest import NOON
from tests.make import SOMEBODY, Make
from tests.people.test_card_sheet import codes_in, streams_of
from tests.recognition.serving import ON_SQLITE, own_page_of, serve, two

CONTACT = "027-84840000"
RARE = "梁𬍛䶮㛃"


@pytest.fixture(autouse=True)
def rule(make: Make) -> None:
    """A bank in which service earns."""
    make.rule()


def prepare(make: Make, person: VolunteerRef, **told: Any) -> dict[str, Any]:
    by = told.pop("by", None) or make.staff("worker").caller
    values = {"number": person.number, "contact": CONTACT, **told}
    return make.do(prepare_certificate, by=by, **values).answer


def issue(make: Make, person: VolunteerRef, **told: Any) -> dict[str, Any]:
    prepared = prepare(make, person, **told)
    named = {"certificate": prepared["certificate"], "snapshot": prepared["snapshot"]}
    return make.do(sign_certificate, by=make.staff("witness").caller, **named).answer


def void(make: Make, record: str) -> None:
    make.do(void_record, **make.by_two(), record=record, reason="没有到场")


def paper_of(bank: Bank, certificate: str) -> CertificatePaper:
    return get_certificate(bank, certificate=certificate)


# ------------------------------------------------------------------------------- from wish to seal


def test_from_the_wish_to_the_number(make: Make, bank: Bank) -> None:
    person = make.volunteer(name=RARE)
    serve(make, person, 119, activity="治安巡逻", served_on="2026-11-10")
    serve(make, person, 61, activity="治安巡逻", served_on="2026-11-12")
    serve(make, person, 30, activity="清扫", served_on="2026-11-11")
    worker, witness = two(make)
    asked = make.do(apply_for_certificate, by=own_page_of(person), purpose="学校要").answer
    assert (asked["status"], count_open_certificates(bank)) == ("applied", 1)
    assert paper_of(bank, asked["certificate"]).purpose == "学校要"
    with pytest.raises(CertificateUnprepared):
        make.do(
            sign_certificate,
            by=witness.caller,
            certificate=asked["certificate"],
            snapshot="-",
        )
    prepared = prepare(make, person, by=worker.caller, remarks="学校要", document="居民身份证")
    assert prepared["certificate"] == asked["certificate"]
    named = {"certificate": prepared["certificate"], "snapshot": prepared["snapshot"]}
    with pytest.raises(SamePersonTwice):
        make.do(sign_certificate, by=worker.caller, **named)
    with pytest.raises(SecondPersonNeeded):
        make.do(sign_certificate, by=SOMEBODY, **named)
    done = make.do(sign_certificate, by=witness.caller, **named).answer
    assert done["number"] == "ZM2026-0001"
    paper = paper_of(bank, done["certificate"])
    assert (paper.words["name"], paper.words["minutes"], paper.words["times"]) == (RARE, 210, 3)
    assert paper.words["lines"] == [
        {"activity": "治安巡逻", "times": 2, "minutes": 180},
        {"activity": "清扫", "times": 1, "minutes": 30},
    ]
    assert (paper.words["since"], paper.words["until"]) == ("2026-11-10", "2026-11-20")
    assert (paper.words["handler"], paper.signer) == (worker.name, witness.name)
    assert paper.responsible == ""
    assert paper.is_whole
    told = bank.database.read(lambda session: list_untold(session, person.holder))
    assert "recognition.certificate_issued" in [one.code for one in told]
    with pytest.raises(CertificateDecided):
        make.do(sign_certificate, by=witness.caller, **named)


def test_what_is_printed_is_what_was_signed_whatever_happens_after(
    make: Make, bank: Bank, clock: Clock
) -> None:
    person = make.volunteer()
    [record] = serve(make, person, 60, activity="巡逻")
    done = issue(make, person)
    before = paper_of(bank, done["certificate"]).words
    clock.set_now(lambda: NOON.replace(hour=12))
    serve(make, person, 600, activity="门岗")
    void(make, record)
    assert paper_of(bank, done["certificate"]).words == before
    assert count_doubtful_certificates(bank) == 1
    [row] = list_certificates(bank, status="doubtful").items
    assert row.id_text == done["certificate"]
    clock.set_now(lambda: NOON.replace(hour=13))
    by, named = make.staff().caller, {"certificate": done["certificate"], "note": "已补签到表"}
    make.do(keep_certificate, by=by, **named)
    assert count_doubtful_certificates(bank) == 0
    assert paper_of(bank, done["certificate"]).note == "已补签到表"


def test_a_period_counts_its_own_days_alone(make: Make, bank: Bank) -> None:
    person = make.volunteer()
    for day, minutes in (("2026-10-31", 10), ("2026-11-01", 20), ("2026-11-02", 40)):
        serve(make, person, minutes, served_on=day)
    done = issue(make, person, since="2026-11-01", until="2026-11-01")
    assert paper_of(bank, done["certificate"]).words["minutes"] == 20


def test_more_activities_than_fit_are_summed(make: Make, bank: Bank) -> None:
    person = make.volunteer()
    for n in range(12):
        serve(make, person, 60 + n, activity=f"活动{n}")
    words = paper_of(bank, prepare(make, person)["certificate"]).words
    assert (len(words["lines"]), words["more"], words["more_minutes"]) == (10, 2, 121)
    assert words["minutes"] == sum(60 + n for n in range(12))


@ON_SQLITE
def test_awards_of_the_period_are_printed_if_wanted(make: Make, bank: Bank) -> None:
    person = make.volunteer()
    serve(make, person, 60)
    award = {"numbers": [person.number], "given_by": "晴川街道"}
    make.do(note_award, name="最美志愿者", given_on="2026-11-19", **award)
    make.do(note_award, name="从前的", given_on="2020-01-01", **award)
    words = paper_of(bank, prepare(make, person)["certificate"]).words
    assert words["awards"] == ["最美志愿者（晴川街道）"]
    words = paper_of(bank, prepare(make, person, with_awards=False)["certificate"]).words
    assert words["awards"] == []


# ---------------------------------------------------------------------------------- what is refused


@ON_SQLITE
def test_no_certificate_without_confirmed_hours(make: Make) -> None:
    person = make.volunteer()
    make.record(person, 60)
    with pytest.raises(HoursNone):
        prepare(make, person)
    with pytest.raises(HoursNone):
        make.do(apply_for_certificate, by=own_page_of(person))
    serve(make, person, 60)
    for period in (
        {"since": "2026-11-19", "until": "2026-11-18"},
        {"since": "2026-11-01", "until": "2026-11-21"},
    ):
        with pytest.raises(PeriodInvalid):
            prepare(make, person, **period)
    with pytest.raises(WordsMissing):
        prepare(make, person, contact=" ")


@ON_SQLITE
def test_nobody_prepares_or_signs_for_themselves(make: Make) -> None:
    person = make.volunteer()
    serve(make, person, 60)
    own = make.staff("worker", "witness", volunteer=person)
    with pytest.raises(BenefitsOneself):
        prepare(make, person, by=own.caller)
    prepared = prepare(make, person)
    named = {"certificate": prepared["certificate"], "snapshot": prepared["snapshot"]}
    with pytest.raises(BenefitsOneself):
        make.do(sign_certificate, by=own.caller, **named)
    with pytest.raises(RoleMissing):
        make.do(sign_certificate, by=make.staff("auditor").caller, **named)
    with pytest.raises(RoleMissing):
        prepare(make, person, by=make.staff("witness").caller)


@ON_SQLITE
def test_whoever_signs_names_what_they_read(make: Make) -> None:
    person = make.volunteer()
    serve(make, person, 60)
    first = prepare(make, person)
    second = prepare(make, person, remarks="改过")
    assert first["certificate"] == second["certificate"]
    witness = make.staff("witness").caller
    with pytest.raises(CertificateChanged):
        make.do(
            sign_certificate,
            by=witness,
            certificate=first["certificate"],
            snapshot=first["snapshot"],
        )
    serve(make, person, 60)
    with pytest.raises(CertificateOutdated):
        make.do(
            sign_certificate,
            by=witness,
            certificate=second["certificate"],
            snapshot=second["snapshot"],
        )


@ON_SQLITE
def test_one_waits_for_one_certificate_at_a_time_and_a_refusal_says_why(
    make: Make, bank: Bank
) -> None:
    person = make.volunteer()
    serve(make, person, 60)
    asked = make.do(apply_for_certificate, by=own_page_of(person)).answer
    with pytest.raises(CertificateOpen):
        make.do(apply_for_certificate, by=own_page_of(person))
    make.do(
        refuse_certificate,
        by=make.staff("witness").caller,
        certificate=asked["certificate"],
        reason="八月的签到还在核对",
    )
    assert paper_of(bank, asked["certificate"]).reason == "八月的签到还在核对"
    assert make.do(apply_for_certificate, by=own_page_of(person)).answer["status"] == "applied"


# ---------------------------------------------------------------------------------- the register


def test_numbers_have_no_gaps_when_many_sign_at_once(make: Make, bank: Bank) -> None:
    people = [make.volunteer() for _ in range(6)]
    prepared = []
    for person in people:
        serve(make, person, 60)
        prepared.append(prepare(make, person))
    witnesses = [make.staff("witness").caller for _ in people]
    outcomes = at_once(
        [
            lambda by=by, one=one: make.do(
                sign_certificate,
                by=by,
                certificate=one["certificate"],
                snapshot=one["snapshot"],
            )
            for by, one in zip(witnesses, prepared, strict=True)
        ]
    )
    numbers = sorted(one.answer["number"] for one in outcomes)
    assert numbers == [f"ZM2026-{n:04d}" for n in range(1, 7)]
    assert [one.number for one in list_certificates(bank, year=2026).items] == numbers


def test_without_asking_again_two_would_want_one_number(
    make: Make, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the register as a plain row, which whoever comes second cannot write."""
    rude = statement(insert(CertificateNumber).returning(CertificateNumber.place))
    stale = statement(select((literal(0) * bindparam("of_year", type_=Int)).label("place")))
    monkeypatch.setattr("pointsbank.recognition.certificates._REGISTER", rude)
    monkeypatch.setattr("pointsbank.recognition.certificates._LAST_PLACE", stale)
    people = [make.volunteer() for _ in range(2)]
    for person in people:
        serve(make, person, 60)
    assert issue(make, people[0])["number"] == "ZM2026-0001"
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        issue(make, people[1])


def test_a_number_that_was_given_up_is_given_to_the_next(make: Make, clock: Clock) -> None:
    first, second = make.volunteer(), make.volunteer()
    records = serve(make, first, 60)
    serve(make, second, 60)
    prepared = prepare(make, first)
    void(make, records[0])
    with pytest.raises(CertificateOutdated):
        make.do(
            sign_certificate,
            by=make.staff("witness").caller,
            certificate=prepared["certificate"],
            snapshot=prepared["snapshot"],
        )
    assert issue(make, second)["number"] == "ZM2026-0001"
    clock.set_now(lambda: NOON.replace(year=2027))
    serve(make, second, 30)
    assert issue(make, second)["number"] == "ZM2027-0001"


# ------------------------------------------------------------------------------- checking, revoking


def test_a_number_with_its_digits_tells_hours_and_no_name(make: Make, bank: Bank) -> None:
    person = make.volunteer(name="慕容拾遗")
    serve(make, person, 90)
    done = issue(make, person)
    typed = " zm2026－0001 ", f"{done['check'][:3]} {done['check'][3:]}"
    status = check_certificate(bank, number=typed[0], check=typed[1])
    assert (status.minutes, status.is_valid, status.until) == (90, True, "2026-11-20")
    assert "慕容" not in repr(status)
    assert person.number not in repr(status)
    wrong = f"{(int(done['check']) + 1) % 1_000_000:06d}"
    for number, check in (
        (done["number"], wrong),
        ("ZM2026-0002", done["check"]),
        ("ZM2025-0001", done["check"]),
        ("", ""),
        (done["number"], ""),
        ("Z2026-0001", done["check"]),
        ("ZM2026-0001' OR 1=1", done["check"]),
    ):
        with pytest.raises(CertificateMissing):
            check_certificate(bank, number=number, check=check)


@ON_SQLITE
def test_a_revoked_one_says_so_and_is_printed_no_more(make: Make, bank: Bank) -> None:
    person = make.volunteer()
    serve(make, person, 90)
    done = issue(make, person)
    worker = make.staff("worker")
    named = {"certificate": done["certificate"], "reason": "时长有误"}
    with pytest.raises(SamePersonTwice):
        make.do(revoke_certificate, by=worker.caller, proposed_by=worker.actor, **named)
    make.do(print_certificate, by=worker.caller, certificate=done["certificate"])
    make.do(revoke_certificate, **make.by_two(), **named)
    status = check_certificate(bank, number=done["number"], check=done["check"])
    assert (status.is_valid, status.revoked_at) == (False, bank.clock.instant())
    with pytest.raises(CertificateNotIssued):
        make.do(print_certificate, by=worker.caller, certificate=done["certificate"])
    with pytest.raises(CertificateNotIssued):
        make.do(revoke_certificate, **make.by_two(), **named)
    # Its number stays in the register, and the next one has the next.
    assert issue(make, person)["number"] == "ZM2026-0002"


@ON_SQLITE
def test_a_sheet_is_fetched_by_its_person_or_a_worker(make: Make) -> None:
    person, other = make.volunteer(), make.volunteer()
    serve(make, person, 90)
    done = issue(make, person)
    fetch = {"certificate": done["certificate"]}
    make.do(print_certificate, by=own_page_of(person), **fetch)
    with pytest.raises(CertificateUnknown):
        make.do(print_certificate, by=own_page_of(other), **fetch)
    with pytest.raises(RoleMissing):
        make.do(print_certificate, by=make.staff("auditor").caller, **fetch)
    with pytest.raises(SecondPersonNeeded):
        make.do(print_certificate, by=Caller(person.holder + "x", "command"), **fetch)


def test_whoever_is_forgotten_leaves_number_and_hours_alone(make: Make, bank: Bank) -> None:
    person = make.volunteer(name="慕容拾遗")
    serve(make, person, 90)
    done = issue(make, person)
    make.do(erase_volunteer, number=person.number)
    paper = paper_of(bank, done["certificate"])
    assert (paper.words, paper.is_whole, paper.row.masked_name) == ({}, False, "已注销")
    assert check_certificate(bank, number=done["number"], check=done["check"]).minutes == 90
    with pytest.raises(CertificateNotIssued):
        make.do(
            print_certificate,
            by=make.staff("worker").caller,
            certificate=done["certificate"],
        )
    with pytest.raises(VolunteerErased):
        prepare(make, person)
    revoked = make.do(
        revoke_certificate, **make.by_two(), certificate=done["certificate"], reason="本人注销"
    )
    assert revoked.answer["status"] == "revoked"


# ------------------------------------------------------------------------------------ on the paper


def face_of(bank: Bank, certificate: str) -> CertificateFace:
    paper = paper_of(bank, certificate)
    assert paper.row.number is not None
    assert paper.row.check is not None
    return CertificateFace(
        paper.words,
        paper.responsible or "",
        paper.row.number,
        paper.row.check,
        "2026-11-20",
        paper.check_address,
        paper.signer,
    )


WORDS: dict[str, Any] = {
    "name": RARE,
    "number": "T1",
    "since": "2026-01-01",
    "until": "2026-11-20",
    "minutes": 5999,
    "times": 3,
    "lines": [{"activity": f"活动{n}", "times": 1, "minutes": 60} for n in range(10)],
    "more": 2,
    "more_minutes": 90,
    "stars": 2,
    "awards": ["最美志愿者（晴川街道）"] * 3,
    "issuer": "晴川社区",
    "handler": "李敏",
    "contact": CONTACT,
    "remarks": "用于" + "学校综合素质评价" * 6,
}
FACE = CertificateFace(WORDS, "王芳", "ZM2026-0007", "482913", "2026-11-20")
ADDRESS = "https://jifen.example.org/certificate/?number=ZM2026-0007&check=482913"


@ON_SQLITE
def test_the_code_leads_to_the_check_only_with_a_public_address(make: Make, bank: Bank) -> None:
    person = make.volunteer()
    serve(make, person, 90)
    done = issue(make, person)
    assert face_of(bank, done["certificate"]).check_address is None
    changes = {"public_address": "https://jifen.example.org"}
    make.do(change_settings, by=make.staff("admin").caller, changes=changes)
    address = face_of(bank, done["certificate"]).check_address
    wanted = f"/certificate/?number=ZM2026-0001&check={done['check']}"
    assert address == f"https://jifen.example.org{wanted}"


def test_the_sheet_is_scanned_and_without_an_address_bears_no_code() -> None:
    assert codes_in(draw_certificate(replace(FACE, check_address=ADDRESS))) == [ADDRESS]
    assert codes_in(draw_certificate(FACE)) == []


def test_rare_characters_of_a_name_are_text_in_the_pdf_and_ink_on_the_sheet() -> None:
    assert missing_glyphs(RARE) == ""
    (text_map,) = [part for part in streams_of(certificate_pdf(FACE)) if b"beginbfchar" in part]
    for letter in f"{RARE}志愿服务记录证明":
        assert f"<{letter.encode('utf-16-be').hex().upper()}>".encode() in text_map
    # A name that the font cannot draw leaves the same empty place, whichever it is.
    drawn = {draw_certificate(_named(letter)).tobytes() for letter in (*RARE, "一")}
    blank = {draw_certificate(_named(letter)).tobytes() for letter in "\U0010fffc\U0010fffd"}
    assert (len(drawn), len(blank), drawn & blank) == (5, 1, set())


def _named(name: str) -> CertificateFace:
    return replace(FACE, words={**WORDS, "name": name})


def test_hours_are_never_doubtful_and_nobody_claims_to_be_the_state() -> None:
    text = "".join(shown_on(FACE))
    assert "99.98 小时" in text
    assert "由晴川社区出具" in text
    for claim in ("国家", "官方", "全国"):
        assert claim not in text
    assert "号码由本人手写" in text
    assert "盖章" in text


class Listening:
    """A sheet that remembers what was written on it, and how far down."""

    def __init__(self) -> None:
        self.said: list[tuple[float, str]] = []
        self.boxes: list[tuple[float, float]] = []

    def words(self, left: float, baseline: float, text: str, *_: Any, **__: Any) -> None:
        self.said.append((baseline, text))

    def box(self, left: float, top: float, width: float, height: float, *_: Any, **__: Any) -> None:
        self.boxes.append((top, top + height))

    def slanted(self, *_: Any) -> None:
        self.said.append((0, "demonstration"))

    def modules(self, left: float, top: float, matrix: Any, module: float) -> None:
        self.boxes.append((top, top + len(matrix) * module))


def _listen(face: CertificateFace) -> Listening:
    sheet = Listening()
    draw(sheet, face)
    return sheet


def shown_on(face: CertificateFace) -> list[str]:
    return [text for _, text in _listen(face).said]


def test_the_longest_certificate_stays_on_its_sheet_and_nothing_lies_on_something() -> None:
    sheet = _listen(replace(FACE, check_address=ADDRESS))
    assert max(bottom for _, bottom in sheet.boxes) < 290
    table = [baseline for baseline, text in sheet.said if text.startswith("用于学校")]
    signing = [baseline for baseline, text in sheet.said if "签字" in text]
    assert max(table) < min(signing) - 8
    notes = [baseline for baseline, text in sheet.said if text.startswith(("核对", "本证明"))]
    assert max(notes) < 290


def test_the_same_certificate_prints_the_same_bytes_and_a_demonstration_says_so() -> None:
    assert certificate_pdf(FACE) == certificate_pdf(FACE)
    assert "demonstration" in shown_on(replace(FACE, demonstration=True))
    assert "demonstration" not in shown_on(FACE)
