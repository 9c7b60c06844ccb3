"""Namesakes (同名): who is meant by a row of a list that gives a name and no number.

A name tells who it is as long as nothing else that is known of the two differs: sex, telephone,
area. What stays in doubt is refused: points must not come into the wrong wallet, and nobody should
have two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import bindparam, select

from pointsbank.foundation import InvalidInput, Session, pack, packed_rows, statement
from pointsbank.ledger import Commodity
from pointsbank.people.errors import VolunteerLeft
from pointsbank.people.persons import Person
from pointsbank.people.volunteers import Volunteer


class NumberNeeded(InvalidInput):
    """Who has the name may be somebody else (同名, 须写编号): fact people."""

    code = "people.number_needed"


class NamedTwice(InvalidInput):
    """An earlier row may be the same person (与前面一行分不清): fact first_row."""

    code = "people.named_twice"


class LikelyListed(InvalidInput):
    """Somebody under a number of our own is very likely meant (很可能是同一个人): fact number."""

    code = "people.likely_listed"


class Described(Protocol):
    """What a list or the books tell of somebody beside the name."""

    @property
    def sex(self) -> str | None: ...

    @property
    def phone(self) -> str | None: ...

    @property
    def area(self) -> str | None: ...


class Listed(Described, Protocol):
    """A row of a list."""

    @property
    def row(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Namesake:
    """Somebody who is registered, or whom the same list registers in `row`."""

    number: str
    sex: str | None
    phone: str | None
    area: str | None
    left_on: str | None = None
    row: int = 0


[_NAME] = packed_rows("names", str)
_BY_NAME = statement(
    select(
        Person.name,
        Volunteer.number,
        Person.sex,
        Person.phone,
        Person.area,
        Volunteer.left_on,
    )
    .join(Volunteer, Volunteer.person_id == Person.id)
    .where(Person.name.in_(select(_NAME)))
    .order_by(Volunteer.id)
)


# Not FOR UPDATE, which would keep everybody waiting who opens a wallet.
_HOLD = statement(
    select(Commodity.id)
    .where(Commodity.id == bindparam("of_points"))
    .with_for_update(key_share=True)
)


def hold_newcomers(session: Session, points: int) -> None:
    """Let newcomers in one after the other, whether a list brings them or a form.

    Ask for namesakes after it: two at once would both find nobody, and bring somebody twice.
    """
    session.rows(_HOLD, of_points=points)


def find_namesakes(session: Session, names: Iterable[str]) -> dict[str, list[Namesake]]:
    """Everybody who has one of these names, those who have left as well."""
    found: dict[str, list[Namesake]] = {}
    for row in session.rows(_BY_NAME, names=pack((name,) for name in sorted(set(names)))):
        found.setdefault(row.name, []).append(Namesake(*row[1:]))
    return found


def may_be(one: Described, other: Described) -> bool:
    """Whether two of one name may be one person: nothing that is told of both differs."""
    told = ((one.sex, other.sex), (one.phone, other.phone), (one.area, other.area))
    return all(a == b for a, b in told if a and b)


def is_likely(one: Described, other: Described) -> bool:
    """Whether two of one name are one person very likely: a telephone, or sex and area, agree."""
    same = (one.phone and one.phone == other.phone) or (
        one.sex and one.area and (one.sex, one.area) == (other.sex, other.area)
    )
    return bool(same) and may_be(one, other)


def tell_apart(
    rows: Sequence[Listed], there: Sequence[Namesake]
) -> Iterator[tuple[int, Namesake | InvalidInput | VolunteerLeft | None]]:
    """By row, of rows with one name and no number: who it is, why not, or None for somebody new."""
    meant: Mapping[int, list[Namesake]] = {
        row.row: [one for one in there if may_be(row, one)] for row in rows
    }
    # Whom one row means for sure is not also meant by another, which tells of somebody else.
    sure = {found[0].number for found in meant.values() if len(found) == 1}
    new: list[Listed] = []
    taken: dict[str, int] = {}
    for row in rows:
        found = meant[row.row]
        doubtful = [
            one for one in there if one.number not in sure and may_be_but_for_place(row, one)
        ]
        same_new = next((one for one in new if may_be(row, one)), None)
        if len(found) > 1:
            yield row.row, NumberNeeded(people=len(found))
        elif found and (first := found[0].row or taken.get(found[0].number)):
            yield row.row, NamedTwice(first_row=first)
        elif found and found[0].left_on:
            yield row.row, VolunteerLeft(number=found[0].number, left_on=found[0].left_on)
        elif found:
            taken[found[0].number] = row.row
            yield row.row, found[0]
        elif doubtful:
            yield row.row, NumberNeeded(people=len(doubtful))
        elif same_new:
            yield row.row, NamedTwice(first_row=same_new.row)
        else:
            new.append(row)
            yield row.row, None


def may_be_but_for_place(one: Described, other: Described) -> bool:
    """Whether two of one name differ at most in what people change: telephone and area."""
    return not (one.sex and other.sex) or one.sex == other.sex
