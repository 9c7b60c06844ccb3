"""The guides say what is there: every picture, page and command, and every word of a button.

In a guide bold words are those that stand on the screen, in the guide's language.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from pointsbank import __version__
from pointsbank.cli.app import group
from pointsbank.cli.shop import shop_install
from pointsbank.foundation import Bank, Clock, Keys, open_database
from pointsbank.web.app import create_app_for
from scripts.messages import read
from tests.house.source import ROOT

GUIDES = ROOT / "docs" / "guide"
PICTURES = ROOT / "docs" / "screenshots" / "guide"
STORY = ROOT / "tests" / "browser" / "test_first_day.py"
HOUR_PAGES = ROOT / "tests" / "browser" / "test_hour_guide.py"
NAMES = ("first-day", "every-day", "hour-to-point", "lost-card", "computer-dead", "staff-change")
PAGES = [GUIDES / lang / f"{name}.md" for lang in ("zh", "en") for name in NAMES]
KIOSK_WORDS = ROOT / "kiosk" / "static" / "words.js"
MOST_BYTES = 4_600_000
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{[\w:/ ]+\}")


@pytest.fixture(scope="module")
def paths(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """Every page of a bank that one can open by its address alone."""
    home = tmp_path_factory.mktemp("guides")
    books = home / "bank.sqlite"
    books.write_bytes(sqlite_template.read_bytes())
    bank = Bank(home, open_database(f"sqlite:///{books}"), Keys.new(), Clock())
    try:
        rules = create_app_for(bank, secure=False).url_map.iter_rules()
        return frozenset(one.rule for one in rules if "GET" in (one.methods or ()))
    finally:
        bank.close()


def every_guide(test: object) -> pytest.MarkDecorator:
    """The test is asked of every guide in both languages."""
    ids = [f"{path.parent.name}/{path.stem}" for path in PAGES]
    return pytest.mark.parametrize("guide", PAGES, ids=ids)(test)


def pictures_of(guide: Path) -> list[Path]:
    """The pictures that a guide shows."""
    found = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", guide.read_text(encoding="utf-8"))
    return [(guide.parent / one).resolve() for one in found]


@cache
def taken() -> frozenset[str]:
    """The names under which the story takes its pictures."""
    story = STORY.read_text(encoding="utf-8")
    given = re.findall(r'\.shot(?:_kiosk)?\(\s*"([a-z-]+)"', story)
    passwords = re.findall(r'set_password\([^)]*"([a-z-]+)"\)', story)
    steps = re.findall(r'^ {8}\("([a-z]+)", \{', story, re.MULTILINE)
    several = re.findall(r"for step in \(([^)]*)\)", story)
    named = re.findall(r'"([a-z]+)"', " ".join(several))
    shown = re.findall(r'Shown\("([a-z-]+)"', HOUR_PAGES.read_text(encoding="utf-8"))
    return frozenset([*given, *passwords, *steps, *named, *shown])


@cache
def words(lang: str) -> list[re.Pattern[str]]:
    """All that may stand on a screen in this language, with holes where facts stand."""
    catalogue = read("en" if lang == "en" else "zh_Hans_CN", "messages")
    said = [str(message.string) for message in catalogue if message.id]
    pairs = re.findall(r'\["([^"]*)",\s*"([^"]*)"\]', KIOSK_WORDS.read_text(encoding="utf-8"))
    said += [pair[1 if lang == "en" else 0] for pair in pairs]
    parts = [PLACEHOLDER.split(one) for one in said]
    # What is hardly more than a hole would let everything through.
    return [
        re.compile(".+".join(re.escape(part) for part in one))
        for one in parts
        if len(one) == 1 or re.search(r"\w", "".join(one))
    ]


def unknown_words(text: str, lang: str) -> list[str]:
    """Bold words that stand on no screen."""
    bold = re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)
    plain = [" ".join(one.split()) for one in bold]
    return [one for one in plain if not any(known.fullmatch(one) for known in words(lang))]


def unknown_commands(text: str) -> list[str]:
    """Commands of ours that there are not, of those that a guide lets one type."""
    typed = re.findall(r"pointsbank( --home \S+)? ([a-z][a-z-]+)\b", " ".join(code_of(text)))
    return [name for _home, name in typed if name not in group.commands]


def other_homes(text: str) -> list[str]:
    """Folders of a whole machine that a guide names and the shop's server does not serve."""
    (served,) = (one.default for one in shop_install.params if one.name == "home")
    named = re.findall(r"--home (/\S+)", " ".join(code_of(text)))
    return [one for one in named if Path(one) != served]


