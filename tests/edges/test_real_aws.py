"""`pytest --aws`, proved against a server that plays AWS: what it sends, and what it tells."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
import requests

from moto_trainingplans import connect
from tests.support.real_aws import NotARead, ReadsOnly, differences, reads, scrub
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("about a run of pytest")

PROJECT = Path(__file__).resolve().parents[2]
ACCOUNT = "998877665544"
READS = ("tests/sagemaker/test_reads.py", "tests/market/test_search.py")
# What a careless contributor might mark.
CARELESS = """
import boto3, pytest, requests

@pytest.mark.aws
def test_buys(sagemaker, search):
    offering = search()[-1]["TrainingPlanOfferingId"]
    sagemaker.create_training_plan(TrainingPlanName="dear", TrainingPlanOfferingId=offering)

@pytest.mark.aws
def test_buys_by_a_client_of_its_own(sagemaker):
    mine = boto3.client(
        "sagemaker", endpoint_url=sagemaker.meta.endpoint_url, region_name="us-east-1"
    )
    mine.create_training_plan(TrainingPlanName="dear", TrainingPlanOfferingId="tpo-1")

@pytest.mark.aws
def test_buys_over_http(sagemaker):
    requests.post(sagemaker.meta.endpoint_url, "{}", timeout=5, headers={
        "X-Amz-Target": "SageMaker.CreateTrainingPlan"})

@pytest.mark.aws
def test_moves_the_clock(plans):
    plans.clock.tick(1)

@pytest.mark.aws
def test_fails_with_the_account(sagemaker):
    sagemaker.list_training_plans()
    raise ValueError("arn:aws:sagemaker:us-east-1:ACCOUNT:training-plan/mine")

def test_that_nobody_marked(sagemaker):
    sagemaker.list_training_jobs()
""".replace("ACCOUNT", ACCOUNT)


@pytest.fixture(scope="module")
def aws():
    """A server that plays AWS, with a plan that somebody has."""
    previous = os.environ.get("MOTO_ACCOUNT_ID")
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
    try:
        running = RunningServer()
    finally:
        os.environ.pop("MOTO_ACCOUNT_ID")
        if previous is not None:
            os.environ["MOTO_ACCOUNT_ID"] = previous
    there = boto3.client("sagemaker", region_name="us-west-2", endpoint_url=running.url)
    offering = there.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", DurationHours=24
    )["TrainingPlanOfferings"][-1]
    there.create_training_plan(
        TrainingPlanName="mine", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )
    yield running
    running.stop()


@pytest.fixture
def run(aws):
    """Runs pytest with `--aws`: its exit code, and all that it printed."""

    def run_pytest(*arguments, **environment):
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "TEST_SERVER", "PYTEST_"))
        }
        contributor = {
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-west-2",
            "AWS_ENDPOINT_URL_SAGEMAKER": aws.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            **environment,
        }
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--aws", "-q", "-n", "0", *arguments],
            cwd=PROJECT,
            env={**clean, **{name: value for name, value in contributor.items() if value}},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run_pytest


def test_what_only_reads_runs_against_aws_and_nothing_else_is_sent(aws, run):
    before = len(connect(aws.url).calls())
    code, told = run(*READS)
    assert code == 0, told
    sent = [call.operation for call in connect(aws.url).calls()[before:]]
    assert set(sent) == {
        *("SearchTrainingPlanOfferings", "ListTrainingPlans", "DescribeTrainingPlan"),
        *("ListTrainingJobs", "DescribeTrainingJob", "ListClusters", "DescribeCluster"),
        *("ListClusterNodes", "DescribeClusterNode", "ListClusterEvents"),
    }
    assert f"{len(sent)} reads were made, and nothing else was sent." in told
    assert re.search(r"\d\d deselected", told)  # what is not marked


def test_where_aws_answers_otherwise_is_told_once_without_an_account(aws, run):
    connect(aws.url).faults.error(
        "DescribeTrainingPlan",
        "ResourceNotFoundException",
        f"No plan of {ACCOUNT} has that name.",
    )
    code, told = run("tests/sagemaker/test_reads.py")
    assert code == 1  # the test says what the rule says
    assert (
        told.count("differs: DescribeTrainingPlan: AWS answers ResourceNotFoundException: No") == 1
    )
    assert "No plan of 123456789012 has that name., the simulation ResourceNotFound: " in told
    assert ACCOUNT not in told


def test_nothing_that_a_test_does_sends_a_purchase(aws, run, tmp_path):
    """Not by the fixture's client, by a client of its own, nor over HTTP."""
    careless = tmp_path / "test_careless.py"
    careless.write_text(CARELESS, encoding="utf-8")
    before = connect(aws.url).history(), len(connect(aws.url).calls())
    code, told = run("-p", "conftest", "-c", str(PROJECT / "pyproject.toml"), str(careless))
    assert code == 1
    assert "5 failed, 1 deselected" in told
    refused = "SageMaker.CreateTrainingPlan to 127.0.0.1 is no read of SageMaker's: not sent"
    assert told.count(f"NotARead: {refused}") + told.count(f"exception: {refused}") >= 3
    assert "a test marked aws moves no simulation: clock" in told
    assert "training-plan/mine" in told
    assert ACCOUNT not in told
    plans = connect(aws.url)
    assert plans.history() == before[0]
    assert {call.operation for call in plans.calls()[before[1] :]} == {
        *("SearchTrainingPlanOfferings", "ListTrainingPlans"),
    }


