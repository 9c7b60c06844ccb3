"""Whose a row of a list is: by its number, and then a name must agree, or by the name alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Protocol

from pointsbank.earning.errors import NameDiffers, NumberMissing
from pointsbank.foundation.sheet_errors import shown
from pointsbank.people import (
    NameUnreadable,
    VolunteerRef,
    VolunteerUnknown,
    normalise_name,
)


class Named(Protocol):
    """What a row must say of somebody; the number is "" where the list gives none."""

    @property
    def number(self) -> str: ...

    @property
    def name(self) -> str: ...


def names_alone(rows: Iterable[Named]) -> set[str]:
    """The names of the rows that give no number; a name that cannot be read is told later."""
    names = set()
    for row in rows:
        if not row.number:
            with suppress(NameUnreadable):
                names.add(normalise_name(row.name))
    return names


def volunteer_of(
    number: str,
    name: str,
    by_number: Mapping[str, VolunteerRef],
    by_name: Mapping[str, list[VolunteerRef]],
) -> VolunteerRef:
    """Whose a row is. Raises VolunteerUnknown, NameDiffers, NumberMissing."""
    if number:
        found = by_number.get(number)
        if found is None or (found.name is None and not name):
            raise VolunteerUnknown(number=number)
        if name and found.name != normalise_name(name):
            raise NameDiffers(number=number)
        return found
    name = normalise_name(name)
    same = by_name.get(name, [])
    if len(same) != 1:
        raise NumberMissing(people=len(same)) if same else VolunteerUnknown(number=shown(name))
    return same[0]
