"""Stars in the office and on one's own page, as the people who press the buttons."""

from __future__ import annotations

import json
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.people import VolunteerRef, find_volunteer, pins
from pointsbank.recognition import get_star_rule, get_stars_of, read_star_table, set_star_rule
from tests.counter import Counter
from tests.make import Make
from tests.people.test_second_person import Standing, standing
from tests.recognition.serving import serve
from tests.recognition.test_stars import LONGQUANYI, SMALL, TODAY, give, void
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


@pytest.fixture(autouse=True)
def small_stars(app: Flask, make: Make) -> None:
    """A bank that is open for business, in which stars are small."""
    admin = make.staff("admin").caller
    make.do(set_star_rule, by=admin, document=SMALL, starts_on=TODAY)


def come(app: Flask, make: Make, *roles: str) -> Visitor:
    return Visitor(app, make.bank, make.staff(*roles))


def shown(beside: Standing) -> dict[str, str]:
    return {"badge": beside.badge, "pin": beside.pin}


def address(person: VolunteerRef) -> str:
    return f"/office/stars/of/{person.number}"


def stars_now(make: Make, person: VolunteerRef) -> int:
    return get_stars_of(make.bank, volunteer_id=person.id, today=TODAY).stars


def open_star(make: Make, person: VolunteerRef) -> str:
    waiting = get_stars_of(make.bank, volunteer_id=person.id, today=TODAY).open
    assert waiting is not None
    return waiting.number


def test_a_candidate_is_put_forward_and_confirmed_at_one_screen(app: Flask, make: Make) -> None:
    worker, witness = come(app, make, "worker"), standing(make)
    person = make.volunteer()
    serve(make, person, 60)
    assert person.number in worker.read("/office/stars?show=candidates")
    page = address(person)
    assert worker.send(page, f"{page}/propose").location == page
    said = worker.read(page)
    assert "要由别人评定" in said
    assert "1 位的星级等人评定" in worker.read("/office/")
    star = open_star(make, person)
    refused = worker.send(page, f"{page}/approve", star=star)
    assert (refused.status_code, "第二个人" in refused.text) == (403, True)
    assert worker.send(page, f"{page}/confirm", star=star, **shown(witness)).location == page
    assert "1 星志愿者" in worker.read(page)
    assert stars_now(make, person) == 1
    for where in (
        f"/office/volunteers/{person.number}",
        f"/office/volunteers/{person.number}/file",
    ):
        assert "★ 1 星" in worker.read(where)
    assert person.number in worker.read("/office/stars?show=held&stars=1")


def test_another_login_decides_or_says_why_not(app: Flask, make: Make) -> None:
    worker, witness = come(app, make, "worker"), come(app, make, "witness")
    person = make.volunteer()
    serve(make, person, 60)
    page = address(person)
    assert "提出评定" not in witness.read(page)
    worker.send(page, f"{page}/propose")
    missing = witness.send(page, f"{page}/refuse", star=open_star(make, person), reason="")
    assert 'id="f-reason-error"' in missing.text
    witness.send(page, f"{page}/refuse", star=open_star(make, person), reason="先核对签到")
    assert "先核对签到" in worker.read(page)
    worker.send(page, f"{page}/propose")
    assert witness.send(page, f"{page}/approve", star=open_star(make, person)).location == page
    assert stars_now(make, person) == 1


def test_stars_whose_hours_are_gone_are_kept_or_lowered(app: Flask, make: Make) -> None:
    worker, witness = come(app, make, "worker"), standing(make)
    person = make.volunteer()
    records = [serve(make, person, 60, activity=f"{n}")[0] for n in range(2)]
    for _ in range(2):
        give(make, person)
    void(make, records[0])
    assert "1 位的星级够不上了" in worker.read("/office/")
    assert person.number in worker.read("/office/stars?show=look")
    page = address(person)
    assert worker.send(page, f"{page}/keep", note="补交了签到表").location == page
    assert "没有要看的" in worker.read("/office/stars?show=look")
    void(make, records[1])
    lowered = worker.send(page, f"{page}/lower", reason="时长作废", **shown(witness))
    assert (lowered.location, stars_now(make, person)) == (page, 0)


def fields_of(document: dict[str, Any]) -> dict[str, str]:
    """A table of stars as somebody types it."""
    fields = {"second": document["second"], "starts_on": TODAY}
    fields |= {name: "1" for name in ("lowers", "counts_back_filled") if document.get(name)}
    for place, step in enumerate(document["steps"], start=1):
        fields |= {f"hours-{place}": str(step["hours"]), f"least-{place}": str(step["least"])}
    return fields


def test_the_table_of_another_place_is_typed_and_used(app: Flask, make: Make) -> None:
    admin = come(app, make, "admin")
    document = json.loads(LONGQUANYI.read_text(encoding="utf-8"))
    page = "/office/stars/rules"
    assert admin.send(page, page, **fields_of(document)).location == page
    now = get_star_rule(make.bank, day=TODAY)
    assert (now.version, now.table) == (2, read_star_table(document))
    assert "8,400 分" in admin.read(page)
    assert "要管理员来改" in come(app, make, "worker").read(page)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hours-1": "一百"}, 'id="f-hours-1-error"'),
        ({"second": "quality", "least-1": "6.0"}, 'id="f-least-1-error"'),
        ({"hours-2": "1"}, "2.hours"),
    ],
)
def test_a_table_that_cannot_be_comes_back_as_it_was_typed(
    app: Flask, make: Make, change: dict[str, str], said: str
) -> None:
    admin = come(app, make, "admin")
    document = json.loads(LONGQUANYI.read_text(encoding="utf-8"))
    fields = fields_of(document) | change
    answer = admin.send("/office/stars/rules", "/office/stars/rules", **fields)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert 'value="8400"' in answer.text
    assert get_star_rule(make.bank, day=TODAY).version == 1


def test_one_asks_for_a_star_on_the_own_page(app: Flask, counter: Counter, make: Make) -> None:
    holder = Holder(app, counter, counter.buyer())
    person = make.bank.database.read(lambda session: find_volunteer(session, holder.buyer.number))
    assert person is not None
    holder.come()
    assert "再服务 1 小时，可以申请 1 星" in holder.read("/me/file")
    serve(make, person, 60)
    assert "申请 1 星" in holder.read("/me/file")
    assert holder.send("/me/star", page="/me/file").location == "/me/file"
    assert "1 星正在评定" in holder.read("/me/file")
    again = holder.send("/me/star", page="/me/help")
    assert (again.status_code, "已经在评定了" in again.text) == (409, True)
    worker, witness = come(app, make, "worker"), come(app, make, "witness")
    page = address(person)
    assert "本人申请了" in worker.read("/office/stars")
    worker.send(page, f"{page}/propose")
    witness.send(page, f"{page}/approve", star=open_star(make, person))
    assert "恭喜，您评上了 1 星志愿者" in holder.read("/me/")
    assert "★ 1 星" in holder.read("/me/file")
    told = json.loads(holder.send("/me/data", pin=holder.pin).data)["stars"]
    assert (told["now"], told["given"][0]["status"]) == (1, "approved")
