"""Finding one volunteer by what somebody typed: a number, a name, the end of a phone number."""

from __future__ import annotations

from pointsbank.foundation import InvalidInput, Paging
from pointsbank.people import (
    VolunteerFile,
    VolunteerUnknown,
    find_number_of_card,
    get_volunteer_file,
    is_short_number,
    list_volunteers,
)
from pointsbank.web.context import current_bank

CHOICES_MOST = 20


class SeveralPeople(InvalidInput):
    """What was typed fits several people (不止一位)."""

    code = "web.several_people"


def people_like(text: str) -> list[VolunteerFile]:
    """Everybody whom a text may mean, at most twenty; an exact number or a card means one."""
    bank = current_bank()
    try:
        return [get_volunteer_file(bank, number=text)]
    except VolunteerUnknown:
        pass
    digits = "".join(text.split())
    if is_short_number(digits):
        number = bank.database.read(lambda session: find_number_of_card(session, digits))
        if number is not None:
            return [get_volunteer_file(bank, number=number)]
    return list(list_volunteers(bank, search=text, paging=Paging(1, CHOICES_MOST)).items)


def one_person(text: str) -> VolunteerFile:
    """The one volunteer whom a text means. Raises VolunteerUnknown, SeveralPeople."""
    found = people_like(text)
    if not found:
        raise VolunteerUnknown(number=text[:20])
    if len(found) > 1:
        raise SeveralPeople(people=len(found))
    return found[0]
