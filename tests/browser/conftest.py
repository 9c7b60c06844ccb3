"""A served demonstration and a real Chromium, for stories as people live them."""

from __future__ import annotations

import fcntl
import io
import json
import os
import re
import shutil
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from kiosk import blueprint
from pointsbank.demonstration import TrayCard, list_tray
from pointsbank.foundation import Bank, open_bank
from tests import commands
from tests.fonts import environment_with_fonts

Answer = TypeVar("Answer")

CHROMIUM = "/usr/bin/chromium"
# The same Chromium without a window to draw takes a third less work.
WINDOWLESS = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Our pages speak with one origin, and nobody listens: less for the processes beside them to do.
ONE_ORIGIN = [
    "--renderer-process-limit=1",
    "--disable-features=IsolateOrigins,site-per-process,AudioServiceOutOfProcess",
    "--mute-audio",
]
UPRIGHT = {"width": 1080, "height": 1920}
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
ROOT = Path(__file__).resolve().parents[2]
# `make screenshots` names the folder; without it no pictures are taken.
PICTURES = os.environ.get("SCREENSHOTS")
# `make gallery` names another: there hangs every page, as long as it is, by its endpoint.
GALLERY = os.environ.get("GALLERY")
# A list of a year is cut here; what it looks like has been seen.
LONGEST_PX = 2400


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


def mostly_nightly(cases: Iterable[Any], tight: Collection[Any]) -> list[Any]:
    """All cases for parametrize; those that are not tight wait for the nightly run."""
    return [
        case if case in tight else pytest.param(case, marks=pytest.mark.nightly) for case in cases
    ]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that was made and never served: a year takes its time.

    Whoever of the run's processes comes first makes it for all of them.
    """
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    home = common / "made"
    with (common / "made.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "ready").exists():
            made = commands.run("demo", "--folder", str(home), "--make-only", timeout=600)
            assert made.returncode == 0, made.stderr
    return home


@pytest.fixture(scope="module")
def demonstration(
    tmp_path_factory: pytest.TempPathFactory, made_once: Path
) -> Iterator[Demonstration]:
    """`pointsbank demo` on a copy, in a folder and on a port of its own."""
    home = tmp_path_factory.mktemp("demo")
    shutil.copytree(made_once, home, dirs_exist_ok=True)
    with served(home, "demo", "--folder", str(home)) as address:
        yield Demonstration(address, home)


@contextmanager
def served(home: Path, *words: str, port: int = 0) -> Iterator[str]:
    """What serves a bank (`demo`, `serve`), and its address, as long as the block lasts."""
    port = port or free_port()
    server = commands.start("--home", str(home), *words, "--port", str(port))
    address = f"http://localhost:{port}"
    try:
        wait_until_serving(address, server)
        yield address
    finally:
        server.send(signal.SIGTERM)
        server.wait(20)


def wait_until_serving(address: str, server: commands.Running) -> None:
    """Return when somebody answers there and the books can be written.

    A code that pairs nothing is asked for: what becomes of it is said by the writer.
    """
    asked = urllib.request.Request(
        f"{address}/api/v1/devices/pair",
        data=b'{"code": "00000000"}',
        headers={"Content-Type": "application/json"},
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AssertionError(f"the server ended with {server.returncode}")
        try:
            urllib.request.urlopen(asked, timeout=10)
        except urllib.error.HTTPError as refused:
            if json.load(refused)["code"] != "foundation.too_busy":
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within two minutes")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The program that steers the browser."""
    if not Path(CHROMIUM).exists():
        raise AssertionError("Chromium is missing: apt-get install -y chromium")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium that knows Chinese letters, without a window where the system has one."""
    program = WINDOWLESS if Path(WINDOWLESS).exists() else CHROMIUM
    with launched(
        playwright, tmp_path_factory.mktemp("fonts"), *ONE_ORIGIN, program=program
    ) as started:
        yield started


def launched(playwright: Playwright, fonts: Path, *flags: str, program: str = CHROMIUM) -> Browser:
    """The browser of a shop's computer, with flags of its own; close it when done."""
    return playwright.chromium.launch(
        executable_path=program, args=[*FLAGS, *flags], env=environment_with_fonts(fonts)
    )


