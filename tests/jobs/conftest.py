"""What the tests of jobs in UltraServers have in common."""

from __future__ import annotations

import pytest

from tests.support.jobs import START


@pytest.fixture
def two_servers(plans, client, buy):
    """A plan of two UltraServers with one spare each, the client of its Region, the servers."""
    sagemaker = client("sagemaker", region="us-east-1")
    plans.capacity.set("us-east-1-dfw-2a", "ml.u-p6e-gb200x36", 2)
    arn = buy(using=sagemaker, UltraServerType="ml.u-p6e-gb200x36", UltraServerCount=2)
    capacity = sagemaker.describe_training_plan(TrainingPlanName=arn)["ReservedCapacitySummaries"][
        0
    ]["ReservedCapacityArn"]

    def servers():
        return sagemaker.list_ultra_servers_by_reserved_capacity(ReservedCapacityArn=capacity)[
            "UltraServers"
        ]

    plans.clock.move_to(START)
    return arn, sagemaker, servers
