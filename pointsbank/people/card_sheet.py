"""Printed points cards (积分卡) and badges (工作证): one, ten to an A4 sheet, a PDF of many sheets.

A card shows who it belongs to only as far as a finder may know, and everything needed when it
cannot be read: the short number to type, and where to bring it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

from pointsbank.people.canvas import MM_PER_INCH, Canvas, Modules, PdfCanvas, PictureCanvas, new_pdf
from pointsbank.people.card_codes import is_card_code, is_short_number
from pointsbank.people.fonts import fit_text, text_width

CARD_WIDTH, CARD_HEIGHT = 86.0, 54.0
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
COLUMNS, ROWS = 2, 5
CARDS_PER_SHEET = COLUMNS * ROWS
DPI = 300

_PLATE, _WOOD, _SEAL, _WHITE = "#173F73", "#D9B784", "#B02A1E", "#FFFFFF"
_INK, _INK_SECOND, _FOOT = "#1B2430", "#3D4856", "#F4F2EC"
_STOP, _STOP_TINT, _WATERMARK = "#733C00", "#FCEFD6", "#F3E3C8"
_CUT, _CUT_EDGE = "#596472", "#B4B0A6"

_MARGIN = 4.0
_BAND, _BOARD, _FOOT_HEIGHT = 13.5, 1.0, 6.5
_QR_MODULES, _QR_QUIET, _MODULE = 25, 4, 1.0
_QR_LEFT = CARD_WIDTH - _QR_QUIET - 1 - _QR_MODULES  # one more millimetre, for a crooked cut
_QR_TOP = _BAND + _BOARD + _QR_QUIET
_TEXT_WIDTH = _QR_LEFT - _QR_QUIET - 1 - _MARGIN

# The back: a printer that turns the paper over misses by a millimetre or two.
_BACK_QR, _BACK_EDGE = 30.0, 3.0

_GAP_ACROSS, _GAP_DOWN = 4.0, 2.5
_MARK = 3.0


@dataclass(frozen=True)
class CardFace:
    """What stands on one card. `number` is the public number of the card's holder (编号).

    `balance_address` is where a telephone shows the points, for the back; empty for a plain back.
    `points` and `points_en` are what the community calls them. Raises ValueError if the code or
    the short number fails its check: a card that nobody can read must not be printed.
    """

    code: str
    short_number: str
    masked_name: str
    number: str
    place: str
    found_at: str
    found_phone: str
    demonstration: bool = False
    balance_address: str = ""
    points: str = "积分"
    points_en: str = "points"

    def __post_init__(self) -> None:
        if not is_card_code(self.code):
            raise ValueError("not a card code")
        if not is_short_number(self.short_number):
            raise ValueError("not a short number")

    @property
    def title(self) -> str:
        return "积分卡"


@dataclass(frozen=True)
class BadgeFace:
    """What stands on one badge: it names its bearer in full, and as what they stand by.

    Raises ValueError if the code fails its check.
    """

    code: str
    title: str
    name: str
    capacity: str
    number: str
    place: str
    found_at: str
    found_phone: str
    demonstration: bool = False

    def __post_init__(self) -> None:
        if not is_card_code(self.code):
            raise ValueError("not a badge's code")


Face = CardFace | BadgeFace


def draw_card(face: Face, dpi: int = DPI) -> Image.Image:
    """One card as a picture, 86 × 54 mm."""
    image = _blank(CARD_WIDTH, CARD_HEIGHT, dpi)
    _draw_face(PictureCanvas(image, dpi), 0, 0, face)
    return image


def draw_sheet(faces: Sequence[Face], dpi: int = DPI) -> Image.Image:
    """One A4 sheet of up to ten cards with cutting marks. Raises ValueError for more."""
    if len(faces) > CARDS_PER_SHEET:
        raise ValueError(f"a sheet holds {CARDS_PER_SHEET} cards")
    image = _blank(PAGE_WIDTH, PAGE_HEIGHT, dpi)
    _draw_page(PictureCanvas(image, dpi), faces, page=1, pages=1)
    return image


def has_back(faces: Sequence[Face]) -> bool:
    """Whether there is something to print on the backs."""
    return any(_address_of(face) for face in faces)


def draw_back(face: Face, dpi: int = DPI) -> Image.Image:
    """A card's back (背面) as a picture; white where no public address is set."""
    image = _blank(CARD_WIDTH, CARD_HEIGHT, dpi)
    _draw_back(PictureCanvas(image, dpi), 0, 0, face)
    return image


