"""`pointsbank shop-install`: make this machine a shop's, or no longer.

It writes a handful of files and remembers them; what somebody has changed since is left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import click

from pointsbank.cli.shop_needs import list_needs
from pointsbank.cli.shop_plan import ACCOUNT, SYSTEM_HOME, UNITS, Installed, Shop, files_of
from pointsbank.foundation import Conflict, NotPermitted

# What was written, with its hash: the only files that are ever changed or taken away again.
NOTES = Path("etc/pointsbank/installed.json")
_PLAIN = re.compile(r"/[\w./+-]*")


class RootNeeded(NotPermitted):
    """Only root may change the system's files (要用管理员身份运行)."""

    code = "cli.root_needed"


class NotOurs(Conflict):
    """A file in the way is not ours, or was changed since we wrote it (不是我们的文件)."""

    code = "cli.not_ours"


@click.command("shop-install")
@click.option(
    "--user",
    default=lambda: os.environ.get("SUDO_USER", "shop"),
    show_default="who called sudo",
    help="Who logs in at the shop's screen.",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=SYSTEM_HOME / "bank",
    show_default=True,
    help="Where the bank lives.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1024, 65535))
@click.option(
    "--office-here", is_flag=True, help="The office works in this machine's browser as well."
)
@click.option("--print-only", is_flag=True, help="Show every file and write nothing.")
@click.option(
    "--prefix",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write below this folder instead, and start nothing.",
)
@click.option("--remove", is_flag=True, help="Take everything away again; the bank stays.")
def shop_install(
    user: str,
    home: Path,
    port: int,
    office_here: bool,
    print_only: bool,
    prefix: Path | None,
    remove: bool,
) -> None:
    """Make this machine a shop's: server, kiosk at log-in, what the browser may do.

    Running it again changes nothing. The bank itself is neither made nor touched.
    """
    home = home if home.is_absolute() else home.resolve()
    if not _PLAIN.fullmatch(str(home)):
        raise click.UsageError("文件夹名里有空格等符号 No blanks or signs in the folder's name.")
    root = prefix or Path("/")
    shop = Shop(user, home, port, account=_account_for(root, home), office_here=office_here)
    files = files_of(shop)
    if print_only:
        for file in files:
            click.echo(f"# ---- /{file.path}\n{file.text}")
        return
    if prefix is None and os.geteuid() != 0:
        raise RootNeeded()
    if remove:
        _remove(root, starts=prefix is None)
        return
    _install(root, files)
    if prefix is None:
        _start(shop)
    _tell_needs(shop, root)


def _account_for(root: Path, home: Path) -> str:
    """Whose the service is: who has a bank there already goes on with it, else its own account."""
    there = root / home.relative_to("/")
    owner = there.owner() if there.exists() else "root"
    return ACCOUNT if owner == "root" else owner


def _install(root: Path, files: list[Installed]) -> None:
    """Write what is not there yet. Raises NotOurs before anything has been written."""
    notes = _read_notes(root)
    for file in files:
        target = root / file.path
        if target.exists() and _hash_of(target) not in {
            _hash(file.text),
            notes.get(str(file.path)),
        }:
            raise NotOurs(path=f"/{file.path}")
    for file in files:
        target = root / file.path
        if target.exists() and _hash_of(target) == _hash(file.text):
            click.echo(f"没变 unchanged  /{file.path}")
        else:
            _write(root, file)
            click.echo(f"写了 written    /{file.path}")
    kept = {str(file.path): _hash(file.text) for file in files}
    for gone in notes.keys() - kept.keys():
        _take_away(root, gone, notes[gone])
    _write(root, Installed(NOTES, json.dumps(kept, indent=2, sort_keys=True) + "\n"))


def _write(root: Path, file: Installed) -> None:
    """Write a file whole or not at all."""
    target = root / file.path
    made = [parent for parent in target.parents if not parent.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    draft.write_text(file.text, encoding="utf-8")
    draft.chmod(file.mode)
    if file.owner != "root" and os.geteuid() == 0 and _is_person(file.owner):
        for path in (draft, *made):
            shutil.chown(path, file.owner)
    draft.replace(target)


def _remove(root: Path, *, starts: bool) -> None:
    if starts and shutil.which("systemctl"):
        _run(["systemctl", "disable", "--now", *UNITS])
    notes = _read_notes(root)
    for path, known in notes.items():
        _take_away(root, path, known)
    (root / NOTES).unlink(missing_ok=True)
    if starts and shutil.which("systemctl"):
        _run(["systemctl", "daemon-reload"])
    click.echo("账册没有动 The bank itself was not touched.")


def _take_away(root: Path, path: str, known: str) -> None:
    target = root / path
    if not target.exists():
        return
    if _hash_of(target) != known:
        click.echo(f"改过的，留着 changed, so kept  /{path}")
        return
    target.unlink()
    click.echo(f"拿走了 taken away  /{path}")


def _start(shop: Shop) -> None:
    """Have the system know of it, and start what can start."""
    if shutil.which("systemctl") is None:
        return
    if shop.has_account_of_its_own:
        _run(["systemd-sysusers"])
        _run(["systemd-tmpfiles", "--create", "pointsbank.conf"])
    _run(["systemctl", "daemon-reload"])
    _run(["udevadm", "control", "--reload"])
    _run(["systemctl", "enable", "--now", *UNITS])


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        trouble = done.stderr.strip() if done.returncode else ""
    except OSError as cause:
        trouble = str(cause)
    click.echo(f"{' '.join(command)}{f'  没成 failed: {trouble}' if trouble else ''}")


def _tell_needs(shop: Shop, root: Path) -> None:
    needs = list_needs(shop, root)
    if not needs:
        click.echo("\n都齐了 Nothing is missing. 重新开机看看 Switch it off and on again.")
        return
    click.echo(f"\n还差 {len(needs)} 样 Still missing:")
    for number, need in enumerate(needs, 1):
        click.echo(f"{number}. {need.what}\n   {need.then}")


def _read_notes(root: Path) -> dict[str, str]:
    try:
        notes: dict[str, str] = json.loads((root / NOTES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return notes


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_person(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
