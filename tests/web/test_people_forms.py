"""People by form: registering, changing, leaving, families, staff, as the people who do it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from pointsbank.foundation import Bank, public_id
from pointsbank.people import (
    VolunteerFile,
    get_standing,
    get_volunteer_file,
    join_household,
    list_families,
    list_staff,
    list_volunteers,
    same_household,
)
from pointsbank.people import passwords as room
from tests.books import books_are_right
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import Make
from tests.people.test_registration import FULL_WIDTH, NAMES, PHONES
from tests.web.page_visitor import Visitor

Enter = Callable[..., Visitor]
NEW = "/office/volunteers/new"
CONSENT = {"consent": "1", "consent_by": "self", "consent_version": "1"}
PASSWORD = "丁香花开满小巷口，七月的风吹过"


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make) -> Flask:
    """The pages over a bank that is open for business."""
    make.rule()
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Enter:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


@pytest.fixture
def worker(enter: Enter) -> Visitor:
    """A worker who is logged in."""
    return enter("worker")


@pytest.fixture
def admin(enter: Enter) -> Visitor:
    """The admin, who may let people in."""
    return enter("admin", "worker")


def registered(bank: Bank, answer: TestResponse) -> VolunteerFile:
    """The file that a form has just made."""
    assert answer.status_code == 302, re.sub(r"\s+", " ", answer.text)[-3000:]
    return get_volunteer_file(bank, number=answer.location.rpartition("/")[2])


def fill_in(worker: Visitor, **fields: str) -> TestResponse:
    """Fill in the form of a new volunteer, with consent, and press its button."""
    return worker.send(NEW, NEW, **({"name": "王小明"} | CONSENT | fields))


# -------------------------------------------------------------------------------------- registering


@pytest.mark.parametrize("typed", NAMES)
def test_the_form_takes_every_name(worker: Visitor, bank: Bank, typed: str) -> None:
    file = registered(bank, fill_in(worker, name=typed))
    assert file.name == NAMES[typed]
    shown = worker.send(
        f"/office/volunteers/{file.number}", f"/office/volunteers/{file.number}/name"
    )
    assert NAMES[typed] in shown.text


@pytest.mark.parametrize("typed", PHONES)
def test_the_form_takes_every_telephone(worker: Visitor, bank: Bank, typed: str) -> None:
    assert registered(bank, fill_in(worker, phone=typed)).phone == PHONES[typed]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "张\u202e伟"),
        ("name", "孟" * 51),
        ("phone", "12345"),
        ("phone", "１９９"),
        ("born", "2031"),
    ],
)
def test_what_cannot_be_read_comes_back_where_it_stands(
    worker: Visitor, bank: Bank, field: str, typed: str
) -> None:
    refused = fill_in(worker, **{field: typed, "team": "晨光队"})
    assert refused.status_code == 422
    assert f'id="f-{field}-error"' in refused.text
    assert 'value="晨光队"' in refused.text
    assert list_volunteers(bank).total == 0


def test_everything_on_the_form_arrives(worker: Visitor, bank: Bank) -> None:
    answer = fill_in(
        worker,
        number=FULL_WIDTH,
        name="刘淑芬",
        sex="female",
        phone="+86 19900002877",
        title="阿姨",
        team="晨光队",
        area="三号楼",
        born="１９５８",
        large_type="1",
        read_aloud="1",
    )
    file = registered(bank, answer)
    assert (file.number, file.sex, file.phone) == ("4201050010000243", "female", "19900002877")
    assert (file.form_of_address, file.team, file.area, file.born) == (
        "刘阿姨",
        "晨光队",
        "三号楼",
        "1958",
    )
    assert (file.large_type, file.read_aloud, file.hide_balance) == (True, True, False)
    standing = get_standing(bank, volunteer_id=file.id)
    assert standing.consent is not None
    assert standing.consent.actor == worker.staff.actor


def test_a_form_of_address_typed_whole_goes_before_the_title(worker: Visitor, bank: Bank) -> None:
    file = registered(bank, fill_in(worker, name="刘淑芬", title="阿姨", called="刘老师"))
    assert file.form_of_address == "刘老师"


def test_without_a_number_the_office_gives_one(worker: Visitor, bank: Bank) -> None:
    assert registered(bank, fill_in(worker)).number == public_id("V", 1)


def test_without_consent_nobody_is_registered(worker: Visitor, bank: Bank) -> None:
    refused = worker.send(NEW, NEW, name="王小明", consent_version="1")
    assert refused.status_code == 422
    assert 'id="f-consent-error"' in refused.text
    assert list_volunteers(bank).total == 0


def test_consent_to_an_older_text_is_asked_again(
    worker: Visitor, admin: Visitor, bank: Bank
) -> None:
    form = worker.hidden(NEW)
    assert (
        admin.send("/office/consent", "/office/consent", text="新的一版。", after="1").status_code
        == 302
    )
    refused = worker.press(NEW, form, name="王小明", **CONSENT)
    assert refused.status_code == 409
    assert "第 2 版" in refused.text
    assert 'name="consent_version" value="2"' in refused.text
    again = fill_in(worker, consent_version="2")
    assert registered(bank, again).name == "王小明"


def test_a_child_needs_a_guardian_on_the_form(worker: Visitor, bank: Bank) -> None:
    child = {"name": "刘小朵", "born": "2016"}
    guardian = {"guardian_name": "刘淑芬", "guardian_phone": "19900000009"}
    for lacking in (child, {**child, **guardian}, {**child, "consent_by": "guardian"}):
        refused = fill_in(worker, **lacking)
        assert refused.status_code == 409
        assert 'id="f-guardian_name-error"' in refused.text
    incomplete = fill_in(worker, **child, consent_by="guardian", guardian_name="刘淑芬")
    assert incomplete.status_code == 422
    file = registered(
        bank,
        fill_in(
            worker, **child, **guardian, consent_by="guardian", guardian_relation="grandparent"
        ),
    )
    found = get_standing(bank, volunteer_id=file.id).guardian
    assert found is not None
    assert (found.name, found.phone, found.relation) == ("刘淑芬", "19900000009", "grandparent")


def test_the_same_name_and_telephone_is_asked_once_more(worker: Visitor, bank: Bank) -> None:
    twin = {"name": "张伟", "phone": "19900000001"}
    first = registered(bank, fill_in(worker, **twin))
    asked = fill_in(worker, **twin)
    assert asked.status_code == 409
    assert "是两个人，还是要登记" in asked.text
    assert f'href="/office/volunteers/{first.number}"' in asked.text
    second = registered(bank, fill_in(worker, **twin, even_so="yes"))
    assert second.number != first.number


def test_two_of_one_name_and_a_shared_telephone_are_not_in_the_way(
    worker: Visitor, bank: Bank
) -> None:
    for name, phone in (
        ("张伟", "19900000001"),
        ("张伟", "027-84841234"),
        ("李梅", "027-84841234"),
    ):
        registered(bank, fill_in(worker, name=name, phone=phone))
    assert list_volunteers(bank).total == 3


def test_a_taken_number_is_told_at_the_field(worker: Visitor, make: Make) -> None:
    make.volunteer(number="4201050010000243", name="别人")
    refused = fill_in(worker, number="4201050010000243")
    assert refused.status_code == 409
    assert 'id="f-number-error"' in refused.text


def test_a_double_click_registers_one(worker: Visitor, bank: Bank) -> None:
    form = worker.hidden(NEW)
    answers = [worker.press(NEW, form, name="王小明", **CONSENT) for _ in range(2)]
    assert len({registered(bank, answer).number for answer in answers}) == 1
    assert list_volunteers(bank).total == 1


# ------------------------------------------------------------------------------------------ similar


def test_similar_people_are_told_masked_and_with_a_link(worker: Visitor, make: Make) -> None:
    known = make.volunteer(name="张伟", phone="19900000001", team="晨光队")
    answer = worker.get("/office/volunteers/similar?name=张 伟&phone=%2B86 19900000001")
    assert answer.mimetype == "application/json"
    [told] = answer.get_json()["people"]
    assert told == {
        "number": known.number,
        "says": "张* · 199****0001 · 晨光队",
        "why": "姓名一样、电话一样",
        "href": f"/office/volunteers/{known.number}",
    }
    assert "19900000001" not in answer.text
    assert worker.get("/office/volunteers/similar").get_json() == {"people": []}


@pytest.mark.parametrize("role", ["auditor", "witness", "merchant"])
def test_only_workers_are_told_who_is_similar(enter: Enter, role: str) -> None:
    assert enter(role).get("/office/volunteers/similar?name=张伟").status_code == 403


def test_whoever_asks_too_often_is_asked_to_wait(app: Flask, worker: Visitor) -> None:
    app.config["LIMIT_SIMILAR"] = 3
    statuses = [worker.get("/office/volunteers/similar?name=张").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


# ------------------------------------------------------------------------------- changing, leaving


def test_changing_opens_with_everything_and_says_who_looked(
    worker: Visitor, bank: Bank, make: Make
) -> None:
    person = make.volunteer(
        name="梁𬍛", phone="19900000001", form_of_address="梁老师", team="晨光队", sex="male"
    )
    page = f"/office/volunteers/{person.number}"
    assert "梁𬍛" not in worker.read(page)
    opened = worker.send(page, f"{page}/edit")
    for word in ("梁𬍛", "19900000001", "梁老师", "晨光队"):
        assert f'value="{word}"' in opened.text
    assert 'value="male" checked' in opened.text
    looked = worker.read("/office/journal")
    assert looked
    changed = worker.send(page, f"{page}/change", name="梁𬍛", phone="027-84841234", title="阿姨")
    assert changed.status_code == 302
    file = get_volunteer_file(bank, number=person.number)
    assert (file.phone, file.form_of_address, file.team, file.sex) == (
        "027-84841234",
        "梁阿姨",
        None,
        None,
    )


@pytest.mark.parametrize(
    "verb", ["edit", "change", "leave", "erase", "return", "consent", "household"]
)
@pytest.mark.parametrize("role", ["auditor", "witness"])
def test_who_only_reads_changes_nothing(enter: Enter, make: Make, role: str, verb: str) -> None:
    page = f"/office/volunteers/{make.volunteer().number}"
    assert enter(role).send("/office/books", f"{page}/{verb}").status_code == 403


def test_leaving_and_coming_back_by_form(worker: Visitor, bank: Bank, make: Make) -> None:
    person = make.volunteer(points=30, name="张三")
    page = f"/office/volunteers/{person.number}"
    assert "30 分留在账上，谁也动不了" in worker.read(f"{page}/leave")
    refused = worker.send(f"{page}/leave", f"{page}/leave")
    assert refused.status_code == 422
    assert get_volunteer_file(bank, number=person.number).left_on is None
    assert worker.send(f"{page}/leave", f"{page}/leave", leaves="yes").status_code == 302
    assert "2026-11-20 退出" in worker.read(page)
    assert worker.send(f"{page}/leave", f"{page}/return").status_code == 302
    file = get_volunteer_file(bank, number=person.number)
    assert (file.left_on, file.points) == (None, 30)


def test_erasing_by_form_takes_a_box_and_leaves_the_books_right(
    worker: Visitor, bank: Bank, make: Make
) -> None:
    person = make.volunteer(points=30, name="张三")
    page = f"/office/volunteers/{person.number}"
    assert worker.send(f"{page}/leave", f"{page}/erase", leaves="yes").status_code == 422
    assert get_volunteer_file(bank, number=person.number).name == "张三"
    assert worker.send(f"{page}/leave", f"{page}/erase", erases="yes").status_code == 302
    file = get_volunteer_file(bank, number=person.number)
    assert (file.name, file.points) == (None, 30)
    assert "已注销" in worker.read(page)
    assert "已经注销了" in worker.read(f"{page}/leave")
    books_are_right(bank)


def test_a_helper_is_shown_on_the_file_with_the_receipt(
    worker: Visitor, bank: Bank, make: Make
) -> None:
    helper = make.volunteer(name="赵六")
    answer = fill_in(
        worker, name="孙奶奶", helper_number=helper.number, helper_relation="neighbour"
    )
    file = registered(bank, answer)
    [row] = get_standing(bank, volunteer_id=file.id).beside
    assert (row.number, row.relation, row.actor) == (
        helper.number,
        "neighbour",
        worker.staff.actor,
    )
    page = worker.read(f"/office/volunteers/{file.number}")
    assert helper.number in page
    assert row.receipt in page
    assert fill_in(worker, helper_number="N404").status_code == 404


def test_consent_is_taken_back_and_given_again_on_the_file(worker: Visitor, bank: Bank) -> None:
    number = registered(bank, fill_in(worker)).number
    page = f"/office/volunteers/{number}"
    assert "第 1 版，2026-11-20" in worker.read(page)
    taken_back = worker.send(page, f"{page}/consent/withdraw")
    assert taken_back.location == f"{page}/leave"
    assert "2026-11-20 撤回" in worker.read(page)
    assert worker.send(page, f"{page}/consent", **CONSENT).status_code == 302
    assert "第 1 版，2026-11-20" in worker.read(page)


def test_a_household_is_put_together_and_taken_apart_on_the_file(
    worker: Visitor, bank: Bank, make: Make
) -> None:
    mother, child = make.volunteer(name="周桂英"), make.volunteer(name="李小军")
    page = f"/office/volunteers/{mother.number}"

    def together() -> bool:
        return bank.database.read(lambda session: same_household(session, mother.id, child.id))

    refused = worker.send(page, f"{page}/household", member="李小军")
    assert refused.status_code == 422
    assert not together()
    done = worker.send(
        page, f"{page}/household", member="李小军", agreed="yes", consented_on="2026-11-01"
    )
    assert done.status_code == 302
    assert together()
    assert "李**" in worker.read(page)
    out = worker.send(page, f"{page}/household/leave", leaving=child.number)
    assert out.status_code == 302
    assert not together()


def test_who_lives_together_cannot_approve_on_the_page_either(
    app: Flask, bank: Bank, make: Make
) -> None:
    husband, wife = make.volunteer(), make.volunteer()
    make.do(join_household, number=wife.number, member=husband.number, consented_on="2026-11-01")
    witness = Visitor(app, bank, make.staff("witness", volunteer=husband))
    record = make.record(wife)
    page = f"/office/service/{record}"
    assert witness.send("/office/service", f"{page}/approve").status_code == 403
    assert make.balance(wife.wallet) == 0


# ----------------------------------------------------------------------------------------- families


def test_a_family_is_registered_gets_a_card_and_is_closed(worker: Visitor, bank: Bank) -> None:
    page = "/office/families"
    assert worker.send(page, page).status_code == 302
    assert "某户1" in worker.read(page)
    assert worker.send(page, f"{page}/F0001/card").status_code == 302
    [family] = list_families(bank)
    assert family.card_status == "active"
    assert worker.send(page, f"{page}/F0001/end").status_code == 422
    assert worker.send(page, f"{page}/F0001/end", ends="yes").status_code == 302
    [family] = list_families(bank)
    assert (family.card_status, family.ended_on) == ("blocked", "2026-11-20")
    assert worker.send(page, f"{page}/F0001/card").status_code == 409


def test_families_are_read_and_not_registered_by_an_auditor(enter: Enter) -> None:
    auditor = enter("auditor")
    assert auditor.get("/office/families").status_code == 200
    assert auditor.send("/office/books", "/office/families").status_code == 403


# -------------------------------------------------------------------------------------------- staff


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(room, "_HASHER", PasswordHasher(1, 8, 1))
    monkeypatch.setattr(room, "_NOBODYS", [])


def code_on(paper: TestResponse) -> str:
    """The one-time code on the paper that was shown."""
    assert paper.status_code == 200, paper.text[-2000:]
    found = re.search(r"([0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4})", paper.text)
    assert found is not None
    return found[1]


def test_somebody_new_sets_a_password_and_is_in(app: Flask, admin: Visitor, quick: None) -> None:
    form = {"login": "wangfang", "name": "王芳", "role_worker": "1"}
    code = code_on(admin.send("/office/invite", "/office/invite", **form))
    assert "还没设密码" in admin.read("/office/staff")
    visitor = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/login/first").text)
    assert token is not None

    def send(**fields: str) -> TestResponse:
        return visitor.post("/login/first", data={"csrf_token": token[1], **fields})

    differ = send(code=code, password=PASSWORD, again=PASSWORD + "x")
    assert differ.status_code == 422
    assert 'id="f-again-error"' in differ.text
    weak = send(code=code, password="123456789012345", again="123456789012345")
    assert weak.status_code == 422
    assert 'id="f-password-error"' in weak.text
    assert "123456789012345" not in weak.text
    wrong = send(code="0000 0000 0000", password=PASSWORD, again=PASSWORD)
    assert wrong.status_code == 403
    assert 'id="f-code-error"' in wrong.text
    done = send(code=code.lower(), password=PASSWORD, again=PASSWORD)
    assert (done.status_code, done.location) == (302, "/office/")
    assert visitor.get("/office/").status_code == 200
    assert "/login/first" in app.test_client().get("/login").text


def test_codes_are_not_tried_for_long(app: Flask, quick: None) -> None:
    app.config["LIMIT_WRONG_LOGINS"] = 3
    visitor = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/login/first").text)
    assert token is not None
    data = {"csrf_token": token[1], "code": "ABCD", "password": PASSWORD, "again": PASSWORD}
    statuses = [visitor.post("/login/first", data=data).status_code for _ in range(5)]
    assert statuses == [403, 403, 403, 429, 429]


@pytest.mark.parametrize("role", ["worker", "witness", "auditor", "merchant"])
def test_only_an_admin_opens_the_pages_of_staff(enter: Enter, role: str) -> None:
    visitor = enter(role)
    for page in ("/office/staff", "/office/invite", f"/office/staff/{visitor.staff.login}"):
        assert visitor.get(page).status_code == 403
    assert "人员与机构" not in visitor.get("/office/").text


def test_a_merchant_is_entered_with_an_organisation(admin: Visitor, bank: Bank, make: Make) -> None:
    page = "/office/staff"
    added = admin.send(page, "/office/organisations", organisation_name="惠民超市", kind="merchant")
    assert added.status_code == 302
    assert "惠民超市" in admin.read(page)
    form = {"login": "huimin", "name": "惠民超市", "role_merchant": "1"}
    refused = admin.send("/office/invite", "/office/invite", **form)
    assert refused.status_code == 422
    assert 'id="f-organisation-error"' in refused.text
    shop = re.search(r'<option value="(org-\d+)"', admin.get("/office/invite").text)
    assert shop is not None
    code_on(admin.send("/office/invite", "/office/invite", **form, organisation=shop[1]))
    assert [one.roles for one in list_staff(bank) if one.login == "huimin"] == [("merchant",)]


def test_roles_change_at_the_next_click_and_a_shut_out_login_is_out(
    enter: Enter, admin: Visitor, make: Make, bank: Bank
) -> None:
    colleague = enter("worker")
    page = f"/office/staff/{colleague.staff.login}"
    volunteer = make.volunteer(name="周桂英")
    changed = admin.send(page, page, name="周桂英", role_auditor="1", volunteer="周桂英")
    assert changed.status_code == 302
    assert colleague.get(NEW).status_code == 403
    assert colleague.get("/office/books").status_code == 200
    assert volunteer.number in admin.read("/office/staff")
    assert admin.send(page, f"{page}/disable").status_code == 422
    assert admin.send(page, f"{page}/disable", ends="yes").status_code == 302
    assert colleague.get("/office/books").status_code == 302
    assert admin.send(page, f"{page}/code").status_code == 409
    assert admin.send(page, f"{page}/enable").status_code == 302
    code_on(admin.send(page, f"{page}/code"))


def test_the_last_admin_cannot_shut_everybody_out(admin: Visitor, bank: Bank) -> None:
    for one in list_staff(bank):
        if "admin" in one.roles and one.login != admin.staff.login:
            page = f"/office/staff/{one.login}"
            assert admin.send(page, f"{page}/disable", ends="yes").status_code == 302
    page = f"/office/staff/{admin.staff.login}"
    assert admin.send(page, f"{page}/disable", ends="yes").status_code == 409
    assert admin.send(page, page, name="我", role_worker="1").status_code == 409


def test_a_double_click_invites_one_and_shows_the_same_paper(admin: Visitor, bank: Bank) -> None:
    form = admin.hidden("/office/invite")
    fields = {"login": "wangfang", "name": "王芳", "role_witness": "1"}
    papers = [code_on(admin.press("/office/invite", form, **fields)) for _ in range(2)]
    assert papers[0] == papers[1]
    assert len([one for one in list_staff(bank) if one.login == "wangfang"]) == 1


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_of_people_opens_in_both_languages(
    admin: Visitor, make: Make, language: str
) -> None:
    person = f"/office/volunteers/{make.volunteer().number}"
    admin.get(f"/office/?lang={language}")
    for page in (
        NEW,
        person,
        f"{person}/leave",
        "/office/consent",
        "/office/families",
        "/office/staff",
        "/office/invite",
        f"/office/staff/{admin.staff.login}",
        "/login/first",
    ):
        assert admin.get(page).status_code == 200, page
