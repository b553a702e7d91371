r"""The marker's time stands without its keyword.

caught: the marker training_plans takes by keyword: now.*not '2025-01-21T19:08:27Z'
"""

import pytest


@pytest.mark.training_plans("2025-01-21T19:08:27Z")
# right: @pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_year(training_plans):
    assert training_plans.clock.now().year == 2025
