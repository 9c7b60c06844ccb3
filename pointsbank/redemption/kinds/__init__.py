"""Every way of spending points (兑换方式), in the order in which a kiosk shows them.

A new kind is one file beside `goods.py` and one line in this list.
"""

from __future__ import annotations

from pointsbank.redemption.errors import KindUnknown
from pointsbank.redemption.kinds.goods import GOODS
from pointsbank.redemption.kinds.kind import Asking, Kind, Priced, QuotationLine

KINDS = [GOODS]


def get_kind(code: str) -> Kind:
    """The kind under this code. Raises KindUnknown."""
    for kind in KINDS:
        if kind.code == code:
            return kind
    raise KindUnknown(kind=code[:24])


__all__ = ["GOODS", "KINDS", "Asking", "Kind", "Priced", "QuotationLine", "get_kind"]
