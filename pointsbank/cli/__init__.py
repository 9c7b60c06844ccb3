"""The commands: init, demo, serve, import, cards, staff, check, export, bench."""

from pointsbank.cli.app import main

__all__ = ["main"]
