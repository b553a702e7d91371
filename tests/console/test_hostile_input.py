"""Whatever is typed or sent to the console, nothing of it makes a 5xx, hangs, or is run."""

from __future__ import annotations

import re
import time

import boto3
import pytest
import requests

from moto_trainingplans.console.application import create_app
from tests.support.clusters import group
from tests.support.jobs import job_request

PLACE = "moto-api/training-plans/console/us-west-2/123456789012"
NAMES = {"name": "thing", "group": "faults", "call": "throttle", "node": "i-0123456789abcdef0"}
NAMES["operation"] = "BatchRebootClusterNodes"
HOSTILE = [
    "",
    "x" * 5_000,
    "\ud800",
    "\x00\x1b[31m\u202e",
    "<script>alert(1)</script>\"' onload=alert(1)",
    "{{ 7 * 7 }}",
    "-1",
    "9" * 400,
    "1e999",
    "NaN",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    '{"a":' * 1_000,
    "arn:aws:sagemaker:us-west-2:123456789012:training-plan/none",
    "a=b\n=c\nd",
    "../../../../etc/passwd",
]
SLOWEST = 5.0  # seconds, on a machine that is busy


def routes(method):
    """The paths below the Region and account that take a method, with things to name in them."""
    rules = create_app(lambda *_: []).url_map.iter_rules()
    for rule in rules:
        path = rule.rule.removeprefix("/<region>/<account>")
        if method in rule.methods and path != rule.rule:
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: NAMES.get(found[1], "thing"), path)


@pytest.fixture(scope="module")
def field_names(frozen_server):
    """The names of all fields of all pages."""
    found = {"token", "page", "order", "nodes", "events", "node", "all", "where"}
    for path in routes("GET"):
        page = requests.get(f"{frozen_server.url}/{PLACE}{path}", timeout=30).text
        found |= set(re.findall(r'\bname="([\w:-]+)"', page))
    return sorted(found - {"viewport", "color-scheme", "htmx-config"})


@pytest.fixture
def things(frozen_server, plans):  # noqa: ARG001
    """A job and a cluster that can be looked at and changed."""
    client = boto3.client("sagemaker", region_name="us-west-2", endpoint_url=frozen_server.url)
    plan = client.create_training_plan(
        TrainingPlanName="thing",
        TrainingPlanOfferingId=client.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
        )["TrainingPlanOfferings"][0]["TrainingPlanOfferingId"],
    )["TrainingPlanArn"]
    client.create_training_job(**job_request("thing", plan))
    client.create_cluster(
        ClusterName="thing", InstanceGroups=[group("faults")], NodeProvisioningMode="Continuous"
    )


def check(response, began):
    assert response.status_code < 500, response.text[:500]
    assert time.monotonic() - began < SLOWEST
    assert "<script>alert(1)" not in response.text
    assert "\"' onload=" not in response.text


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_form_can_be_filled_in_so_that_the_server_fails(
    frozen_server,
    things,  # noqa: ARG001
    field_names,
    value,
):
    """Every form, with the value in all of its fields, once as a text and once in a list."""
    for path in routes("POST"):
        if path == "/state/reset":
            continue
        for sent in (value, [value, value]):
            began = time.monotonic()
            body = dict.fromkeys(field_names, sent)
            url = f"{frozen_server.url}/{PLACE}{path}"
            check(requests.post(url, json=body, timeout=60), began)


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_address_makes_the_server_fail(frozen_server, things, field_names, value):  # noqa: ARG001
    """Every page, with the value in all of its query; what is too long for an address is cut."""
    query = dict.fromkeys(field_names, value[:200].encode("utf-8", "replace"))
    for path in routes("GET"):
        began = time.monotonic()
        check(requests.get(f"{frozen_server.url}/{PLACE}{path}", params=query, timeout=60), began)


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '"x"', '{"name": {}}', '{"name": 1}'])
def test_what_is_no_form_is_refused(frozen_server, plans, body):
    """With 400, on every page that takes forms; another content type with 415."""
    before = plans.history()
    for path in routes("POST"):
        url = f"{frozen_server.url}/{PLACE}{path}"
        typed = {"Content-Type": "application/json"}
        refused = requests.post(url, data=body, headers=typed, timeout=30)
        assert refused.status_code == 400, path
        plain = requests.post(url, data="a=b", headers={"Content-Type": "text/plain"}, timeout=30)
        assert plain.status_code == 415, path
    assert plans.history() == before


def test_what_other_clients_sent_is_shown_and_not_run(open_console, frozen_server, things):  # noqa: ARG001
    """A job whose members have marks of HTML: as text on the page of calls and on its own."""
    client = boto3.client("sagemaker", region_name="us-west-2", endpoint_url=frozen_server.url)
    bad = "<img src=x onerror=alert(1)>\"'>"
    plan = client.list_training_plans()["TrainingPlanSummaries"][0]["TrainingPlanArn"]
    members = {
        "AlgorithmSpecification": {"TrainingImage": bad, "TrainingInputMode": "File"},
        "Environment": {"NOTE": bad},
    }
    client.create_training_job(**job_request("marked", plan, **members))
    console = open_console("calls?operation=CreateTrainingJob")
    console.page.locator("tbody summary").first.click()
    shown = console.page.locator("tbody pre").first
    assert bad.replace('"', '\\"') in shown.text_content()
    assert console.page.locator("#page img").count() == 0
    console.go("jobs/marked")
    assert bad in console.text
    assert console.page.locator("#page img").count() == 0
