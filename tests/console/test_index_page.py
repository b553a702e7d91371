"""The page of a server for a browser: what there is, and how each call is made."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from moto_trainingplans.control.http.description.index import page as index_page
from moto_trainingplans.control.perform import PUBLIC_CALLS, arguments_of
from tests.support.console import ConsolePage, accessibility_faults

INDEX = "moto-api/training-plans/"


@pytest.fixture
def index(contexts, frozen_server, plans) -> Iterator[Any]:  # noqa: ARG001
    """Opens the page in a window without scripts, and tells at the end what went wrong in it."""
    opened = []

    def run(width: int = 1280, scheme: str = "light", script: bool = False) -> Any:
        window = contexts(width, scheme, script).new_page()
        opened.append(ConsolePage(window, f"{frozen_server.url}/", "", ""))
        window.goto(f"{frozen_server.url}/{INDEX}")
        return window

    yield run
    faults = [fault for each in opened for fault in each.faults]
    for each in opened:
        each.page.close()
    assert faults == [], "the browser met errors"


def test_the_path_without_its_slash_leads_to_the_page(frozen_server):
    answer = requests.get(f"{frozen_server.url}/{INDEX[:-1]}", timeout=20, allow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["Location"] == "training-plans/"
    followed = requests.get(f"{frozen_server.url}/{INDEX[:-1]}", timeout=20)
    assert followed.url == f"{frozen_server.url}/{INDEX}"
    assert followed.headers["Content-Type"] == "text/html; charset=utf-8"


def test_it_tells_the_clock_as_it_is_now_and_the_versions(index, plans):
    page = index()
    told = page.get_by_role("region", name="Now", exact=True).inner_text()
    assert "2025-01-21 19:08:27 UTC" in told
    assert "stands still" in told
    assert requests.get(f"{page.url}health", timeout=20).json()["moto"] in told
    plans.clock.tick(3600)
    plans.clock.speed(60)
    page.reload()
    told = page.get_by_role("region", name="Now", exact=True).inner_text()
    assert "2025-01-21 20:08:" in told
    assert "60 simulated s a second" in told


def test_every_link_of_it_leads_somewhere(index):
    page = index()
    links = page.locator("main a").evaluate_all("all => all.map(each => each.href)")
    names = [link.removeprefix(page.url) for link in links]
    assert names[:4] == ["console", "timeline.svg", "openapi.json", "health"]
    assert links[4] == page.url.replace("training-plans/", "")
    assert [requests.get(link, timeout=20).status_code for link in links] == [200] * 5


def test_its_environment_variables_lead_an_sdk_here(index, frozen_server):
    shown = index().get_by_role("region", name="For SDKs and the AWS CLI").inner_text()
    assert f"export AWS_ENDPOINT_URL={frozen_server.url}\n" in shown
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        assert f"export {name}=" in shown
    assert f'connect("{frozen_server.url}")' in shown


def test_it_has_every_call_with_its_arguments_and_a_line_of_curl_that_makes_it(
    index, frozen_server
):
    page = index()
    headings = page.locator("h3").all_inner_texts()
    assert sorted(headings) == sorted(PUBLIC_CALLS)
    lines = [each for each in page.locator("pre").all_inner_texts() if each.startswith("curl ")]
    assert len(lines) == len(headings)
    for name, line in zip(headings, lines, strict=True):
        for argument in arguments_of(name):
            listed = page.locator(f"#{name.replace('/', '-')} + p + ul").inner_text()
            assert argument in listed
        command, header, kind, option, body, url = shlex.split(line)
        assert (command, header, option) == ("curl", "-H", "-d")
        assert kind == "Content-Type: application/json"
        assert url == f"{frozen_server.url}/{INDEX}{name}"
        assert set(json.loads(body)) <= set(arguments_of(name))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_can_be_seen_heard_and_reached_by_everybody(index, width, scheme):
    page = index(width, scheme, script=True)  # of axe-core's: the page has none
    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("script").count() == 0


def test_no_name_by_which_it_is_called_becomes_a_part_of_the_page():
    assert "<script" not in index_page("http://<script>alert(1)</script>")
