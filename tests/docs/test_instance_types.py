"""The page of instance types is that of the catalogue."""

from __future__ import annotations

import pytest

from tests.tools.instance_type_table import PAGE, written

pytestmark = pytest.mark.in_process("reads files alone")


def test_the_page_has_what_the_catalogue_has():
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "write it anew: python -m tests.tools.instance_type_table"
