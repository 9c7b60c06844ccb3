"""The commands, one file for each subject; `app.py` lists them."""

import gc

# While the program comes in nothing of it becomes garbage. Looking for some, again and again while
# it grows, took a third of every start; and whoever is forked from us shares what nobody touches.
gc.disable()
from pointsbank.cli.app import main  # noqa: E402 - only now

gc.freeze()
gc.enable()

__all__ = ["main"]
