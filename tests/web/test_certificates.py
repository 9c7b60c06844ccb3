"""Certificates in the office, on one's own page, and before everybody's eyes."""

from __future__ import annotations

import json

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.people import VolunteerRef, find_volunteer, pins
from pointsbank.recognition import CertificateRow, list_certificates, revoke_certificate
from tests.conftest import NOON
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import Make
from tests.people.test_second_person import Standing, standing
from tests.recognition.serving import serve
from tests.recognition.test_certificates import face_of, issue, shown_on, void
from tests.web.page_visitor import Visitor
from tests.web.test_me import Holder


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))


def come(app: Flask, make: Make, *roles: str) -> Visitor:
    return Visitor(app, make.bank, make.staff(*roles))


def shown(beside: Standing) -> dict[str, str]:
    return {"badge": beside.badge, "pin": beside.pin}


def latest(make: Make, person: VolunteerRef) -> CertificateRow:
    return list_certificates(make.bank, volunteer_id=person.id).items[0]


def of_person(person: VolunteerRef) -> str:
    return f"/office/certificates/of/{person.number}"


def test_it_is_prepared_signed_and_printed_at_one_screen(app: Flask, make: Make) -> None:
    worker, witness = come(app, make, "worker"), standing(make)
    person = make.volunteer(name="慕容拾遗")
    serve(make, person, 150, activity="治安巡逻")
    page = of_person(person)
    fields = {"contact": "027-84840000", "with_awards": "1", "remarks": "学校要"}
    made = worker.send(page, page, **fields)
    assert made.status_code == 302
    one = str(made.location)
    said = worker.read(one)
    assert all(word in said for word in ("治安巡逻", "2.50 小时", "学校要", "要由别人签发"))
    assert "慕容拾遗" not in said
    assert "1 份服务证明等着办" in worker.read("/office/")
    snapshot = str(latest(make, person).snapshot)
    refused = worker.send(one, f"{one}/sign", snapshot=snapshot)
    assert refused.status_code == 403
    signed = worker.send(one, f"{one}/confirm", snapshot=snapshot, **shown(witness))
    assert signed.location == one
    assert "ZM2026-0001" in worker.read(one)
    sheet = worker.send(one, f"{one}/print")
    assert (sheet.mimetype, sheet.data[:5]) == ("application/pdf", b"%PDF-")
    assert "ZM2026-0001.pdf" in sheet.headers["Content-Disposition"]
    register = worker.read("/office/certificates?show=register&year=2026")
    assert all(word in register for word in ("ZM2026-0001", "慕**", person.number))


def test_another_login_signs_or_says_why_not(app: Flask, make: Make) -> None:
    worker, witness = come(app, make, "worker"), come(app, make, "witness")
    person = make.volunteer()
    serve(make, person, 150)
    page = of_person(person)
    one = str(worker.send(page, page, contact="027-84840000").location)
    missing = witness.send(one, f"{one}/refuse", reason="")
    assert 'id="f-reason-error"' in missing.text
    witness.send(one, f"{one}/refuse", reason="还在核对")
    assert "还在核对" in worker.read(one)
    again = str(worker.send(page, page, contact="027-84840000").location)
    snapshot = str(latest(make, person).snapshot)
    assert witness.send(again, f"{again}/sign", snapshot=snapshot).location == again
    assert "打印，给本人" not in witness.read(again)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"contact": ""}, 422, 'id="f-contact-error"'),
        ({"since": "2026-11-19", "until": "2026-11-01"}, 422, "起止日期不对"),
        ({"since": "2020-01-01", "until": "2020-02-01"}, 409, "这段时间没有认定的服务"),
    ],
)
def test_what_cannot_be_certified_comes_back(
    app: Flask, make: Make, fields: dict[str, str], status: int, said: str
) -> None:
    person = make.volunteer()
    serve(make, person, 150)
    worker, page = come(app, make, "worker"), of_person(person)
    answer = worker.send(page, page, **{"contact": "027-84840000", **fields})
    assert (answer.status_code, said in answer.text) == (status, True)


