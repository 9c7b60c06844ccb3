"""What the doors can have done here: note backups, use sticks, keep the list of the missing."""

from __future__ import annotations

import pointsbank.safekeeping.seen as seen
from pointsbank.foundation import Act, Answer, keep_setting, operation
from pointsbank.foundation.cells import clean_text
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.redemption import (
    Late,
    Taken,
    enter_purchase,
    find_slip_number,
    propose_purchase,
)
from pointsbank.safekeeping.errors import SlipUnreadable
from pointsbank.safekeeping.runs import GOOD, insert_run
from pointsbank.safekeeping.sticks import add_target

KEEP_SETTINGS = ("backup_keep_daily", "backup_keep_weekly", "backup_keep_monthly")
# When it was printed last; the set-up's check list asks.
ENVELOPE_SETTING = "envelope_printed_at"
KEEP_MOST = 400
SEEN_MOST = 50
# Booked once more by hand; the goods came back; nothing was to be done.
HOWS = (seen.ENTERED, "returned", "nothing")
MISSING = "safekeeping.enter_missing"
_how = one_of({how: how for how in HOWS})
# number, slip, key, points, card with most of it hidden, at, whether it was undone
SeenValues = tuple[str, str, str, int, str | None, str, bool]


@operation("safekeeping.record_backup")
def record_backup(
    act: Act,
    *,
    kind: str,
    place: str,
    name: str | None = None,
    made_at: str | None = None,
    size: int | None = None,
    sha256: str | None = None,
    verified_at: str | None = None,
    outcome: str = GOOD,
) -> Answer:
    """Write down one try to make or to copy a backup, good or not."""
    insert_run(
        act,
        kind=kind,
        place=place,
        name=name,
        made_at=made_at,
        bytes=size,
        sha256=sha256,
        verified_at=verified_at,
        outcome=outcome,
    )
    return {"kind": kind, "outcome": outcome, "name": name}


@operation("safekeeping.use_drive")
def record_use(act: Act, *, place: str, target: str | None = None) -> Answer:
    """Write down that a stick, or a named folder, carries backups from now on."""
    if target is not None:
        add_target(act.session, target)
    return {"place": place}


@operation("safekeeping.set_keeping")
def set_keeping(act: Act, *, daily: int, weekly: int, monthly: int) -> Answer:
    """Say how many backups are kept: the newest of so many days, weeks and months."""
    numbers = [min(max(1, number), KEEP_MOST) for number in (daily, weekly, monthly)]
    for name, number in zip(KEEP_SETTINGS, numbers, strict=True):
        keep_setting(act.session, name, str(number))
    return {"daily": numbers[0], "weekly": numbers[1], "monthly": numbers[2]}


@operation("safekeeping.print_envelope")
def record_envelope(act: Act) -> Answer:
    """Write down that the envelope was printed (again), before anybody sees it."""
    keep_setting(act.session, ENVELOPE_SETTING, act.now)
    return {"printed_at": act.now}


@operation("safekeeping.note_seen")
def note_seen(act: Act, *, device: int, receipts: list[SeenValues]) -> Answer:
    """Take what a kiosk was told of; what the books do not have goes on the list of the missing."""
    missing = new = 0
    for number, slip, key, points, card, at, undone in receipts[:SEEN_MOST]:
        if seen.is_in_the_books(act.session, number, key):
            continue
        missing += 1
        new += seen.note(
            act,
            source="kiosk",
            key=key,
            device_id=device,
            number=number,
            slip=slip,
            points=points,
            card=card,
            happened_at=at,
            undone=int(undone),
        )
    return {"missing": missing, "new": new}


@operation("safekeeping.note_slip")
def note_slip(act: Act, *, slip: str, points: int, happened_on: str | None = None) -> Answer:
    """Put a slip that somebody brought on the list of the missing. Raises SlipUnreadable.

    The same slip of the same day is one line.
    """
    slip = read_slip(slip)
    new = seen.note(
        act,
        source="slip",
        key=f"slip:{slip}:{happened_on or ''}:{points}",
        device_id=None,
        number=None,
        slip=slip,
        points=points,
        card=None,
        happened_at=happened_on,
        undone=0,
    )
    return {"slip": slip, "new": new}


@operation("safekeeping.settle_seen")
def settle_seen(act: Act, *, seen_id: int, how: str) -> Answer:
    """Say of a line what was done about it (已处理). Raises SeenUnknown."""
    seen.settle(act, seen_id, _how(how))
    return {"seen": seen_id}


@operation(MISSING)
def enter_missing(
    act: Act,
    *,
    seen_id: int,
    shop_id: int,
    day: str,
    slip: str,
    whose: str,
    taken: Taken,
    total_points: int,
    proposed_by: str,
    why: str = "restored",
    proposal: str | None = None,
) -> Answer:
    """Enter late what a line of the list tells of, and tick the line off, both or neither (补记).

    Raises SeenUnknown when it is not there or was settled before, and what `enter_late` raises.
    """
    seen.require_open(act.session, seen_id)
    late, line = Late(shop_id, why, day, slip, whose, taken, total_points), {"seen_id": seen_id}
    answer = enter_purchase(act, late, proposed_by, name=MISSING, extra=line, proposal=proposal)
    # A redemption is known by the receipt that it was booked with.
    seen.settle(act, seen_id, seen.ENTERED, act.receipt_id)
    return answer


@operation("safekeeping.propose_missing")
def propose_missing(
    act: Act,
    *,
    seen_id: int,
    shop_id: int,
    day: str,
    slip: str,
    whose: str,
    taken: Taken,
    total_points: int,
) -> Answer:
    """Have the same wait for a second person (提出补记); the line stays open until then.

    Raises SeenUnknown, and what `propose_late` raises.
    """
    seen.require_open(act.session, seen_id)
    late = Late(shop_id, "restored", day, slip, whose, taken, total_points)
    line = {"seen_id": seen_id}
    return propose_purchase(act, late, MISSING, about=f"seen:{seen_id}", extra=line)


def read_slip(text: str) -> str:
    """A slip's number as it was typed. Raises SlipUnreadable.

    >>> read_slip(" a3 0412")
    'A3-0412'
    """
    slip = find_slip_number(clean_text(text, 20).upper().replace(" ", ""))
    if slip is None:
        raise SlipUnreadable()
    return slip
