"""Five whole rulebooks as examples (示例), one for each way of counting, to begin from.

They are no place's own: their figures are there to be changed.
"""

from __future__ import annotations

from importlib.resources import files

from pointsbank.earning.rules import Rulebook, read_rulebook, read_text

# In the order in which they are offered.
EXAMPLES = ("per_hour", "per_half_hour", "per_act", "sessions_and_hours", "coefficients")


def read_example(code: str) -> Rulebook:
    """One of the examples by its code."""
    if code not in EXAMPLES:
        raise KeyError(code)
    return read_rulebook(read_text((files(__name__) / f"{code}.json").read_bytes()))


def list_examples() -> dict[str, Rulebook]:
    """All examples by their codes."""
    return {code: read_example(code) for code in EXAMPLES}
