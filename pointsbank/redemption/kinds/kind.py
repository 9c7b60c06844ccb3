"""The form that every way of spending points fills in (兑换方式)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow.fields import Boolean, Field

from pointsbank.foundation import Act, Answer, Bank, Caller, PointsBankError, Session
from pointsbank.ledger import EntryKind
from pointsbank.people import CardHolder
from pointsbank.redemption.quotes import Quote

Request = Mapping[str, Any]


class TrueOrFalse(Boolean):
    """`true` or `false` in a request, and nothing that merely looks like them, as `1` or `"no"`."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a price: in which shop, for which card if there is one, at what time."""

    shop_id: int
    holder: CardHolder | None
    now: str
    today: str


@dataclass(frozen=True, slots=True)
class QuotationLine:
    """One line of a basket as the person sees it."""

    sku: str
    name: str
    quantity: int
    scanned: bool
    price_points: int
    sum_points: int


@dataclass(frozen=True, slots=True)
class Priced:
    """A kind's answer to a request: what it costs, what the token keeps, what stands against."""

    lines: Sequence[QuotationLine]
    terms: Sequence[Sequence[Any]]
    total_points: int
    refusals: Sequence[PointsBankError]


@dataclass(frozen=True)
class Kind:
    """One way of spending points. Whoever fills in this form and stands in the list is offered.

    `fields` is what the kiosk must ask; `price` answers without writing; `check_out` and `undo` run
    inside an operation and keep what every kind promises. `example` builds, through the operations
    that people use, whatever a first redemption needs, and returns its request.
    """

    code: str
    title_zh: str
    title_en: str
    entry_kind: EntryKind
    fields: Mapping[str, Field[Any]]
    price: Callable[[Session, Asking, Request], Priced]
    check_out: Callable[[Act, Quote, str], Answer]
    undo: Callable[[Act, Any, str], Answer]
    example: Callable[[Bank, Caller, int], dict[str, Any]]
