"""What forms offer to choose from (可选项): the words of a service, teams, where one signs in."""

from __future__ import annotations

from flask_babel import gettext as _

from pointsbank.earning import ServiceWords, list_service_words
from pointsbank.foundation import PointsBankError
from pointsbank.foundation.cells import day as read_day
from pointsbank.people import list_shops, list_team_tree
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import Form, Typed

TAG = "tag-"


def words_of(form: Form, field: str = "") -> ServiceWords:
    """The categories and tags of the day that a form speaks of, or else of today."""
    bank = current_bank()
    try:
        day = read_day(str(form.value(field))) if form.value(field) else bank.clock.today()
    except PointsBankError:
        day = bank.clock.today()
    return list_service_words(bank, day=day)


def ticked_tags(typed: Typed) -> list[str]:
    """The tags that were ticked, each a box of its own."""
    return [name.removeprefix(TAG) for name in typed.fields if name.startswith(TAG)]


def team_options() -> list[tuple[str, str]]:
    """Every team by number, those below another one indented."""
    tree = list_team_tree(current_bank())
    return [(one.team.number, "　" * one.depth + one.team.name) for one in tree]


def shop_options() -> list[tuple[str, str, str]]:
    """Where an activity is signed in to: a shop's own machine, or elsewhere."""
    shops = list_shops(current_bank())
    here = [(one.code, _("%(shop)s的自助机", shop=one.name), "") for one in shops]
    return [*here, ("", _("别处"), _("用签到台、签到码或者点名"))]
