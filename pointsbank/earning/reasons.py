"""Why somebody takes back, rejects or answers: a sentence that must not be empty."""

from __future__ import annotations

from pointsbank.earning.errors import ReasonMissing
from pointsbank.foundation.cells import required_text

REASON_MOST = 200


def required_reason(text: str) -> str:
    """A reason as it is kept, of at most 200 characters. Raises ReasonMissing."""
    return required_text(text, REASON_MOST, ReasonMissing)
