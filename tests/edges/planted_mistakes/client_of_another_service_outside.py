r"""The tool looks up its account before the mock starts.

caught: this test reached for sts\.us-west-2\.amazonaws\.com
"""

import boto3

from moto_trainingplans import mock_training_plans


def account():
    return boto3.client("sts", region_name="us-west-2").get_caller_identity()["Account"]


def test_the_account():
    found = account()
    # right: found = None
    with mock_training_plans():
        assert (found or account()) == "123456789012"
