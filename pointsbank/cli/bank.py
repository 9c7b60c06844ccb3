"""`pointsbank init` and `pointsbank serve`: a real bank, made once and served."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import click

from pointsbank.cli.opening import refuse_unfounded
from pointsbank.cli.safekeeping import hand_out_envelope
from pointsbank.foundation import (
    KEYS_FILE,
    Bank,
    Caller,
    DatabaseUnfit,
    DemonstrationOnly,
    Keys,
    NoBank,
    database_url,
    find_setting,
    from_instant,
    look_at_clock,
    new_key,
    open_bank,
    open_database,
    refuse_locked,
    to_minute,
)
from pointsbank.foundation.roles import APP_ROLE, grant_roles
from pointsbank.foundation.schema import refuse_other_schema, upgrade_schema
from pointsbank.founding import found_community
from pointsbank.people import Invitation, refuse_weak_password
from pointsbank.safekeeping import refuse_older_copy
from pointsbank.web.serving import serve as run_server

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def make_home(home: Path) -> Bank:
    """Make a bank's folder, keys and tables where none are, and open it.

    Raises DemonstrationOnly when the database is a demonstration's.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = database_url(home)
    if nature_of(url) == "demonstration":
        raise DemonstrationOnly()
    if not (home / KEYS_FILE).exists():
        Keys.new().save(home / KEYS_FILE)
    if url.startswith("sqlite"):
        # Made by us with the right mode before any library opens it.
        os.close(os.open(url.removeprefix("sqlite:///"), os.O_CREAT | os.O_RDWR, 0o600))
    upgrade_schema(url)
    if not url.startswith("sqlite") and not grant_roles(url):
        click.echo(
            f"没有建角色的权限 May not make roles: {APP_ROLE}",
            err=True,
        )
    return Bank(home, open_database(url), Keys.load(home / KEYS_FILE))


def nature_of(url: str) -> str | None:
    """`bank` or `demonstration`, or None for a database in which nothing has been founded."""
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return None
    try:
        database = open_database(url, exclusive=False)
    except DatabaseUnfit:
        return None
    try:
        return database.read(lambda session: find_setting(session, "nature"))
    except Exception:  # an empty database has no settings yet
        return None
    finally:
        database.close()


@click.command()
@click.option("--community", help="The community's name; without it the browser asks.")
@click.option("--shop", help="The shop's name; without it the browser asks.")
@click.option("--rate", default=10, show_default=True, help="Points for an hour of service.")
@click.option("--help-phone", default="", help="The telephone for help, shown at the kiosk.")
@click.option("--admin", "login", prompt="第一位工作人员的用户名 First login", help="First login.")
@click.option("--admin-name", prompt="姓名 Name", help="That person's name.")
@click.option(
    "--password-file",
    type=click.File("r"),
    help="Read the password from a file or -; without it a one-time code is printed.",
)
@click.option(
    "--envelope",
    "envelope_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what lies in the safe to this file as well, as .pdf and .txt.",
)
@click.pass_obj
def init(
    home: Path,
    community: str | None,
    shop: str | None,
    rate: int,
    help_phone: str,
    login: str,
    admin_name: str,
    password_file: Any,
    envelope_file: Path | None,
) -> None:
    """Make a real bank in an empty folder: tables, keys, the first person who may log in.

    Prints what goes into an envelope and into the safe: without it no backup can be opened.
    """
    password = password_file.readline().rstrip("\n") if password_file is not None else None
    if password is not None:
        # Before there is a folder: what is refused leaves nothing behind that looks like a bank.
        refuse_weak_password(password, login=login, name=admin_name)
    bank = make_home(home)
    by = Caller(actor="system", client="init")
    try:
        look_at_clock(bank)
        invitation = found_community(
            bank,
            nature="bank",
            community=community,
            shop=shop,
            points_per_hour=rate,
            help_phone=help_phone,
            login=login,
            name=admin_name,
            password=password,
            by=by,
            key=new_key(),
        )
        hand_out_envelope(bank, by, envelope_file)
    finally:
        bank.close()
    click.echo(f"账册建好了 The bank is ready: {home}")
    click.echo(f"下一步 Next: pointsbank --home {home} serve")
    if invitation is not None:
        show_first_code(invitation)


def show_first_code(invitation: Invitation) -> None:
    """Print the code with which the first person comes in, and where to type it."""
    until = to_minute(from_instant(invitation.until))
    click.echo("")
    click.echo(f"{invitation.login} 的一次性代码 One-time code: {invitation.code}")
    click.echo(f"打开 Open http://localhost:8000/login/first，{until} 前用一次 once, until then")


@click.command()
@click.pass_obj
def upgrade(home: Path) -> None:
    """Bring the books of an older version to today's form. Stop the server first."""
    url = database_url(home)
    if nature_of(url) is None:
        raise NoBank(path=str(home))
    refuse_locked(home)
    upgrade_schema(url)
    if not url.startswith("sqlite"):
        grant_roles(url)
    click.echo(f"账册已是新样子 The books have today's form: {home}")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, help="Processes; PostgreSQL only.")
@click.pass_obj
def serve(home: Path, host: str, port: int, workers: int) -> None:
    """Serve a real bank. Other addresses than this machine need TLS in front: see docs."""
    with_bank = open_bank(home, exclusive=False)
    try:
        if with_bank.is_demonstration:
            raise DemonstrationOnly()
        refuse_other_schema(with_bank.database.url)
        refuse_unfounded(with_bank, home)
        refuse_older_copy(with_bank)
    finally:
        with_bank.close()
    start_server(home, host, port, workers=workers)


def start_server(
    home: Path, host: str, port: int, *, workers: int = 1, insecure: bool = False
) -> None:
    """Serve until stopped. Raises click.UsageError for an address that would need TLS."""
    refuse_open_line(host, insecure=insecure)
    if workers > 1 and database_url(home).startswith("sqlite"):
        raise click.UsageError("SQLite 只能一个进程 SQLite takes one worker only.")
    run_server(home, host=host, port=port, secure=not insecure, workers=workers)


def refuse_open_line(host: str, *, insecure: bool, way_out: str = "") -> None:
    """Raise click.UsageError for an address that other machines reach and that no TLS guards."""
    if host in LOOPBACK or insecure or os.environ.get("POINTSBANK_BEHIND_TLS") == "1":
        return
    raise click.UsageError(
        "别的机器要连进来，前面须有 TLS。Other machines need TLS in front of us: listen on "
        "127.0.0.1 behind a proxy, or set POINTSBANK_BEHIND_TLS=1 when it runs elsewhere. "
        f"{way_out}".rstrip()
    )


def address_of(host: str, port: int) -> str:
    """The address to type for a server that listens there, on another machine where it can be.

    >>> address_of("127.0.0.1", 8000), address_of("192.0.2.7", 80)
    ('http://localhost:8000/', 'http://192.0.2.7:80/')
    """
    if host in LOOPBACK:
        host = "localhost"
    elif host in {"0.0.0.0", "::"}:
        host = _own_address()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _own_address() -> str:
    """By which number the next network knows this machine; asking the system sends nothing."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(("192.0.2.1", 9))
            return str(asking.getsockname()[0])
    except OSError:
        return socket.gethostname()
