"""The lines that pages show to copy: whatever members say, they make the same call."""

from __future__ import annotations

import shlex
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO

import pytest
from botocore.exceptions import ClientError

from moto_trainingplans.console.equivalents import of_aws
from moto_trainingplans.console.place import Place

PLACE = Place("us-west-2", "123456789012")
PLAN = {"TrainingPlanName": "it's $HOME", "TrainingPlanOfferingId": "tpo-0"}
CALLS = [
    ("CreateTrainingPlan", PLAN | {"SpareInstanceCountPerUltraServer": 0}),
    ("CreateTrainingPlan", PLAN | {"TrainingPlanName": "--x", "Tags": []}),
    ("CreateTrainingPlan", PLAN | {"Tags": [{"Key": "a b", "Value": "\"`\n'"}]}),
    ("DeleteTags", {"ResourceArn": "http://127.0.0.1:9/arn", "TagKeys": ["--region", "b"]}),
    ("DeleteTags", {"ResourceArn": "file:///etc/hostname", "TagKeys": ["[b]"]}),
    ("DeleteTags", {"ResourceArn": "arn", "TagKeys": ["--region", "b"]}),
    ("DeleteTags", {"ResourceArn": "arn", "TagKeys": ["[b]"]}),
    ("DeleteTags", {"ResourceArn": "", "TagKeys": ["a", "[b]", "c d", "{}"]}),
    ("ListTrainingPlans", {"MaxResults": 5, "StartTimeAfter": 1737484800, "NextToken": "-x"}),
    ("ListTrainingPlans", {"Filters": [{"Name": "Status", "Value": "Active"}]}),
    ("SearchTrainingPlanOfferings", {"TargetResources": ["training-job", "endpoint"]}),
]


def run_by_cli(command: str) -> None:
    from awscli.clidriver import create_clidriver

    words = shlex.split(command)
    assert words[0] == "aws"
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        create_clidriver().main(words[1:])


@pytest.mark.parametrize(("operation", "members"), CALLS)
def test_the_lines_to_copy_have_the_same_members(plans, frozen_server, operation, members):
    """Quotes, hyphens, addresses, empty lists, lines and structures arrive as they are."""
    lines = of_aws(frozen_server.url, PLACE, "sagemaker", operation, members)
    run_by_cli(lines["AWS CLI"])
    with suppress(ClientError):
        exec(lines["boto3"], {})
    sent = [(call.operation, call.region, call.parameters) for call in plans.calls()]
    assert sent == [(operation, "us-west-2", members)] * 2


@pytest.mark.parametrize("path", ["orders", "capacity", "timeline", "calls", "changes"])
def test_the_python_of_control_calls_can_be_run(open_console, path):
    """Pages show no method that the control object does not have."""
    page = open_console(path).page
    shown = page.locator("pre[aria-label='Python'] code").all_text_contents()
    for written in shown:
        exec(written, {})
    assert len(shown) == (0 if path == "orders" else 1)
