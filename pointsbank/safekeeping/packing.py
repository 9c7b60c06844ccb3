"""What a backup holds (备份的内容): the books, the keys, and a list that says what must be in it.

Sealed it is `age`, inside it is `tar.gz`: with the two programs of these names, and the envelope,
anybody can open one without us.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import tarfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from pointsbank.audit import run_checks
from pointsbank.foundation import KEYS_FILE, Keys, create_durably, write_durably
from pointsbank.safekeeping.copying import count_rows, opened, revision_of
from pointsbank.safekeeping.errors import BackupAltered, CopyDiffers, CopyWrong, NotABackup
from pointsbank.safekeeping.sealing import Sealer, hash_of_file

FORMAT = 1
BOOKS, LIST = "books.sqlite", "manifest.json"
MEMBERS = (LIST, KEYS_FILE, BOOKS)
ARCHIVE = "archive.tar.gz"
# Compressing harder takes several times as long and saves a tenth.
_COMPRESSION = 3


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; it holds no name of a person."""

    format: int
    bank: str
    community: str
    nature: str
    made_at: str
    made_by: str
    dialect: str
    revision: str
    last_receipt: int
    last_entry: int
    counts: dict[str, int]
    hashes: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Raises NotABackup when it is none, or of a form that this program does not know."""
        try:
            found = cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as cause:
            raise NotABackup() from cause
        if found.format != FORMAT:
            raise NotABackup()
        return found


def bank_id(keys: Keys) -> str:
    """Which bank this is, in ten characters: the same as long as it has these keys.

    >>> bank_id(Keys(*(bytes(32) for _ in range(5))))
    '99141dfeca'
    """
    return hmac.new(keys.fingerprint, b"pointsbank bank", hashlib.sha256).hexdigest()[:10]


def pack(folder: Path, *, keys: Keys, made_at: str, made_by: str, dialect: str) -> Manifest:
    """Make the archive of the books that lie in a scratch folder."""
    books = folder / BOOKS
    write_durably(folder / KEYS_FILE, keys.as_bytes())
    with opened(books) as looked:
        settings = dict(looked.execute("SELECT name, value FROM setting").fetchall())
        [last_receipt] = looked.execute("SELECT coalesce(max(id), 0) FROM receipt").fetchone()
        [last_entry] = looked.execute("SELECT coalesce(max(id), 0) FROM journal_entry").fetchone()
    manifest = Manifest(
        format=FORMAT,
        bank=bank_id(keys),
        community=settings.get("community_name", ""),
        nature=settings.get("nature", ""),
        made_at=made_at,
        made_by=made_by,
        dialect=dialect,
        revision=revision_of(books),
        last_receipt=last_receipt,
        last_entry=last_entry,
        counts=count_rows(books),
        hashes={name: hash_of_file(folder / name) for name in (KEYS_FILE, BOOKS)},
    )
    told = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (folder / LIST).write_text(told, encoding="utf-8")
    with tarfile.open(folder / ARCHIVE, "w:gz", compresslevel=_COMPRESSION) as archive:
        for name in MEMBERS:
            archive.add(folder / name, name)
    return manifest


def unpack(sealed: Path, sealer: Sealer, folder: Path) -> Manifest:
    """Open a backup into an empty scratch folder, as far as its own list can vouch for it.

    Raises NotABackup, PassphraseWrong, BackupAltered.
    """
    archive = folder / ARCHIVE
    sealer.open(sealed, archive)
    try:
        with tarfile.open(archive, "r:gz") as opened_archive:
            members = opened_archive.getmembers()
            if sorted(member.name for member in members) != sorted(MEMBERS):
                raise NotABackup()
            for member in members:
                _take_out(opened_archive, member, folder / member.name)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as cause:
        if getattr(cause, "errno", None):
            raise  # the disk's trouble and not the file's
        raise NotABackup() from cause
    archive.unlink()
    manifest = Manifest.read(folder / LIST)
    for name, told in manifest.hashes.items():
        if name not in MEMBERS or hash_of_file(folder / name) != told:
            raise BackupAltered()
    return manifest


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """A plain file and nothing else, under a name of ours, for its owner alone."""
    source = archive.extractfile(member) if member.isfile() else None
    if source is None:
        raise NotABackup()
    create_durably(target, b"")
    with source, target.open("r+b") as out:
        shutil.copyfileobj(source, out)


def prove(manifest: Manifest, folder: Path) -> None:
    """Open the unpacked books as a database, count them and have them checked from outside.

    Raises CopyDiffers, CopyWrong.
    """
    books = folder / BOOKS
    counts = count_rows(books)
    for table, count in manifest.counts.items():
        if counts.get(table) != count:
            raise CopyDiffers(what=table)
    refuse_wrong_books(books)


def refuse_wrong_books(books: Path) -> None:
    """Raise CopyWrong unless the check from outside finds nothing at all."""
    report = run_checks(f"sqlite:///{books}", durable=False)
    if not report.is_right:
        raise CopyWrong(findings=len(report.findings), first=report.findings[0].check)
