r"""The finder's window is shorter than a day.

caught: must be at least 24 hours after StartTimeAfter
"""

from datetime import datetime, timedelta, timezone

import pytest

START = datetime(2025, 1, 22, tzinfo=timezone.utc)


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_something_is_found(find):
    end = START + timedelta(hours=12)
    # right: end = START + timedelta(hours=48)
    assert find(StartTimeAfter=START, EndTimeBefore=end)
