"""What the office went through in the year: a colleague who left, badges, and lists taken in."""

from __future__ import annotations

from datetime import datetime, timedelta

from pointsbank.demonstration import sample
from pointsbank.demonstration.people_story import PeopleStory, caller_of
from pointsbank.demonstration.settings import SECOND
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.demonstration.tray import keep_pin
from pointsbank.foundation import Paging, business_day, new_key
from pointsbank.imports import bring_file, run_next, take_upload
from pointsbank.inventory import list_products
from pointsbank.people import (
    close_handover,
    count_handover,
    give_pin,
    issue_badge,
    open_handover,
    sign_handover,
)

LEFT_WEEK, PROJECTS_WEEK = 30, 33
# Of all who may stand beside a screen it is the witness whose badge lies on the tray.
WITNESS, BADGES = "chenbo", {"limin": "worker", "wangfang": "worker", "chenbo": "committee"}
# Whom the list of the last days names: six who were there, and one whom nobody knows here.
HELPERS, STRANGER = (12, 15, 18, 22, 26, 31), ("钱小满", "9999001000000999")


class OfficeStory:
    """The few things of the office that are over when the visitor comes."""

    def __init__(self, teller: Storyteller, people: PeopleStory) -> None:
        self.teller = teller
        self.people = people

    def tell_week(self, week: int) -> None:
        """A Monday's morning, when it is a week in which something was arranged."""
        if week == LEFT_WEEK:
            self._hand_over()
            self._give_badges()
        elif week == PROJECTS_WEEK:
            self._bring("projects", "街道项目.csv", _projects())

    def end(self, moment: datetime) -> None:
        """Some days ago the street sent a list; one row of it is still to be mended."""
        self.teller.at(moment - timedelta(hours=3))
        day = business_day(self.teller.moment - timedelta(days=3))
        people = [(sample.PEOPLE[one][0], self.people.volunteers[one].number) for one in HELPERS]
        self._bring("hours", "街道敬老月名单.csv", _hours([*people, STRANGER], day))

    def _hand_over(self) -> None:
        """Everything was counted and right, both signed, and the login ended with it."""
        left, office = sample.LEFT, self.people.staff["limin"]
        made = self.teller.do(open_handover, office, leaving=left.login, taking="wangfang").answer
        goods = list_products(
            self.teller.bank,
            shop_id=self.people.shop_id,
            today=self.teller.bank.clock.today(),
            paging=Paging(1, 100),
        ).items
        told = {one.sku: [one.on_shelf + one.in_store_room] * 2 for one in goods}
        self.teller.do(
            count_handover,
            office,
            handover=made["handover"],
            goods=told,
            open_items={},
            keys=["shop_key", "card_box"],
        )
        for login in (left.login, "wangfang"):
            self.teller.do(
                sign_handover, caller_of(self.teller.bank, login), handover=made["handover"]
            )
        self.teller.do(close_handover, office, handover=made["handover"])

    def _give_badges(self) -> None:
        """Badges for all who confirm beside somebody else's screen; the witness has drawn a PIN."""
        for login, capacity in BADGES.items():
            self.teller.do(issue_badge, self.people.staff["limin"], login=login, capacity=capacity)
        bank, witness = self.teller.bank, self.people.staff[WITNESS]
        pin = give_pin(bank, by=witness, key=new_key(), holder=witness.actor)
        keep_pin(bank, SECOND, witness.actor, login=WITNESS, pin=pin)

    def _bring(self, kind: str, name: str, text: str) -> None:
        """A list is brought, checked, and its good rows are taken in."""
        bank, office = self.teller.bank, self.people.staff["wangfang"]
        data = text.encode("utf-8-sig")
        upload = bring_file(bank, by=office, key=new_key(), kind=kind, data=data, name=name)
        run_next(bank, "demonstration")
        self.teller.do(take_upload, office, upload=upload, take_good=True)
        run_next(bank, "demonstration")


def _projects() -> str:
    rows = [("楼道灯更换", 3), ("阳台种菜", 2)]
    return "项目名称,项目所属队伍\n" + "".join(
        f"{name},{sample.TEAMS[team][0]}\n" for name, team in rows
    )


def _hours(people: list[tuple[str, str]], day: str) -> str:
    """A list in the form that streets send, each row back-filled; before any tour sets out."""
    columns = ("志愿者姓名", "志愿者编号", "项目名称", "服务类别", "开始时间", "结束时间")
    served = ("街道敬老月", sample.TEAMS[1][2], f"{day} 07:00:00", f"{day} 08:30:00")
    rows = [
        (*columns, "录入时长", "录入方式"),
        *((name, number, *served, "1.50 小时", "手动录入") for name, number in people),
    ]
    return "".join(",".join(row) + "\n" for row in rows)
