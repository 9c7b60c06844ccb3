"""Activities on the own page (我的活动): join, leave, sign in by a code, and what became of it."""

from __future__ import annotations

from typing import Any

from flask import get_flashed_messages, redirect, url_for
from flask_babel import gettext as _

from pointsbank.activities import (
    find_open,
    get_activity,
    join_activity,
    leave_activity,
    list_joinable,
    list_own_activities,
    read_attendance_activity,
    sign_by_code,
)
from pointsbank.foundation import Outcome, Paging, Session
from pointsbank.people import teams_led_by
from pointsbank.web.access import allows
from pointsbank.web.api.limits import counting_wrong_codes
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked_paging, pager_of
from pointsbank.web.portals.filters import clock, duration
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.volunteer.arriving import seen_file, take_seen
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, me_page, own_file

blueprint = me_blueprint("activities")

JOINABLE_MOST = 20
# So many of the next ones stand there at once; more of them are folded away below.
NEXT_MOST, AHEAD_MOST = 5, 60


@blueprint.get("/activities")
@allows(OWN)
def page() -> Any:
    """Where one is signed in, what comes next, and what one may still join."""
    return _page(Form())


@blueprint.get("/activities/past")
@allows(OWN)
def past() -> Any:
    """What one was at before today."""
    bank, own = current_bank(), own_file()
    now = bank.clock.instant()
    found = list_own_activities(
        bank, volunteer_id=own.id, now=now, ahead=False, paging=asked_paging(20)
    )
    return me_page(
        "activities_past.html", "activities", own, found=found, pager=pager_of(found), now=now
    )


def _page(form: Form) -> str:
    bank, own = current_bank(), own_file()
    now = bank.clock.instant()

    def read(session: Session) -> Any:
        return find_open(session, own.id), teams_led_by(session, own.id)

    running, led = bank.database.read(read)
    ahead = list_own_activities(
        bank, volunteer_id=own.id, now=now, ahead=True, paging=Paging(1, AHEAD_MOST)
    ).items
    joinable = list_joinable(bank, volunteer_id=own.id, now=now, paging=Paging(1, JOINABLE_MOST))
    here = read_attendance_activity(bank, attendance_id=running.id, now=now) if running else None
    return me_page(
        "activities.html",
        "activities",
        own,
        form=form,
        running=running,
        running_at=here,
        following=ahead[:NEXT_MOST],
        later=ahead[NEXT_MOST:],
        joinable=joinable.items,
        more=joinable.total > JOINABLE_MOST,
        leads=bool(led),
        seen=seen_file() if form.problem is None else None,
        now=now,
    )


@blueprint.post("/activities/sign")
@allows(OWN)
def sign() -> Any:
    """Sign in or out by the code that is shown where the activity is, typed or scanned."""
    seen = take_seen()

    def work(typed: Typed) -> Outcome:
        if seen is not None and typed.ticked("seen"):
            return book(sign_by_code, code=seen)
        code = "".join(typed.text("code").split())
        typed.reading = "code"
        with counting_wrong_codes():
            outcome = book(sign_by_code, code=code)
        typed.reading = None
        return outcome

    return submit(
        work,
        again=_page,
        done=lambda outcome: (url_for("me_activities.signed"), _told(outcome.answer)),
    )


def _told(answer: dict[str, Any]) -> str:
    """How it went, in one sentence."""
    if answer["status"] == "in":
        at = clock(answer["signed_in_at"])
        said = _("签到好了，%(at)s。走的时候再扫一次、输一次新的码。", at=at)
    elif answer["leader_confirms"] or answer["forgotten"]:
        said = _("签退好了，%(stayed)s。等队长确认。", stayed=duration(answer["minutes"]))
    else:
        said = _("签退好了，%(stayed)s。审核后计入。", stayed=duration(answer["minutes"]))
    return str(said)


@blueprint.get("/activities/signed")
@allows(OWN)
def signed() -> Any:
    """How a sign-in or a sign-out went, large; whoever comes back later finds the activities."""
    said = get_flashed_messages()
    if not said:
        return redirect(_address())
    return me_page("signed.html", "activities", own_file(), said=said[-1])


@blueprint.post("/activities/join")
@allows(OWN)
def join() -> Any:
    """Join an activity, or wait for a place."""

    def done(outcome: Outcome) -> tuple[str, str]:
        waits = outcome.answer["status"] == "waiting"
        said = _("人满了，给您排上队了。有空位会告诉您。") if waits else _("报上名了。")
        return _address(), said

    return submit(
        lambda typed: book(join_activity, activity=typed.text("activity")), again=_page, done=done
    )


@blueprint.post("/activities/leave")
@allows(OWN)
def leave() -> Any:
    """Give one's place back."""
    return submit(
        lambda typed: book(leave_activity, activity=typed.text("activity")),
        again=_page,
        done=lambda outcome: (_address(), _("退出了，不影响您什么。")),
    )


def _address() -> str:
    return url_for("me_activities.page")


def get_file(number: str) -> Any:
    """One activity as it stands now. Raises ActivityUnknown."""
    bank = current_bank()
    return get_activity(bank, activity=number, now=bank.clock.instant())
