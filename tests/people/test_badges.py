"""A badge says who stands beside the screen; it opens no wallet, and no card is a badge."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from pointsbank.foundation import Bank
from pointsbank.people import (
    BadgeBlocked,
    BadgeExists,
    BadgeFace,
    BadgeNeedsVolunteer,
    BadgeUnknown,
    CardUnknown,
    RoleMissing,
    StaffRow,
    StaffUnknown,
    as_png,
    block_badge,
    disable_staff,
    draw_card,
    find_card_by_code,
    get_card_by_code,
    issue_badge,
    list_badges,
    make_card_code,
    replace_badge,
    sheet_pdf,
)
from pointsbank.people.badge_faces import get_badge_face
from pointsbank.people.badges import get_badge_holder
from pointsbank.people.card_codes import is_card_code, is_genuine, make_badge_code
from tests.at_once import at_once
from tests.make import Make
from tests.people.test_privacy import _every_cell

KEY = bytes(range(32))


def badge_of(make: Make, staff: StaffRow, capacity: str = "worker") -> str:
    """Somebody's badge, just issued; what its QR carries."""
    make.do(issue_badge, login=staff.login, capacity=capacity)
    return get_badge_face(make.bank, login=staff.login).code


def whose(bank: Bank, scanned: str) -> StaffRow:
    return bank.database.read(lambda session: get_badge_holder(session, scanned))


def test_a_badge_is_read_as_it_comes_from_a_scanner(make: Make, bank: Bank) -> None:
    staff = make.staff("worker")
    code = badge_of(make, staff)
    for scanned in (
        code,
        code.lower(),
        f"\\000026{code}\r\n",
        code + code,
        f" {code[:6]} {code[6:]}",
    ):
        assert whose(bank, scanned) == staff


def test_a_badges_code_is_never_a_cards() -> None:
    numbers = [(serial, issue) for serial in range(1, 60) for issue in range(1, 4)]
    badges = {make_badge_code(KEY, *both) for both in numbers}
    cards = {make_card_code(KEY, *both) for both in numbers}
    assert len(badges) == len(cards) == len(numbers)
    assert not badges & cards
    assert all(is_card_code(code) for code in badges)
    assert not [code for code in badges if is_genuine(KEY, code)]


def test_a_badge_opens_no_wallet_and_a_card_confirms_nothing(make: Make, bank: Bank) -> None:
    # Staff and volunteer have the same number, and so would their codes be, if not for the purpose.
    staff, volunteer = make.staff("worker"), make.volunteer(points=500)
    badge, card = badge_of(make, staff), make.card(volunteer)
    assert bank.database.read(lambda session: find_card_by_code(session, badge)) is None
    with pytest.raises(CardUnknown):
        bank.database.read(lambda session: get_card_by_code(session, badge))
    for scanned in (card.code, card.short_number, "", "RH6V5JZTTEH6XDVEA56O5BMG"):
        with pytest.raises(BadgeUnknown):
            whose(bank, scanned)


def test_a_lost_badge_is_blocked_and_replaced(make: Make, bank: Bank) -> None:
    staff = make.staff("witness")
    lost = badge_of(make, staff, "committee")
    assert make.do(block_badge, login=staff.login).answer["status"] == "blocked"
    with pytest.raises(BadgeBlocked) as refused:
        whose(bank, lost)
    assert refused.value.facts == {"status": "blocked"}
    with pytest.raises(BadgeBlocked):
        make.do(block_badge, login=staff.login)
    done = make.do(replace_badge, login=staff.login)
    assert (done.answer["issue"], done.answer["replaced"]) == (2, 1)
    fresh = get_badge_face(bank, login=staff.login)
    assert whose(bank, fresh.code) == staff
    assert (fresh.capacity, fresh.number) == ("居务监督委员会", f"{staff.id}-2")
    with pytest.raises(BadgeBlocked):
        whose(bank, lost)
    assert list_badges(bank)[staff.id].issue == 2


def test_one_badge_at_a_time(make: Make, bank: Bank) -> None:
    staff = make.staff("worker")
    outcomes: list[Any] = at_once([lambda: badge_of(make, staff)] * 6)
    assert sum(isinstance(one, BadgeExists) for one in outcomes) == 5
    with pytest.raises(BadgeExists):
        badge_of(make, staff)


def test_what_somebody_stands_by_as_is_what_they_are(make: Make) -> None:
    volunteer = make.volunteer()
    for roles, capacity, refusal in (
        (("witness",), "worker", RoleMissing),
        (("worker",), "committee", RoleMissing),
        (("auditor",), "worker", RoleMissing),
        (("merchant",), "volunteers", RoleMissing),
        # The volunteers' own representative says which volunteer that is.
        (("witness",), "volunteers", BadgeNeedsVolunteer),
    ):
        with pytest.raises(refusal):
            badge_of(make, make.staff(*roles), capacity)
    badge_of(make, make.staff("witness", volunteer=volunteer), "volunteers")
    badge_of(make, make.staff("admin"), "worker")
    with pytest.raises(StaffUnknown):
        make.do(issue_badge, login="nobody", capacity="worker")


def test_who_is_shut_out_has_no_badge_any_more(make: Make, bank: Bank) -> None:
    staff = make.staff("worker")
    code = badge_of(make, staff)
    make.do(disable_staff, login=staff.login)
    with pytest.raises(BadgeUnknown):
        whose(bank, code)
    with pytest.raises(RoleMissing):
        make.do(replace_badge, login=staff.login)


def test_a_badge_is_printed_again_and_is_the_same(make: Make, bank: Bank) -> None:
    staff = make.staff("witness")
    badge_of(make, staff, "committee")
    faces = [get_badge_face(bank, login=staff.login) for _ in range(2)]
    assert sheet_pdf(faces[:1]) == sheet_pdf(faces[1:])
    face = faces[0]
    assert (face.title, face.name) == ("监督员证", staff.name)
    picture = Image.open(io.BytesIO(as_png(draw_card(face))))
    assert picture.size == draw_card(face).size
    with pytest.raises(ValueError, match="badge"):
        BadgeFace("NOT A CODE", "工作证", "李敏", "社区工作者", "1-1", "", "", "")


def test_a_printed_badge_is_read_by_a_camera(make: Make, bank: Bank) -> None:
    staff = make.staff("worker")
    code = badge_of(make, staff)
    picture = draw_card(get_badge_face(bank, login=staff.login))
    found = [one.text for one in zxingcpp.read_barcodes(picture)]
    assert found == [code]


def test_no_code_stands_in_the_books(make: Make, bank: Bank) -> None:
    staff = make.staff("worker")
    code = badge_of(make, staff)
    tables = bank.database.read(_every_cell)
    assert tables["badge"]
    assert not [name for name, cells in tables.items() for cell in cells if code in cell]
