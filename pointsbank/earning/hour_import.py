"""Taking in a file of hours (导入服务时长): checked whole, booked in chunks, all of it pending.

A row finds its volunteer by number, and then the name must agree; or by the name alone where only
one volunteer has it. What stands in the books already is passed over; what overlaps is only noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pointsbank.earning.errors import OwnRecord, RecordRepeated
from pointsbank.earning.hour_rows import HourRow, open_hour_sheet, read_hours_of
from pointsbank.earning.operations import record_services
from pointsbank.earning.rulebooks import refuse_unknown_tags
from pointsbank.earning.rules import join_tags
from pointsbank.earning.same_hours import ACTIVITY_UNTOLD, as_kept, kept_of
from pointsbank.earning.service_records import (
    Service,
    find_known,
    fingerprint_of,
    record_number,
    refuse_unserved,
)
from pointsbank.earning.whose_rows import names_alone, volunteer_of
from pointsbank.foundation import (
    Bank,
    Caller,
    Fact,
    ImportResult,
    Outcome,
    PointsBankError,
)
from pointsbank.foundation.file_imports import FileImport, Found, Judging, take_file
from pointsbank.foundation.sheet_rows import SheetReading
from pointsbank.foundation.sheets import Sheet
from pointsbank.people import (
    SanctionsOf,
    VolunteerLeft,
    VolunteerRef,
    VolunteerUnknown,
    find_actor,
    find_volunteers,
    find_volunteers_by_name,
    mask_name,
)

OVERLAPS = "earning.hours_overlap"
UNTOLD = "earning.activity_untold"
SAME_HOURS = "earning.same_hours"
UNPROVED = "earning.sign_in_unproved"


class HourImport(FileImport[HourRow]):
    """A file of hours: each row belongs to somebody, and not to whoever brings it.

    Who could not earn on the day of a row is refused at the look, a thousand rows at a time; what
    is imposed after it is found by the review, as for what was signed out.
    """

    def open(self, data: bytes, name: str) -> Sheet:
        return open_hour_sheet(data, name)

    def read(self, sheet: Sheet) -> SheetReading[HourRow]:
        return read_hours_of(sheet)

    def look_up(self, judging: Judging[HourRow], rows: Sequence[HourRow]) -> None:
        session = judging.session
        recorder = find_actor(session, judging.by.actor)
        own = recorder.volunteer_id if recorder else None
        by_number = find_volunteers(session, {row.number for row in rows if row.number})
        by_name = find_volunteers_by_name(session, names_alone(rows))
        people = [*by_number.values(), *(one for same in by_name.values() for one in same)]
        sanctions = SanctionsOf(session, [one.id for one in people], "earning")
        prints: dict[str, int] = {}
        for row in rows:
            try:
                volunteer = _volunteer_of(row, by_number, by_name)
                if volunteer.id == own:
                    raise OwnRecord()
                refuse_unserved(
                    row.day,
                    row.minutes,
                    started_at=row.starts_at,
                    ended_at=row.ends_at,
                    now=judging.now,
                )
                sanctions.refuse(volunteer.id, row.day)
                refuse_unknown_tags(session, row.day, row.tags)
            except PointsBankError as refusal:
                judging.refuse(row, refusal)
                continue
            judging.good.append(replace(row, number=volunteer.number))
            if row.activity == ACTIVITY_UNTOLD:
                judging.notes[row.row] = (UNTOLD, {"activity": row.activity})
            if row.unproved:
                judging.notes[row.row] = (UNPROVED, {})
            prints[fingerprint_of(volunteer.id, _service(row))] = row.row
        for told in find_known(session, list(prints)):
            judging.known.add(prints[told])
            judging.notes[prints[told]] = (RecordRepeated.code, {})

    def compare(self, judging: Judging[HourRow]) -> None:
        """Note who is said to have been in two places at once, in this file or with the books.

        The very same hours that a list without projects, or another before it, has under a poorer
        name are known: of one service there are two lists.
        """
        new = [row for row in judging.good if row.row not in judging.known]
        if not new:
            return
        people = find_volunteers(judging.session, {row.number for row in new})
        services = [(people[row.number].id, _service(row)) for row in new]
        kept = kept_of(judging.session, services)
        unnamed = [place for place, row in enumerate(new) if not row.named]
        same = {new[place].row: one for place, one in as_kept(services, unnamed, kept).items()}
        judging.known |= same.keys()
        judging.notes |= dict.fromkeys(same, (SAME_HOURS, {}))
        judging.good[:] = [
            _as(row, same[row.row]) if row.row in same else row for row in judging.good
        ]
        others = [row for row in new if row.row not in same and row.starts_at]
        timed = [one for one in kept if one.started_at]
        _find_overlaps(others, people, timed, judging.notes)

    def plain(self, row: HourRow) -> tuple[Any, ...]:
        return (row.number, *_values(row), row.named)

    def book(self, bank: Bank, by: Caller, key: str, rows: list[Any]) -> Outcome:
        services = [row[:-1] for row in rows]
        unnamed = [place for place, row in enumerate(rows) if not row[-1]]
        return record_services(bank, by=by, key=key, rows=services, unnamed=unnamed)

    def last_refusal(self, row: HourRow) -> PointsBankError:
        return VolunteerUnknown(number=row.number)

    def shown(self, row: HourRow) -> dict[str, Fact]:
        return {
            "number": row.number,
            "name": mask_name(row.name),
            "activity": row.activity,
            "day": row.day,
            "minutes": row.minutes,
            "source": row.recorded_by,
            "team": row.team,
        }


HOUR_IMPORT = HourImport()


def import_hours(bank: Bank, by: Caller, data: bytes, name: str, **options: Any) -> ImportResult:
    """Record every service in a file as pending; the options are those of `take_file`."""
    return take_file(HOUR_IMPORT, bank, by, data, name, **options)


def _volunteer_of(
    row: HourRow, by_number: dict[str, VolunteerRef], by_name: dict[str, list[VolunteerRef]]
) -> VolunteerRef:
    """Whose hours these are. Raises what makes the row a problem."""
    found = volunteer_of(row.number, row.name, by_number, by_name)
    if found.left_on is not None and found.left_on < row.day:
        raise VolunteerLeft(number=found.number, left_on=found.left_on)
    return found


def _find_overlaps(
    rows: Sequence[HourRow],
    people: Mapping[str, VolunteerRef],
    kept: Sequence[Any],
    notes: Found,
) -> None:
    spans: dict[int, list[tuple[str, str, int, str]]] = defaultdict(list)
    for row in rows:
        span = (str(row.starts_at), str(row.ends_at), row.row, f"{row.row}")
        spans[people[row.number].id].append(span)
    for one in kept:
        number = record_number(one.id)
        spans[one.volunteer_id].append((one.started_at, one.ended_at, 0, number))
    for times in spans.values():
        times.sort()
        _note_overlaps(times, notes)


def _note_overlaps(times: list[tuple[str, str, int, str]], notes: Found) -> None:
    """One person's spans by their start: whatever begins before an earlier one has ended."""
    latest = times[0]
    for span in times[1:]:
        if span[0] < latest[1] and (span[2] or latest[2]):
            row, other = (span[2], latest[3]) if span[2] else (latest[2], span[3])
            notes[row] = (OVERLAPS, {"other": other})
        if span[1] > latest[1]:
            latest = span


def _as(row: HourRow, kept: Service) -> HourRow:
    """A row under the name and with the times that the books have."""
    return replace(row, activity=kept.activity, starts_at=kept.started_at, ends_at=kept.ended_at)


def _service(row: HourRow) -> Service:
    return Service(*_values(row))


def _values(row: HourRow) -> tuple[Any, ...]:
    return (
        row.activity,
        row.day,
        row.minutes,
        row.recorded_by,
        row.starts_at,
        row.ends_at,
        row.team,
        row.category,
        join_tags(row.tags),
    )
