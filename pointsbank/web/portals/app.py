"""All pages under one roof, and what every template may use."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, request

from pointsbank.demonstration import SecondPerson, find_second_person
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals import filters
from pointsbank.web.portals.addresses import RowNumber
from pointsbank.web.portals.login import blueprint as login
from pointsbank.web.portals.merchant.pages import blueprint as merchant
from pointsbank.web.portals.office import BLUEPRINTS as OFFICE
from pointsbank.web.portals.public.certificates import blueprint as certificates
from pointsbank.web.portals.public.demo import blueprint as demonstration
from pointsbank.web.portals.public.notice import blueprint as public_notice
from pointsbank.web.portals.public.pages import blueprint as public
from pointsbank.web.portals.setup.pages import blueprint as setup
from pointsbank.web.portals.volunteer import BLUEPRINTS as VOLUNTEER

BLUEPRINTS: tuple[Blueprint, ...] = (
    login,
    public,
    certificates,
    public_notice,
    *OFFICE,
    setup,
    merchant,
    *VOLUNTEER,
)


def init_app(app: Flask) -> None:
    filters.init_app(app)
    app.url_map.converters["int"] = RowNumber
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if app.config["DEMONSTRATION"]:
        app.register_blueprint(demonstration)
    app.context_processor(_everywhere)
    # A global, for what is asked for inside an imported part.
    app.jinja_env.globals["sample_badge"] = _sample_badge


def _everywhere() -> dict[str, object]:
    return {
        "visitor": current_visitor(),
        "demonstration": current_app.config["DEMONSTRATION"],
        "large": request.args.get("large") == "1",
    }


def _sample_badge() -> SecondPerson | None:
    """The badge on the tray of a demonstration, for everybody but whose it is."""
    second = find_second_person(current_bank()) if current_app.config["DEMONSTRATION"] else None
    return second if second and second.login != current_visitor().login else None
