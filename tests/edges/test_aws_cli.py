"""The AWS CLI, with the developer guide's commands, against a server.

The commands are the guide's as printed, with line continuations and placeholders repaired.
"""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout

import pytest

from moto_trainingplans import connect
from tests.support.model_history import needs

pytestmark = pytest.mark.in_process("starts a server of its own")

SEARCH = """
    aws sagemaker search-training-plan-offerings \
    --target-resources "training-job" \
    --instance-type "ml.p4d.24xlarge" \
    --instance-count 1 \
    --duration-hours 15 \
    --start-time-after "1737484800" \
    --end-time-before "1737657600"
"""
ULTRA_SERVER_SEARCH = """
    aws sagemaker search-training-plan-offerings \
    --ultra-server-type {type} \
    --ultra-server-count 1 \
    --duration-hours 24 \
    --target-resources hyperpod-cluster \
    --start-time-after "1737484800" \
    --end-time-before "1737657600"
"""
CREATE = """
    aws sagemaker create-training-plan \
    --training-plan-offering-id "{id}" \
    --training-plan-name "{name}"
"""
LIST = 'aws sagemaker list-training-plans --start-time-after "2024-09-26T00:00:01.000Z"'
LIST_ACTIVE = """
    aws sagemaker list-training-plans --max-results 10 --sort-by StartTime --sort-order
    Descending --start-time-after 13000000 --filters Name=Status,Value=Active
"""
DESCRIBE = """
    aws sagemaker describe-training-plan \
    --training-plan-name "{name}"
"""


@pytest.fixture
def plans(frozen_server):
    control = connect(frozen_server.url)
    control.reset()
    return control


@pytest.fixture
def run(frozen_server, tmp_path, monkeypatch):
    """Runs a command, in the guide's Region unless told otherwise, and in its time zone.

    In this process, where what the CLI loads is loaded already, unless `alone`.
    """
    from awscli.clidriver import create_clidriver

    settings = tmp_path / "config"
    # Times as version 2 prints them, and the guide. Version 1 prints what it receives.
    settings.write_text("[default]\ncli_timestamp_format = iso8601\n")

    def run(
        command: str, region: str = "us-west-2", *, alone: bool = False
    ) -> subprocess.CompletedProcess[str]:
        program, *arguments = shlex.split(command)
        assert program == "aws"
        with monkeypatch.context() as environment:
            for name, value in {
                "AWS_ENDPOINT_URL": frozen_server.url,
                "AWS_DEFAULT_REGION": region,
                "AWS_DEFAULT_OUTPUT": "json",
                "AWS_CONFIG_FILE": str(settings),
                "TZ": "PST8",
            }.items():
                environment.setenv(name, value)
            if alone:
                command_line = [sys.executable, "-m", "awscli", *arguments]
                return subprocess.run(command_line, capture_output=True, text=True, check=False)
            time.tzset()
            with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
                code = create_clidriver().main(arguments)
        time.tzset()
        return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def aws(plans, run):  # noqa: ARG001
    """Runs a command that must succeed, and gives the JSON that it prints."""

    def aws(command: str, **settings: str):
        done = run(command, **settings)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return aws


@pytest.mark.rule("SEARCH-07", "CATALOG-04")
def test_the_search_prints_what_the_guide_prints(aws):
    offerings = aws(SEARCH)["TrainingPlanOfferings"]
    expected = [
        (15, 51, "208.30", "2025-01-21T11:39:00-08:00", "2025-01-22T03:30:00-08:00"),
        (39, 51, "533.98", "2025-01-21T11:39:00-08:00", "2025-01-23T03:30:00-08:00"),
        (24, 0, "318.89", "2025-01-22T03:30:00-08:00", "2025-01-23T03:30:00-08:00"),
    ]
    for offering, (hours, minutes, fee, start, end) in zip(offerings, expected, strict=True):
        assert offering.pop("TrainingPlanOfferingId").startswith("tpo-")
        assert offering == {
            "TargetResources": ["training-job"],
            "RequestedStartTimeAfter": "2025-01-21T11:08:27.704000-08:00",
            "RequestedEndTimeBefore": "2025-01-23T10:40:00-08:00",
            "DurationHours": hours,
            "DurationMinutes": minutes,
            "UpfrontFee": fee,
            "CurrencyCode": "USD",
            "ReservedCapacityOfferings": [
                {
                    "ReservedCapacityType": "Instance",
                    "InstanceType": "ml.p4d.24xlarge",
                    "InstanceCount": 1,
                    "AvailabilityZone": "us-west-2a",
                    "DurationHours": hours,
                    "DurationMinutes": minutes,
                    "StartTime": start,
                    "EndTime": end,
                }
            ],
        }


