"""The pages, one folder for each audience."""

from pointsbank.web.portals.app import init_app

__all__ = ["init_app"]
