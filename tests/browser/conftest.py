"""A served demonstration and a real Chromium, for stories as people live them."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from pointsbank.demonstration import TrayCard, list_tray
from pointsbank.foundation import Bank, open_bank
from tests.fonts import environment_with_fonts

Answer = TypeVar("Answer")

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
UPRIGHT = {"width": 1080, "height": 1920}
DESK = {"width": 1366, "height": 768}
ROOT = Path(__file__).resolve().parents[2]
# `make screenshots` names the folder; without it the pictures of a run are thrown away.
PICTURES = os.environ.get("SCREENSHOTS")


@dataclass(frozen=True)
class Demonstration:
    """A demonstration that is being served."""

    address: str
    home: Path

    def card(self, kind: str) -> str:
        """The code of a card on the tray."""
        return next(card.code for card in self.cards() if card.kind == kind)

    def cards(self) -> list[TrayCard]:
        """All cards on the tray."""
        return self.look(list_tray).cards

    def look(self, ask: Callable[[Bank], Answer]) -> Answer:
        """Ask the bank itself, beside the server."""
        bank = open_bank(self.home, exclusive=False)
        try:
            return ask(bank)
        finally:
            bank.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that was made and never served: a year takes its time."""
    home = tmp_path_factory.mktemp("made")
    command = [sys.executable, "-m", "pointsbank", "demo", "--folder", str(home), "--make-only"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=180)
    return home


@pytest.fixture(scope="module")
def demonstration(
    tmp_path_factory: pytest.TempPathFactory, made_once: Path
) -> Iterator[Demonstration]:
    """`pointsbank demo` on a copy, in a folder and on a port of its own."""
    home, port = tmp_path_factory.mktemp("demo"), free_port()
    shutil.copytree(made_once, home, dirs_exist_ok=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "pointsbank", "demo", "--folder", str(home), "--port", str(port)],
        cwd=ROOT,
        start_new_session=True,
    )
    address = f"http://localhost:{port}"
    try:
        _wait_until_serving(address, server)
        yield Demonstration(address, home)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def _wait_until_serving(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AssertionError(f"the server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/api/openapi.json", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within a minute")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The program that steers the browser."""
    if not Path(CHROMIUM).exists():
        raise AssertionError("Chromium is missing: apt-get install -y chromium")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A real Chromium that knows Chinese letters."""
    with launched(playwright, tmp_path_factory.mktemp("fonts")) as started:
        yield started


def launched(playwright: Playwright, fonts: Path, *flags: str) -> Browser:
    """A browser with flags of its own; close it when done."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*FLAGS, *flags], env=environment_with_fonts(fonts)
    )


@pytest.fixture
def kiosk_page(browser: Browser) -> Iterator[Page]:
    """An upright touch screen that has never been here before."""
    with browser.new_context(viewport=UPRIGHT, has_touch=True) as context:
        yield watched(context)


@pytest.fixture
def desk_page(browser: Browser) -> Iterator[Page]:
    """A worker's screen."""
    with browser.new_context(viewport=DESK) as context:
        yield watched(context)


def watched(context: BrowserContext) -> Page:
    """A page on which a script's error or a refused piece of content fails the test."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    page.on(
        "console",
        lambda said: (
            pytest.fail(f"the page refused its own content: {said.text}")
            if "Content Security Policy" in said.text
            else None
        ),
    )
    return page


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[Page, str], None]:
    """Take a picture of a page, into the documentation when that is asked for."""
    folder = ROOT / PICTURES if PICTURES else tmp_path
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        shot = page.screenshot(scale="css", animations="disabled")
        # 128 colours are enough for flat areas and letters, and a third of the size.
        few = Image.open(io.BytesIO(shot)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
        few.save(folder / f"{name}.png", optimize=True)

    return take
