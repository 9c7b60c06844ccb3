"""Bringing a file (上传): looked at, kept in pieces, and then left to whoever checks it."""

from __future__ import annotations

import base64
import hashlib

from pointsbank.foundation import Bank, Caller, canonical_json
from pointsbank.foundation.sheet_errors import SheetUnreadable, shown
from pointsbank.foundation.sheets import FILE_BYTES_MOST
from pointsbank.imports.kinds import get_import
from pointsbank.imports.operations import close_upload, keep_part, open_upload
from pointsbank.imports.parts import FILE, PART_BYTES

FILE_NAME_MOST = 80


def bring_file(bank: Bank, *, by: Caller, key: str, kind: str, data: bytes, name: str) -> str:
    """Keep a file to be checked; the number of the upload. Nothing is booked.

    The same key again is the same upload. Raises ImportKindUnknown, SheetUnreadable when it can be
    seen at once that the file cannot be taken, and TooManyUploads.
    """
    if len(data) > FILE_BYTES_MOST:
        raise SheetUnreadable(reason="too_large", most=FILE_BYTES_MOST)
    name = clean_file_name(name)
    get_import(kind).open(data, name)
    told = {"kind": kind, "file_name": name, "sha256": hashlib.sha256(data).hexdigest()}
    made = open_upload(bank, by=by, key=key, **told, size_bytes=len(data))
    number: str = made.answer["upload"]
    keep_bytes(bank, by=by, key=key, number=number, what=FILE, data=data)
    close_upload(bank, by=by, key=_key(key, "close", 0), upload=number)
    return number


def keep_bytes(
    bank: Bank,
    *,
    by: Caller,
    key: str,
    number: str,
    what: str,
    data: bytes,
    worker: str | None = None,
) -> None:
    """Keep bytes of an upload in pieces under keys that are made from `key`."""
    for place, start in enumerate(range(0, len(data), PART_BYTES)):
        content = base64.b64encode(data[start : start + PART_BYTES]).decode()
        keep_part(
            bank,
            by=by,
            key=_key(key, what, place),
            upload=number,
            what=what,
            place=place,
            content=content,
            worker=worker,
        )


def clean_file_name(name: str) -> str:
    """A file's name as it may be shown and kept: no folders, nothing that a screen obeys.

    >>> clean_file_name("C:\\\\Users\\\\li\\\\志愿者 名单.csv")
    '志愿者 名单.csv'
    """
    bare = name.replace("\\", "/").rpartition("/")[2].strip()
    plain = "".join(shown(one) for one in bare)
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(plain) <= FILE_NAME_MOST:
        return plain[:FILE_NAME_MOST]
    ending = ending[:10]
    return f"{stem[: FILE_NAME_MOST - len(ending) - 2]}….{ending}"


def _key(key: str, what: str, place: int) -> str:
    return hashlib.sha256(canonical_json([key, what, place])).hexdigest()