def draw_sheet_of_backs(faces: Sequence[Face], dpi: int = DPI) -> Image.Image:
    """The backs of a sheet, so placed that paper turned over its long edge has each on its card."""
    image = _blank(PAGE_WIDTH, PAGE_HEIGHT, dpi)
    _draw_page_of_backs(PictureCanvas(image, dpi), faces)
    return image


def as_png(image: Image.Image, dpi: int = DPI) -> bytes:
    """A drawn card or sheet as a PNG file that knows its size on paper."""
    stream = io.BytesIO()
    image.save(stream, "PNG", dpi=(dpi, dpi))
    return stream.getvalue()


def sheet_pdf(faces: Sequence[Face]) -> bytes:
    """All cards as a PDF, ten to an A4 page, with text and QR codes as vectors.

    The same cards give the same bytes on every day, so a reprint can be compared.
    """
    pdf = new_pdf(_title_of(faces))
    canvas = PdfCanvas(pdf)
    pages = max(1, math.ceil(len(faces) / CARDS_PER_SHEET))
    for page in range(pages):
        pdf.add_page()
        first = page * CARDS_PER_SHEET
        shown = faces[first : first + CARDS_PER_SHEET]
        _draw_page(canvas, shown, page=page + 1, pages=pages)
        if has_back(faces):
            pdf.add_page()
            _draw_page_of_backs(canvas, shown)
    return bytes(pdf.output())


def _blank(width: float, height: float, dpi: int) -> Image.Image:
    pixels = round(width / MM_PER_INCH * dpi), round(height / MM_PER_INCH * dpi)
    return Image.new("RGB", pixels, _WHITE)


def _title_of(faces: Sequence[Face]) -> str:
    return faces[0].title if faces else "积分卡"


def _draw_page(canvas: Canvas, faces: Sequence[Face], *, page: int, pages: int) -> None:
    columns, rows = _grid()
    left, top = columns[0], rows[0]
    for place, face in enumerate(faces):
        row, column = divmod(place, COLUMNS)
        _draw_face(canvas, columns[column], rows[row], face)
        canvas.box(columns[column], rows[row], CARD_WIDTH, CARD_HEIGHT, _CUT_EDGE, line=0.1)
    for column_edge in (edge for start in columns for edge in (start, start + CARD_WIDTH)):
        for mark_top in (top - _MARK - 1, PAGE_HEIGHT - top + 1):
            canvas.box(column_edge - 0.05, mark_top, 0.1, _MARK, _CUT)
    for row_edge in (edge for start in rows for edge in (start, start + CARD_HEIGHT)):
        for mark_left in (left - _MARK - 1, PAGE_WIDTH - left + 1):
            canvas.box(mark_left, row_edge - 0.05, _MARK, 0.1, _CUT)
    note = f"{_title_of(faces)} 第 {page} 页，共 {pages} 页 · 按实际大小（100%）打印，沿灰线剪开"
    canvas.words(left + 2, PAGE_HEIGHT - top + 4, note, 2.6, _CUT)


def _grid() -> tuple[list[float], list[float]]:
    """Where the cards of a sheet begin, across and down."""
    left = (PAGE_WIDTH - COLUMNS * CARD_WIDTH - (COLUMNS - 1) * _GAP_ACROSS) / 2
    top = (PAGE_HEIGHT - ROWS * CARD_HEIGHT - (ROWS - 1) * _GAP_DOWN) / 2
    columns = [left + i * (CARD_WIDTH + _GAP_ACROSS) for i in range(COLUMNS)]
    return columns, [top + i * (CARD_HEIGHT + _GAP_DOWN) for i in range(ROWS)]


