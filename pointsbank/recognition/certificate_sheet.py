"""A certificate on paper (证明的纸面): one sheet of A4, laid out once for picture and PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

from pointsbank.foundation import hours_text
from pointsbank.people import Canvas, PdfCanvas, PictureCanvas, fit_text, new_pdf, text_width

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
DPI = 150
_MARGIN = 21.0
_WIDTH = PAGE_WIDTH - 2 * _MARGIN
_LABELS = 34.0
_PAD = 3.0
_ROW, _LINE, _BASE = 7.4, 5.4, 5.2
_SIZE, _SMALL, _LEAST = 4.2, 3.2, 2.2
_QR = 26.0
_SEAL = 42.0
_INK, _SECOND, _EDGE, _WATERMARK = "#1B2430", "#3D4856", "#596472", "#F3E3C8"
_REMARK_LINES = 2
_NAME_BY_HAND = "________"
_BY_HAND = "____________________（号码由本人手写，出具单位不留存）"


@dataclass(frozen=True)
class CertificateFace:
    """Everything that stands on a certificate: the signed words and what the register adds."""

    words: dict[str, Any]
    responsible: str
    number: str
    check: str
    issued_on: str
    check_address: str | None = None
    signer: str | None = None
    demonstration: bool = False


def certificate_pdf(face: CertificateFace) -> bytes:
    """The sheet as a PDF whose text stays text; the same certificate gives the same bytes."""
    pdf = new_pdf("志愿服务记录证明")
    canvas = PdfCanvas(pdf)
    pdf.add_page()
    draw(canvas, face)
    return bytes(pdf.output())


def draw_certificate(face: CertificateFace, dpi: int = DPI) -> Image.Image:
    """The same sheet as a picture."""
    pixels = round(PAGE_WIDTH / 25.4 * dpi), round(PAGE_HEIGHT / 25.4 * dpi)
    image = Image.new("RGB", pixels, "#FFFFFF")
    draw(PictureCanvas(image, dpi), face)
    return image


def spoken_check(check: str) -> str:
    """Check digits as they are read out.

    >>> spoken_check("482913")
    '482 913'
    """
    return f"{check[:3]} {check[3:]}"


def draw(canvas: Canvas, face: CertificateFace) -> None:
    """Lay the sheet out on any canvas."""
    if face.demonstration:
        canvas.slanted(PAGE_WIDTH / 2, 150, "演示数据", 34, _WATERMARK, 24)
    _centred(canvas, 24, "志愿服务记录证明", 9.4, bold=True)
    issuer = face.words.get("issuer", "")
    _centred(canvas, 32.4, f"由{issuer}出具", 4.2)
    told = f"证明编号 {face.number}"
    canvas.words(_MARGIN, 42, told, _SIZE, _INK, bold=True)
    check = f"校验码 {spoken_check(face.check)}"
    left = PAGE_WIDTH - _MARGIN - text_width(check, _SIZE)
    canvas.words(left, 42, check, _SIZE, _INK, bold=True)
    top = 45.0
    for title, rows in _blocks(face):
        top = _block(canvas, top, title, rows)
    _foot(canvas, top, face)


Rows = list[tuple[str, list[str]]]


def _blocks(face: CertificateFace) -> Iterator[tuple[str, Rows]]:
    words = face.words
    document = f"{words.get('document') or '________'}　{_BY_HAND}"
    yield (
        "一、志愿者",
        [
            ("姓名", [words.get("name", "")]),
            ("志愿者编号", [words.get("number", "")]),
            ("证件类型及号码", [document]),
        ],
    )
    yield "二、志愿服务", list(_service(words))
    yield (
        "三、出具单位",
        [
            ("单位名称", [words.get("issuer", "")]),
            (
                "负责人、经办人",
                [f"{face.responsible or _NAME_BY_HAND}、{words.get('handler', '')}"],
            ),
            *([("审核签发", [face.signer])] if face.signer else []),
            ("联系方式", [words.get("contact", "")]),
        ],
    )
    remarks = list(_wrapped(words.get("remarks") or "无", _WIDTH - _LABELS - 2 * _PAD, _SIZE))
    yield (
        "四、证明",
        [("出具日期", [_day(face.issued_on)]), ("其他说明", remarks[:_REMARK_LINES])],
    )


def _service(words: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield "服务时间", [f"{_day(words['since'])} 至 {_day(words['until'])}"]
    yield "服务时长", [f"{hours_text(words['minutes'])} 小时，共 {words['times']} 次"]
    lines = [
        f"{line['activity']}　{line['times']} 次，{hours_text(line['minutes'])} 小时"
        for line in words["lines"]
    ]
    if words.get("more"):
        lines.append(f"其他 {words['more']} 项，{hours_text(words['more_minutes'])} 小时")
    yield "服务内容", lines
    honours = [f"{words['stars']} 星级志愿者"] if words.get("stars") else []
    honours += words.get("awards", [])
    if honours:
        yield "星级、表彰", honours


def _block(canvas: Canvas, top: float, title: str, rows: Rows) -> float:
    canvas.words(_MARGIN, top + 5.2, title, 3.8, _SECOND, bold=True)
    top += 6.9
    for label, lines in rows:
        height = _ROW + _LINE * (len(lines) - 1)
        canvas.box(_MARGIN, top, _WIDTH, height + 0.25, _EDGE, line=0.25)
        canvas.box(_MARGIN + _LABELS, top, 0.25, height, _EDGE)
        canvas.words(_MARGIN + _PAD, top + _BASE, label, _SIZE, _SECOND)
        for place, line in enumerate(lines):
            room = _WIDTH - _LABELS - 2 * _PAD
            shown, size = fit_text(line, width=room, size=_SIZE, smallest=_LEAST)
            baseline = top + _BASE + place * _LINE
            canvas.words(_MARGIN + _LABELS + _PAD, baseline, shown, size, _INK)
        top += height
    return top


def _foot(canvas: Canvas, top: float, face: CertificateFace) -> None:
    """Where both sign and the seal goes; at the left how anybody may check the number."""
    seal_left, seal_top = PAGE_WIDTH - _MARGIN - _SEAL, min(top + 5, PAGE_HEIGHT - _SEAL - 8)
    canvas.box(seal_left, seal_top, _SEAL, _SEAL - 4, "#B4B0A6", line=0.2, corner=3)
    word = "（盖章处）"
    left = seal_left + (_SEAL - text_width(word, 3.8)) / 2
    canvas.words(left, seal_top + _SEAL - 8, word, 3.8, _SECOND)
    canvas.words(_MARGIN, seal_top + 6, "负责人签字 ______________", _SIZE, _INK)
    canvas.words(_MARGIN, seal_top + 15, "经办人签字 ______________", _SIZE, _INK)
    if face.check_address:
        matrix = _matrix(face.check_address)
        qr_left = seal_left - _QR - 6
        canvas.modules(qr_left, seal_top, matrix, _QR / len(matrix))
    for place, line in enumerate(_how_to_check(face)):
        room = seal_left - _MARGIN - 4
        shown, size = fit_text(line, width=room, size=_SMALL, smallest=_LEAST)
        canvas.words(_MARGIN, seal_top + 30 + place * 4.6, shown, size, _SECOND)


def _how_to_check(face: CertificateFace) -> list[str]:
    if face.check_address:
        page = face.check_address.partition("?")[0].removeprefix("https://")
        first = f"核对：扫码，或到 {page} 输入编号和校验码。"
    else:
        contact = face.words.get("contact", "")
        first = f"核对：打 {contact}，报证明编号和校验码。"
    return [
        first,
        "核对只显示时段、时长和是否有效，不显示姓名。",
        "本证明免费出具，只交给志愿者本人。谁出具，谁负责。",
    ]


def _matrix(address: str) -> list[list[bool]]:
    qr = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    qr.add_data(address, optimize=0)
    qr.make(fit=True)
    return [[bool(dark) for dark in row] for row in qr.get_matrix()]


def _centred(
    canvas: Canvas, baseline: float, text: str, size: float, *, bold: bool = False
) -> None:
    shown, size = fit_text(text, width=_WIDTH, size=size, smallest=_LEAST)
    left = (PAGE_WIDTH - text_width(shown, size)) / 2
    canvas.words(left, baseline, shown, size, _INK, bold=bold)


def _wrapped(text: str, width: float, size: float) -> Iterator[str]:
    """A text in lines that fit; Chinese may break anywhere."""
    line = ""
    for letter in text:
        if line and text_width(line + letter, size) > width:
            yield line
            line = ""
        line += letter
    yield line


def _day(text: str) -> str:
    """A day as it is written on papers.

    >>> _day("2026-11-20")
    '2026 年 11 月 20 日'
    """
    told = date.fromisoformat(text)
    return f"{told.year} 年 {told.month} 月 {told.day} 日"