def test_one_behind_which_service_was_voided_is_looked_at_and_revoked(
    app: Flask, make: Make
) -> None:
    worker, witness = come(app, make, "worker"), standing(make)
    person = make.volunteer()
    records = serve(make, person, 60, activity="一") + serve(make, person, 60, activity="二")
    done = issue(make, person)
    make.bank.clock.set_now(lambda: NOON.replace(minute=30))
    void(make, records[0])
    assert "1 份证明里的服务作废了" in worker.read("/office/")
    one = f"/office/certificates/{done['certificate']}"
    assert "谁出具谁负责" in worker.read(one)
    make.bank.clock.set_now(lambda: NOON.replace(minute=34))
    assert worker.send(one, f"{one}/keep", note="补交了签到表").location == one
    assert "谁出具谁负责" not in worker.read(one)
    revoked = worker.send(one, f"{one}/revoke", reason="时长有误", **shown(witness))
    assert revoked.location == one
    assert worker.send(of_person(person), f"{one}/print").status_code == 409
    assert done["number"] in worker.read("/office/certificates?show=revoked")


def test_one_asks_for_a_certificate_and_fetches_it(
    app: Flask, counter: Counter, make: Make
) -> None:
    holder = Holder(app, counter, counter.buyer())
    person = make.bank.database.read(lambda session: find_volunteer(session, holder.buyer.number))
    assert person is not None
    holder.come()
    refused = holder.send("/me/certificates", page="/me/certificates")
    assert (refused.status_code, "没有认定的服务" in refused.text) == (409, True)
    serve(make, person, 90)
    asked = holder.send("/me/certificates", page="/me/certificates", purpose="学校要")
    assert asked.location == "/me/certificates"
    assert "本人申请了" in holder.read("/me/certificates")
    worker = come(app, make, "worker")
    assert "学校要" in worker.read(of_person(person))
    done = issue(make, person)
    assert "编号 ZM2026-0001" in holder.read("/me/")
    assert "ZM2026-0001" in holder.read("/me/certificates")
    address = f"/me/certificates/{done['certificate']}"
    assert holder.send(address, page="/me/certificates").data[:5] == b"%PDF-"
    other = make.volunteer()
    serve(make, other, 90)
    anothers = f"/me/certificates/{issue(make, other)['certificate']}"
    assert holder.send(anothers, page="/me/certificates").status_code == 404
    told = json.loads(holder.send("/me/data", pin=holder.pin).data)["certificates"]
    assert (told[0]["number"], told[0]["words"]["minutes"]) == ("ZM2026-0001", 90)


# -------------------------------------------------------------------------- before everybody's eyes


def test_anybody_checks_a_number_and_learns_no_name(app: Flask, make: Make) -> None:
    person = make.volunteer(name="慕容拾遗")
    serve(make, person, 90)
    done = issue(make, person)
    anybody = app.test_client()
    assert "核对服务证明" in anybody.get("/certificate/").text
    good = anybody.get(f"/certificate/?number={done['number']}&check={done['check']}")
    assert all(word in good.text for word in ("有效", "1.50 小时", "2026-11-20"))
    assert "慕容" not in good.text
    assert person.number not in good.text
    wrong = f"{(int(done['check']) + 1) % 1_000_000:06d}"
    bad = anybody.get(f"/certificate/?number={done['number']}&check={wrong}")
    assert (bad.status_code, "查不到这份证明" in bad.text) == (404, True)
    named = {"certificate": done["certificate"], "reason": "时长有误"}
    make.do(revoke_certificate, **make.by_two(), **named)
    void_now = anybody.get(f"/certificate/?number={done['number']}&check={done['check']}")
    assert "已作废" in void_now.text
    assert "时长有误" not in void_now.text
    english = anybody.get(f"/certificate/?number={done['number']}&check={done['check']}&lang=en")
    assert "revoked" in english.text


@pytest.mark.parametrize(("minutes", "said"), [(61, "1.01 小时"), (119, "1.98 小时")])
def test_signer_paper_and_public_check_read_the_same_hours(
    app: Flask, make: Make, minutes: int, said: str
) -> None:
    # Whoever checks compares with the paper: 61 minutes are 1.0166… hours, 119 are 1.9833…
    person = make.volunteer()
    serve(make, person, minutes)
    done = issue(make, person)
    paper = "".join(shown_on(face_of(make.bank, done["certificate"])))
    signer = come(app, make, "witness").read(f"/office/certificates/{done['certificate']}")
    address = f"/certificate/?number={done['number']}&check={done['check']}"
    for text in (paper, signer, app.test_client().get(address).text):
        assert said in text


def test_nobody_guesses_for_long(counter: Counter) -> None:
    app = create_app_for(counter.bank, secure=False)
    app.config["LIMIT_CERTIFICATES"] = 3
    anybody = app.test_client()
    asked = [anybody.get(f"/certificate/?number=ZM2026-0001&check=00000{n}") for n in range(5)]
    assert [one.status_code for one in asked] == [404, 404, 404, 429, 429]
    assert anybody.get("/certificate/").status_code == 200
