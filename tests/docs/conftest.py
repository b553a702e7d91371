"""The documentation site that `nox -s docs` has built, and looks at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.examples import PROJECT


@pytest.fixture(scope="module")
def site() -> Path:
    """The folder of the site that BUILT_SITE names."""
    built = os.environ.get("BUILT_SITE")
    if built is None:
        pytest.skip("`nox -s docs` builds the documentation site, and looks at it")
    return PROJECT / built
