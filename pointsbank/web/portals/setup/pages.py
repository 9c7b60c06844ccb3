"""All pages of the set-up: each file hangs its own on the one blueprint when it is imported."""

from pointsbank.web.portals.setup import equipment, names, overview, rate, rehearsal
from pointsbank.web.portals.setup.frame import blueprint

__all__ = ["blueprint", "equipment", "names", "overview", "rate", "rehearsal"]
