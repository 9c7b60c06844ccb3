"""What is installed is what was tested, to the byte, and comes from wherever the user says."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("run", "test")}


def pins(text: str) -> dict[str, str]:
    """The packages of a lock and their versions."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


def wanted(option: str, section: str) -> set[str]:
    """The names in one of setup.cfg's lists, spelt as a lock spells them."""
    metadata = configparser.ConfigParser()
    metadata.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = metadata[section][option].split("\n")
    return {re.split(r"[\[ ]", line)[0].lower() for line in lines if re.match(r"\w", line)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_hashes_and_none_says_where_to_fetch_it(name: str) -> None:
    text = LOCKS[name].read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=[a-z])", text)[1:]:
        assert "--hash=sha256:" in entry, entry
    assert "://" not in text
    assert "--index-url" not in text


def test_what_runs_is_what_was_tested() -> None:
    run, test = (pins(path.read_text(encoding="utf-8")) for path in LOCKS.values())
    assert run
    assert run.items() <= test.items()


def test_the_locks_hold_everything_that_setup_cfg_asks_for() -> None:
    run, test = (pins(path.read_text(encoding="utf-8")) for path in LOCKS.values())
    assert wanted("install_requires", "options") <= run.keys()
    assert wanted("test", "options.extras_require") <= test.keys()
