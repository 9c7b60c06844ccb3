"""Every room has a page at its door, and what the page shows is what happens."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from pointsbank.foundation import Bank, Clock, Keys, open_database
from tests.house.source import ROOT, rooms

ROOMS = rooms()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_a_page_at_its_door(room: str) -> None:
    page = (ROOT / "pointsbank" / room / "README.md").read_text(encoding="utf-8")
    assert page.startswith("# ")
    assert re.search(r"[\u4e00-\u9fff]", page), "its words in Chinese"
    assert "you want to add" in page
    assert "```python" in page


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_gives_to_others(room: str) -> None:
    door = (ROOT / "pointsbank" / room / "__init__.py").read_text(encoding="utf-8")
    assert door.startswith('"""')
    assert "__all__ = [" in door


@pytest.mark.parametrize("room", ["foundation", "ledger", "earning", "audit"])
def test_what_a_page_shows_is_what_happens(
    room: str, sqlite_url: str, keys: Keys, clock: Clock, tmp_path: Path
) -> None:
    bank = Bank(tmp_path, open_database(sqlite_url), keys, clock)
    path = ROOT / "pointsbank" / room / "README.md"
    page = re.sub(r"^```.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    shown = doctest.DocTestParser().get_doctest(
        page, {"bank": bank, "url": sqlite_url}, path.name, str(path), 0
    )
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(shown, out=told.append)
    bank.close()
    assert result.attempted
    assert result.failed == 0, "".join(told)
