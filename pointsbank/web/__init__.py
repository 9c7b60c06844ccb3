"""The doors over HTTP: pages for each audience and the API, over the rooms below."""

from pointsbank.web.app import create_app, create_app_for

__all__ = ["create_app", "create_app_for"]