class Screen:
    """One window that a whole run looks through: to open another costs seconds of work.

    Whoever looks next finds nothing of what was there before. Where a test changes what nobody can
    take back (its clock, a script at every start), it takes a window of its own.
    """

    def __init__(self, browser: Browser, **how: Any) -> None:
        self.context = browser.new_context(**how)
        self.page = watched(self.context)
        self._size = how["viewport"]
        self._been: set[str] = set()
        self._session = self.context.new_cdp_session(self.page)
        self.page.on("framenavigated", lambda frame: self._been.add(origin_of(frame.url)))

    def wiped(self) -> Page:
        """The page, as if nobody had ever looked at anything."""
        self.page.unroute_all()
        self.page.goto("about:blank")
        self.page.emulate_media(media="screen")
        self.page.set_viewport_size(self._size)
        self.context.set_offline(False)
        self.context.clear_cookies()
        for origin in self._been:
            told = {"origin": origin, "storageTypes": "all"}
            self._session.send("Storage.clearDataForOrigin", told)
        self._been.clear()
        return self.page


@pytest.fixture(scope="module")
def kiosk_files() -> Iterator[str]:
    """A server that has the kiosk's files, an empty page at `/bare` and nothing of the bank."""
    app = Flask(__name__)
    app.register_blueprint(blueprint)
    app.add_url_rule("/bare", "bare", lambda: "<!doctype html><title>bare</title>")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def origin_of(address: str) -> str:
    """Whose storage a page uses."""
    return "/".join(address.split("/")[:3])


@pytest.fixture(scope="session")
def shop_screen(browser: Browser) -> Screen:
    """The glass of a kiosk."""
    return Screen(browser, viewport=UPRIGHT, has_touch=True)


@pytest.fixture(scope="session")
def desk_screen(browser: Browser) -> Screen:
    """The glass on a desk."""
    return Screen(browser, viewport=DESK)


@pytest.fixture(scope="session")
def phone_screen(browser: Browser) -> Screen:
    """The glass in a hand."""
    return Screen(browser, viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def kiosk_page(shop_screen: Screen) -> Page:
    """An upright touch screen that has never been here before."""
    return shop_screen.wiped()


@pytest.fixture
def desk_page(desk_screen: Screen) -> Page:
    """A worker's screen."""
    return desk_screen.wiped()


def shown_pictures() -> set[str]:
    """The pictures that our pages of documentation show, by name."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    found = (re.findall(r"screenshots/([\w/-]+)\.png", page.read_text()) for page in pages)
    return {name for names in found for name in names}


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


def hang(page: Page, name: str) -> None:
    """Put a picture of the whole page into the gallery, when that is asked for."""
    if not GALLERY:
        return
    folder = ROOT / GALLERY
    folder.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size
    assert size is not None
    high = page.evaluate("() => document.documentElement.scrollHeight")
    # What is fixed to the glass's lower edge would else stand in the middle of a long page.
    page.set_viewport_size({**size, "height": min(max(high, size["height"]), LONGEST_PX)})
    shot = page.screenshot(scale="css", animations="disabled")
    page.set_viewport_size(size)
    seen = Image.open(io.BytesIO(shot)).convert("RGB")
    if seen.width < seen.height == UPRIGHT["height"]:
        seen = seen.resize((seen.width // 2, seen.height // 2))
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    seen.save(folder / f"{words}.webp", quality=55, method=6)


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Take a picture of a page, into the documentation when that is asked for and shows it."""
    folder = ROOT / (PICTURES or "")
    folder.mkdir(parents=True, exist_ok=True)
    shown = shown_pictures() if PICTURES else set()

    def take(page: Page, name: str) -> None:
        if name not in shown:
            return
        shot = page.screenshot(scale="css", animations="disabled")
        # 128 colours are enough for flat areas and letters, and a third of the size.
        few = Image.open(io.BytesIO(shot)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
        few.save(folder / f"{name}.png", optimize=True)

    return take
