"""A founded bank with a shop, and a desk in it."""

from __future__ import annotations

import pytest

from tests.counter import Counter
from tests.imports.desk import Desk


@pytest.fixture
def desk(counter: Counter) -> Desk:
    """A worker at the desk."""
    return Desk(counter.make, counter.make.staff("worker").caller)
