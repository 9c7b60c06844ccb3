"""Issuing what records earn (发放): an entry for each record, and its volunteer is told.

Points come into being nowhere else, but for those that a rehearsal is lent and gives back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pointsbank.earning.rulebooks import rulebook_on
from pointsbank.earning.rules import Rulebook
from pointsbank.earning.service_records import LockedRecord
from pointsbank.foundation import Act
from pointsbank.ledger import (
    Issue,
    Posted,
    declare_kind,
    issue_many,
    open_account,
    points_id,
)
from pointsbank.people import SYSTEM_HOLDER, VolunteerRef, tell_all

ISSUE = declare_kind(
    "earning.issue",
    [("issued", "wallet"), ("wallet", "owed"), ("issued", "owed"), ("wallet", "expired")],
)


@dataclass(frozen=True, slots=True)
class Earned:
    """A record that takes effect and earns something, by the rulebook of its day."""

    record: LockedRecord
    volunteer: VolunteerRef
    points: int
    working: str
    book: Rulebook


def issue_for_records(act: Act, earned: Sequence[Earned]) -> dict[int, Posted]:
    """Issue the points of records, whose people's accounts are locked; the entries by record."""
    if not earned:
        return {}
    issued = open_account(act.session, "issued", points_id(act.session), SYSTEM_HOLDER, now=act.now)
    # How long they stand is said by the rulebook of the day on which they come into the wallet.
    expires_on = rulebook_on(act.session, act.today).expires_on(act.today)
    issues = [
        Issue(
            one.volunteer.wallet,
            one.volunteer.owed,
            one.points,
            memo=one.working,
            document=document_of(one.record.id),
            rule=f"earning_rule:{one.book.version}",
            expires_on=expires_on,
        )
        for one in earned
    ]
    posted = issue_many(act, ISSUE, issues, issued=issued)
    arrived: list[tuple[str, str, dict[str, int | str]]] = [
        (
            one.volunteer.holder,
            document_of(one.record.id),
            {"day": one.record.served_on, "points": one.points},
        )
        for one in earned
    ]
    tell_all(act, "earning.points_arrived", arrived)
    return {one.record.id: posted[document_of(one.record.id)] for one in earned}


def document_of(record_id: int) -> str:
    """What an entry calls the record that it was posted for."""
    return f"record:{record_id}"
