"""What is told of a job: its description, messages, log streams and tags."""

from __future__ import annotations

import json

import pytest
from moto.core.utils import get_service_model

from moto_trainingplans import TrainingPlansError
from tests.support.jobs import CHECKPOINTS, DAY, HOUR, MINUTE, START, job_request


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
def test_artifacts_that_are_not_packed_are_a_folder(jobs, buy):
    output = {"S3OutputPath": "s3://bucket/output/", "CompressionType": "NONE"}
    jobs.create("job", buy(), OutputDataConfig=output)
    assert jobs.describe("job")["ModelArtifacts"] == {
        "S3ModelArtifacts": "s3://bucket/output/job/output/model/"
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
    for flag in ("NetworkIsolation", "InterContainerTrafficEncryption", "ManagedSpotTraining"):
        assert answer[f"Enable{flag}"] is False
    assert all(each["StatusMessage"] for each in answer["SecondaryStatusTransitions"])
    plans.jobs.fail("job", "loss is NaN")
    answer = jobs.describe("job")
    assert jobs.status("job") == ("Failed", "Failed")
    assert answer["FailureReason"] == "AlgorithmError: loss is NaN"


@pytest.mark.rule("CLIENT-03")
def test_no_message_of_a_job_is_empty_whatever_it_goes_through(
    plans, jobs, buy, sagemaker, state_manager
):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 60})
    plan = buy(InstanceCount=2)
    first = jobs.create("completes", plan)
    plans.clock.move_to(START + 10 * MINUTE)
    plans.faults.fail_instances(first)
    jobs.create("stops", plan)  # for whose instance there is no other
    plans.clock.tick(2 * HOUR)
    assert jobs.states("completes", "stops") == ["Completed", "Training"]
    sagemaker.stop_training_job(TrainingJobName="stops")
    met = set()
    for name in ("completes", "stops"):
        for each in jobs.describe(name)["SecondaryStatusTransitions"]:
            assert each["StatusMessage"], each["Status"]
            met.add(each["Status"])
    assert met == {
        *("Pending", "Starting", "Restarting", "Downloading", "Training", "Uploading"),
        *("Completed", "Stopping"),
    }


@pytest.mark.rule("CLIENT-03", "VALIDATE-03")
def test_a_reason_longer_than_the_model_allows_is_misuse_and_fails_nothing(plans, jobs, buy):
    plans.clock.move_to(START - HOUR)
    jobs.create("job", buy())
    plans.clock.move_to(START)
    prefix = "AlgorithmError: "
    for reason in ("x" * (1025 - len(prefix)), prefix + "x" * (1025 - len(prefix))):
        with pytest.raises(TrainingPlansError, match="reason must have at most 1024 characters"):
            plans.jobs.fail("job", reason)
    assert jobs.states("job") == ["Training"]
    longest = prefix + "x" * (1024 - len(prefix))
    plans.jobs.fail("job", longest)
    assert jobs.describe("job")["FailureReason"] == longest


@pytest.mark.rule("CLIENT-03")
def test_an_update_changes_how_a_running_job_is_profiled_and_debugged(
    plans, jobs, buy, sagemaker, refusal
):
    jobs.create("job", buy(), ProfilerConfig={"S3OutputPath": "s3://bucket/profile"})
    debug = {"TrainingJobName": "job", "RemoteDebugConfig": {"EnableRemoteDebug": True}}
    assert refusal(sagemaker.update_training_job, **debug) == (
        "ValidationException",
        "Remote debugging of training job job can only be changed in secondary status Downloading "
        "or Training, not Pending.",
    )
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
    assert refusal(sagemaker.update_training_job, **debug) == (
        "ValidationException",
        "The request was rejected because the training job is in status Completed.",
    )


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
