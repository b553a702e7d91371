"""What goes wrong on request: broken instances, zones that are down, calls that fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from moto_trainingplans import TrainingPlansError
from tests.support.jobs import CHECKPOINTS, CUT_OFF, DAY, HOUR, MINUTE, START, Jobs, counts

SECOND = timedelta(seconds=1)
DALLAS = "us-east-1-dfw-2a"
GB200 = {"InstanceType": "ml.p6e-gb200.36xlarge"}


@pytest.mark.rule("JOB-11")
@pytest.mark.parametrize(("checkpoints", "hours"), [(CHECKPOINTS, 2), ({}, 3)])
def test_a_job_restarts_on_a_free_instance_of_its_plan(
    plans, jobs, buy, sagemaker, checkpoints, hours
):
    plan = buy(InstanceCount=4)
    plans.jobs.run_for(2 * HOUR)
    arn = jobs.create("job", plan, **checkpoints)
    jobs.create("other", plan)
    plans.clock.move_to(START + HOUR)
    plans.faults.fail_instances(arn)
    assert jobs.states("job") == ["Training"]
    described = sagemaker.describe_training_plan(TrainingPlanName=plan)
    names = ("TotalInstanceCount", "InUseInstanceCount", "AvailableInstanceCount")
    assert [described[name] for name in (*names, "UnhealthyInstanceCount")] == [4, 2, 1, 1]
    plans.clock.move_to(START + DAY)
    assert jobs.story("job") == [
        *("Pending", "Starting", "Downloading", "Training"),
        *("Restarting", "Downloading", "Training", "Uploading", "Completed"),
    ]
    job = jobs.describe("job")
    assert job["TrainingTimeInSeconds"] == hours * 3600
    assert job["TrainingEndTime"] == START + hours * HOUR
    # Only the job whose instance has failed begins anew.
    assert jobs.story("other") == [
        *("Pending", "Starting", "Downloading", "Training", "Uploading", "Completed")
    ]
    assert jobs.describe("other")["TrainingEndTime"] == START + 2 * HOUR


@pytest.mark.rule("JOB-11", "TIME-07")
def test_a_restart_takes_as_long_as_the_state_manager_says(plans, jobs, buy, state_manager):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 60})
    plan = buy(InstanceCount=2)
    arn = jobs.create("job", plan, **CHECKPOINTS)
    plans.clock.move_to(START + 2 * MINUTE + HOUR / 2)
    plans.faults.fail_instances(arn)
    seen = []
    for wait in (59 * SECOND, SECOND, 59 * SECOND, SECOND, HOUR / 2 - SECOND, SECOND):
        plans.clock.tick(wait)
        seen += jobs.states("job")
    assert seen == [
        *("Restarting", "Downloading", "Downloading", "Training", "Training", "Uploading")
    ]


@pytest.mark.rule("JOB-11", "CLUSTER-11")
def test_a_job_waits_when_there_is_no_instance_to_replace_its_own(plans, jobs, buy, sagemaker):
    plan = buy(InstanceCount=2)
    plans.jobs.run_for(2 * HOUR)
    arn = jobs.create("job", plan, 2)
    jobs.create("small", plan, 1)
    plans.clock.move_to(START + HOUR)
    plans.faults.fail_instances(arn)
    assert jobs.states("job", "small") == ["Pending", "Training"]
    assert counts(sagemaker, plan) == (1, 0)
    plans.clock.tick(2 * HOUR)
    assert jobs.states("job", "small") == ["Pending", "Completed"]
    assert counts(sagemaker, plan) == (0, 1)
    plans.faults.repair(plan)
    assert jobs.states("job") == ["Training"]


@pytest.mark.rule("JOB-11")
def test_a_spare_of_the_ultra_server_stands_in_first(plans, client, buy):
    sagemaker = client("sagemaker", region="us-east-1")
    plans.capacity.set(DALLAS, "ml.u-p6e-gb200x36", 2)
    plan = buy(using=sagemaker, UltraServerType="ml.u-p6e-gb200x36", UltraServerCount=2)
    plans.clock.move_to(START)
    jobs = Jobs(sagemaker)
    arn = jobs.create("job", plan, 8, resources=GB200)
    capacity = sagemaker.describe_training_plan(TrainingPlanName=plan)["ReservedCapacitySummaries"][
        0
    ]["ReservedCapacityArn"]

    def servers():
        described = sagemaker.list_ultra_servers_by_reserved_capacity(ReservedCapacityArn=capacity)[
            "UltraServers"
        ]
        return [
            (
                each["InUseInstanceCount"],
                each["AvailableSpareInstanceCount"],
                each["UnhealthyInstanceCount"],
                each["HealthStatus"],
            )
            for each in described
        ]

    plans.faults.fail_instances(arn)
    assert jobs.states("job") == ["Training"]
    assert servers() == [(8, 0, 1, "Impaired"), (0, 1, 0, "OK")]
    plans.faults.fail_instances(arn)
    assert servers() == [(7, 0, 2, "Impaired"), (1, 1, 0, "OK")]
    first = sagemaker.list_ultra_servers_by_reserved_capacity(ReservedCapacityArn=capacity)[
        "UltraServers"
    ][0]["UltraServerId"]
    plans.faults.fail_instances(first, 7)
    assert servers() == [(0, 0, 9, "Impaired"), (8, 1, 0, "OK")]
    assert jobs.story("job").count("Restarting") == 3
    # With its block the broken instances are gone.
    plans.clock.move_to(START + DAY)
    assert servers() == [(0, 0, 0, "OK"), (0, 0, 0, "OK")]


@pytest.mark.rule("JOB-11")
def test_the_spare_of_the_server_whose_instance_failed_stands_in_and_no_other(plans, client, buy):
    sagemaker = client("sagemaker", region="us-east-1")
    plan = buy(using=sagemaker, UltraServerType="ml.u-p6e-gb200x36", UltraServerCount=2)
    plans.clock.move_to(START)
    jobs = Jobs(sagemaker)
    jobs.create("job", plan, 16, resources=GB200)
    (capacity,) = sagemaker.describe_training_plan(TrainingPlanName=plan)[
        "ReservedCapacitySummaries"
    ]

    def servers():
        return sagemaker.list_ultra_servers_by_reserved_capacity(
            ReservedCapacityArn=capacity["ReservedCapacityArn"]
        )["UltraServers"]

    plans.faults.fail_instances(servers()[1]["UltraServerId"])
    names = ("InUseInstanceCount", "AvailableSpareInstanceCount", "UnhealthyInstanceCount")
    assert [tuple(each[name] for name in names) for each in servers()] == [(8, 1, 0), (8, 0, 1)]
    described = sagemaker.describe_training_plan(TrainingPlanName=plan)
    assert [described[name] for name in names] == [16, 1, 1]
    assert (described["TotalInstanceCount"], described["AvailableInstanceCount"]) == (18, 0)
    reserved = sagemaker.describe_reserved_capacity(
        ReservedCapacityArn=capacity["ReservedCapacityArn"]
    )
    assert [reserved["UltraServerSummary"][name] for name in names[1:]] == [1, 1]
    assert reserved["InUseInstanceCount"] == 16
    assert jobs.states("job") == ["Training"]


@pytest.mark.rule("JOB-11")
def test_a_zone_that_goes_down_takes_its_instances_until_it_is_back(plans, jobs, buy, sagemaker):
    plan = buy()
    plans.jobs.run_for(3 * HOUR)
    jobs.create("job", plan, **CHECKPOINTS)
    plans.faults.zone_outage("us-west-2a", START + HOUR, START + 5 * HOUR)
    plans.clock.move_to(START + HOUR)
    assert jobs.status("job") == ("InProgress", "Pending")
    assert sagemaker.describe_training_plan(TrainingPlanName=plan)["Status"] == "Active"
    plans.clock.move_to(START + 5 * HOUR - SECOND)
    assert jobs.states("job") == ["Pending"]
    plans.clock.tick(SECOND)
    assert jobs.states("job") == ["Training"]
    plans.clock.tick(2 * HOUR)
    assert jobs.states("job") == ["Completed"]
    assert jobs.describe("job")["TrainingTimeInSeconds"] == 3 * 3600


@pytest.mark.rule("JOB-11")
def test_a_job_goes_on_in_the_next_block_in_another_zone(plans, jobs, buy_two_blocks):
    plan = buy_two_blocks()
    plans.faults.zone_outage("us-west-2a", START, START + 10 * DAY)
    jobs.create("job", plan)
    plans.clock.move_to(CUT_OFF)
    assert jobs.states("job") == ["Pending"]
    plans.clock.move_to(START + 2 * DAY)
    assert jobs.states("job") == ["Training"]


@pytest.mark.rule("JOB-11", "JOB-04")
def test_waiting_for_a_zone_counts(plans, jobs, buy):
    plan = buy()
    limit = {"StoppingCondition": {"MaxPendingTimeInSeconds": 3600}}
    jobs.create("job", plan, **limit)
    plans.faults.zone_outage("us-west-2a", START - HOUR, START + 10 * HOUR)
    plans.clock.move_to(START + HOUR)
    assert jobs.status("job") == ("Stopped", "Stopped")


@pytest.mark.rule("PLAN-12")
def test_nothing_is_known_of_ultra_servers_while_their_zone_is_down(plans, client, buy):
    sagemaker = client("sagemaker", region="us-east-1")
    plan = buy(using=sagemaker, UltraServerType="ml.u-p6e-gb200x36")
    plans.faults.zone_outage(DALLAS, START, START + HOUR)
    (capacity,) = sagemaker.describe_training_plan(TrainingPlanName=plan)[
        "ReservedCapacitySummaries"
    ]

    def health():
        (server,) = sagemaker.list_ultra_servers_by_reserved_capacity(
            ReservedCapacityArn=capacity["ReservedCapacityArn"]
        )["UltraServers"]
        return server["HealthStatus"]

    assert health() == "OK"
    plans.clock.move_to(START)
    assert health() == "Insufficient-Data"
    plans.clock.tick(HOUR)
    assert health() == "OK"


@pytest.mark.rule("JOB-11")
def test_a_fault_that_cannot_be_is_an_error(plans, jobs, buy):
    plan = buy()
    arn = jobs.create("job", plan)
    nothing = (
        "'us-nothing' names nothing that has instances: use the ARN of a training plan, of a job "
        "on one or of a cluster, or the id of a node or of an UltraServer"
    )
    for call, told in (
        (lambda: plans.faults.fail_instances(plan), f"{plan!r} has no running instances"),
        (lambda: plans.faults.fail_instances(arn), f"{arn!r} has no running instances"),
        (lambda: plans.faults.fail_instances("us-nothing"), nothing),
        (lambda: plans.faults.repair("us-nothing"), nothing),
        (
            lambda: plans.faults.zone_outage("nowhere", START, START + HOUR),
            "unknown zone 'nowhere': name an Availability Zone such as 'us-west-2a'",
        ),
        (
            lambda: plans.faults.zone_outage("us-west-2a", START, START),
            "the window must end after it starts, not from 2025-01-22T11:30:00+00:00 to "
            "2025-01-22T11:30:00+00:00",
        ),
        (
            lambda: plans.faults.zone_outage("us-west-2a", START - 30 * DAY, START - 20 * DAY),
            "the outage must end in the future: it is 2025-01-21T19:08:27.704000+00:00, and "
            "2025-01-02T11:30:00+00:00 is not later",
        ),
        (
            lambda: plans.faults.error("NoOperation", "Code", "message"),
            "operation must be an operation of SageMaker, as 'CreateTrainingJob', not "
            "'NoOperation'",
        ),
        (
            lambda: plans.jobs.fail("job", "not running"),
            "job has no container that runs: it is in status Pending, and must be in Training",
        ),
        (lambda: plans.jobs.fail("none", "unknown"), "there is no training job 'none' on a plan"),
        (
            lambda: plans.jobs.run_for(-1),
            "duration must be a timedelta or a number of seconds, not negative; it is -1",
        ),
    ):
        with pytest.raises(TrainingPlansError) as misuse:
            call()
        assert str(misuse.value) == told
    plans.clock.move_to(START)
    with pytest.raises(TrainingPlansError, match="count must be at most 1: so many instances of"):
        plans.faults.fail_instances(plan, 2)


@pytest.mark.rule("JOB-02")
def test_a_name_in_several_regions_must_be_said_by_its_arn(plans, jobs, buy, client):
    elsewhere = client("sagemaker", region="us-east-1")
    here = jobs.create("job", buy())
    arn = Jobs(elsewhere).create("job", buy(using=elsewhere))
    plans.clock.move_to(START)
    text = f"'job' is one of several jobs: name one of {arn}, {here}"
    with pytest.raises(ValueError, match=text):
        plans.jobs.fail("job", "boom")
    plans.jobs.fail(arn, "boom")
    assert jobs.states("job") == ["Training"]
    assert Jobs(elsewhere).states("job") == ["Failed"]


@pytest.mark.rule("CLIENT-07")
def test_calls_fail_as_asked_before_anything_changes(plans, jobs, buy, client, refusal):
    plan = buy()
    once = Jobs(client("sagemaker", config=Config(retries={"total_max_attempts": 1})))
    plans.faults.error("CreateTrainingJob", "ResourceLimitExceeded", "No more.", times=2)
    for _ in range(2):
        assert refusal(once.create, name="job", plan=plan) == ("ResourceLimitExceeded", "No more.")
    once.create("job", plan)
    plans.faults.throttle("DescribeTrainingJob")
    assert refusal(once.describe, name="job") == ("ThrottlingException", "Rate exceeded")
    assert once.states("job") == ["Pending"]
    for code, status in (("InternalFailure", 500), ("ServiceUnavailable", 503), ("Other", 400)):
        plans.faults.error("DescribeTrainingJob", code, "Not now.")
        with pytest.raises(ClientError) as failed:
            once.describe("job")
        assert failed.value.response["Error"] == {"Code": code, "Message": "Not now."}
        assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    # boto3 repeats a throttled call by itself.
    plans.faults.throttle("DescribeTrainingJob")
    assert jobs.states("job") == ["Pending"]


@pytest.mark.rule("JOB-11", "TIME-03")
def test_a_job_that_ends_in_the_instant_of_a_fault_has_ended(plans, jobs, buy):
    plan = buy(InstanceCount=2)
    arn = jobs.create("job", plan)
    plans.faults.zone_outage("us-west-2a", START + HOUR, START + HOUR + MINUTE)
    plans.clock.move_to(START + HOUR)
    assert jobs.states("job") == ["Completed"]
    with pytest.raises(ValueError, match="no running instances"):
        plans.faults.fail_instances(arn)