def _draw_page_of_backs(canvas: Canvas, faces: Sequence[Face]) -> None:
    """No cutting marks: printers shift the second side a little, and the front's marks count."""
    columns, rows = _grid()
    for place, face in enumerate(faces):
        row, column = divmod(place, COLUMNS)
        _draw_back(canvas, columns[COLUMNS - 1 - column], rows[row], face)


def _draw_back(canvas: Canvas, left: float, top: float, face: Face) -> None:
    if not isinstance(face, CardFace) or not face.balance_address:
        return
    address = face.balance_address
    matrix = _address_matrix(address)
    module = _BACK_QR / len(matrix)
    qr_left = left + CARD_WIDTH - _BACK_QR - _MARGIN - _BACK_EDGE
    qr_top = top + (CARD_HEIGHT - _BACK_QR) / 2
    canvas.modules(qr_left, qr_top, matrix, module)
    text_left, width = left + _MARGIN + _BACK_EDGE, qr_left - left - 3 * _MARGIN - _BACK_EDGE
    for baseline, text, size, colour, bold in (
        (15.0, "手机扫一扫", 5.4, _INK, True),
        (22.0, f"看自己的{face.points}", 5.4, _INK, True),
        (30.0, f"Scan to see your {face.points_en}", 3.0, _INK_SECOND, False),
        (39.0, "在自助机上换东西，刷另一面", 3.0, _INK_SECOND, False),
        (44.5, address.removeprefix("https://"), 2.8, _INK_SECOND, False),
    ):
        shown, fitted = fit_text(text, width=width, size=size, smallest=1.8)
        canvas.words(text_left, top + baseline, shown, fitted, colour, bold=bold)


def _address_of(face: Face) -> str:
    return face.balance_address if isinstance(face, CardFace) else ""


def _draw_face(canvas: Canvas, left: float, top: float, face: Face) -> None:
    canvas.box(left, top, CARD_WIDTH, CARD_HEIGHT, _WHITE)
    if face.demonstration:
        canvas.slanted(left + 28, top + 31, "演示数据", 10.5, _WATERMARK, 18)
    _draw_band(canvas, left, top, face)
    if isinstance(face, CardFace):
        _draw_holder(canvas, left + _MARGIN, top, face)
    else:
        _draw_bearer(canvas, left + _MARGIN, top, face)
    canvas.modules(left + _QR_LEFT, top + _QR_TOP, _qr_matrix(face.code), _MODULE)
    _draw_foot(canvas, left, top + CARD_HEIGHT - _FOOT_HEIGHT, face)


def _draw_band(canvas: Canvas, left: float, top: float, face: Face) -> None:
    canvas.box(left, top, CARD_WIDTH, _BAND, _PLATE)
    canvas.box(left, top + _BAND, CARD_WIDTH, _BOARD, _WOOD)
    _draw_seal(canvas, left + _MARGIN, top + 2.25, 9.0)
    text_left = left + _MARGIN + 9.0 + 2.6
    width = left + CARD_WIDTH - _MARGIN - text_left
    place, size = fit_text(face.place, width=width, size=5.0, smallest=3.0)
    canvas.words(text_left, top + 6.6, place, size, _WHITE, bold=True)
    _spaced(canvas, text_left, top + 11.2, face.title, 3.2, _WHITE, gap=0.9)
    if face.demonstration:
        text = "演示卡，不能当真"
        chip = text_width(text, 3.0) + 2.4
        chip_left = left + CARD_WIDTH - _MARGIN - chip
        canvas.box(chip_left, top + 7.9, chip, 4.4, _STOP_TINT, corner=0.8)
        canvas.words(chip_left + 1.2, top + 11.2, text, 3.0, _STOP, bold=True)


