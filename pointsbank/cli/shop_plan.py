"""What a shop's machine needs besides the program: files of the system, in words that can be read.

The files themselves lie in `shop_files/`, with `@words@` that are filled in here.
"""

from __future__ import annotations

import json
import pwd
import re
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).with_name("shop_files")
PROGRAM = Path(__file__).resolve().parents[2]
SYSTEM_HOME = Path("/var/lib/pointsbank")
ACCOUNT = "pointsbank"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Each of them reads its managed policies from a folder of its own.
POLICY_FOLDERS = (
    "etc/chromium/policies/managed",
    "etc/chromium-browser/policies/managed",
    "etc/opt/chrome/policies/managed",
)
# Where the office works at this very machine, it takes files in and gives files out.
OFFICE_HERE = {"DownloadRestrictions": 0, "AllowFileSelectionDialogs": True}

UNITS = ("pointsbank.service", "pointsbank-check.timer")
_WORD = re.compile("@([a-z_]+)@")


@dataclass(frozen=True)
class Shop:
    """One shop's machine: whose screen it is, where the bank lives and who runs it."""

    user: str
    home: Path
    port: int
    account: str = ACCOUNT
    office_here: bool = False
    program: Path = PROGRAM
    python: str = sys.executable

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def words(self) -> dict[str, str]:
        """What stands for each `@word@`."""
        told = {
            "home": str(self.home),
            "port": str(self.port),
            "account": self.account,
            "origin": self.origin,
            "program": str(self.program),
            "python": self.python,
            "browsers": " ".join(BROWSERS),
            # Where the bank lives in somebody's own folder, the sandbox must let it see that.
            "protect_home": "read-only" if self.is_in_a_home else "yes",
        }
        return {**told, "sandbox": _filled("sandbox.conf", told)}

    @property
    def is_in_a_home(self) -> bool:
        """Whether bank or program lie in a person's folder, which the system hides otherwise."""
        return any(
            path.is_relative_to(folder)
            for path in (self.home, self.program, Path(self.python), Path(self.python).resolve())
            for folder in (Path("/home"), Path("/root"))
        )

    @property
    def has_account_of_its_own(self) -> bool:
        return self.account == ACCOUNT


@dataclass(frozen=True)
class Installed:
    """A file that is to stand on the machine, by its path from the root."""

    path: Path
    text: str
    mode: int = 0o644
    owner: str = "root"


def files_of(shop: Shop) -> list[Installed]:
    """Every file of a shop's machine."""
    system = Path("etc/systemd/system")
    files = [
        Installed(system / name, _filled(name, shop.words))
        for name in ("pointsbank.service", "pointsbank-check.service", "pointsbank-check.timer")
    ]
    if shop.has_account_of_its_own:
        accounts, folders = (
            _filled("sysusers.conf", shop.words),
            _filled("tmpfiles.conf", shop.words),
        )
        files.append(Installed(Path("etc/sysusers.d/pointsbank.conf"), accounts))
        files.append(Installed(Path("etc/tmpfiles.d/pointsbank.conf"), folders))
    rules = Path("etc/udev/rules.d/60-pointsbank-sticks.rules")
    files.append(Installed(rules, _filled("sticks.rules", shop.words)))
    policy = policy_of(shop)
    files += [Installed(Path(folder) / "pointsbank.json", policy) for folder in POLICY_FOLDERS]
    kiosk = Path("usr/local/lib/pointsbank/kiosk")
    files.append(Installed(kiosk, _filled("kiosk.sh", shop.words), mode=0o755))
    files.append(
        Installed(
            home_of(shop.user).relative_to("/") / ".config/autostart/pointsbank-kiosk.desktop",
            _filled("kiosk.desktop", shop.words),
            owner=shop.user,
        )
    )
    return files


def policy_of(shop: Shop) -> str:
    """What the browser may do on this machine: our own pages, and no way out of them."""
    policy = json.loads(_filled("policy.json", shop.words))
    if shop.office_here:
        policy |= OFFICE_HERE
    return json.dumps(policy, indent=2) + "\n"


def home_of(user: str) -> Path:
    """A person's own folder."""
    try:
        return Path(pwd.getpwnam(user).pw_dir)
    except KeyError:
        return Path("/home") / user


def _filled(name: str, words: dict[str, str]) -> str:
    text = (SOURCES / name).read_text(encoding="utf-8")
    return _WORD.sub(lambda found: words[found[1]], text)
