"""Every list that can be taken in (导入), in the order in which a page offers them.

A new import is a `FileImport` in the room whose rows it brings and one line in this list; its words
are in the office's `import_words.py`.
"""

from __future__ import annotations

from typing import Any

from pointsbank.activities import PROJECT_IMPORT
from pointsbank.earning import BOOKLET_IMPORT, HOUR_IMPORT
from pointsbank.foundation import Bank, Caller, ImportResult
from pointsbank.foundation.file_imports import FileImport, take_file
from pointsbank.imports.errors import ImportKindUnknown
from pointsbank.inventory import GOODS_IMPORT
from pointsbank.people import ORGANISATION_IMPORT, VOLUNTEER_IMPORT

IMPORTS: dict[str, FileImport[Any]] = {
    "volunteers": VOLUNTEER_IMPORT,
    "hours": HOUR_IMPORT,
    "booklets": BOOKLET_IMPORT,
    "projects": PROJECT_IMPORT,
    "goods": GOODS_IMPORT,
    "organisations": ORGANISATION_IMPORT,
}


def get_import(kind: str) -> FileImport[Any]:
    """The import under this code. Raises ImportKindUnknown."""
    if kind not in IMPORTS:
        raise ImportKindUnknown(kind=kind[:24])
    return IMPORTS[kind]


def take_list(
    kind: str, bank: Bank, by: Caller, data: bytes, name: str, **options: Any
) -> ImportResult:
    """Check a list and take it in at once, as a command does; the options are `take_file`'s."""
    return take_file(get_import(kind), bank, by, data, name, **options)
