"""Lists are read by the page (分页): so many rows, and how many there are in all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from pointsbank.foundation.session import Session

T = TypeVar("T")
U = TypeVar("U")

PER_PAGE_MOST = 200
PAGE_MOST = 1_000_000


@dataclass(frozen=True)
class Paging:
    """Which page is wanted; both numbers are brought into their bounds."""

    page: int = 1
    per_page: int = 25

    def __post_init__(self) -> None:
        object.__setattr__(self, "page", min(max(self.page, 1), PAGE_MOST))
        object.__setattr__(self, "per_page", min(max(self.per_page, 1), PER_PAGE_MOST))

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list, with the total that all pages together hold."""

    items: Sequence[T] = field(default_factory=list)
    total: int = 0
    page: int = 1
    per_page: int = 25

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def has_next(self) -> bool:
        return self.page < self.pages

    @property
    def has_previous(self) -> bool:
        return self.page > 1

    def holding(self, items: Sequence[U]) -> Page[U]:
        """The same page with what its rows have become."""
        return Page(items, self.total, self.page, self.per_page)

    def mapped(self, change: Callable[[T], U]) -> Page[U]:
        return self.holding([change(item) for item in self.items])


def read_page(
    session: Session, ordered: Select[*tuple[Any, ...]], paging: Paging, **values: object
) -> Page[Any]:
    """The wanted rows of a question that says their order, and how many there are in all."""
    count = select(func.count()).select_from(ordered.order_by(None).subquery())
    total = session.value(count, **values) or 0
    rows = session.rows(ordered.limit(paging.per_page).offset(paging.offset), **values)
    return Page(rows, total, paging.page, paging.per_page)


def read_all(ask: Callable[[Paging], Page[T]], *, most: int | None = None) -> list[T]:
    """Every row of a list that is asked for by the page, from the first on; at most so many.

    >>> def ask(paging):
    ...     return Page(
    ...         range(250)[paging.offset :][: paging.per_page], 250, paging.page, paging.per_page
    ...     )
    >>> len(read_all(ask)), read_all(ask, most=2)
    (250, [0, 1])
    """
    rows: list[T] = []
    paging = Paging(1, PER_PAGE_MOST)
    while most is None or len(rows) < most:
        page = ask(paging)
        rows += page.items
        if not page.has_next:
            break
        paging = Paging(paging.page + 1, PER_PAGE_MOST)
    return rows[:most]
