"""Codes that a page shows to a camera or a scanner (测试码), drawn as lines and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_Q

QUIET_MODULES = 4


@dataclass(frozen=True)
class QrDrawing:
    """A QR code as a path of unit squares; `side` is its width with the quiet zone."""

    side: int
    path: str


def draw_qr(text: str) -> QrDrawing:
    """The QR code of a text.

    >>> draw_qr("POINTSBANK-TEST").side
    29
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET_MODULES)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = [
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    ]
    return QrDrawing(len(rows), "".join(squares))


def sign_address(public_address: str, number: str, code: str) -> str:
    """The address that a telephone opens; what stands behind its # is sent to nobody.

    >>> sign_address("https://jifen.example.org", "A000012-5", "123456")
    'https://jifen.example.org/me/activities#sign=A000012-5.123456'
    """
    return f"{public_address}/me/activities#sign={number}.{code}"
