"""Who has a badge (工作证), and what stands on it when it is printed."""

from __future__ import annotations

from pointsbank.foundation import Bank, Session, find_setting, query
from pointsbank.people.badges import SELECT_BADGES, Badge, BadgeRow
from pointsbank.people.card_codes import card_code_hash, make_badge_code
from pointsbank.people.card_sheet import BadgeFace
from pointsbank.people.errors import BadgeUnknown, CardKeyOther
from pointsbank.people.shops import read_shops
from pointsbank.people.staff import get_staff

# The badge's title, and as what its bearer stands by.
TITLES = {"worker": "工作证", "committee": "监督员证", "volunteers": "监督员证"}
CAPACITY_WORDS = {
    "worker": "社区工作者",
    "committee": "居务监督委员会",
    "volunteers": "志愿者代表",
}


@query
def list_badges(session: Session) -> dict[int, BadgeRow]:
    """Everybody's badge that is not replaced, by the id of the member of staff."""
    rows = session.rows(SELECT_BADGES.where(Badge.status != "replaced"))
    return {row.staff_id: BadgeRow(**row._asdict()) for row in rows}


def get_badge_face(bank: Bank, *, login: str) -> BadgeFace:
    """What stands on somebody's active badge. Raises StaffUnknown, BadgeUnknown, CardKeyOther."""
    return bank.database.read(lambda session: _read_face(session, bank.keys.card, login))


def _read_face(session: Session, card_key: bytes, login: str) -> BadgeFace:
    staff = get_staff(session, login)
    badge = session.row(
        SELECT_BADGES.add_columns(Badge.code_hash).where(
            Badge.staff_id == staff.id, Badge.status == "active"
        )
    )
    if badge is None:
        raise BadgeUnknown()
    number = f"{staff.id}-{badge.issue}"
    code = make_badge_code(card_key, staff.id, badge.issue)
    if card_code_hash(code) != badge.code_hash:
        raise CardKeyOther(short_number=number)
    shops = read_shops(session)
    found_at, found_phone = (shops[0].name, shops[0].help_phone) if shops else ("", "")
    return BadgeFace(
        code=code,
        title=TITLES[badge.capacity],
        name=staff.name,
        capacity=CAPACITY_WORDS[badge.capacity],
        number=number,
        place=find_setting(session, "community_name") or "",
        found_at=found_at,
        found_phone=found_phone,
        demonstration=find_setting(session, "nature") == "demonstration",
    )