def _draw_seal(canvas: Canvas, left: float, top: float, side: float) -> None:
    canvas.box(left, top, side, side, _SEAL, corner=1.1)
    canvas.box(left + 0.5, top + 0.5, side - 1, side - 1, _WHITE, corner=0.8, line=0.22)
    for place, word in enumerate("公益"):
        size = side * 0.41
        baseline = top + side / 2 + (place - 1) * size * 0.98 + size * 0.85
        canvas.words(left + (side - size) / 2, baseline, word, size, _WHITE, bold=True)


def _draw_holder(canvas: Canvas, left: float, top: float, face: CardFace) -> None:
    name, size = fit_text(face.masked_name, width=_TEXT_WIDTH, size=6.0, smallest=3.6)
    canvas.words(left, top + 22.0, name, size, _INK, bold=True)
    number, size = fit_text(f"编号 {face.number}", width=_TEXT_WIDTH, size=3.4, smallest=2.6)
    canvas.words(left, top + 27.4, number, size, _INK_SECOND)
    size = 9.0
    first, second = face.short_number[:4], face.short_number[4:]
    canvas.words(left, top + 38.4, first, size, _INK, bold=True)
    second_left = left + text_width(first, size) + size * 0.3
    canvas.words(second_left, top + 38.4, second, size, _INK, bold=True)
    canvas.words(left, top + 43.9, "刷不出来，就输这 8 位和密码", 3.2, _INK_SECOND)


def _draw_bearer(canvas: Canvas, left: float, top: float, face: BadgeFace) -> None:
    name, size = fit_text(face.name, width=_TEXT_WIDTH, size=8.0, smallest=3.6)
    canvas.words(left, top + 24.4, name, size, _INK, bold=True)
    capacity, size = fit_text(face.capacity, width=_TEXT_WIDTH, size=4.4, smallest=2.6)
    canvas.words(left, top + 31.4, capacity, size, _INK, bold=True)
    canvas.words(left, top + 37.4, f"证号 {face.number}", 3.4, _INK_SECOND)
    canvas.words(left, top + 43.9, "确认时刷这里，再输自己的密码", 3.2, _INK_SECOND)


def _draw_foot(canvas: Canvas, left: float, top: float, face: Face) -> None:
    canvas.box(left, top, CARD_WIDTH, _FOOT_HEIGHT, _FOOT)
    baseline = top + 4.4
    phone_width = text_width(face.found_phone, 3.4)
    width = CARD_WIDTH - 2 * _MARGIN - phone_width - 3
    found, size = fit_text(f"捡到请送{face.found_at}", width=width, size=3.4, smallest=2.6)
    canvas.words(left + _MARGIN, baseline, found, size, _INK)
    phone_left = left + _MARGIN + text_width(found, size) + 3
    canvas.words(phone_left, baseline, face.found_phone, 3.4, _INK, bold=True)


def _spaced(
    canvas: Canvas, left: float, baseline: float, text: str, size: float, colour: str, *, gap: float
) -> None:
    for letter in text:
        canvas.words(left, baseline, letter, size, colour)
        left += text_width(letter, size) + gap


@lru_cache(maxsize=512)
def _qr_matrix(code: str) -> Modules:
    """The dark squares of a code: version 2 at ECC Q is 25 of them across."""
    qr = qrcode.QRCode(version=2, error_correction=ERROR_CORRECT_Q, border=0)
    qr.add_data(code, optimize=0)
    qr.make(fit=False)
    return [[bool(dark) for dark in row] for row in qr.get_matrix()]


@lru_cache(maxsize=4)
def _address_matrix(address: str) -> Modules:
    """The dark squares of a public address; a telephone's camera is near, so ECC M is enough."""
    qr = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    qr.add_data(address, optimize=0)
    qr.make(fit=True)
    return [[bool(dark) for dark in row] for row in qr.get_matrix()]
