"""Lists keep their filters, sorting and page in the address, so that a link shows what one saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.routing import IntegerConverter

from pointsbank.foundation import Page, Paging
from pointsbank.foundation.cells import day as read_day
from pointsbank.foundation.sheet_errors import DayUnreadable

ASIDE = ("lang", "large")


class RowNumber(IntegerConverter):
    """A number in an address (`<int:…>`): plain digits, and no more than any row can have."""

    regex = "[0-9]{1,18}"


def address(path: str | None = None, **changes: object) -> str:
    """This page's address with other arguments; None or an empty text takes one away."""
    kept: dict[str, object] = {
        name: value for name, value in request.args.items() if name not in ASIDE and path is None
    }
    kept.update(changes)
    told = urlencode({name: value for name, value in kept.items() if value not in (None, "")})
    path = path or request.path
    return f"{path}?{told}" if told else path


def asked(name: str) -> str | None:
    """One argument of the address, or None."""
    return request.args.get(name, "").strip()[:100] or None


def asked_day(name: str) -> str | None:
    """A day from the address; what is no day, or none that any book can have, is not asked."""
    text = asked(name)
    try:
        return read_day(text) if text else None
    except DayUnreadable:
        return None


def asked_of(name: str, choices: Any) -> str | None:
    """An argument that must be one of the choices, else it is not asked."""
    text = asked(name)
    return text if text in choices else None


def asked_paging(per_page: int = 25) -> Paging:
    """The page that the address asks for."""
    text = request.args.get("page", "1")
    return Paging(int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1, per_page)


def pressed(
    name: str, options: Iterable[tuple[str, str]], everything: str | None = None
) -> list[tuple[str, str, bool]]:
    """The pressed words of one argument: word, address, whether it is the current one."""
    now = request.args.get(name, "")
    found = [(everything, address(**{name: None, "page": None}), not now)] if everything else []
    for code, word in options:
        found.append((word, address(**{name: code, "page": None}), now == code))
    return found


def pager_of(page: Page[Any]) -> dict[str, object]:
    """What the pager part wants."""
    return {
        "page": page.page,
        "pages": page.pages,
        "before": address(page=page.page - 1) if page.has_previous else None,
        "after": address(page=page.page + 1) if page.has_next else None,
    }
