"""Lists of organisations (机构名单): a code, a name, and the code of what each belongs to.

The shape of 志愿汇's departments, and of a district with its streets. Only reading.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import partial

from pointsbank.foundation import InvalidInput
from pointsbank.foundation.cells import clean_text, narrow, volunteer_number
from pointsbank.foundation.sheet_errors import shown
from pointsbank.foundation.sheet_rows import RowReader, SheetReading, read_rows, require_columns
from pointsbank.foundation.sheets import Headings, Sheet, read_sheet

ORGANISATION_HEADINGS: Headings = {
    "code": ("代码", "机构代码", "统一社会信用代码", "code"),
    "name": ("名称", "机构名称", "单位名称", "name"),
    "parent": ("上级代码", "上级机构代码", "parentCode"),
}
_OTHERS = ("vcode", "idcard", "志愿者编号", "志愿者姓名", "积分", "activity")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*", re.ASCII)


class OrganisationCodeUnreadable(InvalidInput):
    """Not a code of letters and digits (机构代码无法识别): facts value, expected."""

    code = "people.organisation_code_unreadable"


@dataclass(frozen=True, slots=True)
class OrganisationListed:
    """One organisation of a list; `parent` is "" for one that belongs to none."""

    row: int
    code: str
    name: str
    parent: str


def open_organisation_sheet(data: bytes, name: str) -> Sheet:
    """Find a list's headings. Raises SheetUnreadable."""
    sheet = read_sheet(data, name, ORGANISATION_HEADINGS, foreign=_OTHERS)
    return require_columns(sheet, ("code", "name"), ORGANISATION_HEADINGS)


def read_organisations_of(sheet: Sheet) -> SheetReading[OrganisationListed]:
    """Read every row of an open list."""
    return read_rows(sheet, _organisation, identity=_identity)


def _organisation(row: RowReader) -> OrganisationListed:
    return OrganisationListed(
        row=row.number,
        code=row.need("code", _read_code, ""),
        name=row.need("name", partial(clean_text, most=60), ""),
        parent=row.may("parent", _read_code) or "",
    )


def _read_code(text: str) -> str:
    """A code as opaque as a volunteer's number, and fit for an address and a form."""
    if not _CODE.fullmatch(narrow(text)):
        raise OrganisationCodeUnreadable(value=shown(text), expected="370112001")
    return volunteer_number(text)


def _identity(organisation: OrganisationListed) -> Iterator[Hashable]:
    yield organisation.code
