"""Writing JSON (写 JSON) many times a second: the standard library's encoder, made once.

`json.JSONEncoder.encode` builds its C encoder anew for each value, which takes longer than writing
a short one. Here it is built once for each way of writing; what comes out is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder
from typing import Any

# Not a documented name: where it is missing, the documented way serves.
_MAKE: Any = getattr(encoder, "c_make_encoder", None)


def json_writer(*, sort_keys: bool = False, ascii_only: bool = True) -> Callable[[Any], str]:
    """A function that writes plain values tightly: no blanks, no NaN, no infinity.

    Raises ValueError for a number that JSON has not, TypeError for what is no plain value.

    >>> json_writer(sort_keys=True)({"b": [1, None], "a": "积分"})
    '{"a":"\\\\u79ef\\\\u5206","b":[1,null]}'
    """
    made = json.JSONEncoder(
        sort_keys=sort_keys, ensure_ascii=ascii_only, separators=(",", ":"), allow_nan=False
    )
    if _MAKE is None:
        return made.encode
    quoted = encoder.encode_basestring_ascii if ascii_only else encoder.encode_basestring
    parts = _MAKE(None, made.default, quoted, None, ":", ",", sort_keys, False, False)
    return lambda value: "".join(parts(value, 0))
