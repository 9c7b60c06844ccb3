"""Recording what one checkout says to the database, so that the raw driver can say it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.foundation import Session


@dataclass
class Spoken:
    """One statement as the driver got it: its text, its parameters, the first value it answered."""

    text: str
    names: list[str]
    values: dict[str, Any]
    inserts: str | None
    answered: Any = None


class RecordingSession(Session):
    """A session with a pen beside it."""

    __slots__ = ("spoken",)

    def __init__(self, session: Session) -> None:
        super().__init__(session.connection, session.dialect)
        self.spoken: list[Spoken] = []

    def _execute(self, source: Any, values: dict[str, Any]) -> Any:
        compiled, cursor = super()._execute(source, values)
        words = compiled.text.split(None, 3)
        spoken = Spoken(
            compiled.text,
            list(compiled.names),
            {**compiled.defaults, **values},
            words[2] if words[0] == "INSERT" else None,
        )
        self.spoken.append(spoken)
        return compiled, _Noting(cursor, spoken)


class _Noting:
    """A cursor that notes the first value of its answer."""

    def __init__(self, cursor: Any, spoken: Spoken) -> None:
        self._cursor = cursor
        self._spoken = spoken
        self.rowcount: int = cursor.rowcount

    def fetchall(self) -> list[Any]:
        rows: list[Any] = self._cursor.fetchall()
        self._spoken.answered = rows[0][0] if rows else None
        return rows


# Parameters that carry the number of a row which the same script has just made.
_REFERS = {
    "receipt_id": "receipt",
    "of_redemption": "receipt",
    "redemption_id": "receipt",
    "of_entry": "journal_entry",
    "entry_id": "journal_entry",
}
# Parameters that must be new each time.
_FRESH = ("key", "quote_id")


@dataclass(frozen=True)
class _Line:
    text: str
    names: list[str]
    values: dict[str, Any]
    # By parameter, which of the replay's own numbers goes there.
    own: dict[str, str]
    returns: str | None


class Replay:
    """A recorded script that says it all again, under new keys, with the numbers it gets back."""

    def __init__(self, spoken: list[Spoken], dialect: str) -> None:
        self._positional = dialect == "sqlite"
        self._lines: list[_Line] = []
        made: dict[tuple[str, Any], str] = {}
        for one in spoken:
            own = {name: name for name in _FRESH if name in one.values}
            for name, value in one.values.items():
                # A redemption is known by the number of its receipt.
                known_by_receipt = one.inserts == "redemption" and name == "id"
                table = "receipt" if known_by_receipt else _REFERS.get(name, "")
                if (table, value) in made:
                    own[name] = made[table, value]
            returns = one.inserts if one.answered is not None else None
            if returns is not None:
                made[returns, one.answered] = returns
            self._lines.append(_Line(one.text, one.names, one.values, own, returns))

    @property
    def statements(self) -> int:
        """How many statements one replay sends, without BEGIN and COMMIT."""
        return len(self._lines)

    def run(self, connection: Any, fresh: str) -> None:
        """Send every statement once, on an open transaction. `fresh` was never used before."""
        own: dict[str, Any] = dict.fromkeys(_FRESH, f"yardstick-{fresh}")
        for line in self._lines:
            values = line.values
            if line.own:
                values = {**values, **{name: own[source] for name, source in line.own.items()}}
            given = [values[name] for name in line.names] if self._positional else values
            cursor = connection.execute(line.text, given)
            rows = cursor.fetchall() if cursor.description else None
            if line.returns is not None and rows:
                own[line.returns] = rows[0][0]


def record_checkout(bank_write: Any, work: Any, dialect: str) -> Replay:
    """Let one operation happen, and keep what it said."""

    def noting(session: Session) -> list[Spoken]:
        recording = RecordingSession(session)
        work(recording)
        return recording.spoken

    return Replay(bank_write(noting), dialect)
