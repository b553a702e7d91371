"""The page on prices shows the prices that are asked."""

from __future__ import annotations

import pytest

from tests.tools.price_tables import PAGE, written

pytestmark = pytest.mark.in_process("reads files alone")


@pytest.mark.rule("CATALOG-03")
def test_the_page_on_prices_has_the_tables_of_the_data():
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "run python -m tests.tools.price_tables"