@pytest.mark.parametrize("lacking", ["AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"])
def test_without_credentials_or_region_it_says_so_and_runs_nothing(run, lacking, tmp_path):
    empty = {"HOME": str(tmp_path), "AWS_ACCESS_KEY_ID": ""} if "KEY" in lacking else {}
    code, told = run("tests/sagemaker/test_reads.py", **{lacking: "", **empty})
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "--aws needs credentials and a Region that boto3 can find" in told


def test_what_may_be_sent_is_by_its_name_a_read():
    assert {"SearchTrainingPlanOfferings", "ListTrainingPlans", "DescribeTrainingPlan"} < reads()
    for dear in ("CreateTrainingPlan", "ExtendTrainingPlan", "CreateTrainingJob", "CreateCluster"):
        assert dear not in reads()


def test_only_reads_of_sagemaker_reach_the_network(aws):
    guard = ReadsOnly()
    guard.start()
    try:
        for headers in ({}, {"X-Amz-Target": "AmazonSSM.GetParameter"}, {"X-Amz-Target": "List"}):
            with pytest.raises(NotARead, match="is no read of SageMaker's: not sent"):
                requests.get(f"{aws.url}/moto-api/data.json", headers=headers, timeout=5)
    finally:
        guard.stop()
    assert requests.get(f"{aws.url}/moto-api/data.json", timeout=5).status_code == 200


def test_answers_differ_by_refusal_or_member_and_not_by_value():
    plan = {"Name": "a", "Fee": "1", "Blocks": [{"Zone": "x", "Hours": 24}]}
    other = {"Name": "b", "Fee": 1, "Blocks": [{"Zone": "y", "Days": 1}], "New": []}
    assert list(differences(plan, {**plan, "Name": "c", "Blocks": []})) == []
    assert list(differences(other, plan)) == [
        "Blocks[].Days is int in AWS, absent here",
        "Blocks[].Hours is absent in AWS, int here",
        "Fee is int in AWS, str here",
        "New is list in AWS, absent here",
    ]
    refused = {"Error": {"Code": "ValidationException", "Message": "No."}}
    assert list(differences(refused, plan)) == [
        "AWS answers ValidationException: No., the simulation no error"
    ]


def test_an_account_is_scrubbed_wherever_it_stands_but_in_a_token():
    arn = f"arn:aws:sagemaker:us-west-2:{ACCOUNT}:training-plan/mine"
    answer = {"Plans": [{"Arn": arn}], "Note": f"({ACCOUNT})", "NextToken": ACCOUNT, "Count": 1}
    assert scrub(answer) == {
        "Plans": [{"Arn": arn.replace(ACCOUNT, "123456789012")}],
        "Note": "(123456789012)",
        "NextToken": ACCOUNT,
        "Count": 1,
    }
    assert scrub(f"1{ACCOUNT} tpo-0123456789012ab") == f"1{ACCOUNT} tpo-0123456789012ab"
