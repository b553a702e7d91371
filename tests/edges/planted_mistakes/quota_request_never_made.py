r"""The tool never asks for the quota whose denial the test orders.

caught: UnusedOrders[\s\S]*quota
"""

import boto3
from botocore.exceptions import ClientError


def ask_for_more(code, needed):
    quotas = boto3.client("service-quotas", region_name="us-west-2")
    value = quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode=code)["Quota"]["Value"]
    if value > 100:
        # right: if value >= needed:
        return
    try:
        quotas.request_service_quota_increase(
            ServiceCode="sagemaker", QuotaCode=code, DesiredValue=needed
        )
    except ClientError:
        return


def test_the_tool_stands_a_denial(training_plans):
    training_plans.quotas.deny_next()
    ask_for_more("L-B9718876", needed=512)
