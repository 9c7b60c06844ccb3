"""The encoder that is made once writes what the documented one writes, value for value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsbank.foundation import json_text, json_writer

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    # Halves of characters too: JSON can say them, and a strict reader refuses them elsewhere.
    | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)  # fmt: skip


@given(plain, st.booleans(), st.booleans())
def test_it_writes_what_the_documented_way_writes(
    value: object, sort_keys: bool, ascii_only: bool
) -> None:
    written = json_writer(sort_keys=sort_keys, ascii_only=ascii_only)(value)
    assert written == json.dumps(
        value, sort_keys=sort_keys, ensure_ascii=ascii_only, separators=(",", ":")
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1, float("-inf")]])
def test_what_json_has_not_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        json_writer()(value)


def test_without_the_undocumented_name_the_documented_way_serves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_text, "_MAKE", None)
    assert json_writer(sort_keys=True)({"b": 1, "a": "积"}) == '{"a":"\\u79ef","b":1}'
