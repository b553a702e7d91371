"""What CreateTrainingJob refuses of any job, and what cannot use a plan and refuses one."""

from __future__ import annotations

import json

import pytest

from tests.support.jobs import ROLE
from tests.support.model_history import has, needs

SPOT = {"EnableManagedSpotTraining": True}
DAY = 86400
WITHOUT_SPOT = (
    "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to "
    "true"
)


def stopping(**seconds):
    return {"StoppingCondition": {f"Max{name}InSeconds": each for name, each in seconds.items()}}


def groups(*names, **members):
    return {
        "InstanceType": None,
        "InstanceCount": None,
        "InstanceGroups": [
            {"InstanceGroupName": name, "InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1}
            for name in names
        ],
        **members,
    }


def channel(name, *in_groups):
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/data"}
    if in_groups:
        source["InstanceGroupNames"] = list(in_groups)
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


@pytest.mark.rule("JOB-15")
@pytest.mark.parametrize("on_plan", [True, False])
@pytest.mark.parametrize(
    ("members", "text"),
    [
        (stopping(Runtime=60, WaitTime=60), WITHOUT_SPOT),
        (
            stopping(Runtime=28 * DAY + 1),
            "MaxRuntimeInSeconds must be at most 2419200, which are 28 days, not 2419201.",
        ),
        (
            {"resources": {"SelectedInstanceType": "ml.p4d.24xlarge"}},
            "ResourceConfig.SelectedInstanceType cannot be in a request: it tells what has been "
            "selected.",
        ),
        (
            {"resources": {"SelectedInstanceCount": 1}},
            "ResourceConfig.SelectedInstanceCount cannot be in a request: it tells what has been "
            "selected.",
        ),
        (
            {"resources": groups("a", "b", "a")},
            "InstanceGroupName a is more than once in the job.",
        ),
        *(
            (
                {"resources": groups("a", **{name: value})},
                "InstanceType or InstanceCount cannot be specified with InstanceGroups",
            )
            for name, value in (("InstanceType", "ml.p4d.24xlarge"), ("InstanceCount", 1))
        ),
        (
            {
                "resources": groups("a", "b"),
                "InputDataConfig": [channel("one", "a"), channel("two"), channel("three")],
            },
            "Some channels have assigned instance groups: [one] while others not: [two, three]",
        ),
    ],
    ids=["wait", "run time", "type", "count", "name", "with type", "with count", "channels"],
)
def test_what_contradicts_itself_is_refused_with_a_plan_and_without(
    jobs, buy, refusal, unchanged, on_plan, members, text
):
    plan = buy(InstanceCount=4) if on_plan else None
    before = unchanged()
    assert refusal(jobs.create, name="job", plan=plan, **members) == ("ValidationException", text)
    assert unchanged() == before
    assert refusal(jobs.describe, name="job")[1] == "Requested resource not found."


@pytest.mark.rule("JOB-15")
def test_a_spot_job_waits_at_least_as_long_as_it_may_run(jobs, refusal):
    assert refusal(
        jobs.create, name="job", plan=None, **stopping(Runtime=61, WaitTime=60), **SPOT
    ) == (
        "ValidationException",
        "Invalid MaxWaitTimeInSeconds. It must be equal to or greater than MaxRuntimeInSeconds 61, "
        "and is 60.",
    )
    jobs.create("job", None, **stopping(Runtime=60, WaitTime=60), **SPOT)


@pytest.mark.rule("JOB-15")
def test_the_longest_run_and_whole_groups_are_allowed(jobs, buy):
    plan = buy(InstanceCount=2)
    for name, on in (("planned", plan), ("moto", None)):
        jobs.create(f"{name}-long", on, **stopping(Runtime=28 * DAY))
        jobs.create(
            f"{name}-groups",
            on,
            resources=groups("a", "b"),
            InputDataConfig=[channel("one", "a"), channel("two", "b")],
        )


# -- what cannot use a plan --------------------------------------------------------------------


def tuning_job(resources, several=False):
    definition = {
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
        "ResourceConfig": {
            "InstanceType": "ml.p4d.24xlarge",
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
            **resources,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }
    return {
        "HyperParameterTuningJobName": "tuning",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "ResourceLimits": {"MaxParallelTrainingJobs": 1},
        },
        **(
            {"TrainingJobDefinitions": [definition]}
            if several
            else {"TrainingJobDefinition": definition}
        ),
    }


def refused(member, where):
    return (
        "ValidationException",
        f"{member} is not supported in {where}: training plans can be used by training jobs, "
        "HyperPod clusters, endpoints and Studio apps.",
    )


@pytest.mark.rule("JOB-18")
@pytest.mark.parametrize("several", [True, False])
def test_a_tuning_job_refuses_a_plan(buy, sagemaker, refusal, several):
    plan = buy()
    preferences = [{"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArns": [plan]}]
    for member, resources, is_known in (
        ("TrainingPlanArn", {"TrainingPlanArn": plan}, True),
        (
            "TrainingPlanArns",
            {"InstancePreferences": preferences},
            has("CreateTrainingJob.input.ResourceConfig.InstancePreferences"),
        ),
    ):
        if is_known:
            assert refusal(
                sagemaker.create_hyper_parameter_tuning_job, **tuning_job(resources, several)
            ) == refused(member, "CreateHyperParameterTuningJob")
    found = sagemaker.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    assert found == []
    sagemaker.create_hyper_parameter_tuning_job(**tuning_job({}, several))


@pytest.mark.rule("JOB-18")
@needs("CreateApp.input.ResourceSpec.TrainingPlanArn")
def test_default_settings_of_a_domain_refuse_a_plan_but_take_the_word_for_none(
    buy, sagemaker, refusal
):
    def domain(plan):
        return {
            "DomainName": "domain",
            "AuthMode": "IAM",
            "SubnetIds": ["subnet-1"],
            "VpcId": "vpc-1",
            "DefaultUserSettings": {
                "ExecutionRole": ROLE,
                "JupyterLabAppSettings": {"DefaultResourceSpec": {"TrainingPlanArn": plan}},
            },
        }

    assert refusal(sagemaker.create_domain, **domain(buy())) == refused(
        "TrainingPlanArn", "CreateDomain"
    )
    sagemaker.create_domain(**domain("None"))


def pipeline(resources):
    step = {
        "Name": "train",
        "Type": "Training",
        "Arguments": {"ResourceConfig": {"InstanceType": "ml.p4d.24xlarge", **resources}},
    }
    nested = {"Name": "if", "Type": "Condition", "Arguments": {"IfSteps": [step]}}
    return {"Version": "2020-12-01", "Parameters": [], "Steps": [nested]}


@pytest.mark.rule("JOB-18")
def test_a_step_of_a_pipeline_refuses_a_plan_wherever_its_definition_is(
    buy, sagemaker, client, refusal
):
    s3 = client("s3")
    s3.create_bucket(
        Bucket="definitions", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    for key, resources in (("with", {"TrainingPlanArn": buy()}), ("without", {})):
        body = json.dumps(pipeline(resources))
        s3.put_object(Bucket="definitions", Key=key, Body=body.encode())

    def given(key, *, stored):
        if stored:
            return {"PipelineDefinitionS3Location": {"Bucket": "definitions", "ObjectKey": key}}
        body = s3.get_object(Bucket="definitions", Key=key)["Body"].read().decode()
        return {"PipelineDefinition": body}

    for stored in (True, False):
        name = f"pipeline-{stored}"
        create = {"PipelineName": name, "ClientRequestToken": "a" * 32, "RoleArn": ROLE}
        assert refusal(
            sagemaker.create_pipeline, **create, **given("with", stored=stored)
        ) == refused("TrainingPlanArn", "the steps of CreatePipeline")
        sagemaker.create_pipeline(**create, **given("without", stored=stored))
        assert refusal(
            sagemaker.update_pipeline, PipelineName=name, **given("with", stored=stored)
        ) == refused("TrainingPlanArn", "the steps of UpdatePipeline")
        sagemaker.update_pipeline(PipelineName=name, **given("without", stored=stored))


@pytest.mark.rule("JOB-18")
@pytest.mark.in_process("reads the model")
def test_every_operation_that_can_name_a_plan_uses_it_or_refuses_it():
    from moto.core.utils import get_service_model

    from moto_trainingplans.sagemaker.operations import HANDLERS
    from moto_trainingplans.sagemaker.without_plans import can_name_plans

    operations = {
        name for name in get_service_model("sagemaker").operation_names if can_name_plans(name)
    }
    using = {"CreateApp", "CreateCluster", "CreateTrainingJob", "UpdateCluster"}
    about_plans = {"DescribeTrainingPlanExtensionHistory", "SearchTrainingPlanOfferings"}
    assert operations & set(HANDLERS) <= using | about_plans | {"ListClusters"}
    assert "CreateHyperParameterTuningJob" in operations - set(HANDLERS)
