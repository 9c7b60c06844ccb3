"""The application for a developer's shell: `flask --app pointsbank.web.developing db history`.

Apart from the one that is served, because a server would load all of Alembic and never use it.
"""

from flask import Flask
from flask_migrate import Migrate

from pointsbank.foundation.schema import MIGRATIONS
from pointsbank.web.app import create_app as create_served
from pointsbank.web.app import registry

migrate = Migrate(directory=str(MIGRATIONS), render_as_batch=True)


def create_app() -> Flask:
    """The bank named by `POINTSBANK_HOME`, with the commands `flask db …` on it."""
    app = create_served()
    migrate.init_app(app, registry)
    return app
