"""What the demonstration remembers of itself, beside the bank's own settings."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, update

from pointsbank.foundation import Session, Setting, find_setting, statement

DAYS_AHEAD = "demonstration_days_ahead"
TRAY = "demonstration_tray"
CHEATED = "demonstration_cheated"
# Whose own page the front page opens: the number and the PIN.
OWN_PAGE = "demonstration_own_page"

# Whose badge lies on the tray, and the PIN that goes with it.
SECOND = "demonstration_second"

_INSERT = statement(insert(Setting))
_UPDATE = statement(
    update(Setting).where(Setting.name == bindparam("of")).values(value=bindparam("to"))
)


def keep_setting(session: Session, name: str, value: str) -> None:
    """Write a setting, new or not."""
    if find_setting(session, name) is None:
        session.run(_INSERT, name=name, value=value)
    else:
        session.run(_UPDATE, of=name, to=value)
