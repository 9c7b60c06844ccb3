"""The demonstration (演示): a made-up community with a year behind it.

Everything in it was made through the operations that people use, with days counted back from the
first start, so that it looks the same in any year. A demonstration never becomes a real bank.
"""

from pointsbank.demonstration.acts import go_to_month_end, go_to_next_day, read_ahead
from pointsbank.demonstration.cheating import cheat, is_cheated, put_right
from pointsbank.demonstration.making import make_demonstration
from pointsbank.demonstration.people_story import pair_own_machine
from pointsbank.demonstration.sample import STAFF
from pointsbank.demonstration.tray import (
    OwnPage,
    SecondPerson,
    TrayCard,
    TrayGoods,
    find_own_page,
    find_second_person,
    list_tray,
)

__all__ = [
    "STAFF",
    "OwnPage",
    "SecondPerson",
    "TrayCard",
    "TrayGoods",
    "cheat",
    "find_own_page",
    "find_second_person",
    "go_to_month_end",
    "go_to_next_day",
    "is_cheated",
    "list_tray",
    "make_demonstration",
    "pair_own_machine",
    "put_right",
    "read_ahead",
]
