"""A sheet to draw on in millimetres (画布), as a picture or as a PDF page.

What is printed is laid out once against `Canvas`, so that the picture on the screen and the PDF
from the printer are the same card.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from PIL import Image, ImageDraw

from pointsbank.people.fonts import find_font_face, pillow_font, text_width

if TYPE_CHECKING:
    from fpdf import FPDF

MM_PER_INCH = 25.4
CAPITAL_HEIGHT = 0.733  # of the size: figures and capital letters of Noto Sans CJK

_FAMILY = "sheet"
_POINTS_PER_MM = 72 / MM_PER_INCH
# Only the regular weight can be installed as a package, so bold is the same outline with a stroke
# around it; this is the stroke's reach to each side, as a share of the size.
_BOLD_REACH = 0.02

Colour = str  # "#173F73"
Modules = Sequence[Sequence[bool]]


class Canvas(Protocol):
    """Left, top, baseline and sizes in millimetres from the sheet's top left corner."""

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        colour: Colour,
        *,
        corner: float = 0,
        line: float = 0,
    ) -> None:
        """A filled box, or with `line` only its outline, that wide and inside the edges."""

    def words(
        self,
        left: float,
        baseline: float,
        text: str,
        size: float,
        colour: Colour,
        *,
        bold: bool = False,
    ) -> None:
        """One line of text."""

    def slanted(
        self, middle: float, centre: float, text: str, size: float, colour: Colour, degrees: float
    ) -> None:
        """One bold line of text turned around its centre, rising to the right."""

    def modules(self, left: float, top: float, matrix: Modules, module: float) -> None:
        """A QR code's dark squares in black, without its quiet zone."""


class PictureCanvas:
    """Draws into a Pillow image."""

    def __init__(self, image: Image.Image, dpi: int) -> None:
        self._image = image
        self._draw = ImageDraw.Draw(image)
        self._scale = dpi / MM_PER_INCH

    def _px(self, mm: float) -> int:
        return round(mm * self._scale)

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        colour: Colour,
        *,
        corner: float = 0,
        line: float = 0,
    ) -> None:
        # Pillow paints the last pixel too; neighbours must meet, not overlap.
        edges = (
            self._px(left),
            self._px(top),
            self._px(left + width) - 1,
            self._px(top + height) - 1,
        )
        self._draw.rounded_rectangle(
            edges,
            radius=self._px(corner),
            fill=None if line else colour,
            outline=colour if line else None,
            width=max(1, self._px(line)),
        )

    def words(
        self,
        left: float,
        baseline: float,
        text: str,
        size: float,
        colour: Colour,
        *,
        bold: bool = False,
    ) -> None:
        self._draw.text(
            (left * self._scale, baseline * self._scale),
            text,
            fill=colour,
            font=pillow_font(size * self._scale),
            anchor="ls",
            stroke_width=size * self._scale * _BOLD_REACH if bold else 0,
        )

    def slanted(
        self, middle: float, centre: float, text: str, size: float, colour: Colour, degrees: float
    ) -> None:
        edge = self._px(text_width(text, size)) + self._px(size)
        ink = Image.new("L", (edge, edge))
        ImageDraw.Draw(ink).text(
            (edge / 2, edge / 2),
            text,
            fill=255,
            font=pillow_font(size * self._scale),
            anchor="mm",
            stroke_width=size * self._scale * _BOLD_REACH,
        )
        ink = ink.rotate(degrees, resample=Image.Resampling.BICUBIC)
        corner = (self._px(middle) - edge // 2, self._px(centre) - edge // 2)
        self._image.paste(colour, (*corner, corner[0] + edge, corner[1] + edge), ink)

    def modules(self, left: float, top: float, matrix: Modules, module: float) -> None:
        for row, start, end in _dark_runs(matrix):
            self.box(
                left + start * module,
                top + row * module,
                (end - start) * module,
                module,
                "#000000",
            )


def new_pdf(title: str) -> FPDF:
    """An empty PDF of A4 pages; the same drawing gives the same bytes on every day."""
    from fpdf import FPDF  # noqa: PLC0415 - a seventh of a server's start, for few who print

    pdf = FPDF(format="A4")
    pdf.set_title(title)
    pdf.set_lang("zh-CN")
    # Without a date of ours the library takes the clock's, and no two prints are the same bytes.
    pdf.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
    pdf.set_auto_page_break(False)
    return pdf


class PdfCanvas:
    """Draws onto the current page of a PDF: text stays text and squares stay squares."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        face = find_font_face()
        pdf.add_font(_FAMILY, fname=face.path, collection_font_number=face.index)

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        colour: Colour,
        *,
        corner: float = 0,
        line: float = 0,
    ) -> None:
        if line:
            self._pdf.set_draw_color(colour)
            self._pdf.set_line_width(line)
        else:
            self._pdf.set_fill_color(colour)
        self._pdf.rect(
            left + line / 2,
            top + line / 2,
            width - line,
            height - line,
            style="D" if line else "F",
            round_corners=corner > 0,
            corner_radius=corner,
        )

    def words(
        self,
        left: float,
        baseline: float,
        text: str,
        size: float,
        colour: Colour,
        *,
        bold: bool = False,
    ) -> None:
        pdf = self._pdf
        pdf.set_font(_FAMILY, size=size * _POINTS_PER_MM)
        pdf.set_text_color(colour)
        if not bold:
            pdf.text(left, baseline, text)
            return
        with pdf.local_context(text_mode="FILL_STROKE"):
            pdf.set_draw_color(colour)
            # FPDF.text() writes the line width as it stands, in points instead of the page's unit.
            pdf.set_line_width(2 * _BOLD_REACH * size * _POINTS_PER_MM)
            pdf.text(left, baseline, text)

    def slanted(
        self, middle: float, centre: float, text: str, size: float, colour: Colour, degrees: float
    ) -> None:
        with self._pdf.rotation(degrees, middle, centre):
            left = middle - text_width(text, size) / 2
            self.words(left, centre + size * CAPITAL_HEIGHT / 2, text, size, colour, bold=True)

    def modules(self, left: float, top: float, matrix: Modules, module: float) -> None:
        self._pdf.set_fill_color("#000000")
        # Rows reach a hair into each other, or a viewer shows white seams between them.
        reach = module * 0.02
        for row, start, end in _dark_runs(matrix):
            self._pdf.rect(
                left + start * module,
                top + row * module,
                (end - start) * module,
                module + reach,
                style="F",
            )


def _dark_runs(matrix: Modules) -> list[tuple[int, int, int]]:
    """Row, first column and column behind the last of every run of dark squares."""
    runs = []
    for row, squares in enumerate(matrix):
        start = 0
        for column, dark in enumerate([*squares, False]):
            if not dark:
                if column > start:
                    runs.append((row, start, column))
                start = column + 1
    return runs
