"""Activities in a community of a few people; on SQLite, unless a test is about locks."""

from __future__ import annotations

import pytest

from tests.activities.community import Community
from tests.counter import Counter


@pytest.fixture
def bank_url(request: pytest.FixtureRequest) -> str:
    """One database is enough for what is decided in Python; what is marked `ON_BOTH` asks both."""
    url: str = request.getfixturevalue(getattr(request, "param", "sqlite_url"))
    return url


@pytest.fixture
def community(counter: Counter) -> Community:
    """A founded bank with a kiosk, a worker and a rule of earning."""
    counter.make.rule()
    return Community(counter)
