"""The API, version 1: what the kiosk and any other client speaks, described by OpenAPI 3.1."""

from pointsbank.web.api.app import init_app

__all__ = ["init_app"]
