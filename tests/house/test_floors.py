"""Rooms stand on floors: who may import whom, read from the source itself.

Each rule is a function that yields what breaks it, so that it can be asked about the house and, to
show that it can fail, about a few lines that break it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.house.source import DOORS, FLOORS, Module, imports_of, modules

# Into another room only by its front door, with these exceptions: who, and what they may enter.
FILES = {
    f"pointsbank.foundation.{part}"
    for part in ("cells", "file_imports", "sheet_errors", "sheet_rows", "sheets")
}
SIDE_DOORS = {
    # The check stands outside the program; it wants a connection and nothing that comes with more.
    "pointsbank.audit.check": {"pointsbank.foundation.database"},
    # Whoever reads people's own files needs many small readers (`day`, `phone`, `fen`), whose names
    # say something only beside each other.
    "pointsbank.people": FILES,
    "pointsbank.earning": FILES,
    "pointsbank.inventory": FILES,
    "pointsbank.imports": FILES,
    "pointsbank.recognition": FILES,
    "pointsbank.activities": FILES,
    "pointsbank.charity": FILES,
    "pointsbank.cases": FILES,
    "pointsbank.findings": FILES,
    "pointsbank.redemption": FILES,
    "pointsbank.web.portals": FILES,
    # Alembic comes in for whoever makes or upgrades a bank, not for everybody.
    "pointsbank.bench": {"pointsbank.foundation.schema"},
    "pointsbank.cli": {"pointsbank.foundation.roles", "pointsbank.foundation.schema"},
    "pointsbank.demonstration": {"pointsbank.foundation.schema"},
    "pointsbank.safekeeping": {
        "pointsbank.foundation.cells",
        "pointsbank.foundation.schema",
        "pointsbank.foundation.sheet_rows",
    },
    "pointsbank.web.app": {"pointsbank.foundation.schema"},
    "pointsbank.web.developing": {"pointsbank.foundation.schema"},
}
# Together a third of what a server would load, for those who print, bring a workbook or upgrade:
# these come in where they are used, and nothing else does.
COMES_LATE = {"alembic", "flask_migrate", "fontTools", "fpdf", "openpyxl"}
# No server loads this one.
COMES_ALONE = {"pointsbank.web.developing"}
ONLY_DOORS_KNOW = {"flask", "werkzeug", "click", "jinja2", "markupsafe"}
TRANSACTIONS = {"pointsbank.foundation.database", "pointsbank.foundation.group_commit"}
ENDS = {"commit", "rollback", "begin", "begin_nested"}
ENDING_SQL = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b")


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "pointsbank" else parts[0]


def relative_or_hidden(module: Module) -> Iterator[str]:
    """No relative imports, and inside a function only what comes late."""
    for found in imports_of(module.tree):
        if found.level:
            yield f"{module.name}:{found.line} imports relatively"
        if found.inside and found.module.split(".")[0] not in COMES_LATE:
            yield f"{module.name}:{found.line} imports inside a function"


def comes_with_every_start(module: Module) -> Iterator[str]:
    """What comes late is imported inside a function, except for those who only check types."""
    there = {found.module.split(".")[0] for found in imports_of(module.tree)}
    if module.name in COMES_ALONE or not there & COMES_LATE:
        return
    at_once = [
        node
        for node in module.tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    for found in imports_of(ast.Module(at_once, [])):
        if found.module.split(".")[0] in COMES_LATE and not found.inside:
            yield f"{module.name}:{found.line} imports {found.module} with every start"


def upward(module: Module) -> Iterator[str]:
    """A room imports rooms below it only, and never a door."""
    if module.room not in FLOORS:
        return
    for found in imports_of(module.tree):
        if not found.module.startswith("pointsbank"):
            continue
        other = room_of(found.module)
        if found.module == "pointsbank":
            other = found.name or ""
        if other == module.room:
            continue
        if other in DOORS or FLOORS.get(other, 99) >= FLOORS[module.room]:
            yield f"{module.name}:{found.line} imports {other}, which is not below it"


def past_the_front_door(module: Module) -> Iterator[str]:
    """From another room only its front door."""
    for found in imports_of(module.tree):
        parts = found.module.split(".")
        if parts[0] != "pointsbank" or len(parts) < 3 or parts[1] == module.room:
            continue
        allowed = any(
            found.module in what for who, what in SIDE_DOORS.items() if module.name.startswith(who)
        )
        if parts[1] in FLOORS and not allowed:
            yield f"{module.name}:{found.line} enters {found.module} past the front door"


def knows_a_door(module: Module) -> Iterator[str]:
    """Rooms know neither the web framework, nor the command line, nor the templates."""
    if module.room not in FLOORS:
        return
    for found in imports_of(module.tree):
        library = found.module.split(".")[0]
        if library in ONLY_DOORS_KNOW or library.startswith("flask_"):
            yield f"{module.name}:{found.line} imports {library}"


def kiosk_knows_the_bank(module: Module) -> Iterator[str]:
    """The kiosk is a client like any other: it speaks to the API and imports nothing of ours."""
    if module.room == "kiosk":
        for found in imports_of(module.tree):
            if found.module.split(".")[0] == "pointsbank":
                yield f"{module.name}:{found.line} imports {found.module}"


def check_knows_the_program(module: Module) -> Iterator[str]:
    """The check of the books imports of ours only a connection to the database, and itself."""
    if not module.name.startswith("pointsbank.audit.check"):
        return
    for found in imports_of(module.tree):
        own = found.module.startswith("pointsbank.audit.check")
        asked = (found.module, found.name) == ("pointsbank.foundation.database", "open_database")
        if found.module.startswith("pointsbank") and not own and not asked:
            yield f"{module.name}:{found.line} imports {found.name} from {found.module}"


def ends_a_transaction(module: Module) -> Iterator[str]:
    """Rooms and pages begin, commit and roll back nothing: transactions are made in one place."""
    if module.name in TRANSACTIONS:
        return
    for node in module.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # None of them takes an argument; a story that begins on a day is something else.
            if node.func.attr in ENDS and not node.args and not node.keywords:
                yield f"{module.name}:{node.lineno} calls {node.func.attr}"
            for argument in node.args:
                text = argument.value if isinstance(argument, ast.Constant) else None
                if isinstance(text, str) and ENDING_SQL.match(text):
                    yield f"{module.name}:{node.lineno} runs {text!r}"


RULES = [
    relative_or_hidden,
    comes_with_every_start,
    upward,
    past_the_front_door,
    knows_a_door,
    kiosk_knows_the_bank,
    check_knows_the_program,
    ends_a_transaction,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nobody_breaks_the_rule(rule: object) -> None:
    assert callable(rule)
    assert [broken for module in modules() for broken in rule(module)] == []


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (relative_or_hidden, "pointsbank.ledger.x", "from . import accounts"),
        (relative_or_hidden, "pointsbank.ledger.x", "def f():\n    import json"),
        (comes_with_every_start, "pointsbank.people.x", "from fpdf import FPDF"),
        (upward, "pointsbank.ledger.x", "from pointsbank.people import get_volunteer"),
        (upward, "pointsbank.earning.x", "from pointsbank.inventory import get_place"),
        (upward, "pointsbank.people.x", "from pointsbank.web import create_app"),
        (upward, "pointsbank.people.x", "from pointsbank import cli"),
        (past_the_front_door, "pointsbank.people.x", "from pointsbank.ledger.journal import Move"),
        (past_the_front_door, "pointsbank.web.x", "import pointsbank.ledger.journal"),
        (knows_a_door, "pointsbank.people.x", "from flask_babel import gettext"),
        (kiosk_knows_the_bank, "kiosk.x", "import pointsbank.ledger"),
        (check_knows_the_program, "pointsbank.audit.check.x", "from pointsbank.ledger import Move"),
        (check_knows_the_program, "pointsbank.audit.check.x", "import pointsbank.foundation"),
        (ends_a_transaction, "pointsbank.ledger.x", "session.connection.commit()"),
        (ends_a_transaction, "pointsbank.ledger.x", "connection.execute('ROLLBACK')"),
    ],
)
def test_each_rule_sees_what_breaks_it(rule: object, name: str, source: str) -> None:
    assert callable(rule)
    assert list(rule(Module(name, Path("x.py"), ast.parse(source))))


def test_there_is_no_circle_among_modules() -> None:
    names = {module.name for module in modules()}
    graph = {module.name: set(_targets(module, names)) for module in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


def _targets(module: Module, names: set[str]) -> Iterator[str]:
    for found in imports_of(module.tree):
        deeper = f"{found.module}.{found.name}"
        if deeper in names:
            yield deeper
        elif found.module in names:
            yield found.module


def test_the_list_of_floors_and_doors_names_everything_there_is() -> None:
    packages = {module.room for module in modules()} - {"kiosk", ""}
    assert packages <= FLOORS.keys() | DOORS
