"""How long endpoints wait for instances that others hold, where several variants want some."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.endpoints.test_endpoints import Endpoints
from tests.support.jobs import DAY, START, counts

NAME = "VariantInstanceProvisionTimeoutInSeconds"


@pytest.fixture
def endpoints(sagemaker):
    return Endpoints(sagemaker)


@pytest.fixture
def plan(plans, buy):
    """A plan of four instances for endpoints, which runs."""
    arn = buy("plan", InstanceCount=4, TargetResources=["endpoint"])
    plans.clock.move_to(START)
    return arn


@pytest.mark.rule("OTHER-01")
def test_only_the_variants_that_lack_instances_decide_how_long_both_wait(
    plans, sagemaker, endpoints, plan
):
    endpoints.deploy("other", endpoints.variant(plan, 2))
    endpoints.deploy(
        "endpoint",
        endpoints.variant(plan, 1),  # which would have its instance, and waits for nobody
        endpoints.variant(plan, 2, VariantName="second", **{NAME: 600}),
    )
    assert endpoints.describe("endpoint")["EndpointStatus"] == "Creating"
    assert counts(sagemaker, plan) == (2, 2)
    plans.clock.tick(599)
    sagemaker.delete_endpoint(EndpointName="other")
    assert endpoints.describe("endpoint")["EndpointStatus"] == "InService"
    assert (endpoints.running("endpoint"), counts(sagemaker, plan)) == ([1, 2], (3, 1))


@pytest.mark.rule("OTHER-01")
@pytest.mark.parametrize(("first", "second"), [(600, 300), (300, 600)])
def test_of_several_that_lack_instances_the_least_patient_decides(
    plans, endpoints, plan, first, second
):
    endpoints.deploy("other", endpoints.variant(plan, 3))
    endpoints.deploy(
        "endpoint",
        endpoints.variant(plan, 2, **{NAME: first}),
        endpoints.variant(plan, 2, VariantName="second", **{NAME: second}),
    )
    plans.clock.tick(299)
    assert endpoints.describe("endpoint")["EndpointStatus"] == "Creating"
    plans.clock.tick(1)
    failed = endpoints.describe("endpoint")
    assert failed["EndpointStatus"] == "Failed"
    assert failed["FailureReason"] == (
        f"Insufficient capacity: 4 instances were requested of training plan {plan}, of which 1 "
        "are available."
    )


@pytest.mark.rule("OTHER-01")
def test_one_that_waits_gets_nothing_of_a_plan_that_has_expired_meanwhile(
    plans, sagemaker, endpoints, plan
):
    plans.clock.move_to(START + DAY - timedelta(seconds=300))
    endpoints.deploy("other", endpoints.variant(plan, 3))
    endpoints.deploy("endpoint", endpoints.variant(plan, 2, **{NAME: 600}))
    plans.clock.move_to(START + DAY)
    sagemaker.delete_endpoint(EndpointName="other")
    assert endpoints.describe("endpoint")["EndpointStatus"] == "Creating"
    plans.clock.tick(300)
    assert endpoints.describe("endpoint")["EndpointStatus"] == "Failed"
    assert endpoints.running("endpoint") == [0]


@pytest.mark.rule("OTHER-01")
def test_an_update_keeps_its_instances_before_one_that_has_lost_its_own(
    plans, sagemaker, endpoints, plan
):
    endpoints.deploy("older", endpoints.variant(plan, 2))
    endpoints.deploy("newer", endpoints.variant(plan, 2))
    plans.faults.fail_instances(plan)
    assert (endpoints.running("older"), endpoints.running("newer")) == ([1], [2])
    endpoints.configure("same", endpoints.variant(plan, 2))
    sagemaker.update_endpoint(EndpointName="newer", EndpointConfigName="same")
    assert (endpoints.running("older"), endpoints.running("newer")) == ([1], [2])
    # What an update lets go of is for those who lack some.
    endpoints.scale("newer", 1)
    assert (endpoints.running("older"), endpoints.running("newer")) == ([2], [1])


@pytest.mark.rule("OTHER-01")
def test_an_endpoint_goes_from_one_block_to_the_next_where_they_meet(plans, endpoints, buy):
    plans.capacity.clear()
    for number, zone in enumerate(("us-west-2a", "us-west-2b")):
        start = START + number * DAY
        plans.capacity.set(
            zone, "ml.p4d.24xlarge", 2, target="endpoint", start=start, end=start + DAY
        )
    plan = buy("plan", InstanceCount=2, DurationHours=48, TargetResources=["endpoint"])
    plans.clock.move_to(START)
    endpoints.deploy("endpoint", endpoints.variant(plan, 2))
    assert endpoints.running("endpoint") == [2]
    plans.clock.move_to(START + DAY)
    assert endpoints.running("endpoint") == [2]
    plans.clock.move_to(START + 2 * DAY - timedelta(seconds=1))
    assert endpoints.running("endpoint") == [2]
    plans.clock.tick(1)
    assert endpoints.running("endpoint") == [0]
