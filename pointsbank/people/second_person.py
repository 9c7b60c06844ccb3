"""The second person (第二个人): which acts need one, who may be it, how they confirm at a screen.

`ACTS` is the one table. Whoever stands beside the screen shows a badge and types an own PIN; what
they confirm is booked in their name, and whoever is logged in stays logged in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pointsbank.foundation import Act, Bank, Caller, Session
from pointsbank.people.admission_by_pin import check_pin
from pointsbank.people.badges import get_badge_holder
from pointsbank.people.errors import (
    BenefitsOneself,
    RoleMissing,
    SameHousehold,
    SamePersonTwice,
    SecondPersonNeeded,
)
from pointsbank.people.households import household_of
from pointsbank.people.staff import StaffRow, find_actor, require_person

ANYBODY = ("worker", "witness", "admin")


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Who may be the second person of an act.

    With `benefits` the act is for the good or the harm of a volunteer, and whoever decides is
    neither that volunteer nor of the same household. What `waits` may be proposed before a second
    person is there, and is confirmed later (`proposals.py`).
    """

    roles: tuple[str, ...] = ANYBODY
    benefits: bool = False
    waits: bool = False


ACTS: Mapping[str, SecondPerson] = {
    "earning.approve_record": SecondPerson(benefits=True),  # 认定服务
    "earning.approve_manual": SecondPerson(benefits=True),  # 认定补录的时长、荣誉时长
    "earning.end_undated": SecondPerson(waits=True),  # 给长期有效的积分定到期日
    "earning.void_record": SecondPerson(benefits=True, waits=True),  # 撤回认定
    "earning.decide_objection": SecondPerson(benefits=True),  # 处理异议
    "earning.uphold_complaint": SecondPerson(benefits=True),  # 投诉属实
    "earning.give_bonus": SecondPerson(benefits=True),  # 奖励
    "earning.deduct": SecondPerson(benefits=True),  # 扣减
    "earning.confirm_opening_balance": SecondPerson(benefits=True),  # 核对存折旧账
    "earning.take_back_opening_balance": SecondPerson(benefits=True),  # 撤回存折旧账
    "earning.set_rulebook": SecondPerson(waits=True),  # 改积分办法
    "cases.reverse": SecondPerson(benefits=True, waits=True),  # 更正：撤回这一条
    "charity.approve_grant": SecondPerson(waits=True),  # 公益拨付; nothing tells whose family it is
    "charity.take_back_grant": SecondPerson(waits=True),  # 收回拨付
    "recognition.set_star_rule": SecondPerson(),  # 换星级标准
    "recognition.approve_star": SecondPerson(benefits=True),  # 评定星级
    "recognition.lower_stars": SecondPerson(benefits=True),  # 降低星级
    "inventory.set_price": SecondPerson(waits=True),  # 改价
    "inventory.settle_recount": SecondPerson(waits=True),  # 清点相符
    "inventory.adjust_stock": SecondPerson(waits=True),  # 盘点调整
    "recognition.sign_certificate": SecondPerson(benefits=True),  # 签发服务证明
    "recognition.revoke_certificate": SecondPerson(benefits=True),  # 作废服务证明
    "redemption.enter_late": SecondPerson(benefits=True, waits=True),  # 补记兑换
    "redemption.take_back_late": SecondPerson(benefits=True, waits=True),  # 撤销补记
    "safekeeping.enter_missing": SecondPerson(benefits=True, waits=True),  # 补记清单上的小票
    "people.impose_sanction": SecondPerson(benefits=True),  # 暂停
    "people.sign_handover": SecondPerson(),  # 交接签字; the other of the two signs at one screen
}


def verify_second(bank: Bank, *, by: Caller, name: str, badge: str, pin: str) -> StaffRow:
    """Who shows this badge at the screen of `by`, with the PIN to it; they may be the act's second.

    Their `caller` is what the act is then booked by; nobody is logged in or out. What can be told
    without a PIN is told before one is tried. Raises BadgeUnknown, BadgeBlocked, RoleMissing,
    SamePersonTwice, SameHousehold, SecondPersonNeeded, and what `check_pin` raises.
    """

    def read(session: Session) -> StaffRow:
        first = _person(session, by)
        second = get_badge_holder(session, badge)
        require_role(second, name)
        refuse_together(homes_of(session, [first, second], []), second, first)
        return second

    second = bank.database.read(read)
    check_pin(bank, by=by, holder=second.actor, pin=pin)
    return second


def _person(session: Session, by: Caller) -> StaffRow:
    first = find_actor(session, by.actor)
    if first is None or first.disabled_at or by.client != first.actor:
        raise SecondPersonNeeded()
    return first


def require_second(act: Act, name: str, *, first: str, volunteers: Iterable[int] = ()) -> StaffRow:
    """The second person of an act that somebody else, `first`, has proposed; it is the caller.

    Raises SecondPersonNeeded for a command and where `first` is nobody of the staff, RoleMissing,
    SamePersonTwice, SameHousehold, BenefitsOneself.
    """
    second = require_person(act, *ACTS[name].roles)
    proposer = find_actor(act.session, first)
    if proposer is None:
        raise SecondPersonNeeded()
    concerned = list(volunteers) if ACTS[name].benefits else []
    homes = homes_of(act.session, [proposer, second], concerned)
    refuse_together(homes, second, proposer, concerned)
    return second


def require_role(person: StaffRow, name: str) -> None:
    """Refuse whoever may not be the second person of this act. Raises RoleMissing."""
    roles = ACTS[name].roles
    if not set(roles) & set(person.roles):
        raise RoleMissing(needed=" ".join(roles))


def homes_of(
    session: Session, staff: Iterable[StaffRow | None], volunteers: Iterable[int]
) -> Mapping[int, int]:
    """The households of staff who are volunteers as well, and of volunteers, by volunteers' ids."""
    ids = {one.volunteer_id for one in staff if one is not None and one.volunteer_id is not None}
    ids |= set(volunteers)
    return household_of(session, sorted(ids)) if ids else {}


def refuse_together(
    homes: Mapping[int, int],
    second: StaffRow,
    first: StaffRow | None,
    volunteers: Iterable[int] = (),
) -> None:
    """Refuse two who are one, or who live together; and who decides on oneself or one's household.

    Raises SamePersonTwice, BenefitsOneself, SameHousehold.
    """
    if first is not None and second.is_same_person(first):
        raise SamePersonTwice()
    concerned = list(volunteers)
    if second.volunteer_id in concerned or (first and first.volunteer_id in concerned):
        raise BenefitsOneself()
    home = homes.get(second.volunteer_id or 0)
    others = [*concerned, first.volunteer_id if first else None]
    if home is not None and any(homes.get(one or 0) == home for one in others):
        raise SameHousehold()
