"""docs/differences-from-moto.md says of moto what moto does; that from AWS has every operation."""

from __future__ import annotations

import re

import boto3
import pytest
from moto import mock_aws

from moto_trainingplans.sagemaker.operations import HANDLERS
from tests.support.clusters import group
from tests.support.conformance import check_answer
from tests.support.jobs import job_request
from tests.tools.moto_suite_table import PAGE, written

ARN = "arn:aws:sagemaker:us-west-2:123456789012:training-plan/plan"

pytestmark = pytest.mark.in_process("is about moto without this package")


def test_the_page_has_todays_exceptions():
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "run python -m tests.tools.moto_suite_table"


def test_every_operation_is_in_the_table_of_how_well_each_is_founded():
    page = PAGE.with_name("differences-from-aws.md").read_text(encoding="utf-8")
    table = page.partition("## By operation")[2].partition("## ")[0]
    assert set(HANDLERS) - set(re.findall(r"\w+", table)) == set()


@pytest.fixture
def moto_alone():
    with mock_aws():
        client = boto3.client("sagemaker", region_name="us-west-2")
        # Its answers are not ours to check.
        client.meta.events.unregister("after-call.sagemaker", check_answer)
        yield client


def test_a_job_of_motos_completes_at_birth_whatever_its_plan(moto_alone, refusal):
    for _ in range(2):  # of one name
        moto_alone.create_training_job(**job_request("job", ARN, 1))
    job = moto_alone.describe_training_job(TrainingJobName="job")
    assert (job["TrainingJobStatus"], job["ResourceConfig"]["TrainingPlanArn"]) == (
        "Completed",
        ARN,
    )
    unknown = refusal(moto_alone.describe_training_job, TrainingJobName="nobody")
    assert unknown[1].startswith("Could not find training job 'arn:")


def test_a_cluster_of_motos_has_all_its_nodes_at_once(moto_alone):
    scripts = {"SourceS3Uri": "s3://sagemaker-scripts/", "OnCreate": "create.sh"}
    workers = group("workers", ARN, 2, LifeCycleConfig=scripts, ThreadsPerCore=1)
    arn = moto_alone.create_cluster(ClusterName="one", InstanceGroups=[workers])["ClusterArn"]
    assert arn.endswith(":cluster/one")
    nodes = moto_alone.list_cluster_nodes(ClusterName="one")["ClusterNodeSummaries"]
    assert [node["InstanceId"] for node in nodes] == ["workers-0", "workers-1"]


def test_what_moto_lacks_raises_in_a_process_and_its_types_are_older(moto_alone, refusal):
    for lacking in (moto_alone.list_training_plans, moto_alone.list_apps):
        with pytest.raises(NotImplementedError):
            lacking()
    moto_alone.create_model(
        ModelName="model",
        PrimaryContainer={"Image": "image"},
        ExecutionRoleArn="arn:aws:iam::123456789012:role/inference",
    )
    variant = {
        "VariantName": "main",
        "ModelName": "model",
        "InstanceType": "ml.p5.48xlarge",
        "InitialInstanceCount": 1,
    }
    code, text = refusal(
        moto_alone.create_endpoint_config, EndpointConfigName="one", ProductionVariants=[variant]
    )
    assert code == "ValidationException"
    assert text.startswith("Value 'ml.p5.48xlarge' at 'instanceType'")
