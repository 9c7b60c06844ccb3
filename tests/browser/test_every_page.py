"""Every page that a link leads to, found by following it: it fits, and axe-core finds nothing.

`make gallery` hangs a picture of each as it is passed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from pointsbank.earning import list_records
from pointsbank.foundation import Bank
from pointsbank.web.app import create_app_for
from tests.browser.conftest import DESK, PHONE, Demonstration, hang, watched
from tests.browser.measuring import ask_axe, sideways_px
from tests.browser.test_first_redemption import log_in
from tests.browser.test_me import Holder, buyer, give

__all__ = ["buyer", "give"]

LANGUAGES = ("zh-CN", "en")
# What nobody has to look at before something was done, and what no page is: pictures, questions of
# scripts. Each is looked at where its story is told.
AFTER_AN_ACT = {
    "office_backup.missing",
    "office_booklets.one",
    "office_cards.picture",
    "office_cards.printed",
    "office_cards.sheets",
    "office_certificates.one",
    "office_extras.one",
    "office_objections.objection",
    "office_registering.similar",
    "office_restored.page",
    "office_sanctions.one",
    "office_search.page",
    "office_service.complaint",
    "office_setup.now",
    "office_setup.state",
}
# And what the demonstration's rulebook has no room for: saved time.
OWN_AFTER_AN_ACT = {
    "me_activities.signed",
    "me_leading.code",
    "me_login.page",
    "me_time.page",
}
LEADER = "9999001000000001"
PUBLIC = ("public", "login", "certificates")


class Walker:
    """Follows every link of a page to endpoints that it has not seen."""

    def __init__(self, page: Page, address: str, routes: MapAdapter) -> None:
        self.page, self.address, self.routes = page, address, routes
        self.paths: dict[str, str] = {}
        self.wrong: list[str] = []

    def endpoint(self, href: str) -> str:
        """Whose page a link leads to, or "" where it leads out of the house."""
        parts = urlsplit(href)
        if parts.netloc not in {"", urlsplit(self.address).netloc}:
            return ""
        try:
            return str(self.routes.match(parts.path, "GET")[0])
        except HTTPException:
            return ""

    def missed(self, prefix: str) -> set[str]:
        """Endpoints that begin so, to which no link has led."""
        pages = {one.endpoint for one in self.routes.map.iter_rules() if "GET" in one.methods}
        return {one for one in pages if one.startswith(prefix)} - self.paths.keys()

    def walk(self, start: str, prefix: str | tuple[str, ...]) -> None:
        """Go everywhere from here, once to each endpoint that begins so."""
        # A page's own link to the other language is no other page.
        self.paths[self.endpoint(start)] = start
        waiting = deque([start])
        while waiting:
            path = waiting.popleft()
            for href in self.look(path):
                found = self.endpoint(href)
                if found.startswith(prefix) and found not in self.paths:
                    self.paths[found] = href
                    waiting.append(href)

    def look(self, path: str) -> list[str]:
        """One page in both languages; where its links lead."""
        page = self.page
        answer = page.request.get(f"{self.address}{path}", max_redirects=0)
        kind = answer.headers.get("content-type", "")
        if answer.status != 200:
            self.wrong.append(f"{path}: {answer.status}")
        if answer.status != 200 or not kind.startswith("text/html"):
            return []
        links: list[str] = []
        for language in LANGUAGES:
            sign = "&" if "?" in path else "?"
            page.goto(f"{self.address}{path}{sign}lang={language}")
            said = [*ask_axe(page)]
            if sideways := sideways_px(page):
                said.append(f"{sideways} px sideways")
            hang(page, f"{self.endpoint(path)}-{language[:2]}")
            self.wrong += [f"{path} ({language}): {one}" for one in said]
            links = page.locator("a[href]").evaluate_all(
                "(found) => found.map((one) => one.getAttribute('href'))"
            )
        return links


def routes_of(demonstration: Demonstration) -> MapAdapter:
    """The addresses of the house, without asking them."""

    def look(bank: Bank) -> MapAdapter:
        return create_app_for(bank, secure=False).url_map.bind("localhost")

    return demonstration.look(look)


@pytest.fixture(scope="module")
def routes(demonstration: Demonstration) -> MapAdapter:
    return routes_of(demonstration)


@pytest.mark.nightly
def test_every_page_of_the_office(
    browser: Browser, demonstration: Demonstration, routes: MapAdapter
) -> None:
    with browser.new_context(viewport=DESK) as context:
        page = watched(context)
        log_in(page, demonstration, "limin")
        walker = Walker(page, demonstration.address, routes)
        walker.walk("/office/", "office_")
        assert walker.wrong == []
        assert walker.missed("office_") == AFTER_AN_ACT


@pytest.mark.nightly
def test_every_page_of_a_merchant(
    browser: Browser, demonstration: Demonstration, routes: MapAdapter
) -> None:
    with browser.new_context(viewport=PHONE) as context:
        page = watched(context)
        log_in(page, demonstration, "chaoshi")
        walker = Walker(page, demonstration.address, routes)
        walker.walk("/merchant/", "merchant")
        assert walker.wrong == []
        assert walker.paths


@pytest.mark.nightly
def test_every_page_of_one_s_own(
    browser: Browser,
    demonstration: Demonstration,
    routes: MapAdapter,
    buyer: Holder,
    give: Callable[[str], Holder],
) -> None:
    holders = (buyer, give(LEADER), give(demonstration.look(on_the_wall)))
    seen: dict[str, str] = {}
    for holder in holders:
        with browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True) as context:
            page = watched(context)
            page.goto(f"{demonstration.address}/me/")
            holder(page)
            walker = Walker(page, demonstration.address, routes)
            walker.walk("/me/", "me_")
            assert walker.wrong == []
        seen |= walker.paths
    walker.paths = seen
    assert walker.missed("me_") == OWN_AFTER_AN_ACT


def on_the_wall(bank: Bank) -> str:
    """The number of somebody whose service hangs on the public notice."""
    return list_records(bank, status="published").items[0].volunteer_number


@pytest.mark.nightly
def test_every_page_that_anybody_may_see(
    browser: Browser, demonstration: Demonstration, routes: MapAdapter
) -> None:
    with browser.new_context(viewport=DESK) as context:
        walker = Walker(watched(context), demonstration.address, routes)
        for start in ("/", "/login", "/login/first", "/notice/", "/certificate/", "/station/"):
            walker.walk(start, PUBLIC)
        assert walker.wrong == []
