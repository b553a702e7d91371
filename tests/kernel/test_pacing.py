"""moto's state manager, where its settings mean nothing: nothing breaks in the middle."""

from __future__ import annotations

import logging

import pytest

from moto_trainingplans.simulation.kernel.pacing import Pace, Pacing
from tests.support.clusters import group
from tests.support.jobs import START

MODELS = (
    "sagemaker::training_plan",
    "sagemaker::training_job",
    "sagemaker::cluster",
    "sagemaker::cluster_node",
    "servicequotas::quota_increase_request",
)
NONSENSE = [
    {"progression": "manual"},
    {"progression": "manual", "times": -1},
    {"progression": "manual", "times": "2"},
    {"progression": "time"},
    {"progression": "time", "seconds": -0.5},
    {"progression": "time", "seconds": True},
    {"progression": "time", "seconds": 1e300},
    {"progression": "slow", "seconds": 30},
    {"seconds": 30},
    {},
]


@pytest.mark.rule("TIME-07")
@pytest.mark.parametrize("setting", [{"progression": "manual", "times": 0}, *NONSENSE], ids=str)
def test_0_times_and_settings_without_sense_take_no_time_whatever_they_are_for(
    plans, state_manager, buy, reserve, jobs, sagemaker, client, setting
):
    for model in MODELS:
        state_manager(model, setting)
    plan, clusters_plan = buy(), reserve("of-clusters")
    jobs.create("job", plan)
    sagemaker.create_cluster(
        ClusterName="cluster", InstanceGroups=[group("group", clusters_plan, 2)]
    )
    request = client("service-quotas").request_service_quota_increase(
        ServiceCode="sagemaker", QuotaCode="L-867702E6", DesiredValue=30
    )["RequestedQuota"]
    assert request["Status"] == "APPROVED"
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Scheduled"
    plans.clock.move_to(START)
    assert jobs.status("job") == ("InProgress", "Training")
    cluster = sagemaker.describe_cluster(ClusterName="cluster")
    assert cluster["ClusterStatus"] == "InService"
    assert cluster["InstanceGroups"][0]["CurrentCount"] == 2


@pytest.mark.rule("TIME-07")
@pytest.mark.in_process("looks at this process's log")
def test_a_setting_without_sense_is_logged_once_and_one_that_has_some_is_not(caplog):
    settings = dict(zip("abcdefghij", NONSENSE, strict=True))
    pacing = Pacing(lambda name: settings.get(name, {"progression": "time", "seconds": 0.5}))
    with caplog.at_level(logging.WARNING):
        assert not pacing.of("z").is_immediate
        for _ in range(2):
            assert {pacing.of(name) for name in settings} == {Pace()}
    assert len(caplog.records) == len(NONSENSE)
    assert "has {'progression': 'manual'} for a, which takes no time" in caplog.messages[0]
