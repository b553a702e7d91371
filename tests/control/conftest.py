"""What tests of the control API share."""

from __future__ import annotations

import os

import pytest
import requests

SERVER_MODE = os.environ.get("TEST_SERVER_MODE", "").lower() == "true"


@pytest.fixture
def ask(plans):  # noqa: ARG001
    """Asks for a path below the control API's."""
    address = (
        os.environ["TEST_SERVER_MODE_ENDPOINT"] if SERVER_MODE else "http://motoapi.amazonaws.com"
    )

    def run(method: str, path: str, **sent) -> requests.Response:
        url = f"{address}/moto-api/training-plans/{path}"
        return requests.request(method, url, timeout=20, allow_redirects=False, **sent)

    return run
