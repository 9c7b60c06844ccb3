"""The commands, one file for each subject; `app.py` lists them."""

from pointsbank.cli.app import main

__all__ = ["main"]
