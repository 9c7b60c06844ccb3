"""The commands: init, demo, serve, import, cards, check, export, bench."""

from pointsbank.cli.app import main

__all__ = ["main"]
