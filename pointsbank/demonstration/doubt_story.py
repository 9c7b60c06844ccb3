"""What somebody doubts (更正): lines that people say are not right; one waits for its answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from pointsbank.cases import answer_case, say_wrong_for
from pointsbank.demonstration.people_story import PeopleStory, Person
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.foundation import Paging
from pointsbank.ledger import StatementLine, read_statement

# Places in the list of volunteers; none of them has a card on the tray.
SERVED_LONGER, TOOK_NOTHING = 7, 9


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
