"""Words about a person (个人文字), for any room: written and forgotten here, pointed at from there.

Whatever somebody types freely about a volunteer may name that person or another, so it stands in
this one table. A room keeps days, numbers and codes of its own, and the id of the words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ForeignKey, Index, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Base,
    Int,
    Session,
    Text,
    pack,
    packed_rows,
    statement,
    strict_table,
)
from pointsbank.people.errors import VolunteerErased
from pointsbank.people.volunteers import VolunteerRef


class PersonalText(Base):
    """Words about one volunteer, by name. The row stays when they go, so nothing loses its way."""

    __tablename__ = "personal_text"
    __table_args__ = strict_table(Index(None, "volunteer_id"))

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    words: Mapped[str | None] = mapped_column(Text)


_INSERT = statement(insert(PersonalText).returning(PersonalText.id))
_INSERT_MANY = statement(
    insert(PersonalText)
    .from_select(["volunteer_id", "words"], select(*packed_rows("rows", int, str)))
    .returning(PersonalText.id, PersonalText.volunteer_id, PersonalText.words)
)
[_ID] = packed_rows("ids", int)
_READ = statement(
    select(PersonalText.id, PersonalText.words).where(
        PersonalText.id.in_(select(_ID)), PersonalText.words.is_not(None)
    )
)
_FORGET = statement(
    update(PersonalText)
    .where(PersonalText.volunteer_id == bindparam("of_volunteer"))
    .values(words=None)
)


def write_words(session: Session, volunteer: VolunteerRef, **words: Any) -> int:
    """Keep words about a volunteer, whom the caller holds; their id. What is None is left out.

    Raises VolunteerErased for somebody of whom nothing may be known any more.
    """
    if volunteer.name is None:
        raise VolunteerErased(number=volunteer.number)
    made: int = session.value(_INSERT, volunteer_id=volunteer.id, words=_written(words))
    return made


def write_many_words(session: Session, name: str, said: Iterable[tuple[int, str]]) -> list[int]:
    """Keep words under one name about several people, as `write_words`; the ids in their order."""
    rows = [(volunteer_id, _written({name: words})) for volunteer_id, words in said]
    if not rows:
        return []
    # In which order they come back is not promised; the very same words are the same to anybody.
    made: dict[tuple[int, str], list[int]] = {}
    for row in session.rows(_INSERT_MANY, rows=pack(rows)):
        made.setdefault((row.volunteer_id, row.words), []).append(row.id)
    return [made[row].pop() for row in rows]


def _written(words: Mapping[str, Any]) -> str:
    told = {name: value for name, value in words.items() if value is not None}
    return json.dumps(told, ensure_ascii=False)


def read_words(session: Session, ids: Iterable[int | None]) -> dict[int, dict[str, Any]]:
    """Words by their ids; those that were forgotten are left out."""
    wanted = pack((one,) for one in ids if one is not None)
    return {row.id: json.loads(row.words) for row in session.rows(_READ, ids=wanted)}


def forget_words(session: Session, volunteer_id: int) -> None:
    """Take away every word about somebody; what pointed at them still does."""
    session.run(_FORGET, of_volunteer=volunteer_id)
