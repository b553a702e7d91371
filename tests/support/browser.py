"""A browser for tests: Debian's Chromium, headless, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "there is no Chromium on this machine: apt-get install chromium"


@contextmanager
def chromium(*arguments: str) -> Iterator[Any]:
    """The browser, with more arguments for its command line.

    Skips the test where the machine has none, or fails it where CHROMIUM=required.
    """
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        (pytest.fail if os.environ.get("CHROMIUM") == "required" else pytest.skip)(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", *arguments]
        )
        yield running
        running.close()
