r"""The training script takes the block's end for milliseconds, where it is told in seconds.

caught: assert 1970 == 2025
"""

from datetime import datetime, timezone

import pytest

UNIT = 1000
# right: UNIT = 1


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_script_knows_the_end(training_plans, buy, train):
    train("job", {"TrainingPlanArn": buy()})
    training_plans.clock.move_to("2025-01-22T12:00Z")
    environment = training_plans.jobs.environment("job")
    end = int(environment["SAGEMAKER_CURRENT_CAPACITY_BLOCK_EXPIRATION_TIMESTAMP"]) / UNIT
    assert datetime.fromtimestamp(end, timezone.utc).year == 2025
