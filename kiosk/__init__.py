"""The self-service kiosk (自助兑换机): one page that speaks only to `/api/v1`.

It is mounted by the application but knows nothing of it; like any other client it holds a
device's bearer token and is told everything by the API.
"""

from __future__ import annotations

import mimetypes

from flask import Blueprint, current_app, render_template

__all__ = ["blueprint"]

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
