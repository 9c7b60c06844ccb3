"""Where an export goes: anything that takes bytes, so that no locale has a say in the file."""

from __future__ import annotations

from typing import Protocol


class Out(Protocol):
    """A file opened for bytes, a pipe, a buffer."""

    def write(self, data: bytes, /) -> object: ...
