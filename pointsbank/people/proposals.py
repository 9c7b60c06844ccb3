"""Proposals (提出的事): what one has asked for and what waits until a second person has looked.

A room proposes by `propose` and has the act itself take the proposal by `take_proposal`, so that
what was asked for and what is done are one and the same. Only what `ACTS` says may wait waits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, Index, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Page,
    Paging,
    PublicIdInvalid,
    Session,
    Text,
    canonical_json,
    operation,
    pack,
    packed_rows,
    public_id,
    query,
    read_page,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import required_text
from pointsbank.people.errors import (
    ProposalDecided,
    ProposalExists,
    ProposalOfOthers,
    ProposalOther,
    ProposalUnknown,
    ReasonNeeded,
)
from pointsbank.people.second_person import ACTS, homes_of, refuse_together, require_second
from pointsbank.people.staff import require_person

STATES = ("open", "confirmed", "withdrawn", "declined")
REASON_MOST = 200
# Plain values that say what is asked for: numbers, codes, days, a reason.
Told = Mapping[str, Any]


class Proposal(Base):
    """One act that somebody proposed. Decided once; of one thing (`about`) at most one is open.

    Whoever confirms or declines is another than who proposed; only who proposed withdraws.
    """

    __tablename__ = "proposal"
    __table_args__ = strict_table(
        CheckConstraint("state IN ('open', 'confirmed', 'withdrawn', 'declined')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by"),
        CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint(
            "decided_by IS NULL OR (state = 'withdrawn') = (decided_by = proposed_by)",
            name="two_people",
        ),
        Index(
            "uq_proposal_open",
            "act",
            "about",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "state", "id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    act: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    told: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class ProposalRow:
    """A proposal as the office sees it; `told` says what is asked for."""

    number: str
    act: str
    about: str
    told: dict[str, Any]
    proposed_by: str
    proposed_at: str
    state: str
    decided_by: str | None
    decided_at: str | None
    reason: str | None

    @property
    def is_open(self) -> bool:
        return self.state == "open"


_INSERT = statement(insert(Proposal).on_conflict_do_nothing().returning(Proposal.id))
_SELECT = select(*Proposal.__table__.columns)
_LOCKED = statement(_SELECT.where(Proposal.id == bindparam("of_id")).with_for_update())
[_ABOUT] = packed_rows("abouts", str)
_OPEN_ABOUT = statement(
    select(Proposal.id, Proposal.about).where(
        Proposal.act == bindparam("of_act"),
        Proposal.about.in_(select(_ABOUT)),
        Proposal.state == "open",
    )
)
_DECIDE = statement(
    update(Proposal)
    .where(Proposal.id == bindparam("of_id"), Proposal.state == "open")
    .values(
        state=bindparam("new_state"),
        decided_by=bindparam("new_by"),
        decided_at=bindparam("new_at"),
        reason=bindparam("new_reason"),
    )
)


def propose(act: Act, name: str, *, about: str, told: Told, volunteers: Iterable[int] = ()) -> str:
    """Have an act of the table wait for a second person (提出); the proposal's number.

    `about` is what it is done to, as a document names it (`product:7`). Raises SecondPersonNeeded
    for a command, RoleMissing, BenefitsOneself, SameHousehold, ProposalExists.
    """
    rule = ACTS[name]
    if not rule.waits:
        raise ValueError(f"{name} does not wait")
    proposer = require_person(act, *rule.roles)
    concerned = list(volunteers) if rule.benefits else []
    refuse_together(homes_of(act.session, [proposer], concerned), proposer, None, concerned)
    made: int | None = act.session.value(
        _INSERT,
        act=name,
        about=about,
        told=canonical_json(dict(told)).decode(),
        proposed_by=proposer.actor,
        proposed_at=act.now,
        state="open",
        decided_by=None,
        decided_at=None,
        reason=None,
    )
    if made is None:
        known = proposals_about(act.session, name, [about])
        raise ProposalExists(number=known.get(about, proposal_number(0)))
    return proposal_number(made)


def take_proposal(act: Act, number: str | None, name: str, *, proposed_by: str, told: Told) -> None:
    """Confirm what waits, as the act itself that is done now; nothing where nothing waited.

    Raises ProposalUnknown, ProposalDecided, and ProposalOther where something else was asked for.
    """
    if number is None:
        return
    row = _locked(act, number)
    asked = (row.act, row.proposed_by, json.loads(row.told))
    if asked != (name, proposed_by, dict(told)):
        raise ProposalOther(number=number)
    _decide(act, row.id, "confirmed")


@operation("people.withdraw_proposal")
def withdraw_proposal(act: Act, *, proposal: str) -> Answer:
    """Take an own proposal back (撤回).

    Raises ProposalUnknown, ProposalDecided, ProposalOfOthers.
    """
    row = _locked(act, proposal)
    if require_person(act, *ACTS[row.act].roles).actor != row.proposed_by:
        raise ProposalOfOthers(number=proposal)
    _decide(act, row.id, "withdrawn")
    return {"proposal": proposal, "state": "withdrawn"}


@operation("people.decline_proposal")
def decline_proposal(act: Act, *, proposal: str, reason: str) -> Answer:
    """Say no to what somebody else proposed, with a reason (不同意).

    Raises ProposalUnknown, ProposalDecided, ReasonNeeded, and what `require_second` raises.
    """
    row = _locked(act, proposal)
    require_second(act, row.act, first=row.proposed_by)
    why = required_text(reason, REASON_MOST, ReasonNeeded)
    _decide(act, row.id, "declined", why)
    return {"proposal": proposal, "state": "declined"}


def _locked(act: Act, number: str) -> Any:
    row = act.session.row(_LOCKED, of_id=_read_number(number))
    if row is None:
        raise ProposalUnknown(number=number[:24])
    if row.state != "open":
        raise ProposalDecided(number=number, state=row.state)
    return row


def _decide(act: Act, proposal_id: int, state: str, reason: str | None = None) -> None:
    """Write down what became of it, if nobody was faster."""
    decided = act.session.run(
        _DECIDE,
        of_id=proposal_id,
        new_state=state,
        new_by=act.caller.actor,
        new_at=act.now,
        new_reason=reason,
    )
    if decided != 1:
        raise ProposalDecided(number=proposal_number(proposal_id), state=state)


def proposal_number(proposal_id: int) -> str:
    """The public number of a proposal.

    >>> proposal_number(7)
    'P000007-6'
    """
    return public_id("P", proposal_id)


def _read_number(number: str) -> int:
    try:
        return read_public_id("P", number)
    except PublicIdInvalid as cause:
        raise ProposalUnknown(number=number[:24]) from cause


@query
def get_proposal(session: Session, *, number: str) -> ProposalRow:
    """One proposal. Raises ProposalUnknown."""
    row = session.row(_SELECT.where(Proposal.id == _read_number(number)))
    if row is None:
        raise ProposalUnknown(number=number[:24])
    return _row(row)


@query
def list_proposals(
    session: Session,
    *,
    is_open: bool = True,
    proposed_by: str | None = None,
    paging: Paging | None = None,
) -> Page[ProposalRow]:
    """What waits, the oldest first; or what was decided, the newest first. Of one or of anybody."""
    paging = paging or Paging()
    found = _SELECT.where(Proposal.state == "open" if is_open else Proposal.state != "open")
    if proposed_by is not None:
        found = found.where(Proposal.proposed_by == proposed_by)
    order = Proposal.id if is_open else Proposal.decided_at.desc()
    return read_page(session, found.order_by(order), paging).mapped(_row)


@query
def find_proposal_about(session: Session, *, name: str, about: str) -> str | None:
    """The number of what waits about one thing, or None."""
    return proposals_about(session, name, [about]).get(about)


def proposals_about(session: Session, name: str, abouts: Iterable[str]) -> dict[str, str]:
    """The numbers of what waits about some things, by thing; a step, in one statement."""
    packed = pack((one,) for one in abouts)
    rows = session.rows(_OPEN_ABOUT, of_act=name, abouts=packed)
    return {row.about: proposal_number(row.id) for row in rows}


def _row(row: Any) -> ProposalRow:
    return ProposalRow(
        proposal_number(row.id),
        row.act,
        row.about,
        json.loads(row.told),
        row.proposed_by,
        row.proposed_at,
        row.state,
        row.decided_by,
        row.decided_at,
        row.reason,
    )
