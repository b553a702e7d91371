"""Who is attacked, once a module; and how often."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.hostile.attacked import Attacked, attacked_in_process, attacked_server

SERVER_MODE = os.environ.get("TEST_SERVER_MODE", "").lower() == "true"


@pytest.fixture(scope="module")
def attacked() -> Iterator[Attacked]:
    """A simulation with something of everything in it, in this process or on a server."""
    with attacked_server() if SERVER_MODE else attacked_in_process() as one:
        yield one
