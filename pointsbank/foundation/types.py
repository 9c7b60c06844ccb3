"""The three kinds of column that exist: whole numbers, text and bytes.

SQLite tables are STRICT and PostgreSQL stores the very same forms, so a value is the same on both
and no type processor stands between the driver and a booking. Instants and days are ISO text.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects import sqlite

Int = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
Text = SqlText()
Bytes = LargeBinary()
