"""The envelope on paper: two sheets of A4, digits large enough to be typed by lamplight."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from pointsbank.people import PdfCanvas, fit_text, new_pdf, text_width
from pointsbank.safekeeping.envelope import CARE, STEPS, USES, Envelope, Secret

_PAGE_WIDTH, _PAGE_HEIGHT, _MARGIN = 210.0, 297.0, 18.0
_WIDTH = _PAGE_WIDTH - 2 * _MARGIN
_PLATE, _INK, _INK_SECOND, _EDGE, _WHITE = "#173F73", "#1B2430", "#3D4856", "#74899F", "#FFFFFF"
_QR = 34.0
_BAND = 22.0


def envelope_pdf(envelope: Envelope) -> bytes:
    """Two sheets: what one needs and what to do; and what is there in case of worse."""
    pdf = new_pdf("信封")
    canvas = PdfCanvas(pdf)
    pdf.add_page()
    top = _head(canvas, envelope, 1)
    for secret in envelope.first:
        top = _secret(canvas, secret, top)
    _steps(canvas, top + 2)
    pdf.add_page()
    top = _head(canvas, envelope, 2)
    for secret in envelope.second:
        top = _secret(canvas, secret, top)
    return bytes(pdf.output())


def _head(canvas: PdfCanvas, envelope: Envelope, page: int) -> float:
    canvas.box(0, 0, _PAGE_WIDTH, _BAND, _PLATE)
    title = "信封 · 放进保险柜" + ("（演示，不能当真）" if envelope.demonstration else "")
    canvas.words(_MARGIN, 10.5, title, 7.0, _WHITE, bold=True)
    told = f"{envelope.community} · 账册编号 {envelope.bank} · {envelope.printed_on} 打印"
    text, size = fit_text(f"{told} · 第 {page} 页，共 2 页", width=_WIDTH, size=3.8, smallest=2.8)
    canvas.words(_MARGIN, 17.5, text, size, _WHITE)
    top = _BAND + 7
    for line in CARE:
        canvas.words(_MARGIN, top, line, 3.4, _INK_SECOND)
        top += 5
    return top + 1


def _secret(canvas: PdfCanvas, secret: Secret, top: float) -> float:
    lines = secret.lines
    height = max(_QR + 8, 22 + 9 * len(lines))
    canvas.box(_MARGIN, top, _WIDTH, height, _EDGE, line=0.4, corner=2)
    left, width = _MARGIN + 5, _WIDTH - _QR - 16
    canvas.words(left, top + 8, secret.name[0], 5.4, _INK, bold=True)
    after = left + text_width(secret.name[0], 5.4) + 3
    canvas.words(after, top + 8, secret.name[1], 3.6, _INK_SECOND)
    for place, use in enumerate(USES[secret.name]):
        text, size = fit_text(use, width=width, size=3.2, smallest=2.2)
        canvas.words(left, top + 13 + 4.4 * place, text, size, _INK_SECOND)
    for place, line in enumerate(lines):
        text, size = fit_text(line, width=width, size=6.6, smallest=2.4)
        canvas.words(left, top + 26.5 + 9 * place, text, size, _INK, bold=True)
    _code(canvas, secret.scanned, _MARGIN + _WIDTH - _QR - 4, top + 4)
    return top + height + 5


def _code(canvas: PdfCanvas, text: str, left: float, top: float) -> None:
    qr = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    qr.add_data(text)
    qr.make(fit=True)
    matrix = [[bool(dark) for dark in row] for row in qr.get_matrix()]
    canvas.modules(left, top, matrix, _QR / len(matrix))


def _steps(canvas: PdfCanvas, top: float) -> None:
    canvas.words(_MARGIN, top + 5, "电脑坏了那天怎么办", 5.4, _INK, bold=True)
    after = _MARGIN + text_width("电脑坏了那天怎么办", 5.4) + 3
    canvas.words(after, top + 5, "The day the computer dies", 3.6, _INK_SECOND)
    top += 12.5
    for number, (chinese, english) in enumerate(STEPS, 1):
        canvas.words(_MARGIN, top, f"{number}.", 4.4, _INK, bold=True)
        text, size = fit_text(chinese, width=_WIDTH - 8, size=4.2, smallest=3.0)
        canvas.words(_MARGIN + 8, top, text, size, _INK)
        text, size = fit_text(english, width=_WIDTH - 8, size=3.2, smallest=2.6)
        canvas.words(_MARGIN + 8, top + 5.2, text, size, _INK_SECOND)
        top += 13.2
