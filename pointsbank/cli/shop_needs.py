"""What a shop's machine still lacks (还差什么): looked up, never changed."""

from __future__ import annotations

import configparser
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pointsbank.cli.shop_plan import BROWSERS, Shop
from pointsbank.foundation import KEYS_FILE

# Section and option in which each display manager is told who logs in by itself.
LOGIN_FILES = (
    ("etc/gdm3/daemon.conf", "daemon", "AutomaticLogin"),
    ("etc/gdm/custom.conf", "daemon", "AutomaticLogin"),
    ("etc/lightdm/lightdm.conf", "Seat:*", "autologin-user"),
    ("etc/lightdm/lightdm.conf.d/*.conf", "Seat:*", "autologin-user"),
    ("etc/sddm.conf", "Autologin", "User"),
    ("etc/sddm.conf.d/*.conf", "Autologin", "User"),
)
TIME_SERVICES = (
    "usr/lib/systemd/systemd-timesyncd",
    "usr/sbin/chronyd",
    "usr/sbin/ntpd",
    "usr/sbin/ntpsec",
)


@dataclass(frozen=True)
class Need:
    """Something that is missing, and what to do about it, in both languages."""

    what: str
    then: str


def list_needs(shop: Shop, root: Path) -> list[Need]:
    """Everything that is still missing on the machine whose files lie under `root`."""
    return [*_programs(root), *_people(shop, root), *_bank(shop, root)]


def _programs(root: Path) -> Iterator[Need]:
    if not any(shutil.which(name) for name in BROWSERS):
        yield Need("没有浏览器 No browser", "sudo apt install chromium")
    if shutil.which("fc-list") and not _says(["fc-list", ":lang=zh"]):
        yield Need("没有中文字体 No Chinese letters", "sudo apt install fonts-noto-cjk")
    if not any((root / path).exists() for path in TIME_SERVICES):
        yield Need(
            "没有自动对时 The clock is not set by the network",
            "sudo apt install systemd-timesyncd",
        )
    if shutil.which("systemctl") is None:
        yield Need("没有 systemd No systemd", "服务要自己开 start the server some other way")


def _people(shop: Shop, root: Path) -> Iterator[Need]:
    if not _is_account(shop.user):
        yield Need(f"没有账户 {shop.user} No account {shop.user}", f"sudo adduser {shop.user}")
    if shop.user not in _logged_in_by_themselves(root):
        yield Need(
            f"{shop.user} 开机后不会自动登录 does not log in by itself",
            "系统设置 › 用户 › 自动登录 Settings › Users › Automatic Login",
        )


def _bank(shop: Shop, root: Path) -> Iterator[Need]:
    shut = _shut_off(shop)
    if shut is not None and shop.has_account_of_its_own:
        yield Need(
            f"账户 {shop.account} 读不到程序 cannot read the program: {shut}",
            "把程序放到 /opt/pointsbank，再来一次 Move it to /opt/pointsbank, run this again",
        )
    home = root / shop.home.relative_to("/")
    if not (home / KEYS_FILE).exists():
        yield Need(
            "还没有建账 The bank has not been founded",
            f"sudo -u {shop.account} {shop.python} -m pointsbank --home {shop.home} init && "
            "sudo systemctl start pointsbank",
        )
    elif _is_account(shop.account) and home.owner() != shop.account:
        yield Need(
            f"账册不归 {shop.account} The bank is not {shop.account}'s",
            f"sudo chown -R {shop.account}: {shop.home}",
        )


def _shut_off(shop: Shop) -> Path | None:
    """The first folder on the way to the program that lets nobody else through."""
    for folder in (*reversed(shop.program.parents), shop.program):
        wanted = 0o005 if folder == shop.program else 0o001
        if folder.exists() and folder.stat().st_mode & wanted != wanted:
            return folder
    return None


def _is_account(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _logged_in_by_themselves(root: Path) -> set[str]:
    """Whom a display manager logs in without asking."""
    found = set()
    for pattern, section, option in LOGIN_FILES:
        for path in sorted(root.glob(pattern)):
            told = configparser.ConfigParser(strict=False, interpolation=None)
            try:
                told.read(path, encoding="utf-8")
            except (configparser.Error, OSError, UnicodeDecodeError):
                continue
            is_off = told.get(section, f"{option}Enable", fallback="true").lower() == "false"
            who = told.get(section, option, fallback="")
            if who and not is_off:
                found.add(who)
    return found


def _says(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0 and bool(done.stdout.strip())
