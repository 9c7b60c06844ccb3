"""`pointsbank backup`, `restore`, `envelope`, `recover`: the day the computer dies, and before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click

from pointsbank.cli.files import write_for_owner
from pointsbank.cli.opening import by_option, caller_of, password_option, reading, writing
from pointsbank.foundation import (
    Bank,
    BankInUse,
    Caller,
    database_url,
    from_instant,
    new_key,
    to_minute,
)
from pointsbank.foundation.roles import grant_roles
from pointsbank.people import (
    StaffUnknown,
    add_staff,
    get_staff,
    hash_password,
    refuse_weak_password,
    set_password,
)
from pointsbank.safekeeping import (
    Sealer,
    SecretUnreadable,
    accept_copy,
    carry_to,
    check_recovery,
    envelope_pdf,
    envelope_text,
    fill_envelope,
    make_beside,
    name_target,
    own_shelf,
    put_drive_to_use,
    record_envelope,
    restore,
    tend,
)
from pointsbank.web.i18n import both_sentences

Read = TypeVar("Read")

ADMIN = ("admin",)
MB = 1024 * 1024
RECOVERY = Caller(actor="system", client="recovery")

secret_option = click.option(
    "--code-file",
    type=click.File("r"),
    help="Read the code of the envelope from a file (or - for standard input) and do not ask.",
)


@click.command()
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder that gets a copy as well, read back and compared.",
)
@click.pass_obj
def backup(home: Path, to: Path | None) -> None:
    """Make a backup now; a running server goes on selling.

    It is encrypted, opened again, counted and checked before it counts as good.
    """
    with reading(home) as bank:
        made = make_beside(bank)
        path = own_shelf(bank).path(made)
        carried = carry_to(bank, made, to) if to is not None else None
    try:
        with writing(home) as bank:
            tend(bank)
    except BankInUse:
        pass  # the server that has it open writes it down
    click.echo(f"备份好了，打开查过，账是对的 Backed up, opened and checked: {path}")
    if carried is not None:
        click.echo(f"也放到了 And a copy: {carried}")
    click.echo(f"{made.bytes / MB:.2f} MB · sha256 {made.sha256}")


@click.command()
@click.argument("place", type=click.Path(path_type=Path, file_okay=False, exists=True))
@by_option
@password_option
@click.pass_obj
def stick(home: Path, place: Path, by: str, password_file: Any) -> None:
    """Use the stick or folder PLACE for backups from now on; the last good one goes there at once.

    While the server runs, the office does the same on its page 备份.
    """
    with writing(home) as bank:
        caller = caller_of(bank, by, password_file)
        name_target(bank, by=caller, key=new_key(), path=place.resolve())
        put_drive_to_use(bank, by=caller, key=new_key(), path=place.resolve())
        tend(bank)
    click.echo(f"以后的备份也放到 Backups will also go to: {place}")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--erasures",
    "lists",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A list of the forgotten from elsewhere; the one beside FILE is read anyhow.",
)
@secret_option
@click.pass_obj
def restore_command(
    home: Path, file: Path, lists: tuple[Path, ...], code_file: TextIO | None
) -> None:
    """Make the bank anew from the backup FILE, in the empty folder that --home names.

    Asks for the backup passphrase of the envelope. Nothing is served before the books were checked;
    what was altered or cut short is refused. For PostgreSQL POINTSBANK_DATABASE_URL names an empty
    database.
    """
    url = database_url(home)
    on_postgresql = not url.startswith("sqlite")
    done = restore(
        file,
        home,
        sealer=_read_code("备份口令 Backup passphrase", code_file, Sealer.typed),
        url=url if on_postgresql else None,
        erasures=lists,
    )
    if on_postgresql:
        grant_roles(url)
    made = to_minute(from_instant(done.made_at))
    click.echo(f"恢复好了，账是对的 Restored, and the books are right: {done.community} · {home}")
    click.echo(
        f"这是 {made} 的账，{done.hours} 小时以前；凭证 {done.entries} 笔。"
        f"The books of {done.hours} hours ago, {done.entries} entries."
    )
    if done.forgotten:
        click.echo(f"又注销了 Forgotten again: {done.forgotten}")
    click.echo("那以后换出去的要补登 What was redeemed since then is missing. 接下来 Next:")
    click.echo(f"  1. pointsbank --home {home} serve")
    click.echo("  2. 办公室 → 设备：每台自助机重新配对 office → devices: pair each kiosk again")
    click.echo("  3. 办公室 → 备份 → 备份之后的小票 office → backup → slips after the backup")
    click.echo("  4. 插上备份U盘，做一次备份 plug in the stick and make a backup")


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@by_option
@password_option
@click.pass_obj
def envelope(home: Path, file: Path | None, by: str, password_file: Any) -> None:
    """Print again what lies in the safe: on the screen, and to FILE as .pdf and .txt.

    It is the same as before, so an older print stays good. Who printed it is written down.
    """
    with writing(home) as bank:
        caller = caller_of(bank, by, password_file, ADMIN)
        hand_out_envelope(bank, caller, file)


@click.command()
@click.argument("login")
@click.option("--name", help="The name of somebody new, who then is an admin.")
@click.option("--password-file", type=click.File("r"), help="Read the new password from a file.")
@secret_option
@click.pass_obj
def recover(
    home: Path, login: str, name: str | None, password_file: Any, code_file: TextIO | None
) -> None:
    """Let LOGIN in with a new password when nobody can log in, by the envelope's recovery code."""
    with writing(home) as bank:
        _read_code("恢复码 Recovery code", code_file, lambda typed: check_recovery(bank, typed))
        if password_file is not None:
            chosen = str(password_file.readline().rstrip("\n"))
        else:
            chosen = click.prompt(
                f"{login} 的新密码 New password",
                hide_input=True,
                confirmation_prompt=True,
                err=True,
            )
        refuse_weak_password(chosen, login=login, name=name or "")
        _let_in(bank, login, name, hash_password(chosen))
    click.echo(f"可以登录了 May log in now: {login}")


