"""Measures a page as eyes and fingers meet it, and asks axe-core about the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
A_AND_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The yellow of the next step, and the paler one while the bank is being asked.
SUN = ["rgb(248, 198, 74)", "rgb(251, 227, 165)"]
KIOSK_TEXT_PX, KIOSK_TARGET_PX = 24, 64

Place = list[int] | None


@dataclass(frozen=True)
class Measured:
    """What was found wrong with one page, and where its fixed points are."""

    small: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    overflow: list[str] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    yellow: list[str] = field(default_factory=list)
    exit: Place = None
    machine: Place = None
    help: Place = None


def measure(page: Page) -> Measured:
    """Texts too small, targets too small, boxes left or cut, words broken, yellow things."""
    wanted = {"textFrom": KIOSK_TEXT_PX, "targetFrom": KIOSK_TARGET_PX, "sun": SUN}
    return Measured(**page.evaluate(MEASURE, wanted))


def sideways_px(page: Page) -> int:
    """How far the page can be scrolled sideways; 0 is right."""
    found: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found


def ask_axe(page: Page, *, enhanced_contrast: bool = False) -> list[str]:
    """The violations that axe-core sees, one line each. `enhanced_contrast` asks for 7:1."""
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate(f"() => {{ {AXE} }}")
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": A_AND_AA},
        "resultTypes": ["violations"],
        # Who has 7:1 has 4.5:1, and to measure contrast is most of what axe does.
        "rules": {
            "color-contrast": {"enabled": not enhanced_contrast},
            "color-contrast-enhanced": {"enabled": enhanced_contrast},
        },
    }
    # What it finds right is ten times as much, and would only travel here to be thrown away.
    run = "async (options) => (await globalThis.axe.run(document, options)).violations"
    found = page.evaluate(run, options)
    return [
        f"{violation['id']}: {node['target']} {node['html'][:120]} {node['failureSummary'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]