@pytest.mark.rule("CATALOG-02")
def test_a_search_for_the_guides_ultra_server_type_finds_nothing(aws):
    found = aws(ULTRA_SERVER_SEARCH.format(type="ml.c6i-32xlargesc"))
    assert found["TrainingPlanOfferings"] == []


@pytest.mark.rule("CATALOG-02", "SEARCH-05", "SEARCH-12")
def test_a_search_for_ultra_servers_finds_the_servers_of_the_guides_answer(aws):
    found = aws(ULTRA_SERVER_SEARCH.format(type="ml.u-p6e-gb200x72"), region="us-east-1")
    (offering,) = found["TrainingPlanOfferings"]
    (block,) = offering["ReservedCapacityOfferings"]
    assert block == {
        "ReservedCapacityType": "UltraServer",
        "UltraServerType": "ml.u-p6e-gb200x72",
        "UltraServerCount": 1,
        "InstanceType": "ml.p6e-gb200.36xlarge",
        "InstanceCount": 18,
        "AvailabilityZone": "us-east-1-dfw-2a",
        "DurationHours": 24,
        "DurationMinutes": 0,
        "StartTime": "2025-01-22T03:30:00-08:00",
        "EndTime": "2025-01-23T03:30:00-08:00",
    }


@needs("DescribeTrainingPlan.output.ReservedCapacitySummaries[].AvailabilityZoneId")
@pytest.mark.rule("PLAN-01", "PLAN-03", "PLAN-07")
def test_a_plan_is_bought_and_described_by_its_name(aws):
    name = "large-models-fine-tuning"
    offering = aws(SEARCH)["TrainingPlanOfferings"][2]["TrainingPlanOfferingId"]
    arn = aws(CREATE.format(id=offering, name=name))["TrainingPlanArn"]
    assert arn == f"arn:aws:sagemaker:us-west-2:123456789012:training-plan/{name}"
    assert aws(DESCRIBE.format(name=name)) == {
        "TrainingPlanArn": arn,
        "TrainingPlanName": name,
        "Status": "Scheduled",
        "StatusMessage": "Payment confirmed, training plan scheduled.",
        "DurationHours": 24,
        "DurationMinutes": 0,
        "StartTime": "2025-01-22T03:30:00-08:00",
        "EndTime": "2025-01-23T03:30:00-08:00",
        "UpfrontFee": "318.89",
        "CurrencyCode": "USD",
        "TotalInstanceCount": 1,
        "AvailableInstanceCount": 1,
        "InUseInstanceCount": 0,
        "UnhealthyInstanceCount": 0,
        "TargetResources": ["training-job"],
        "ReservedCapacitySummaries": [
            {
                "ReservedCapacityArn": "arn:aws:sagemaker:us-west-2:123456789012:"
                f"reserved-capacity/{name}-rc1",
                "ReservedCapacityType": "Instance",
                "InstanceType": "ml.p4d.24xlarge",
                "TotalInstanceCount": 1,
                "Status": "Scheduled",
                "AvailabilityZone": "us-west-2a",
                "AvailabilityZoneId": "usw2-az2",
                "DurationHours": 24,
                "DurationMinutes": 0,
                "StartTime": "2025-01-22T03:30:00-08:00",
                "EndTime": "2025-01-23T03:30:00-08:00",
            }
        ],
    }


@pytest.mark.rule("PLAN-09")
def test_plans_are_listed_sorted_and_filtered(aws, plans):
    # The first two start at once, the first of them ends when the third starts.
    found = aws(SEARCH)["TrainingPlanOfferings"]
    for name, offering in zip(("short", "long", "later"), found, strict=True):
        aws(CREATE.format(id=offering["TrainingPlanOfferingId"], name=name))

    def names(command):
        return [plan["TrainingPlanName"] for plan in aws(command)["TrainingPlanSummaries"]]

    assert names(LIST) == ["long", "short", "later"]
    assert names(LIST_ACTIVE) == []
    plans.clock.move_to("2025-01-22T12:00:00Z")
    assert names(LIST_ACTIVE) == ["later", "long"]


@pytest.mark.rule("PLAN-07")
def test_an_unknown_plan_is_an_error_that_the_cli_prints(plans, run):  # noqa: ARG001
    done = run(DESCRIBE.format(name="name"), alone=True)
    assert done.returncode != 0
    assert "(ResourceNotFound) when calling the DescribeTrainingPlan operation" in done.stderr