def _let_in(bank: Bank, login: str, name: str | None, password_hash: str) -> None:
    try:
        bank.database.read(lambda session: get_staff(session, login))
    except StaffUnknown:
        if name is None:
            raise
        add_staff(
            bank,
            by=RECOVERY,
            key=new_key(),
            login=login,
            name=name,
            password_hash=password_hash,
            roles=["admin", "worker"],
        )
    else:
        set_password(bank, by=RECOVERY, key=new_key(), login=login, password_hash=password_hash)


@click.command("accept-copy")
@by_option
@password_option
@click.pass_obj
def accept_older_copy(home: Path, by: str, password_file: Any) -> None:
    """Go on with books that are an older copy, once somebody has looked why they are.

    What was booked since is missing; kiosks and slips tell it: office → backup.
    """
    with writing(home, older=True) as bank:
        caller = caller_of(bank, by, password_file, ADMIN)
        accept_copy(bank, by=caller, key=new_key())
    click.echo("认下了，从这份账接着记 Accepted; the books go on from this copy.")
    click.echo("办公室 → 备份 → 备份之后的小票 office → backup → slips after the backup")


def hand_out_envelope(bank: Bank, by: Caller, file: Path | None) -> None:
    """Show the envelope's content, and write it for the printer, once that is written down."""
    record_envelope(bank, by=by, key=new_key())
    filled = fill_envelope(bank)
    told = envelope_text(filled)
    click.echo(told)
    if file is not None:
        paper, text = file.with_suffix(".pdf"), file.with_suffix(".txt")
        write_for_owner(paper, envelope_pdf(filled))
        write_for_owner(text, told.encode())
        click.echo(f"打印出来放进保险柜，再删掉 Print, lock away, then delete: {paper} · {text}")


def _read_code(what: str, file: TextIO | None, read: Callable[[str], Read]) -> Read:
    """What the digits of the envelope say; whoever types them is told which group is wrong."""
    if file is not None:
        return read(file.read())
    while True:
        typed = str(click.prompt(what, err=True))
        try:
            return read(typed)
        except SecretUnreadable as refusal:
            for line in both_sentences(refusal):
                click.echo(line, err=True)
