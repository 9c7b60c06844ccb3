"""Chinese letters for the browser of the tests, the same ones on every machine.

A bare Chromium on Debian draws empty boxes for Chinese. Rather than ask for a font to be
installed, we show it the one that our cards and sheets are printed with.
"""

from __future__ import annotations

import os
from pathlib import Path

from noto_cjk_sans_otc import FONT_PATH

_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def environment_with_fonts(folder: Path) -> dict[str, str]:
    """Our environment, and in it the setting that makes a browser find the font.

    The folder must outlive the browser: its list of fonts is kept there.
    """
    config = folder / "fonts.conf"
    fonts = Path(str(FONT_PATH)).parent
    config.write_text(_CONFIG.format(fonts=fonts, cache=folder / "cache"), encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(config)}
