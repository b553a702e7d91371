"""Warm pools: who gets the instances that a job has kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.jobs import (
    CHECKPOINTS,
    HOUR,
    MINUTE,
    RETAINED,
    START,
    WARM,
    counts,
    last_message,
    pool,
)

SECOND = timedelta(seconds=1)


@pytest.mark.rule("JOB-08")
def test_a_later_job_of_the_same_kind_takes_a_warm_pool_at_once(plans, jobs, buy, sagemaker):
    plan = buy(InstanceCount=2)
    plans.clock.move_to(START)
    jobs.create("first", plan, 2, resources=WARM)
    assert pool(jobs, "first") == {"Status": "InUse", RETAINED: 0}
    jobs.create("other", plan, 1)
    plans.clock.tick(HOUR)
    assert jobs.states("first", "other") == ["Completed", "Pending"]
    assert last_message(jobs, "first") == "Resource retained for reuse"
    assert counts(sagemaker, plan) == (2, 0)
    plans.clock.tick(MINUTE)
    assert pool(jobs, "first") == {"Status": "Available", RETAINED: 60}
    jobs.create("second", plan, 2)
    assert jobs.states("second", "other") == ["Training", "Pending"]
    plans.clock.tick(MINUTE)
    assert pool(jobs, "first") == {"Status": "Reused", "ReusedByJob": "second", RETAINED: 60}
    assert last_message(jobs, "first") == "Resource reused by training job: second"
    plans.clock.tick(HOUR - MINUTE)
    # The second has not asked for a warm pool of its own.
    assert jobs.states("second", "other") == ["Completed", "Training"]
    assert pool(jobs, "second") is None
    assert last_message(jobs, "second") == "Training job completed"


VPC = {"SecurityGroupIds": ["sg-1", "sg-2"], "Subnets": ["subnet-1", "subnet-2"]}


@pytest.mark.rule("JOB-08")
@pytest.mark.parametrize(
    "other",
    [
        {"count": 1},
        {"RoleArn": "arn:aws:iam::123456789012:role/other"},
        {"resources": {"VolumeSizeInGB": 31}},
        {"resources": {"VolumeKmsKeyId": "other"}},
        {"VpcConfig": {**VPC, "Subnets": ["subnet-1"]}},
        {"VpcConfig": {**VPC, "SecurityGroupIds": ["sg-1", "sg-3"]}},
        {"EnableInterContainerTrafficEncryption": True},
        {"EnableNetworkIsolation": True},
        {
            "resources": {
                "InstanceType": None,
                "InstanceCount": None,
                "InstanceGroups": [
                    {
                        "InstanceGroupName": "group",
                        "InstanceType": "ml.p4d.24xlarge",
                        "InstanceCount": 2,
                    }
                ],
            }
        },
    ],
    ids=lambda other: "-".join(other.get("resources", other)),
)
def test_a_job_of_another_kind_waits_until_the_warm_pool_ends(plans, jobs, buy, other):
    plan = buy(InstanceCount=2)
    plans.clock.move_to(START)
    kind = {"VolumeKmsKeyId": "key"}
    jobs.create("first", plan, 2, resources={**kind, **WARM}, VpcConfig=VPC)
    plans.clock.tick(HOUR)
    resources = {**kind, **other.get("resources", {})}
    jobs.create("second", plan, **{"count": 2, "VpcConfig": VPC, **other, "resources": resources})
    plans.clock.tick(600 * SECOND - SECOND)
    assert jobs.states("second") == ["Pending"]
    plans.clock.tick(SECOND)
    assert jobs.states("second") == ["Training"]
    assert pool(jobs, "first") == {"Status": "Terminated", RETAINED: 600}
    assert last_message(jobs, "first") == "Training job completed"
    plans.clock.tick(HOUR)
    assert pool(jobs, "first")[RETAINED] == 600


@pytest.mark.rule("JOB-08", "JOB-19")
def test_instances_that_are_reused_are_not_launched(plans, jobs, buy, state_manager):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 60})
    plan = buy()
    plans.clock.move_to(START)
    jobs.create("first", plan, resources={"KeepAlivePeriodInSeconds": 3600})
    plans.clock.tick(2 * HOUR)
    assert pool(jobs, "first")["Status"] == "Available"
    jobs.create("second", plan)
    said = []
    for _ in range(6):
        said.append((jobs.states("second"), last_message(jobs, "second")))
        plans.clock.tick(10)
    assert said == [
        *[(["Starting"], "Starting the training job.")] * 3,
        *[(["Starting"], "Preparing the instances for training.")] * 3,
    ]
    assert jobs.states("second") == ["Downloading"]


@pytest.mark.rule("JOB-08")
def test_of_two_warm_pools_that_would_do_the_one_that_began_first_is_taken(plans, jobs, buy):
    plan = buy(InstanceCount=2)
    plans.jobs.run_for(HOUR - MINUTE, "later")
    plans.clock.move_to(START)
    jobs.create("sooner", plan, resources={"KeepAlivePeriodInSeconds": 3600})
    jobs.create("later", plan, resources={"KeepAlivePeriodInSeconds": 3600})
    plans.clock.tick(HOUR)
    jobs.create("next", plan)
    # What was created later has ended first.
    assert pool(jobs, "later")["ReusedByJob"] == "next"
    assert pool(jobs, "sooner")["Status"] == "Available"


@pytest.mark.rule("JOB-08")
def test_a_job_on_another_plan_does_not_take_a_warm_pool(plans, jobs, buy):
    one, other = buy("one"), buy("other")
    plans.clock.move_to(START)
    jobs.create("first", one, resources=WARM)
    plans.clock.tick(HOUR)
    jobs.create("second", other)
    assert jobs.states("second") == ["Training"]
    assert pool(jobs, "first") == {"Status": "Available", RETAINED: 0}


@pytest.mark.rule("JOB-08")
def test_what_is_not_of_the_instances_may_differ(plans, jobs, buy):
    plan = buy(InstanceCount=2)
    plans.clock.move_to(START)
    jobs.create("first", plan, 2, resources=WARM, VpcConfig=VPC)
    plans.clock.tick(HOUR)
    jobs.create(
        "second",
        plan,
        2,
        resources={"KeepAlivePeriodInSeconds": 60},
        AlgorithmSpecification={"TrainingImage": "other", "TrainingInputMode": "Pipe"},
        OutputDataConfig={"S3OutputPath": "s3://other/output"},
        HyperParameters={"epochs": "3"},
        Environment={"MODE": "test"},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
        VpcConfig={name: list(reversed(ids)) for name, ids in VPC.items()},
        **CHECKPOINTS,
    )
    assert pool(jobs, "first")["ReusedByJob"] == "second"


@pytest.mark.rule("JOB-08")
def test_only_a_job_that_chains_its_session_tags_takes_over_from_one_that_does(plans, jobs, buy):
    plan = buy()
    chained = {"SessionChainingConfig": {"EnableSessionTagChaining": True}}
    plans.clock.move_to(START)
    jobs.create("first", plan, resources=WARM, **chained)
    plans.clock.tick(HOUR)
    jobs.create("second", plan, resources=WARM)
    assert jobs.states("second") == ["Pending"]
    jobs.create("third", plan, resources=WARM, **chained)
    assert pool(jobs, "first")["ReusedByJob"] == "third"
    plans.clock.tick(HOUR + 10 * MINUTE)  # the third and its pool have ended
    assert jobs.states("second") == ["Training"]
    plans.clock.tick(HOUR)
    jobs.create("fourth", plan, **chained)
    assert pool(jobs, "second")["ReusedByJob"] == "fourth"


@pytest.mark.rule("JOB-08")
def test_containers_see_where_the_cache_of_their_warm_pool_is(plans, jobs, buy):
    plan = buy(InstanceCount=2)
    plans.clock.move_to(START)
    name = "SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY"
    jobs.create("cold", plan)
    assert name not in plans.jobs.environment("cold")
    jobs.create("first", plan, resources=WARM)
    assert plans.jobs.environment("first")[name] == "/opt/ml/sagemaker/warmpoolcache"
    plans.clock.tick(HOUR)
    jobs.create("second", plan)
    assert plans.jobs.environment("second")[name] == "/opt/ml/sagemaker/warmpoolcache"


@pytest.mark.rule("JOB-08", "JOB-12")
def test_instances_of_another_type_are_not_reused(plans, jobs, buy):
    plan = buy()

    def create(name, instance_type):
        preferences = [
            {"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArns": [plan]},
            {"InstanceType": instance_type},
        ]
        resources = {"InstanceType": None, "InstancePreferences": preferences, **WARM}
        jobs.create(name, None, resources=resources)

    create("first", "ml.g5.48xlarge")
    plans.clock.tick(HOUR)
    create("second", "ml.g6.48xlarge")
    assert jobs.describe("second")["ResourceConfig"]["SelectedInstanceType"] == "ml.g6.48xlarge"
    assert pool(jobs, "first") == {"Status": "Available", RETAINED: 0}
