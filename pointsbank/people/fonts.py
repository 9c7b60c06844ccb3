"""The one font family of everything that is printed (字体), and what it can and cannot draw.

A name whose character the font lacks would come out blank without any error, so whoever prints
asks `missing_glyphs` first.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

from pointsbank.foundation import Unavailable

FONT_VARIABLE = "POINTSBANK_FONT"
ELLIPSIS = "…"

_PACKAGE = "noto_cjk_sans_otc"
_SYSTEM_FONTS = Path("/usr/share/fonts")
_SYSTEM_PATTERNS = (
    "**/NotoSansCJK-Regular.ttc",
    "**/NotoSansCJKsc-Regular.otf",
    "**/NotoSansSC*.[ot]tf",
    "**/SourceHanSans*.[ot]t[cf]",
    "**/wqy-microhei.ttc",
)
_UNITS = 1000


class FontMissing(Unavailable):
    """No font with Chinese characters was found; nothing can be printed (找不到中文字体)."""

    code = "people.font_missing"


@dataclass(frozen=True)
class FontFace:
    """One face in a font file; a collection (.ttc) holds one for each country."""

    path: Path
    index: int


def find_font_face() -> FontFace:
    """The face to print with: the environment's, the installed package's, the system's.

    In a collection the simplified Chinese face is taken: the first one is Japanese, and draws
    some characters differently. Raises FontMissing.
    """
    return _find_font_face(os.environ.get(FONT_VARIABLE, ""))


def pillow_font(size: float) -> ImageFont.FreeTypeFont:
    """The font for Pillow at a size in pixels; kept, because reading it takes a while."""
    return _pillow_font(find_font_face(), size)


def missing_glyphs(text: str) -> str:
    """The characters that would print blank, each once, in their order; normally none."""
    drawn = _code_points(find_font_face())
    return "".join(dict.fromkeys(letter for letter in text if ord(letter) not in drawn))


def text_width(text: str, size: float) -> float:
    """How wide a line of text is, in the unit of its size; the same on paper and in pictures."""
    return pillow_font(_UNITS).getlength(text) * size / _UNITS


def fit_text(text: str, *, width: float, size: float, smallest: float) -> tuple[str, float]:
    """The text and the size at which it fits: smaller first, and an ellipsis only then."""
    taken = text_width(text, size)
    if taken <= width:
        return text, size
    if taken * smallest / size <= width:
        return text, size * width / taken
    kept = text
    while kept and text_width(kept + ELLIPSIS, smallest) > width:
        kept = kept[:-1].rstrip(" ·")
    return kept + ELLIPSIS, smallest


@lru_cache(maxsize=4)
def _find_font_face(chosen: str) -> FontFace:
    if chosen:
        return _face_in(Path(chosen))
    try:
        packaged = [Path(str(part)) for part in files(_PACKAGE).iterdir()]
    except ModuleNotFoundError:
        packaged = []
    for path in packaged:
        if path.suffix in {".ttc", ".otc"}:
            return _face_in(path)
    for pattern in _SYSTEM_PATTERNS:
        for path in sorted(_SYSTEM_FONTS.glob(pattern)):
            return _face_in(path)
    raise FontMissing()


def _face_in(path: Path) -> FontFace:
    if not path.is_file():
        raise FontMissing(path=str(path))
    if path.suffix.lower() not in {".ttc", ".otc"}:
        return FontFace(path, 0)
    from fontTools.ttLib import TTCollection  # noqa: PLC0415 - see `new_pdf`

    with TTCollection(str(path), lazy=True) as collection:
        names = [str(face["name"].getDebugName(4)) for face in collection.fonts]
    simplified = (i for i, name in enumerate(names) if name.endswith(" SC"))
    return FontFace(path, next(simplified, 0))


@lru_cache(maxsize=64)
def _pillow_font(face: FontFace, size: float) -> ImageFont.FreeTypeFont:
    # The basic layout is asked for by name: with libraqm installed the widths would differ from
    # the PDF's, and a card would look different on another machine.
    return ImageFont.truetype(
        str(face.path), size, index=face.index, layout_engine=ImageFont.Layout.BASIC
    )


@lru_cache(maxsize=2)
def _code_points(face: FontFace) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - see `new_pdf`

    with TTFont(str(face.path), fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap())
