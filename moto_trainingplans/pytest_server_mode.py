"""pytest in moto's server mode: a server for each worker, and what a test shares of another's."""

from __future__ import annotations

from contextlib import suppress

import pytest

from . import server_mode

MARKER = "shares_training_plans"


class ServerMode:
    """The plugin of a run in server mode."""

    def __init__(self, config: pytest.Config) -> None:
        if hasattr(config, "workerinput"):
            # At once, so that moto's own mocks find it too. If it does not start, then the first
            # test that needs it says so.
            with suppress(RuntimeError):
                server_mode.endpoint()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Know what a test shares before its fixtures are made."""
        markers = list(item.iter_markers(MARKER))
        said = [each for marker in markers for each in marker.args]
        server_mode.declare(said if markers else None)

    def pytest_unconfigure(self) -> None:
        """Stop the worker's own server."""
        server_mode.stop()
