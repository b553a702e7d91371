r"""The marker's keyword is misspelt.

caught: 'noow'
"""

import pytest


@pytest.mark.training_plans(noow="2025-01-21T19:08:27Z")
# right: @pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_year(training_plans):
    assert training_plans.clock.now().year == 2025
