"""What a request stands in: the bank, and who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request

from pointsbank.foundation import Bank, Caller, require_key
from pointsbank.people import OpenCardLogin

BANK = "pointsbank"


@dataclass(frozen=True)
class Visitor:
    """Who is asking: nobody, a member of staff, a paired device, or a cardholder by their card."""

    staff_id: int | None = None
    login: str | None = None
    name: str | None = None
    roles: frozenset[str] = frozenset()
    organisation_id: int | None = None
    device_id: int | None = None
    device_number: int | None = None
    shop_id: int | None = None
    card: OpenCardLogin | None = None

    @property
    def caller(self) -> Caller:
        """The visitor as the books know them. Only for a visitor who is somebody."""
        if self.device_id is not None:
            name = f"device:{self.device_id}"
            return Caller(actor=name, client=name, device=name)
        name = f"staff:{self.staff_id}" if self.card is None else self.card.holder
        return Caller(actor=name, client=name)


NOBODY = Visitor()


def current_bank() -> Bank:
    """The bank that this application is open on."""
    return cast(Bank, current_app.extensions[BANK])


def current_visitor() -> Visitor:
    """Who is asking in this request."""
    return cast(Visitor, g.get("visitor", NOBODY))


def request_key() -> str:
    """The request's idempotency key, from its header or its form. Raises KeyInvalid."""
    return require_key(request.headers.get("Idempotency-Key") or request.form.get("key"))
