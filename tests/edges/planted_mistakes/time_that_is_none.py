r"""The time is written as no machine reads it.

caught: now must be a datetime, an ISO 8601 string or epoch seconds, not '21/01/2025'
"""

import pytest


@pytest.mark.training_plans(now="21/01/2025")
# right: @pytest.mark.training_plans(now="2025-01-21")
def test_the_year(training_plans):
    assert training_plans.clock.now().year == 2025
