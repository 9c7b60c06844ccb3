"""The metadata that every room's tables register in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Root of all tables. Tables of different rooms point at each other by foreign-key name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def strict_table(*parts: Any) -> tuple[Any, ...]:
    """`__table_args__` of a table: its constraints, and STRICT on SQLite."""
    return (*parts, {"sqlite_strict": True})
