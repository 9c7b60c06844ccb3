"""`docs/places.md`: every published sentence has its test, or says what it waits for."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from pointsbank.ledger import list_kinds
from pointsbank.tables import metadata

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "places.md").read_text(encoding="utf-8")
# How many sentences of each place there are; one that goes missing is missed here.
SENTENCES = {
    "汉阳": 5,
    "海林": 6,
    "黄石": 4,
    "黄山": 4,
    "昆山": 3,
    "嵊州": 3,
    "唐山": 2,
    "陇县": 2,
    "枝江、安陆": 1,
    "盐城": 3,
    "某县慈善会": 3,
    "湘潭": 4,
    "德州": 3,
    "景洪": 2,
    "合裕路社区": 1,
    "漯河": 3,
    "长沙爱星社": 3,
    "龙泉驿": 6,
    "苏州": 1,
    "福建": 1,
}
PARAMETERS = 22
WAITS = "waits: "


def rows_under(title: str) -> list[list[str]]:
    """The cells of the table under a heading, its head left out."""
    part = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    [table] = [one for one in part if one.startswith(title)]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


SAID = [(f"{place}: {words}", shown) for place, words, shown in rows_under("Sentences")]
SAID += [(words, shown) for words, shown in rows_under("What a community sets")]


@pytest.mark.parametrize(("sentence", "shown"), SAID, ids=[one for one, _ in SAID])
def test_a_sentence_has_its_test_or_says_what_it_waits_for(sentence: str, shown: str) -> None:
    if shown.startswith(WAITS):
        assert shown.removeprefix(WAITS) in [part for part, _ in rows_under("What is waited for")]
        return
    found = re.fullmatch(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`", shown)
    assert found, f"{sentence}: {shown}"
    tree = ast.parse((TESTS / found[1]).read_text(encoding="utf-8"))
    assert found[2] in {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


def test_no_sentence_is_missing_and_every_test_of_a_place_is_named() -> None:
    assert Counter(place for place, *_ in rows_under("Sentences")) == SENTENCES
    assert len(rows_under("What a community sets")) == PARAMETERS
    waited = {shown.removeprefix(WAITS) for _, shown in SAID if shown.startswith(WAITS)}
    assert waited == {part for part, _ in rows_under("What is waited for")}
    for room in ("earning", "redemption"):
        tree = ast.parse((TESTS / room / "test_places.py").read_text(encoding="utf-8"))
        for one in tree.body:
            if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"):
                assert f"{room}/test_places.py::{one.name}`" in PAGE or f"`{one.name}`" in PAGE


def test_points_go_from_nobodys_wallet_to_anybodys() -> None:
    """Between people points move only as what was given away and granted by two (无转让)."""
    assert metadata.tables  # with them every room has said what it moves
    ours = [kind for kind in list_kinds() if not kind.code.startswith("tests.")]
    routes = {route for kind in ours for route in kind.routes}
    assert ("wallet", "pool") in routes
    assert ("wallet", "wallet") not in routes
