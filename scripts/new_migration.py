"""Write the next numbered migration from what the tables say and a fresh database lacks.

Usage: python scripts/new_migration.py "what it is about"
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from pointsbank.foundation.schema import MIGRATIONS, upgrade_schema


def main(about: str) -> None:
    number = f"{len(list((MIGRATIONS / 'versions').glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'fresh.sqlite'}"
        upgrade_schema(url)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        config.attributes["url"] = url
        command.revision(config, message=about, rev_id=number, autogenerate=True)


if __name__ == "__main__":
    main(sys.argv[1])
