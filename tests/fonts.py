"""The letters that tests see: for the browser, and on what is printed.

A bare Chromium on Debian draws empty boxes for Chinese. Rather than ask for a font to be
installed, we show it the one that our cards and sheets are printed with.

A PDF takes a second of work, nearly all of it for sixty thousand characters of which it shows
thirty. Tests print with the same font cut down to the characters that stand in our source.
"""

from __future__ import annotations

import fcntl
import os
from functools import cache
from pathlib import Path

from noto_cjk_sans_otc import FONT_PATH

from pointsbank.people import fonts
from tests.migrated import FOLDER

ROOT = Path(__file__).resolve().parents[1]
WRITTEN = {".csv", ".html", ".js", ".json", ".md", ".po", ".py", ".txt"}
SIMPLIFIED = 2

_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""

_find = fonts._find_font_face


def environment_with_fonts(folder: Path) -> dict[str, str]:
    """Our environment, and in it the setting that makes a browser find the font.

    The folder must outlive the browser: its list of fonts is kept there.
    """
    config = folder / "fonts.conf"
    whole = Path(str(FONT_PATH)).parent
    config.write_text(_CONFIG.format(fonts=whole, cache=folder / "cache"), encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(config)}


def print_with_few() -> None:
    """From here on, this process and its forks print with the few characters.

    Only where nobody has chosen a font, and a run has named the folder for it.
    """
    fonts._find_font_face = _few_or_chosen


def print_with_all() -> fonts.FontFace:
    """The font that is found where nobody has chosen one."""
    return _find("")


def _few_or_chosen(chosen: str) -> fonts.FontFace:
    folder = os.environ.get(FOLDER)
    return _find(chosen) if chosen or not folder else fonts.FontFace(_cut(Path(folder)), 0)


@cache
def _cut(folder: Path) -> Path:
    """The cut font; whoever of the run's processes comes first makes it for all of them."""
    made = folder / "few.otf"
    with (folder / "few.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            draft = made.with_suffix(".draft")
            _cut_into(draft)
            draft.replace(made)
    return made


def _cut_into(draft: Path) -> None:
    from fontTools import subset  # noqa: PLC0415 - most processes find it made

    letters = {chr(number) for number in range(0x20, 0x180)}
    for top in ("pointsbank", "kiosk", "tests"):
        for path in (ROOT / top).rglob("*"):
            if path.suffix in WRITTEN:
                letters.update(path.read_text(encoding="utf-8", errors="ignore"))
    how = subset.Options(
        font_number=SIMPLIFIED, layout_features=[], name_IDs=["*"], notdef_outline=True
    )
    font = subset.load_font(str(FONT_PATH), how, dontLoadGlyphNames=True)
    cutter = subset.Subsetter(how)
    cutter.populate(text="".join(letters))
    cutter.subset(font)
    subset.save_font(font, str(draft), how)
