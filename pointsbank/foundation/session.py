"""The hands on one open transaction: SQLAlchemy statements, run by the driver itself.

Statements are written once in SQLAlchemy Core and compiled to the dialect's text; the text then
runs on the raw connection. That keeps one texture for SQLite and PostgreSQL at a fraction of the
cost of `Connection.execute`. Nobody who is handed a session ends it; only `database.py` does.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import bindparam, cast, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement, Executable, Insert
from sqlalchemy.sql.functions import FunctionElement

from pointsbank.foundation.json_text import json_writer
from pointsbank.foundation.types import Int, Text

# psycopg's dialect class lives behind the name of its driver.
_DIALECTS: Mapping[str, Dialect] = {
    "sqlite": sqlite.dialect(),
    "postgresql": postgresql.psycopg.dialect(),  # type: ignore[no-untyped-call]  # untyped there
}


class _Compiled:
    """The driver's text of a statement, its parameters in order, and the shape of its rows."""

    __slots__ = ("defaults", "names", "ordered", "row_type", "text")

    def __init__(self, source: Executable, dialect_name: str) -> None:
        compiled = source.compile(  # type: ignore[attr-defined]  # every Executable here compiles
            dialect=_DIALECTS[dialect_name],
            column_keys=_columns_to_fill(source),
            compile_kwargs={"render_postcompile": True},
        )
        self.text: str = compiled.string
        self.defaults: dict[str, Any] = dict(compiled.params)
        self.names: list[str] = list(compiled.positiontup or self.defaults)
        self.ordered = _in_order(self.names)
        columns = getattr(source, "exported_columns", None)
        names = [column.key or column.name for column in columns] if columns else []
        self.row_type: Any = namedtuple("Row", names, rename=True) if names else None


def _in_order(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """The parameters of a statement in its own order, picked by one call."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: [given[name] for name in names]


def _columns_to_fill(source: Executable) -> list[str] | None:
    """An INSERT without values names every column but the one that the database counts up."""
    if (
        not isinstance(source, Insert)
        or source._values
        or source._multi_values
        or source.select is not None
    ):
        return None
    counted = source.table._autoincrement_column
    return [column.key for column in source.table.columns if column is not counted]


class Statement:
    """A statement of a hot path: built once, compiled once for each dialect."""

    __slots__ = ("_compiled", "source")

    def __init__(self, source: Executable) -> None:
        self.source = source
        self._compiled: dict[str, _Compiled] = {}

    def compiled_for(self, dialect_name: str) -> _Compiled:
        found = self._compiled.get(dialect_name)
        if found is None:
            found = self._compiled[dialect_name] = _Compiled(self.source, dialect_name)
        return found


def statement(source: Executable) -> Statement:
    """Keep a statement for many uses. `IN` lists do not belong here: use `packed_rows`."""
    return Statement(source)


class _packed(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function that it is
    """`json_each(:rows)` on SQLite, `json_array_elements(:rows)` on PostgreSQL."""

    inherit_cache = True
    name = "packed"


@compiles(_packed, "sqlite")
def _packed_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(_packed, "postgresql")
def _packed_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **kw)} AS JSON))"


def packed_rows(parameter: str, *kinds: type[int] | type[str]) -> tuple[ColumnElement[Any], ...]:
    """Columns of a list that travels as one parameter, so that many lines are one statement.

    The caller passes `pack([(1, "a"), (2, "b")])` under the parameter's name.
    """
    rows = _packed(bindparam(parameter, type_=Text)).table_valued("value", name=f"{parameter}_rows")
    return tuple(
        cast(rows.c.value.op("->>")(literal_column(str(place))), Int if kind is int else Text)
        for place, kind in enumerate(kinds)
    )


_write = json_writer()


def pack(rows: Iterable[Sequence[int | str | None]]) -> str:
    """Write rows in the form that `packed_rows` reads."""
    return _write(list(rows))


class Cursor(Protocol):
    """What both drivers' cursors have in common."""

    rowcount: int

    def fetchall(self) -> list[Any]: ...


class Driver(Protocol):
    """What both drivers' connections have in common."""

    def execute(self, text: str, parameters: Any = ..., /) -> Cursor: ...


class Session:
    """One open transaction, for reading or for writing.

    `runs` counts the statements that went to the database since the session was opened.
    """

    __slots__ = ("connection", "dialect", "runs")

    def __init__(self, connection: Any, dialect: str) -> None:
        self.connection: Driver = connection
        self.dialect = dialect
        self.runs = 0

    @property
    def is_sqlite(self) -> bool:
        return self.dialect == "sqlite"

    def rows(self, source: Executable | Statement, /, **values: Any) -> list[Any]:
        """All rows, as named tuples by the columns' names."""
        compiled, cursor = self._execute(source, values)
        if compiled.row_type is None:
            return cursor.fetchall()
        return list(map(compiled.row_type._make, cursor.fetchall()))

    def row(self, source: Executable | Statement, /, **values: Any) -> Any:
        """The first row or None."""
        found = self.rows(source, **values)
        return found[0] if found else None

    def value(self, source: Executable | Statement, /, **values: Any) -> Any:
        """The first column of the first row or None."""
        found = self.rows(source, **values)
        return found[0][0] if found else None

    def run(self, source: Executable | Statement, /, **values: Any) -> int:
        """Run for effect; how many rows it touched."""
        return self._execute(source, values)[1].rowcount

    def _execute(
        self, source: Executable | Statement, values: dict[str, Any]
    ) -> tuple[_Compiled, Cursor]:
        if isinstance(source, Statement):
            compiled = source.compiled_for(self.dialect)
        else:
            compiled = _Compiled(source, self.dialect)
        self.runs += 1
        complete = len(values) == len(compiled.names)
        given = values if complete else {**compiled.defaults, **values}
        if self.dialect == "sqlite":
            return compiled, self.connection.execute(compiled.text, compiled.ordered(given))
        return compiled, self.connection.execute(compiled.text, given)
