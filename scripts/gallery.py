"""Write `docs/screenshots/README.md` from the pictures that `make gallery` has taken.

The Chinese pictures hang on the wall; each that has an English twin leads to it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

SCREENSHOTS = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
# The beginning of a picture's name, and whose page it is then.
HALLS = (
    ("kiosk-", "自助机 Kiosk · 1080 × 1920", 4),
    ("me-", "自己的页面 One's own page · 390 × 844", 4),
    ("merchant-", "商户 Merchant · 390 × 844", 4),
    ("public-", "公开的页面 Public pages · 1366 × 768", 2),
    ("login-", "登录 Signing in · 1366 × 768", 2),
    ("station-", "签到台 Station · 1366 × 768", 2),
    ("certificates-", "查证明 Checking a certificate · 1366 × 768", 2),
    ("office-", "办公室 Office · 1366 × 768", 2),
)
HEAD = """# 每一页的样子 · Every page

Taken by `make gallery` from the demonstration, by following every link; each page is as wide as
its glass, and as long as it is. “English” beside a name leads to the same page in
English. The guides' pictures are in [`guide/`](guide), taken by the story that follows the guides.

由 `make gallery` 从演示里照着每一个链接拍下来的；页面多长，图就多长。
"""


def main() -> None:
    pages = SCREENSHOTS / "pages"
    names = sorted(path.name for path in pages.glob("*.webp") if not _is_english(path.name))
    left = [name for name in names if not name.startswith(tuple(hall for hall, _, _ in HALLS))]
    if left:
        sys.exit(f"In no hall of the gallery: {left}")
    lines = [line for hall in HALLS for line in hang(names, *hall)]
    (SCREENSHOTS / "README.md").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def hang(names: list[str], beginning: str, title: str, columns: int) -> Iterator[str]:
    """One hall: a table of its pictures, so many beside each other."""
    shown = [name for name in names if name.startswith(beginning)]
    yield f"\n## {title}\n"
    yield f"|{' |' * columns}\n|{' --- |' * columns}"
    for first in range(0, len(shown), columns):
        row = shown[first : first + columns]
        yield "|" + "".join(f" {_picture(name)} |" for name in row) + " |" * (columns - len(row))


def _is_english(name: str) -> bool:
    return name.endswith("-en.webp")


def _picture(name: str) -> str:
    words = name.removesuffix(".webp").removesuffix("-zh")
    twin = f"{words}-en.webp"
    english = f" · [English](pages/{twin})" if (SCREENSHOTS / "pages" / twin).exists() else ""
    return f"`{words}`{english}<br>![{words}](pages/{name})"


if __name__ == "__main__":
    main()
