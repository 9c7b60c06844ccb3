"""What is doubted (更正、异常): lines that people say are not right, and what a night has found."""

from __future__ import annotations

from datetime import datetime, timedelta

from pointsbank.cases import answer_case, say_wrong_for
from pointsbank.demonstration.people_story import PeopleStory, Person
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.earning import list_records, record_services
from pointsbank.findings import look_for_findings
from pointsbank.foundation import NIGHT, Paging, business_day, from_instant, to_instant
from pointsbank.ledger import StatementLine, read_statement

# Places in the list of volunteers; none of them has a card on the tray.
SERVED_LONGER, TOOK_NOTHING, WRITTEN_DOWN = 7, 9, 12
TOO_LONG_MINUTES = 450


def tell_doubts(teller: Storyteller, people: PeopleStory, moment: datetime) -> None:
    """Two people come to the desk: one waits for the answer, one has it."""
    served, bought = people.volunteers[SERVED_LONGER], people.volunteers[TOOK_NOTHING]
    teller.at(moment)
    waiting = _last(teller, served, "earning.issue")
    _say(teller, people, served, waiting, "那天我从八点做到十一点，少记了一个小时")
    answered = _last(teller, bought, "redemption.goods")
    case = _say(teller, people, bought, answered, "我不记得换过这么多东西")
    teller.at(moment + timedelta(minutes=20))
    teller.do(
        answer_case,
        people.staff["chenbo"],
        case=case,
        outcome="kept",
        answer="查了自助机的小票，是本人的卡和密码换的，东西一样一样都对得上",
    )


def tell_findings(teller: Storyteller, people: PeopleStory, moment: datetime) -> None:
    """Somebody is written down by hand where others signed in, and too long, twice at a time."""
    teller.at(moment)
    bank, number = teller.bank, people.volunteers[WRITTEN_DOWN].number
    signed = list_records(bank, source="sign_in", paging=Paging(1, 200)).items
    # The last one that ended so long ago that a long day fits in behind its beginning.
    latest = to_instant(moment - timedelta(minutes=TOO_LONG_MINUTES))
    shown = next(one for one in signed if one.started_at and one.started_at < latest)
    begun = from_instant(str(shown.started_at))
    rows = []
    for activity, minutes in ((shown.activity, TOO_LONG_MINUTES), ("整理仓库", 60)):
        span = (to_instant(begun), to_instant(begun + timedelta(minutes=minutes)))
        told = (number, activity, business_day(begun), minutes, "manual", *span)
        rows.append((*told, None, None, None))
    # A list says both; at the desk the second would be refused.
    teller.do(record_services, people.staff["wangfang"], rows=rows)
    look_for_findings(bank, by=NIGHT)


def _say(
    teller: Storyteller, people: PeopleStory, person: Person, line: StatementLine, says: str
) -> str:
    told = {"number": person.number, "line": line.number, "says": says}
    return str(teller.do(say_wrong_for, people.staff["limin"], **told).answer["case"])


def _last(teller: Storyteller, person: Person, kind: str) -> StatementLine:
    """The newest line of this kind on somebody's statement."""
    lines = teller.bank.database.read(
        lambda session: read_statement(session, person.wallet_id, paging=Paging(1, 200))
    )
    return next(line for line in lines.items if line.kind == kind and not line.reversed)
