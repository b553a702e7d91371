"""The console as a browser shows it."""

from __future__ import annotations

from typing import Any

CONSOLE = "moto-api/training-plans/console"
SERIOUS = {"serious", "critical"}
REFUSED = ("Failed to load resource", "Response Status Error Code 4")


class ConsolePage:
    """A page of Playwright's, `page`, at the console of a server.

    `faults` are the errors that the browser met: of scripts, of the content policy, and 5xx.
    """

    def __init__(self, page: Any, server: str, region: str, account: str) -> None:
        self.page = page
        self.base = f"{server}{CONSOLE}"
        self.place = f"{self.base}/{region}/{account}"
        self.server = server
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._hear)
        page.on("response", self._see)
        page.on("request", self._look)

    def _hear(self, message: Any) -> None:
        # Chromium and htmx log each answer of 4xx, which is what a refusal is.
        refusal = any(each in message.text for each in REFUSED)
        if message.type == "error" and not refusal:
            self.faults.append(f"console: {message.text}")

    def _see(self, response: Any) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status}: {response.url}")

    def _look(self, request: Any) -> None:
        if not request.url.startswith(self.server):
            self.faults.append(f"loads from elsewhere: {request.url}")

    def go(self, path: str) -> None:
        """Go to a path below the Region and account."""
        self.page.goto(f"{self.place}/{path}")

    @property
    def text(self) -> str:
        """All that can be read on the page itself."""
        return self.page.locator("#page").inner_text()

    @property
    def sent(self) -> list[str]:
        """The names of the calls in the panel 'What was sent'."""
        return self.page.locator(".sent summary code").all_inner_texts()

    def fill(self, **values: str) -> None:
        """Fill fields in, by their names."""
        for name, value in values.items():
            self.page.locator(f"#page [name='{name}']:not([type='hidden'])").fill(value)

    def choose(self, **values: str) -> None:
        """Choose options of selections, by their names and values."""
        for name, value in values.items():
            self.page.locator(f"#page select[name='{name}']").select_option(value)

    def press(self, button: str) -> None:
        """Press a button or follow a link that looks like one, by its label."""
        self.page.locator("#page").get_by_role("button", name=button, exact=True).click()

    def find(self, button: str) -> None:
        """Press a button that leads to another page, as that of a search, and wait for it."""
        with self.page.expect_navigation():
            self.press(button)

    def follow(self, link: Any) -> None:
        """Follow a link, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            link.click()


def accessibility_faults(page: Any) -> list[str]:
    """What axe-core finds that is serious, with the elements."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in SERIOUS
    ]
