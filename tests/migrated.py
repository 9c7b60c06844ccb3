"""New books on SQLite as tests make them: migrated once for a whole run, and copied from then on.

Every migration since the first takes more than a second of work, and some seventy tests make books
of their own: by `init`, for a backup of PostgreSQL's, for a measurement. What a bank has already,
and everything on PostgreSQL, is migrated each time; so are commands that start from nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

FOLDER = "POINTSBANK_TESTS_MIGRATED"

_upgrade = command.upgrade


def remember() -> None:
    """From here on, this process and its forks copy what has been migrated before.

    Only where a run has named the folder for it.
    """
    command.upgrade = _upgrade_or_copy


def _upgrade_or_copy(config: Config, revision: str, **more: Any) -> None:
    url = config.attributes.get("url")
    books, folder = _new_books(url), os.environ.get(FOLDER)
    if books is None or folder is None:
        _upgrade(config, revision, **more)
        return
    made = Path(folder, f"{revision}.sqlite")
    if not made.exists():
        # Two processes may do it at once; the second one's is as good.
        with tempfile.TemporaryDirectory(dir=folder) as apart:
            draft = Path(apart, made.name)
            config.attributes["url"] = f"sqlite:///{draft}"
            try:
                _upgrade(config, revision, **more)
            finally:
                # Whoever goes on from an older revision does so with the same configuration.
                config.attributes["url"] = url
            draft.replace(made)
    # Whose file it is and who may read it stays as it is.
    shutil.copyfile(made, books)


def _new_books(url: str | None) -> Path | None:
    """The file of books that are not there yet; None where there are some, or no file."""
    found = make_url(url) if url else None
    if found is None or found.get_backend_name() != "sqlite" or not found.database:
        return None
    path = Path(found.database)
    there = path.exists() and path.stat().st_size > 0
    return None if there else path
