"""A real bank on one machine, driven by the commands that a guide names, and thrown away again."""

from __future__ import annotations

import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pointsbank.foundation import Bank, open_bank
from tests import commands
from tests.browser.conftest import free_port, wait_until_serving

Answer = TypeVar("Answer")


class RealBank:
    """One mini-computer: the bank's folder, one that plays the stick, and what was printed."""

    def __init__(self, desk: Path) -> None:
        self.home, self.stick = desk / "bank", desk / "stick"
        self.stick.mkdir()
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.printed = ""
        self._server: commands.Running | None = None

    def run(self, *words: str, typed: str = "") -> str:
        """A command as a person types it, and what it prints."""
        done = commands.run("--home", str(self.home), *words, typed=typed)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def found(self, login: str, name: str) -> str:
        """`pointsbank init`: the one-time code. The envelope is kept, as if it lay in the safe."""
        self.printed = self.run("init", typed=f"{login}\n{name}\n")
        code = re.search(r"One-time code: (\S+ \S+ \S+)", self.printed)
        assert code is not None, self.printed
        return code[1]

    def passphrase(self) -> str:
        """The eight groups under 备份口令, as somebody reads them from the envelope."""
        lines = self.printed.splitlines()
        start = next(at for at, line in enumerate(lines) if line.startswith("备份口令"))
        digits = [line for line in lines[start + 1 :] if line.replace(" ", "").isdigit()]
        return " ".join(" ".join(digits[:2]).split())

    def serve(self) -> None:
        """`pointsbank serve`, until `stop`."""
        self._server = commands.start("--home", str(self.home), "serve", "--port", str(self.port))
        wait_until_serving(self.address, self._server)

    def stop(self) -> None:
        """Switch it off, when it runs."""
        server, self._server = self._server, None
        if server is not None and server.poll() is None:
            server.send(signal.SIGTERM)
            server.wait(timeout=20)

    def lose_the_disk(self) -> None:
        """The server is killed in the middle of its work, and everything in its folder is gone."""
        server, self._server = self._server, None
        assert server is not None
        server.send(signal.SIGKILL)
        server.wait(timeout=20)
        shutil.rmtree(self.home)

    def look(self, ask: Callable[[Bank], Answer]) -> Answer:
        """Ask the bank itself, beside the server."""
        bank = open_bank(self.home, exclusive=False)
        try:
            return ask(bank)
        finally:
            bank.close()


class Stopwatch:
    """How long each part took, for whoever reads the run."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time one part and say how long it took."""
        began = time.monotonic()
        yield
        self.parts[name] = round(time.monotonic() - began, 1)
        sys.stdout.write(f"\n{name}: {self.parts[name]} s")

    def say_sum(self, name: str) -> None:
        """Say how long all parts so far took."""
        sys.stdout.write(f"\n{name}: {sum(self.parts.values()):.0f} s\n")
