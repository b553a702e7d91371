"""The operations on training jobs: stopping, deleting, listing, describing, preferences."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
from freezegun import freeze_time
from moto.core.utils import get_service_model

from moto_trainingplans import mock_training_plans
from tests.support.jobs import CHECKPOINTS, CUT_OFF, DAY, HOUR, MINUTE, START, counts, job_request

SECOND = timedelta(seconds=1)
WARM = {"KeepAlivePeriodInSeconds": 600}


MISSING = ("ValidationException", "Requested resource not found.")


# -- stopping and deleting ---------------------------------------------------------------------


@pytest.mark.rule("JOB-09")
def test_a_job_in_training_stops_after_its_grace(plans, jobs, buy, sagemaker):
    plan = buy()
    plans.clock.move_to(START)
    jobs.create("job", plan)
    jobs.create("next", plan)
    plans.clock.tick(MINUTE)
    sagemaker.stop_training_job(TrainingJobName="job")
    assert jobs.status("job") == ("Stopping", "Stopping")
    plans.clock.tick(119 * SECOND)
    sagemaker.stop_training_job(TrainingJobName="job")
    assert jobs.states("job", "next") == ["Stopping", "Pending"]
    plans.clock.tick(SECOND)
    assert jobs.status("job") == ("Stopped", "Stopped")
    assert jobs.states("next") == ["Training"]
    assert jobs.describe("job")["TrainingTimeInSeconds"] == 60


@pytest.mark.rule("JOB-09")
def test_a_job_without_containers_stops_at_once(plans, jobs, buy, sagemaker, state_manager):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 60})
    plan = buy()
    jobs.create("downloads", plan)
    jobs.create("waits", plan)
    plans.clock.move_to(START + MINUTE)
    assert jobs.states("downloads", "waits") == ["Downloading", "Pending"]
    for name in ("waits", "downloads"):
        sagemaker.stop_training_job(TrainingJobName=name)
        assert jobs.states(name) == ["Stopped"]
    assert counts(sagemaker, plan) == (0, 1)
    plans.clock.move_to(CUT_OFF)
    assert jobs.states("downloads", "waits") == ["Stopped", "Stopped"]


@pytest.mark.rule("JOB-09")
def test_a_cut_off_within_the_grace_ends_it(plans, jobs, buy_two_blocks, sagemaker):
    plan = buy_two_blocks()
    plans.jobs.run_for(2 * DAY)
    jobs.create("job", plan)
    plans.clock.move_to(CUT_OFF - MINUTE)
    sagemaker.stop_training_job(TrainingJobName="job")
    plans.clock.tick(MINUTE)
    assert jobs.states("job") == ["Stopped"]


@pytest.mark.rule("JOB-09")
def test_only_a_job_that_has_ended_can_be_deleted(plans, jobs, buy, sagemaker, refusal):
    plan = buy()
    jobs.create("job", plan, resources=WARM)
    for moment in (START, START + HOUR):
        assert refusal(sagemaker.delete_training_job, TrainingJobName="job")[0] == "ResourceInUse"
        plans.clock.move_to(moment)
    # Its warm pool is still there.
    assert refusal(sagemaker.delete_training_job, TrainingJobName="job")[0] == "ResourceInUse"
    plans.clock.tick(10 * MINUTE)
    sagemaker.delete_training_job(TrainingJobName="job")
    assert refusal(sagemaker.delete_training_job, TrainingJobName="job") == MISSING
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []
    jobs.create("job", plan)
    assert jobs.states("job") == ["Training"]


@pytest.mark.rule("JOB-09")
def test_a_job_that_does_not_exist_is_refused_in_the_words_that_clients_know(sagemaker, refusal):
    for call in (
        sagemaker.describe_training_job,
        sagemaker.stop_training_job,
        sagemaker.update_training_job,
        sagemaker.delete_training_job,
    ):
        assert refusal(call, TrainingJobName="none") == MISSING


@pytest.mark.rule("JOB-09")
@pytest.mark.parametrize(
    ("ending", "status"),
    [("stop", "Stopped"), ("fail", "Failed"), ("complete", "Completed"), (None, "Completed")],
)
def test_a_job_that_has_ended_cannot_be_stopped_in_the_words_that_clients_know(
    plans, jobs, buy, sagemaker, refusal, ending, status
):
    jobs.create("job", buy() if ending else None)
    if ending:
        plans.clock.move_to(START + MINUTE)
    if ending == "stop":
        sagemaker.stop_training_job(TrainingJobName="job")
    elif ending == "fail":
        plans.jobs.fail("job", "loss is NaN")
    plans.clock.tick(HOUR)
    assert refusal(sagemaker.stop_training_job, TrainingJobName="job") == (
        "ValidationException",
        f"The request was rejected because the training job is in status {status}.",
    )


@pytest.mark.rule("JOB-09")
@pytest.mark.parametrize("on_plan", [True, False])
def test_an_update_must_change_something(jobs, buy, sagemaker, refusal, on_plan):
    jobs.create("job", buy() if on_plan else None)
    for nothing in ({}, {"ProfilerConfig": {}}):
        assert refusal(sagemaker.update_training_job, TrainingJobName="job", **nothing) == (
            "ValidationException",
            "Invalid UpdateTrainingJobRequest, the request cannot be empty",
        )


@pytest.mark.rule("JOB-09")
def test_a_job_without_a_plan_is_complete_at_birth_and_can_be_deleted(jobs, sagemaker, refusal):
    jobs.create("job", None, resources={"KeepAlivePeriodInSeconds": 60})
    assert jobs.status("job") == ("Completed", "Completed")
    assert refusal(sagemaker.stop_training_job, TrainingJobName="job")[0] == "ValidationException"
    sagemaker.update_training_job(
        TrainingJobName="job", ResourceConfig={"KeepAlivePeriodInSeconds": 30}
    )
    assert jobs.describe("job")["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 30
    sagemaker.delete_training_job(TrainingJobName="job")
    assert refusal(jobs.describe, name="job") == MISSING


@pytest.mark.rule("JOB-09")
@pytest.mark.parametrize("first_on_plan", [True, False])
@pytest.mark.parametrize("second_on_plan", [True, False])
def test_a_name_is_taken_by_jobs_with_and_without_a_plan(
    jobs, buy, refusal, first_on_plan, second_on_plan
):
    plan = buy()
    arn = jobs.create("job", plan if first_on_plan else None)
    assert refusal(jobs.create, name="job", plan=plan if second_on_plan else None) == (
        "ResourceInUse",
        "Training job names must be unique within an AWS account and region, and a training job "
        f"with this name already exists ({arn})",
    )


# -- listing -----------------------------------------------------------------------------------


def names(answer):
    return [each["TrainingJobName"] for each in answer["TrainingJobSummaries"]]


@pytest.fixture
def listed(plans, jobs, buy, sagemaker):
    """Jobs d, b (plan), a (other plan) and c (none), a minute apart; lists them."""
    plan, other = buy(InstanceCount=2), buy("other")
    plans.clock.move_to(START)
    for name, its_plan, warm in (("d", plan, WARM), ("b", plan, {}), ("a", other, WARM)):
        jobs.create(name, its_plan, resources=warm)
        plans.clock.tick(MINUTE)
    jobs.create("c", None)
    plans.clock.tick(HOUR - 2 * MINUTE)

    def run(**members):
        return names(sagemaker.list_training_jobs(**members))

    run.plan, run.other = plan, other
    return run


@pytest.mark.rule("JOB-10", "CLIENT-02")
def test_jobs_are_listed_by_each_filter(listed):
    # d and b have completed, a has not; d has a warm pool.
    on_plans = {"CreationTimeBefore": START + 3 * MINUTE}  # c has no plan
    assert listed() == ["d", "b", "a", "c"]
    for members, expected in (
        ({}, ["d", "b", "a"]),
        ({"CreationTimeAfter": START}, ["b", "a"]),
        ({"CreationTimeBefore": START + MINUTE}, ["d"]),
        ({"LastModifiedTimeAfter": START + HOUR, **on_plans}, ["b"]),
        ({"LastModifiedTimeBefore": START + HOUR}, ["a"]),
        ({"NameContains": "b"}, ["b"]),
        ({"NameContains": "x"}, []),
        ({"StatusEquals": "InProgress"}, ["a"]),
        ({"StatusEquals": "Failed"}, []),
        ({"WarmPoolStatusEquals": "Available"}, ["d"]),
        ({"WarmPoolStatusEquals": "InUse"}, ["a"]),
        ({"WarmPoolStatusEquals": "Reused"}, []),
        ({"TrainingPlanArnEquals": listed.plan}, ["d", "b"]),
        ({"TrainingPlanArnEquals": listed.plan, "MaxResults": 1}, ["d"]),
        ({"TrainingPlanArnEquals": listed.plan + "-unknown"}, []),
    ):
        assert listed(**{**on_plans, **members}) == expected, members


@pytest.mark.rule("JOB-10")
def test_jobs_are_sorted_and_paged(listed, sagemaker):
    assert listed(SortBy="Name") == ["a", "b", "c", "d"]
    assert listed(SortBy="Name", SortOrder="Descending") == ["d", "c", "b", "a"]
    assert listed(SortBy="Status") == ["b", "c", "d", "a"]
    for members in ({"SortBy": "Name"}, {"SortBy": "Status", "SortOrder": "Descending"}, {}):
        pages = sagemaker.get_paginator("list_training_jobs").paginate(
            PaginationConfig={"PageSize": 1}, **members
        )
        assert [names(page) for page in pages if names(page)] == [
            [each] for each in listed(**members)
        ]


@pytest.mark.rule("JOB-10")
def test_a_token_goes_on_after_its_page_though_jobs_are_added(listed, jobs, sagemaker, refusal):
    first = sagemaker.list_training_jobs(SortBy="Name", MaxResults=2)
    jobs.create("aa", None)
    second = {"SortBy": "Name", "MaxResults": 2, "NextToken": first["NextToken"]}
    assert listed(**second) == ["c", "d"]
    assert refusal(listed, **{**second, "SortBy": "Status"})[0] == "ValidationException"


@pytest.mark.rule("JOB-16")
def test_a_name_is_looked_for_among_as_many_jobs_as_the_page_can_hold(listed, sagemaker):
    first = sagemaker.list_training_jobs(NameContains="a", MaxResults=2)
    assert names(first) == []
    second = {"NameContains": "a", "MaxResults": 2, "NextToken": first["NextToken"]}
    assert listed(**second) == ["a"]
    assert "NextToken" not in sagemaker.list_training_jobs(**second)
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains="b", PaginationConfig={"PageSize": 1}
    )
    assert [names(page) for page in pages] == [[], ["b"], [], []]
    assert listed(NameContains="a") == ["a"]


@pytest.mark.rule("JOB-10")
def test_a_status_is_looked_for_in_the_page_of_the_newest_jobs(listed, sagemaker):
    before = {"CreationTimeBefore": START + 3 * MINUTE}
    assert listed(StatusEquals="Completed", MaxResults=1, **before) == []
    assert listed(StatusEquals="Completed", MaxResults=2, **before) == ["b"]
    answer = sagemaker.list_training_jobs(StatusEquals="Completed", MaxResults=2, **before)
    assert listed(
        StatusEquals="Completed", MaxResults=2, NextToken=answer["NextToken"], **before
    ) == ["d"]


# -- describing --------------------------------------------------------------------------------


@pytest.mark.rule("CLIENT-03", "VALIDATE-02")
def test_a_description_shows_all_that_was_asked_for(jobs, buy, sagemaker):
    request = job_request(
        "job",
        buy(InstanceCount=2),
        2,
        HyperParameters={"epochs": "3"},
        InputDataConfig=[
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/data"}
                },
            }
        ],
        VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        StoppingCondition={"MaxRuntimeInSeconds": 100, "MaxPendingTimeInSeconds": 7200},
        EnableNetworkIsolation=True,
        EnableInterContainerTrafficEncryption=True,
        EnableManagedSpotTraining=False,
        DebugHookConfig={"S3OutputPath": "s3://bucket/debug"},
        DebugRuleConfigurations=[{"RuleConfigurationName": "rule", "RuleEvaluatorImage": "image"}],
        TensorBoardOutputConfig={"S3OutputPath": "s3://bucket/board"},
        ExperimentConfig={"ExperimentName": "experiment"},
        ProfilerConfig={"S3OutputPath": "s3://bucket/profile"},
        ProfilerRuleConfigurations=[
            {"RuleConfigurationName": "rule", "RuleEvaluatorImage": "image"}
        ],
        Environment={"MODE": "test"},
        RetryStrategy={"MaximumRetryAttempts": 2},
        RemoteDebugConfig={"EnableRemoteDebug": True},
        InfraCheckConfig={"EnableInfraCheck": True},
        MlflowConfig={
            "MlflowResourceArn": "arn:aws:sagemaker:us-west-2:123456789012:mlflow-app/app"
        },
        ModelPackageConfig={
            "ModelPackageGroupArn": "arn:aws:sagemaker:us-west-2:123456789012:"
            "model-package-group/group"
        },
        **CHECKPOINTS,
    )
    request["OutputDataConfig"]["KmsKeyId"] = "key"
    sagemaker.create_training_job(
        **request,
        Tags=[{"Key": "team", "Value": "research"}],
        SessionChainingConfig={"EnableSessionTagChaining": True},
    )
    answer = jobs.describe("job")
    assert {name: answer[name] for name in request} == request
    assert answer["ModelArtifacts"] == {
        "S3ModelArtifacts": "s3://bucket/output/job/output/model.tar.gz"
    }


@pytest.mark.rule("VALIDATE-02")
@pytest.mark.in_process("reads the model")
def test_no_member_of_a_job_is_left_out_of_its_description():
    model = get_service_model("sagemaker")
    asked = set(model.operation_model("CreateTrainingJob").input_shape.members)
    described = set(model.operation_model("DescribeTrainingJob").output_shape.members)
    # Tags are read by ListTags; nothing can be seen of sessions.
    assert asked - described == {"Tags", "SessionChainingConfig"}


@pytest.mark.rule("CLIENT-03")
def test_what_clients_read_by_key_is_always_there(plans, jobs, buy):
    plan = buy()
    plans.clock.move_to(START)
    jobs.create("job", plan, resources={"InstanceCount": None}, StoppingCondition={})
    answer = jobs.describe("job")
    assert answer["OutputDataConfig"]["KmsKeyId"] == ""
    assert answer["ResourceConfig"]["InstanceCount"] == 1
    assert answer["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}
    assert answer["LastModifiedTime"] == START
    assert all(each["StatusMessage"] for each in answer["SecondaryStatusTransitions"])
    plans.jobs.fail("job", "loss is NaN")
    answer = jobs.describe("job")
    assert jobs.status("job") == ("Failed", "Failed")
    assert answer["FailureReason"] == "AlgorithmError: loss is NaN"


@pytest.mark.rule("CLIENT-03")
def test_an_update_changes_how_a_running_job_is_profiled_and_debugged(
    plans, jobs, buy, sagemaker, refusal
):
    jobs.create("job", buy(), ProfilerConfig={"S3OutputPath": "s3://bucket/profile"})
    debug = {"TrainingJobName": "job", "RemoteDebugConfig": {"EnableRemoteDebug": True}}
    assert refusal(sagemaker.update_training_job, **debug)[0] == "ValidationException"
    plans.clock.move_to(START)
    sagemaker.update_training_job(
        **debug,
        ProfilerConfig={"ProfilingIntervalInMilliseconds": 1000},
        ProfilerRuleConfigurations=[
            {"RuleConfigurationName": "rule", "RuleEvaluatorImage": "image"}
        ],
    )
    answer = jobs.describe("job")
    assert answer["RemoteDebugConfig"] == {"EnableRemoteDebug": True}
    assert answer["ProfilerConfig"] == {
        "S3OutputPath": "s3://bucket/profile",
        "ProfilingIntervalInMilliseconds": 1000,
    }
    assert answer["ProfilerRuleConfigurations"][0]["RuleConfigurationName"] == "rule"
    plans.clock.tick(HOUR)
    assert refusal(sagemaker.update_training_job, **debug)[0] == "ValidationException"


@pytest.mark.rule("CLIENT-04")
def test_each_instance_has_one_log_stream_once_its_job_trains(plans, jobs, buy_two_blocks, client):
    plan = buy_two_blocks(count=2)
    plans.jobs.run_for(30 * HOUR)
    jobs.create("job", plan, 2, **CHECKPOINTS)
    logs = client("logs")
    group = "/aws/sagemaker/TrainingJobs"
    assert group not in json.dumps(logs.describe_log_groups()["logGroups"])
    plans.clock.move_to(START + 3 * DAY)
    assert jobs.states("job") == ["Completed"]
    streams = [
        each["logStreamName"]
        for each in logs.describe_log_streams(logGroupName=group)["logStreams"]
    ]
    assert [stream.rpartition("-")[0] for stream in streams] == ["job/algo-1", "job/algo-2"]
    transitions = jobs.describe("job")["SecondaryStatusTransitions"]
    for stream in streams:
        events = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)[
            "events"
        ]
        assert [(event["message"].partition(":")[0], event["timestamp"]) for event in events] == [
            (each["Status"], each["StartTime"].timestamp() * 1000) for each in transitions
        ]


@pytest.mark.rule("PLAN-11")
def test_jobs_on_plans_carry_tags(jobs, buy, sagemaker, client):
    arn = jobs.create("job", buy(), Tags=[{"Key": "team", "Value": "research"}])
    moto_arn = jobs.create("moto", None, Tags=[{"Key": "team", "Value": "moto"}])
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
    stage = [{"Key": "stage", "Value": "test"}]
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == stage
    assert sagemaker.list_tags(ResourceArn=moto_arn)["Tags"][0]["Value"] == "moto"
    tagging = client("resourcegroupstaggingapi")
    found = tagging.get_resources(ResourceTypeFilters=["sagemaker:training-job"])
    assert {each["ResourceARN"]: each["Tags"] for each in found["ResourceTagMappingList"]} == {
        arn: stage,
        moto_arn: [{"Key": "team", "Value": "moto"}],
    }


# -- preferences, placement, subnets -----------------------------------------------------------


def preferences(*entries, count=1):
    return {
        "InstanceType": None,
        "InstanceCount": count,
        "InstancePreferences": [
            {"InstanceType": kind, **({"TrainingPlanArns": [plan]} if plan else {})}
            for kind, plan in entries
        ],
    }


P4, P5 = "ml.p4d.24xlarge", "ml.p5.48xlarge"


@pytest.mark.rule("JOB-12")
def test_a_plan_without_capacity_is_skipped_for_the_next_preference(plans, jobs, buy, sagemaker):
    first, second = buy("first"), buy("second", InstanceType=P5)
    entries = ((P4, first), (P5, second))
    jobs.create("waits", None, resources=preferences(*entries))
    assert jobs.states("waits") == ["Pending"]
    assert "SelectedInstanceType" not in jobs.describe("waits")["ResourceConfig"]
    plans.clock.move_to(START)
    # None of the plans ran when it was created, so it waited for the first.
    assert jobs.describe("waits")["ResourceConfig"]["SelectedInstanceType"] == P4
    jobs.create("second", None, resources=preferences(*entries))
    config = jobs.describe("second")["ResourceConfig"]
    assert (config["SelectedInstanceType"], config["SelectedInstanceCount"]) == (P5, 1)
    assert counts(sagemaker, second) == (1, 0)
    jobs.create("on-demand", None, resources=preferences(*entries, ("ml.g5.48xlarge", None)))
    assert jobs.states("on-demand") == ["Training"]
    config = jobs.describe("on-demand")["ResourceConfig"]
    assert config["SelectedInstanceType"] == "ml.g5.48xlarge"
    assert set(plans.jobs.environment("on-demand")) == {"TRAINING_JOB_NAME", "TRAINING_JOB_ARN"}
    plans.clock.tick(HOUR)
    assert jobs.states("waits", "second", "on-demand") == ["Completed"] * 3


@pytest.mark.rule("JOB-12")
def test_preferences_that_contradict_themselves_are_refused(jobs, buy, refusal):
    plan = buy()
    each = preferences((P4, plan))
    spot = {"EnableManagedSpotTraining": True}
    for preferred in (each, preferences((P4, None))):
        code, message = refusal(jobs.create, name="job", plan=None, resources=preferred, **spot)
        assert (code, "EnableManagedSpotTraining" in message) == ("ValidationException", True)
    for wrong in (
        {**each, "TrainingPlanArn": plan},
        {**each, "InstanceType": P4},
        {**each, "InstancePlacementConfig": {"EnableMultipleJobs": True}},
        {**each, "InstanceCount": None},
        preferences((P5, plan)),
        preferences((P4, plan), (P4, None)),
    ):
        code, _ = refusal(jobs.create, name="job", plan=None, resources=wrong)
        assert code == "ValidationException", wrong
    for wrong in (
        preferences((P5, None), (P5, None)),
        {**preferences((P5, None)), "InstanceCount": None},
    ):
        code, _ = refusal(jobs.create, name="job", plan=None, resources=wrong)
        assert code == "ValidationException", wrong
    per_entry = {**each, "InstanceCount": None}
    per_entry["InstancePreferences"][0]["InstanceCount"] = 1
    jobs.create("job", None, resources=per_entry)


@pytest.mark.rule("JOB-12")
def test_a_plan_of_the_job_is_for_the_preference_of_its_type(plans, jobs, buy, refusal):
    plan = buy()
    plans.clock.move_to(START)
    both = preferences((P5, None), (P4, None))
    jobs.create("first", plan, resources=both)
    assert jobs.describe("first")["ResourceConfig"]["SelectedInstanceType"] == P5
    jobs.create("second", plan, resources=preferences((P4, None), (P5, None)))
    assert jobs.describe("second")["ResourceConfig"]["SelectedInstanceType"] == P4
    assert "SAGEMAKER_CURRENT_CAPACITY_BLOCK_EXPIRATION_TIMESTAMP" in plans.jobs.environment(
        "second"
    )
    code, message = refusal(jobs.create, name="third", plan=plan, resources=preferences((P5, None)))
    assert (code, P4 in message) == ("ValidationException", True)


@pytest.mark.rule("JOB-15")
def test_preferences_without_any_plan_show_the_instances_selected(jobs):
    jobs.create("job", None, resources=preferences((P5, None), (P4, None), count=2))
    job = jobs.describe("job")
    assert job["TrainingJobStatus"] == "Completed"
    config = job["ResourceConfig"]
    assert (config["SelectedInstanceType"], config["SelectedInstanceCount"]) == (P5, 2)
    assert "InstanceType" not in config
    assert [each["InstanceType"] for each in config["InstancePreferences"]] == [P5, P4]


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


def placed(multiple_jobs=False, *specifications):
    return {
        "InstanceType": "ml.p6e-gb200.36xlarge",
        "InstancePlacementConfig": {
            "EnableMultipleJobs": multiple_jobs,
            "PlacementSpecifications": [
                {"InstanceCount": count, **({"UltraServerId": server} if server else {})}
                for server, count in specifications
            ],
        },
    }


@pytest.mark.rule("JOB-13")
def test_a_job_is_placed_on_the_ultra_servers_it_names_and_has_them_for_itself(
    plans, jobs, two_servers
):
    plan, sagemaker, servers = two_servers
    jobs = type(jobs)(sagemaker)
    ids = [server["UltraServerId"] for server in servers()]

    def in_use():
        return [server["InUseInstanceCount"] for server in servers()]

    jobs.create("named", plan, 3, resources=placed(False, (ids[1], 3)))
    assert in_use() == [0, 3]
    jobs.create("any", plan, 8, resources={"InstanceType": "ml.p6e-gb200.36xlarge"})
    jobs.create("shared", plan, 6, resources=placed(True, (None, 6)))
    jobs.create("small", plan, 2, resources=placed(True, (None, 2)))
    # No other job may use the second server, and the first one is full.
    assert (
        jobs.states("named", "any", "shared", "small")
        == ["Training"] + ["Training"] + ["Pending"] * 2
    )
    assert in_use() == [8, 3]
    plans.clock.tick(HOUR)
    assert jobs.states("shared", "small") == ["Training", "Training"]
    assert in_use() == [8, 0]
    jobs.create("alone", plan, 2, resources=placed(False))
    assert in_use() == [8, 2]


@pytest.mark.rule("JOB-13")
def test_a_placement_that_cannot_be_is_refused(jobs, two_servers, buy, refusal):
    plan, sagemaker, servers = two_servers
    jobs = type(jobs)(sagemaker)
    server = servers()[0]["UltraServerId"]
    for config in (
        placed(False, ("us-unknown", 2)),
        placed(False, (server, 3)),
        placed(False, (server, 2), (None, 0)),
        placed(False, (None, 9)),
    ):
        code, _ = refusal(jobs.create, name="job", plan=plan, count=2, resources=config)
        assert code == "ValidationException", config
    other = buy("other", using=sagemaker)
    config = {**placed(True), "InstanceType": P4}
    assert refusal(jobs.create, name="job", plan=other, resources=config)[0] == (
        "ValidationException"
    )


@pytest.mark.rule("JOB-14")
def test_known_subnets_must_cover_the_zones_of_all_blocks(jobs, buy_two_blocks, client, refusal):
    plan = buy_two_blocks()
    subnets = {
        each["AvailabilityZone"]: each["SubnetId"]
        for each in client("ec2").describe_subnets()["Subnets"]
    }

    def create(name, *ids):
        return jobs.create(name, plan, VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ids})

    first, second = subnets["us-west-2a"], subnets["us-west-2b"]
    code, message = refusal(lambda: create("job", first, subnets["us-west-2c"]))
    assert (code, "us-west-2b" in message, first in message) == (
        "ValidationException",
        True,
        True,
    )
    create("both", first, second)
    create("unknown", "subnet-unknown")


@pytest.mark.rule("JOB-14")
def test_a_zone_that_ec2_does_not_know_is_not_judged(jobs, two_servers, client):
    plan, sagemaker, _ = two_servers
    subnet = client("ec2", region="us-east-1").describe_subnets()["Subnets"][0]["SubnetId"]
    type(jobs)(sagemaker).create(
        "job",
        plan,
        resources={"InstanceType": "ml.p6e-gb200.36xlarge"},
        VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": [subnet]},
    )


# -- requests ----------------------------------------------------------------------------------


@pytest.mark.rule("VALIDATE-01")
def test_a_pattern_with_classes_of_characters_is_checked(jobs, buy, refusal):
    plan = buy()

    def image(arn):
        return {
            "TrainingImage": "image",
            "TrainingInputMode": "File",
            "TrainingImageConfig": {
                "TrainingRepositoryAccessMode": "Vpc",
                "TrainingRepositoryAuthConfig": {"TrainingRepositoryCredentialsProviderArn": arn},
            },
        }

    arn = "arn:aws:lambda:us-west-2:123456789012:function:credentials"
    jobs.create("job", plan, AlgorithmSpecification=image(arn))
    wrong = image(arn.replace("us-west-2", "us_west_2"))
    code, message = refusal(jobs.create, name="x", plan=plan, AlgorithmSpecification=wrong)
    assert code == "ValidationException"
    assert "trainingRepositoryCredentialsProviderArn" in message


@pytest.mark.rule("CLIENT-03")
def test_botocores_waiter_ends_as_the_clock_flows(plans, jobs, buy, sagemaker):
    jobs.create("job", buy())
    plans.clock.speed(12 * 3600)
    waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName="job", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert jobs.status("job") == ("Completed", "Completed")


@pytest.mark.rule("CLIENT-03")
@pytest.mark.in_process("freezes the time of this process")
def test_botocores_waiter_ends_as_frozen_time_ticks(monkeypatch):
    with freeze_time(START - 16 * HOUR) as frozen, mock_training_plans():
        sagemaker = boto3.client("sagemaker", region_name="us-west-2")
        offerings = sagemaker.search_training_plan_offerings(
            InstanceType=P4, DurationHours=24, TargetResources=["training-job"]
        )["TrainingPlanOfferings"]
        plan = sagemaker.create_training_plan(
            TrainingPlanName="plan",
            TrainingPlanOfferingId=offerings[-1]["TrainingPlanOfferingId"],
        )["TrainingPlanArn"]
        sagemaker.create_training_job(**job_request("job", plan))
        monkeypatch.setattr("botocore.waiter.time.sleep", frozen.tick)
        waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
        waiter.wait(TrainingJobName="job", WaiterConfig={"Delay": 1200})
        job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["TrainingJobStatus"] == "Completed"
    assert job["TrainingEndTime"] == START + HOUR
