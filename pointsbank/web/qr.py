"""Codes that a page shows to a camera or a scanner (测试码), drawn as lines and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode
from flask import request
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

from pointsbank.foundation import find_setting
from pointsbank.web.context import current_bank

QUIET_MODULES = 4
_ITSELF = {"localhost", "[::1]"}


@dataclass(frozen=True)
class QrDrawing:
    """A QR code as a path of unit squares; `side` is its width with the quiet zone."""

    side: int
    path: str


def draw_qr(text: str, *, glass: bool = False) -> QrDrawing:
    """The QR code of a text. On glass nothing is torn or stained: there it may have fewer squares.

    >>> draw_qr("POINTSBANK-TEST").side
    29
    """
    level = ERROR_CORRECT_M if glass else ERROR_CORRECT_Q
    code = qrcode.QRCode(error_correction=level, border=QUIET_MODULES)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = [
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    ]
    return QrDrawing(len(rows), "".join(squares))


def phone_address() -> str | None:
    """The address at which telephones find this bank, or None where there is none to tell.

    The one of the settings; else the one by which whoever looks has come, unless that is the
    machine itself. Only who sent it is shown it.
    """
    known = current_bank().database.read(lambda session: find_setting(session, "public_address"))
    if known:
        return str(known)
    host = request.host.rpartition(":")[0] or request.host
    return None if host in _ITSELF or host.startswith("127.") else request.host_url.rstrip("/")


def sign_address(public_address: str, number: str, code: str) -> str:
    """The address that a telephone opens; what stands behind its # is sent to nobody.

    >>> sign_address("https://jifen.example.org", "A000012-5", "123456")
    'https://jifen.example.org/me/#sign=A000012-5.123456'
    """
    return f"{public_address}/me/#sign={number}.{code}"