def code_of(text: str) -> list[str]:
    """What stands in a guide as code."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    lines = [line for one in [*blocks, *inline] for line in one.splitlines()]
    return [line for line in lines if "systemctl" not in line]


def unknown_paths(text: str, paths: frozenset[str]) -> list[str]:
    """Pages at the shop's own address that the program does not have."""
    named = re.findall(r"http://localhost:8000(/[^\s>)]*)", text)
    return [path for path in named if path not in paths]


@every_guide
def test_every_picture_is_there_and_the_story_takes_it(guide: Path) -> None:
    shown = pictures_of(guide)
    assert shown != []
    assert [path.name for path in shown if not path.is_file()] == []
    lang = guide.parent.name
    names = [path.stem.removeprefix(f"{lang}-") for path in shown]
    assert [name for name in names if name not in taken()] == []


@every_guide
def test_every_bold_word_stands_on_a_screen(guide: Path) -> None:
    assert unknown_words(guide.read_text(encoding="utf-8"), guide.parent.name) == []


@every_guide
def test_every_command_and_every_page_is_there(guide: Path, paths: frozenset[str]) -> None:
    text = guide.read_text(encoding="utf-8")
    assert unknown_commands(text) == []
    assert unknown_paths(text, paths) == []


@every_guide
def test_the_bank_is_made_where_the_shop_serves_it(guide: Path) -> None:
    assert other_homes(guide.read_text(encoding="utf-8")) == []


@every_guide
def test_every_link_leads_somewhere(guide: Path) -> None:
    links = re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", guide.read_text(encoding="utf-8"))
    assert [link for link in links if not (guide.parent / link).is_file()] == []


def test_no_picture_is_shown_by_nobody_and_all_are_small() -> None:
    shown = {path.name for guide in PAGES for path in pictures_of(guide)}
    lying = {path.name: path.stat().st_size for path in PICTURES.glob("*.png")}
    assert set(lying) - shown == set()
    assert sum(lying.values()) < MOST_BYTES


def test_both_languages_tell_the_same_in_the_same_pictures() -> None:
    for name in NAMES:
        zh, en = (
            [path.name.partition("-")[2] for path in pictures_of(GUIDES / lang / f"{name}.md")]
            for lang in ("zh", "en")
        )
        assert zh == en, name


def test_the_readme_leads_to_every_guide() -> None:
    for readme, lang in (("README.zh-CN.md", "zh"), ("README.md", "en")):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert [name for name in NAMES if f"docs/guide/{lang}/{name}.md" not in text] == []


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_command_in_the_readme_is_there(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert "pointsbank --home var/bank init" in " ".join(code_of(text))
    assert unknown_commands(text) == []
    assert "tests/README.md" in text


def test_the_program_says_the_newest_version_that_the_changelog_has() -> None:
    changelog = (ROOT / "docs" / "CHANGELOG.md").read_text(encoding="utf-8")
    numbered = re.search(r"^## (\d+\.\d+\.\d+) ", changelog, re.MULTILINE)
    assert numbered is not None
    assert numbered[1] == __version__


def test_what_is_planted_is_found(paths: frozenset[str]) -> None:
    assert unknown_words("按 **从来没有的按钮**，再按 **登记志愿者**", "zh") == ["从来没有的按钮"]
    assert unknown_words("press **No such button**, **Back**", "en") == ["No such button"]
    typed = "`pointsbank --home var/bank conjure`, `pointsbank check`"
    assert unknown_commands(typed) == ["conjure"]
    assert other_homes("`pointsbank --home /var/lib/elsewhere check`") == ["/var/lib/elsewhere"]
    here = "http://localhost:8000"
    said = f"<{here}/office/nowhere> <{here}/login> <{here}/kiosk/>"
    assert unknown_paths(said, paths) == ["/office/nowhere"]
