"""Restoring (恢复): an empty folder, a backup and the envelope become the bank again.

Everything is proven in a folder of its own beside the new one, which gets its name last: what was
cut off in the middle is no bank. The restored books begin a new life, forget again whom they had
forgotten, and say how old they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from pointsbank.foundation import (
    DATABASE_FILE,
    KEYS_FILE,
    Bank,
    Caller,
    Clock,
    Keys,
    Session,
    find_receipt_by_id,
    from_instant,
    new_key,
    open_database,
    sync_folder,
)
from pointsbank.foundation.schema import head_revision, upgrade_schema
from pointsbank.people import erase_volunteer, find_volunteers_by_id
from pointsbank.safekeeping.copying import load_books, settle
from pointsbank.safekeeping.erasures import ERASING, Erasure, add_erasures, read_erasures
from pointsbank.safekeeping.erasures import FILE as ERASURES
from pointsbank.safekeeping.errors import (
    BackupUnknown,
    DatabaseNotEmpty,
    FolderNotEmpty,
    NewerProgram,
    NotOlder,
    OlderCopy,
    PlaceUnwritable,
)
from pointsbank.safekeeping.life import begin_life
from pointsbank.safekeeping.marks import find_mark, last_mark, refuse_older_copy, set_mark
from pointsbank.safekeeping.packing import (
    BOOKS,
    LIST,
    Manifest,
    prove,
    refuse_wrong_books,
    unpack,
)
from pointsbank.safekeeping.sealing import Sealer, sync_file

RESTORER = Caller(actor="system", client="restore")


@dataclass(frozen=True)
class Restored:
    """What was restored: the books of `made_at`, `hours` ago, and how many were forgotten again."""

    community: str
    made_at: str
    hours: int
    entries: int
    forgotten: int
    life: str


def restore(
    sealed: Path,
    home: Path,
    *,
    sealer: Sealer,
    url: str | None = None,
    erasures: Iterable[Path] = (),
    clock: Clock | None = None,
) -> Restored:
    """Make the bank in `home` anew from a backup; `url` names an empty PostgreSQL database.

    The lists of the forgotten are those named and the one beside the backup. Raises
    FolderNotEmpty, DatabaseNotEmpty, BackupUnknown, NotABackup, PassphraseWrong, BackupAltered,
    NewerProgram, CopyDiffers, CopyWrong; nothing is in `home` then.
    """
    clock, home = clock or Clock(), home.resolve()
    if not sealed.is_file():
        raise BackupUnknown(path=str(sealed))
    refuse_used_folder(home)
    if url is not None:
        refuse_used_database(url)
    with _beside(home) as scratch:
        manifest = unpack(sealed, sealer, scratch)
        if manifest.revision > head_revision():
            raise NewerProgram(made_by=manifest.made_by, needs=manifest.revision)
        prove_with_today_s_form(manifest, scratch)
        keys = Keys.load(scratch / KEYS_FILE)
        if url is None:
            (scratch / BOOKS).rename(scratch / DATABASE_FILE)
        else:
            load_books(scratch / BOOKS, url)
            (scratch / BOOKS).unlink()
        (scratch / LIST).unlink()
        lists = [sealed.parent / ERASURES, *erasures]
        where = url or f"sqlite:///{scratch / DATABASE_FILE}"
        restored = _begin(scratch, where, keys, clock, manifest, lists)
        if url is None:
            # Written anew, or who has just been forgotten again would stay in unused corners.
            settle(scratch / DATABASE_FILE, anew=True)
        (scratch / f"{DATABASE_FILE}.lock").unlink(missing_ok=True)
        _put_in_place(scratch, home)
    return restored


def prove_with_today_s_form(manifest: Manifest, folder: Path) -> None:
    """Check the books as they were packed, or, where today's form is another, once they have it."""
    books = folder / BOOKS
    if manifest.revision == head_revision():
        prove(manifest, folder)
    else:
        upgrade_schema(f"sqlite:///{books}")
        refuse_wrong_books(books)
    settle(books)


def accept_copy(bank: Bank, *, by: Caller, key: str) -> str:
    """Go on with books that are an older copy (认下旧账册): a new life, and its id.

    Raises NotOlder when nothing later is known.
    """
    mark, last = find_mark(bank.home), bank.database.read(last_mark)
    try:
        refuse_older_copy(bank)
    except OlderCopy:
        pass
    else:
        raise NotOlder()
    begun = begin_life(
        bank,
        by=by,
        key=key,
        restored_from=last.at if last else "",
        last_receipt=last.receipt if last else 0,
        seen_receipt=mark.receipt if mark else 0,
    )
    set_mark(bank)
    return str(begun.answer["life"])


def refuse_used_folder(home: Path) -> None:
    """Raise FolderNotEmpty unless the folder is empty or not there."""
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise FolderNotEmpty(path=str(home))


def refuse_used_database(url: str) -> None:
    """Raise DatabaseNotEmpty unless a PostgreSQL database has no table at all."""
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(conninfo) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = ANY(current_schemas(false))"
        ).fetchone()
    if found is None or found[0]:
        raise DatabaseNotEmpty()


def _begin(
    folder: Path, url: str, keys: Keys, clock: Clock, manifest: Manifest, lists: list[Path]
) -> Restored:
    """Open the restored books for the first time: a new life, and the forgotten forgotten."""
    bank = Bank(folder, open_database(url, durable=False), keys, clock)
    try:
        life = begin_life(
            bank,
            by=RESTORER,
            key=new_key(),
            restored_from=manifest.made_at,
            last_receipt=manifest.last_receipt,
            seen_receipt=manifest.last_receipt,
        )
        known = {one.receipt: one for path in lists for one in read_erasures(path, keys)}
        forgotten = sum(_forget_again(bank, one) for one in known.values())
        add_erasures(folder / ERASURES, keys, known.values())
        set_mark(bank)
    finally:
        bank.close()
    age = clock.moment() - from_instant(manifest.made_at)
    return Restored(
        community=manifest.community,
        made_at=manifest.made_at,
        hours=max(0, int(age.total_seconds() // 3600)),
        entries=manifest.last_entry,
        forgotten=forgotten,
        life=str(life.answer["life"]),
    )


def _forget_again(bank: Bank, erasure: Erasure) -> bool:
    """Whether somebody stands in these books who had been forgotten, and is so once more."""

    def find(session: Session) -> str | None:
        kept = find_receipt_by_id(session, erasure.receipt)
        if kept is not None and kept.operation in ERASING and kept.for_whom == erasure.holder:
            return None
        kind, _colon, number = erasure.holder.partition(":")
        found = find_volunteers_by_id(session, [int(number)]) if kind == "volunteer" else {}
        return next((one.number for one in found.values() if one.name is not None), None)

    number = bank.database.read(find)
    if number is None:
        return False
    key = f"erased-again-{erasure.receipt:012d}"
    erase_volunteer(bank, by=RESTORER, key=key, number=number)
    return True


@contextmanager
def _beside(home: Path) -> Iterator[Path]:
    scratch = home.with_name(f".{home.name}.restoring")
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        yield scratch
    except OSError as cause:
        raise PlaceUnwritable(place=str(home), reason=str(cause.strerror or cause)) from cause
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _put_in_place(scratch: Path, home: Path) -> None:
    """From one moment to the next there is a bank: a folder takes the place of an empty one."""
    for path in scratch.iterdir():
        sync_file(path)
    sync_folder(scratch)
    scratch.rename(home)
    sync_folder(home.parent)
