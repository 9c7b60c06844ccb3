"""Taking in a file of hours (导入服务时长): checked whole, booked in chunks, all of it pending.

A row finds its volunteer by number, and then the name must agree; or by the name alone where only
one volunteer has it. What stands in the books already is passed over; what overlaps is only noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

from pointsbank.earning.errors import (
    NameDiffers,
    NumberMissing,
    OwnRecord,
    RecordRepeated,
    ServiceInFuture,
)
from pointsbank.earning.hour_rows import HourRow, read_hour_rows
from pointsbank.earning.operations import ServiceValues, record_services
from pointsbank.earning.service_records import (
    Service,
    ServiceRecord,
    find_known,
    fingerprint_of,
    record_number,
)
from pointsbank.foundation import (
    Bank,
    Caller,
    Fact,
    PointsBankError,
    Session,
    pack,
    packed_rows,
    statement,
)
from pointsbank.foundation.file_imports import (
    ImportResult,
    Progress,
    Sentence,
    code_of,
    in_chunks,
    no_progress,
    row_problems,
    told_problems,
)
from pointsbank.foundation.sheet_errors import shown
from pointsbank.people import (
    NameUnreadable,
    VolunteerLeft,
    VolunteerRef,
    VolunteerUnknown,
    find_actor,
    find_volunteers,
    find_volunteers_by_name,
    normalise_name,
)

OVERLAPS = "earning.hours_overlap"
_LOOKED_UP_AT_ONCE = 1000

Found = dict[int, tuple[str, dict[str, Fact]]]

[_PERSON] = packed_rows("people", int)
_TIMES = statement(
    select(
        ServiceRecord.id,
        ServiceRecord.volunteer_id,
        ServiceRecord.started_at,
        ServiceRecord.ended_at,
    ).where(
        ServiceRecord.volunteer_id.in_(select(_PERSON)),
        ServiceRecord.started_at.is_not(None),
        ServiceRecord.served_on >= bindparam("since"),
        ServiceRecord.served_on <= bindparam("until"),
        or_(ServiceRecord.status == "pending", ServiceRecord.status == "effective"),
    )
)


@dataclass
class _Judged:
    """What the books say of a file's rows, by row: bad, known already, worth a note, or good."""

    people: dict[int, VolunteerRef]
    problems: Found
    repeated: Found
    notes: Found


def import_hours(
    bank: Bank,
    by: Caller,
    data: bytes,
    name: str,
    *,
    take_good: bool = False,
    progress: Progress = no_progress,
    sentence: Sentence = code_of,
) -> ImportResult:
    """Record every service in a file as pending. With a bad row nothing is, unless `take_good`.

    Raises SheetUnreadable when the file as a whole cannot be read. A killed import is resumed by
    the same call, and a file that was taken before changes nothing.
    """
    reading = read_hour_rows(data, name)
    total = len(reading.rows) + reading.refused_rows
    today = bank.clock.today()
    judged = bank.database.read(lambda session: _judge(session, by, reading.rows, today))
    problems = [*reading.problems, *row_problems(reading.sheet, judged.problems)]
    problems.sort(key=lambda problem: problem.row)
    good = repeated = 0
    if not problems or take_good:
        rows = [row for row in reading.rows if row.row not in judged.problems]
        values = [_values(row, judged.people[row.row]) for row in rows]
        good, repeated = _book(bank, by, data, values, progress)
    return ImportResult(
        total,
        good=good,
        repeated=repeated,
        problems=problems,
        problem_file=told_problems(reading.sheet, problems, sentence),
        notes=row_problems(reading.sheet, judged.repeated | judged.notes),
    )


def _book(
    bank: Bank, by: Caller, data: bytes, values: list[ServiceValues], progress: Progress
) -> tuple[int, int]:
    good = repeated = done = 0
    for key, chunk in in_chunks(data, values):
        outcome = record_services(bank, by=by, key=key, rows=list(chunk))
        new = 0 if outcome.repeated else int(outcome.answer["good"])
        good, repeated = good + new, repeated + len(chunk) - new
        done += len(chunk)
        progress(done, len(values))
    return good, repeated


