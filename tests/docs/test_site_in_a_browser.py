"""The documentation site as Chromium shows it: one search finds what is looked for, offline."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.support.browser import chromium
from tests.support.examples import PROJECT
from tests.tools.error_table import CODES
from tests.tools.site_pages import RULE

SMALL = ("", "quick-start-fixture/")  # which axe-core gets through in a second
FIRST = 3  # of the results, which are seen without scrolling
RULES = [rule for rule, _, _ in RULE.findall((PROJECT / "docs/behaviour.md").read_text("utf-8"))]

pytestmark = pytest.mark.in_process("looks at pages alone")


class Silent(SimpleHTTPRequestHandler):
    """A server of files that says nothing of it."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def address(site: Any) -> Iterator[str]:
    """Where the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, where the machine and the environment have what it takes."""
    with chromium() as running:
        yield running


# Whether a place is among the first results for a text; they are in a shadow of the page.
IS_FOUND = """([text, place, first]) => {
    const links = [...document.querySelectorAll("*")]
        .filter(element => element.shadowRoot)
        .flatMap(element => [...element.shadowRoot.querySelectorAll("a")]);
    const shown = links.map(link => link.href).filter(link => link.includes(`?h=${text}`));
    return shown.slice(0, first).some(link => link.replace(`?h=${text}`, "").includes(place));
}"""


@pytest.fixture(scope="module")
def search(browser: Any, address: str) -> Iterator[Callable[[str, str], bool]]:
    """Types a text into the search, and says whether a place is among the first results."""
    page = browser.new_page()
    page.goto(address, wait_until="load")
    # Once the page's script has made its dialog, it listens to the key that opens it.
    page.locator("dialog[aria-label=Search]").wait_for(state="attached")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search")
    box.wait_for()

    def finds(text: str, place: str) -> bool:
        box.fill(text)
        try:
            page.wait_for_function(IS_FOUND, arg=[text, place, FIRST], timeout=10_000)
        except browser_timeout():
            return False
        return True

    yield finds
    page.close()


def serious_faults(page: Any) -> list[str]:
    """What axe-core finds that somebody could not see, hear or reach."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


def browser_timeout() -> type[Exception]:
    from playwright.sync_api import TimeoutError as Late

    return Late


def test_one_search_finds_each_rule(search):
    assert [rule for rule in RULES if not search(rule, f"behaviour/#{rule.lower()}")] == []


def test_one_search_finds_each_error_code(search):
    assert [code for code in CODES if not search(code, f"errors/#{code.lower()}")] == []


def test_one_search_finds_each_control_call(search, plans):
    calls = []
    for name in dir(plans):
        member = getattr(plans, name)
        if callable(member):
            calls += [] if name.startswith("_") else [name]
        elif not name.startswith("_"):
            calls += [f"{name}.{each}" for each in dir(member) if not each.startswith("_")]
    assert len(calls) > 20
    sections = {call: f"control/#{call.replace('.', '')}" for call in calls}
    for second, first in (("clock.resume", "clock.freeze"),):  # which share a section
        sections[second] = sections[first]
    assert [call for call, section in sections.items() if not search(call, section)] == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_pages_fit_every_window_are_for_everybody_and_ask_nobody_else(
    browser, address, width, scheme
):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    for name in (*SMALL, "control/", "errors/", "prices/", "reference/"):
        page.goto(f"{address}{name}", wait_until="load")
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, name
        if name in SMALL:
            assert serious_faults(page) == [], name
    context.close()
    elsewhere = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert (elsewhere, faults) == ([], [])
