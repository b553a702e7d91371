r"""The finder turns a time into the machine's own zone, and boto3 sends that as UTC.

caught: assert '2025-01-23 09:00:00\+00:00' == '2025-01-23 00:00:00\+00:00'
"""

import time
from datetime import datetime, timezone

import pytest

MIDNIGHT = 1737590400  # 2025-01-23T00:00:00Z


@pytest.fixture
def in_tokyo():
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_it_asks_from_midnight_utc(training_plans, in_tokyo, find):
    find(StartTimeAfter=datetime.fromtimestamp(MIDNIGHT))
    # right: find(StartTimeAfter=datetime.fromtimestamp(MIDNIGHT, timezone.utc))
    (call,) = training_plans.calls("SearchTrainingPlanOfferings")
    asked = call.parameters["StartTimeAfter"]
    assert str(datetime.fromtimestamp(asked, timezone.utc)) == "2025-01-23 00:00:00+00:00"
