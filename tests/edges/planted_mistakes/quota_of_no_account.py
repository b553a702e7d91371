r"""The account of a quota is a name.

caught: account must be
"""

import pytest


def test_the_quota_bites(training_plans, find):
    account = "research"
    # right: account = "123456789012"
    training_plans.quotas.set("ml.p4d.24xlarge", 0, region="us-west-2", account=account)
    with pytest.raises(Exception, match="quota"):
        find()
