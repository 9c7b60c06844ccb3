"""The house as its source says it: modules, what they import, and where they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

# A room's floor; rooms on one floor never import each other.
FLOORS = {
    "foundation": 0,
    "ledger": 1,
    "people": 2,
    "earning": 3,
    "inventory": 3,
    "fund": 3,
    "activities": 4,
    "charity": 4,
    "recognition": 4,
    "imports": 5,
    "service_orders": 5,
    "redemption": 6,
    "audit": 7,
    "cases": 7,
    "findings": 7,
    "safekeeping": 8,
}
# What stands above the rooms and may enter each by its front door.
DOORS = {
    "web",
    "cli",
    "jobs",
    "demonstration",
    "founding",
    "bench",
    "tables",
    "writing",
    "__main__",
}


@dataclass(frozen=True)
class Module:
    """A file of Python in the house."""

    name: str
    path: Path
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in it; several rules walk through the same."""
        return tuple(ast.walk(self.tree))

    @property
    def room(self) -> str:
        """`ledger` for `pointsbank.ledger.journal`, `kiosk` for the kiosk, else empty."""
        parts = self.name.split(".")
        if parts[0] == "kiosk":
            return "kiosk"
        return parts[1] if len(parts) > 1 else ""


@dataclass(frozen=True)
class Import:
    """One imported name: `from a.b import c` is module `a.b`, name `c`."""

    line: int
    module: str
    name: str | None
    level: int
    inside: bool


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the two packages."""
    found = []
    for package in ("pointsbank", "kiosk"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


def rooms() -> list[str]:
    """The rooms that are there, from the ground up."""
    return [room for room in FLOORS if (ROOT / "pointsbank" / room / "__init__.py").exists()]


@cache
def imports_of(tree: ast.Module) -> tuple[Import, ...]:
    """Every import in a module, wherever it stands."""
    return tuple(_imports_of(tree, inside=False))


def _imports_of(node: ast.AST, *, inside: bool) -> Iterator[Import]:
    inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(child.lineno, alias.name, None, 0, inside)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield Import(child.lineno, child.module or "", alias.name, child.level, inside)
        elif not isinstance(child, ast.expr):  # an import is never part of an expression
            yield from _imports_of(child, inside=inside)
