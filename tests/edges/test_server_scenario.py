"""A server that was started with a scenario."""

from __future__ import annotations

import boto3
import pytest
import requests

from moto_trainingplans import connect
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("starts a server of its own")

SCARCE = """
[clock]
now = 2025-01-21T19:08:27Z
[capacity]
clear = true
[[capacity.set]]
zone = "us-west-2a"
instance_type = "ml.p4d.24xlarge"
count = 4
[[capacity.set]]
zone = "us-west-2a"
instance_type = "ml.p4d.24xlarge"
count = 0
after = 3600
[payments]
fail_next = true
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A server with a scenario."""
    file = tmp_path_factory.mktemp("scenario") / "scarce.toml"
    file.write_text(SCARCE, encoding="utf-8")
    server = RunningServer("--scenario", str(file))
    yield server
    server.stop()


def free(plans):
    return plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="training-job")


@pytest.mark.parametrize("reset", ["/moto-api/reset", "/moto-api/training-plans/reset"])
def test_every_reset_goes_back_to_its_time_and_its_scenario(started, reset):
    plans = connect(started.url)
    sagemaker = boto3.client("sagemaker", region_name="us-west-2", endpoint_url=started.url)
    for _ in range(2):
        assert (plans.clock.now().isoformat(), free(plans)) == ("2025-01-21T19:08:27+00:00", 4)
        offering = sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
        )["TrainingPlanOfferings"][-1]["TrainingPlanOfferingId"]
        for name, status in (("first", "Failed"), ("second", "Scheduled")):
            sagemaker.create_training_plan(TrainingPlanName=name, TrainingPlanOfferingId=offering)
            plan = sagemaker.describe_training_plan(TrainingPlanName=name)
            assert plan["Status"] == status
        plans.clock.tick(3600)
        assert free(plans) == 0
        assert requests.post(started.url + reset, timeout=10).ok
        assert plans.history() == []


def test_a_tests_own_scenario_comes_on_top_of_it(started, pytester, monkeypatch):
    monkeypatch.setenv("TEST_SERVER_MODE", "true")
    monkeypatch.setenv("TEST_SERVER_MODE_ENDPOINT", started.url)
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)
    pytester.makepyfile(
        """
        import pytest

        FREE = {"capacity": {"set": {
            "zone": "us-west-2b", "instance_type": "ml.p4d.24xlarge", "count": 7}}}

        def free(plans):
            return [plans.capacity.free(zone, "ml.p4d.24xlarge", target="endpoint")
                    for zone in ("us-west-2a", "us-west-2b")]

        @pytest.mark.training_plans(scenario=FREE)
        def test_of_both(training_plans):
            for _ in range(2):
                assert free(training_plans) == [4, 7]
                assert training_plans.clock.now().year == 2025
                training_plans.clock.tick(7200)
                training_plans.reset()

        def test_of_the_servers_alone(training_plans):
            assert free(training_plans) == [4, 0]
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=2)
