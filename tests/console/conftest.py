"""The console in a real browser: headless Chromium, one for the tests of a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from moto_trainingplans import connect
from tests.support.browser import chromium
from tests.support.console import ConsolePage, accessibility_faults

REGION = "us-west-2"
ACCOUNT = "123456789012"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests have a server of their own, and so are the same in both modes."""
    for item in items:
        if "tests/console/" in item.path.as_posix():
            item.add_marker(pytest.mark.in_process("starts a server of its own"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser for the tests of a module."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def contexts(browser: Any) -> Iterator[Callable[..., Any]]:
    """A window for each way of looking, as (width, scheme, script), which tests share."""
    made: dict[tuple[Any, ...], Any] = {}

    def get(width: int, scheme: str, script: bool) -> Any:
        key = (width, scheme, script)
        if key not in made:
            made[key] = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                java_script_enabled=script,
                reduced_motion="reduce",
            )
            made[key].set_default_timeout(30_000)
        return made[key]

    yield get
    for context in made.values():
        context.close()


@pytest.fixture
def plans(frozen_server: Any) -> Any:
    """The control object of the module's server, which is as new."""
    control = connect(frozen_server.url)
    control.reset()
    return control


@pytest.fixture
def sagemaker_in(frozen_server: Any) -> Callable[[str], Any]:
    """Makes a client of the module's server in a Region."""
    return lambda region: boto3.client(
        "sagemaker", region_name=region, endpoint_url=frozen_server.url
    )


@pytest.fixture
def sagemaker(sagemaker_in: Callable[[str], Any]) -> Any:
    """A client of the module's server."""
    return sagemaker_in(REGION)


@pytest.fixture
def open_console(
    contexts: Callable[..., Any],
    frozen_server: Any,
    plans: Any,  # noqa: ARG001
) -> Iterator[Callable[..., ConsolePage]]:
    """Opens a page of the console, and tells at the end whether anything went wrong in it.

    The path is below the Region and account, as "plans"; `scheme` is light or dark.
    """
    opened = []

    def run(
        path: str = "plans",
        *,
        region: str = REGION,
        account: str = ACCOUNT,
        width: int = 1280,
        scheme: str = "light",
        script: bool = True,
    ) -> ConsolePage:
        window = contexts(width, scheme, script).new_page()
        page = ConsolePage(window, f"{frozen_server.url}/", region, account)
        opened.append(page)
        page.go(path)
        return page

    yield run
    faults = [fault for page in opened for fault in page.faults]
    for page in opened:
        page.page.close()
    assert faults == [], "the browser met errors"


@pytest.fixture
def accessible() -> Callable[[Any], None]:
    """Checks that axe-core finds nothing serious in a page as it is now, in light and dark."""

    def check(page: ConsolePage) -> None:
        for scheme in ("light", "dark"):
            page.page.emulate_media(color_scheme=scheme)
            assert accessibility_faults(page.page) == []

    return check
