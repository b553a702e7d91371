r"""The quota is called by a name that none has.

caught: unknown quota 'p4d instances'
"""

import pytest


def test_the_quota_bites(training_plans, find):
    training_plans.quotas.set("p4d instances", 0, region="us-west-2")
    # right: training_plans.quotas.set("ml.p4d.24xlarge", 0, region="us-west-2")
    with pytest.raises(Exception, match="quota"):
        find()
