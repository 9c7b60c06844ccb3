"""Every refusal has its sentence in both languages, made of the facts that it is raised with."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from scripts.messages import LOCALES, WEB, problems, read
from tests.house.source import Module, imports_of, modules

# Families are caught, not raised; their sentences are the last resort.
ROOTS = {"PointsBankError"}
# The reader of files adds the column's heading to every problem of a cell.
ADDED_LATER = {"foundation.cell_": {"column"}, "earning.hours_": {"column"}}


@dataclass(frozen=True)
class Leaf:
    """One class of refusal with a code of its own."""

    name: str
    code: str
    module: Module


@dataclass(frozen=True)
class Raised:
    """One place where a refusal is made; `facts` is None where they are handed on unseen."""

    leaf: Leaf
    where: str
    facts: frozenset[str] | None


@cache
def leaves() -> tuple[Leaf, ...]:
    """Every class whose body says `code = "room.thing"`."""
    return tuple(
        Leaf(node.name, code, module)
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.ClassDef)
        for code in _codes_in(node)
    )


def _codes_in(node: ast.ClassDef) -> Iterator[str]:
    for part in node.body:
        targets = (
            part.targets
            if isinstance(part, ast.Assign)
            else [part.target]
            if isinstance(part, ast.AnnAssign)
            else []
        )
        named = any(isinstance(target, ast.Name) and target.id == "code" for target in targets)
        value = getattr(part, "value", None)
        if named and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


@cache
def raisings() -> tuple[Raised, ...]:
    """Every call of such a class in the house."""
    return tuple(raised for module in modules() for raised in _raised_in(module))


def _raised_in(module: Module) -> Iterator[Raised]:
    origins = {known.name: known.module for known in imports_of(module.tree)}
    by_name: dict[str, list[Leaf]] = {}
    for leaf in leaves():
        by_name.setdefault(leaf.name, []).append(leaf)
    for node in module.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        candidates = by_name.get(node.func.id, [])
        if len(candidates) > 1:
            # Two rooms may have a refusal of one name: the one that was imported, or our own.
            origin = origins.get(node.func.id, module.name)
            candidates = [one for one in candidates if _same_room(one.module.name, origin)]
        for leaf in candidates:
            names = [keyword.arg for keyword in node.keywords]
            facts = None if None in names else frozenset(name for name in names if name)
            yield Raised(leaf, f"{module.name}:{node.lineno}", facts)


def _same_room(one: str, other: str) -> bool:
    return one.split(".")[:2] == other.split(".")[:2]


@cache
def sentences(locale: str) -> dict[str, str]:
    return {str(one.id): str(one.string) for one in read(locale, "codes") if one.id}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_walk_finds_what_it_looks_for() -> None:
    codes = {leaf.code for leaf in leaves()}
    assert {"ledger.insufficient_balance", "redemption.sold_out", "people.card_unknown"} <= codes
    assert len(raisings()) > 50
    sold_out = [raised for raised in raisings() if raised.leaf.code == "redemption.sold_out"]
    assert {raised.facts for raised in sold_out} == {frozenset({"sku", "left"})}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_a_title(locale: str) -> None:
    said = sentences(locale)
    wanted = {leaf.code for leaf in leaves() if leaf.name not in ROOTS}
    missing = sorted(code for code in wanted if not said.get(f"{code}.title"))
    assert not missing, "\n".join(missing)


def test_both_languages_say_the_same_things_with_the_same_facts() -> None:
    chinese, english = (sentences(locale) for locale in LOCALES)
    # Documents' operations are written in English where they are; only Chinese stands here.
    theirs = {name for name in chinese if not name.startswith("api.")}
    assert theirs == set(english)
    differing = sorted(
        name for name in theirs if placeholders(chinese[name]) ^ placeholders(english[name])
    )
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_uses_only_facts_that_its_refusal_is_raised_with(locale: str) -> None:
    said = sentences(locale)
    wrong = []
    for raised in raisings():
        if raised.facts is None:
            continue
        code = raised.leaf.code
        added = {
            name for start, names in ADDED_LATER.items() if code.startswith(start) for name in names
        }
        for part in ("title", "detail"):
            used = placeholders(said.get(f"{code}.{part}", ""))
            if extra := used - raised.facts - added:
                wrong.append(f"{raised.where}: {code}.{part} wants {', '.join(sorted(extra))}")
    assert not wrong, "\n".join(wrong)


def test_all_sentences_are_there_and_freshly_compiled() -> None:
    assert problems() == []


def test_no_template_speaks_beside_the_catalogue() -> None:
    """A Chinese full stop in the markup stands in the English page as well."""
    code = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|<[^>]* lang=.zh-CN.>[^<]*<", re.DOTALL)
    said = re.compile("[\u3001\u3002\u4e00-\u9fff\uff01-\uff5e]+")
    templates = WEB / "templates"
    found = [
        (str(path.relative_to(templates)), one)
        for path in sorted(templates.rglob("*.html"))
        if path.name != "looks.html"
        for one in said.findall(code.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []
