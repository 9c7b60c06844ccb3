"""The kiosk (自助兑换机) and the station (签到台), which speak only to `/api/v1`.

Both are mounted by the application but know nothing of it; like any other client each holds a
device's bearer token and is told everything by the API.
"""

from __future__ import annotations

import mimetypes

from flask import Blueprint, current_app, render_template

__all__ = ["blueprint", "station"]

# Some systems know neither type, and a browser refuses to run modules or to stream wasm without.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/wasm", ".wasm")

blueprint = Blueprint(
    "kiosk",
    __name__,
    url_prefix="/kiosk",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)


@blueprint.get("/")
def page() -> str:
    """Show the kiosk's one page; everything after that happens in the browser."""
    demonstration = bool(current_app.config.get("DEMONSTRATION", False))
    return render_template("kiosk.html", demonstration=demonstration)


# The station's scripts stand among the kiosk's, of which it is made.
station = Blueprint("station", __name__, url_prefix="/station", template_folder="templates")


@station.get("/", endpoint="page")
def station_page() -> str:
    """Show the station's one page."""
    demonstration = bool(current_app.config.get("DEMONSTRATION", False))
    return render_template("station.html", demonstration=demonstration)