def _judge(session: Session, by: Caller, rows: tuple[HourRow, ...], today: str) -> _Judged:
    judged = _Judged({}, {}, {}, {})
    recorder = find_actor(session, by.actor)
    own = recorder.volunteer_id if recorder else None
    for start in range(0, len(rows), _LOOKED_UP_AT_ONCE):
        some = rows[start : start + _LOOKED_UP_AT_ONCE]
        by_number = find_volunteers(session, {row.number for row in some if row.number})
        by_name = find_volunteers_by_name(session, _names_alone(some))
        for row in some:
            try:
                volunteer = _volunteer_of(row, by_number, by_name)
                if volunteer.id == own:
                    raise OwnRecord()
                if row.day > today:
                    raise ServiceInFuture(day=row.day)
                judged.people[row.row] = volunteer
            except PointsBankError as refusal:
                judged.problems[row.row] = (refusal.code, refusal.facts)
    _find_repeated(session, rows, judged)
    _find_overlaps(session, rows, judged)
    return judged


def _names_alone(rows: Sequence[HourRow]) -> set[str]:
    """The names of the rows that give no number; a name that cannot be read is told later."""
    names = set()
    for row in rows:
        if not row.number:
            with suppress(NameUnreadable):
                names.add(normalise_name(row.name))
    return names


def _volunteer_of(
    row: HourRow, by_number: dict[str, VolunteerRef], by_name: dict[str, list[VolunteerRef]]
) -> VolunteerRef:
    """Whose hours these are. Raises what makes the row a problem."""
    name = normalise_name(row.name)
    if row.number:
        found = by_number.get(row.number)
        if found is None:
            raise VolunteerUnknown(number=row.number)
        if found.name != name:
            raise NameDiffers(number=row.number)
    else:
        same = by_name.get(name, [])
        if len(same) != 1:
            raise NumberMissing(people=len(same)) if same else VolunteerUnknown(number=shown(name))
        found = same[0]
    if found.left_on is not None and found.left_on < row.day:
        raise VolunteerLeft(number=found.number, left_on=found.left_on)
    return found


def _find_repeated(session: Session, rows: tuple[HourRow, ...], judged: _Judged) -> None:
    """Note the rows whose service is in the books already; taking them changes nothing."""
    prints = {
        fingerprint_of(judged.people[row.row].id, _service(row)): row.row
        for row in rows
        if row.row in judged.people
    }
    every = list(prints)
    for start in range(0, len(every), _LOOKED_UP_AT_ONCE):
        for told, record_id in find_known(
            session, every[start : start + _LOOKED_UP_AT_ONCE]
        ).items():
            judged.repeated[prints[told]] = (
                RecordRepeated.code,
                {"number": record_number(record_id)},
            )


def _find_overlaps(session: Session, rows: tuple[HourRow, ...], judged: _Judged) -> None:
    """Note who is said to have been in two places at once, in this file or with the books."""
    new = [row for row in rows if row.row in judged.people and row.row not in judged.repeated]
    spans: dict[int, list[tuple[str, str, int, str]]] = defaultdict(list)
    for row in new:
        if row.starts_at and row.ends_at:
            place = judged.people[row.row].id
            spans[place].append((row.starts_at, row.ends_at, row.row, f"{row.row}"))
    if not spans:
        return
    days = [row.day for row in new]
    people = pack((one,) for one in sorted(spans))
    for kept in session.rows(_TIMES, people=people, since=min(days), until=max(days)):
        number = record_number(kept.id)
        spans[kept.volunteer_id].append((kept.started_at, kept.ended_at, 0, number))
    for times in spans.values():
        times.sort()
        _note_overlaps(times, judged.notes)


def _note_overlaps(times: list[tuple[str, str, int, str]], notes: Found) -> None:
    """One person's spans by their start: whatever begins before an earlier one has ended."""
    latest = times[0]
    for span in times[1:]:
        if span[0] < latest[1] and (span[2] or latest[2]):
            row, other = (span[2], latest[3]) if span[2] else (latest[2], span[3])
            notes[row] = (OVERLAPS, {"other": other})
        if span[1] > latest[1]:
            latest = span


def _service(row: HourRow) -> Service:
    return Service(
        row.activity,
        row.day,
        row.minutes,
        row.recorded_by,
        row.starts_at,
        row.ends_at,
        row.team,
        row.category,
    )


def _values(row: HourRow, volunteer: VolunteerRef) -> ServiceValues:
    return (volunteer.number, *vars(_service(row)).values())
