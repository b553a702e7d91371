"""Training jobs in the console: created on the plans that fit, looked at, stopped, deleted."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import requests

from tests.support.jobs import job_request

START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def buy(sagemaker, plans):  # noqa: ARG001
    """Buys a day of four instances that starts at START, and gives the plan's ARN."""

    def run(name, target="training-job", instance_type="ml.p4d.24xlarge"):
        offering = sagemaker.search_training_plan_offerings(
            InstanceType=instance_type,
            InstanceCount=4,
            DurationHours=24,
            TargetResources=[target],
        )["TrainingPlanOfferings"][-1]
        return sagemaker.create_training_plan(
            TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )["TrainingPlanArn"]

    return run


@pytest.fixture
def train(sagemaker, buy):  # noqa: ARG001
    """Creates a job through the API."""

    def run(name, plan, count=1, **members):
        sagemaker.create_training_job(**job_request(name, plan, count, **members))

    return run


def offered(console):
    """The names under Instance capacity."""
    return [
        each.splitlines()[0]
        for each in console.page.locator("#capacity label span").all_inner_texts()
    ]


def test_a_job_is_created_on_a_plan_that_fits(open_console, sagemaker, plans, buy):
    """The plan of the chosen type is offered; the job runs on it, with all that was typed."""
    plan = buy("plan")
    console = open_console("jobs/new")
    console.fill(name="llm", instance_count="2", max_runtime="6", keep_alive="15")
    console.choose(instance_type="ml.p4d.24xlarge", **{"max_runtime-unit": "hours"})
    console.page.get_by_text("ml.p4d.24xlarge: Scheduled").wait_for()
    console.page.locator(f"#capacity input[value='{plan}']").check()
    console.fill(checkpoints="s3://bucket/checkpoints", retries="3")
    console.page.get_by_text("Hyperparameters, environment").click()
    console.fill(
        hyperparameters="lr = 0.1\nepochs=2",
        tags="team=research",
        more='{"EnableNetworkIsolation": true, '
        '"StoppingCondition": {"MaxPendingTimeInSeconds": 7200}}',
    )
    console.press("Create training job")
    console.page.get_by_text("Training job llm is created.").wait_for()
    assert console.page.url.endswith("/jobs/llm")
    assert "CreateTrainingJob" in console.sent

    (call,) = plans.calls("CreateTrainingJob")
    assert call.parameters == {
        "TrainingJobName": "llm",
        "RoleArn": "arn:aws:iam::123456789012:role/training",
        "AlgorithmSpecification": {
            "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:latest",
            "TrainingInputMode": "File",
        },
        "HyperParameters": {"lr": "0.1", "epochs": "2"},
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
        "ResourceConfig": {
            "InstanceType": "ml.p4d.24xlarge",
            "InstanceCount": 2,
            "VolumeSizeInGB": 30,
            "KeepAlivePeriodInSeconds": 900,
            "TrainingPlanArn": plan,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 21600, "MaxPendingTimeInSeconds": 7200},
        "CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints"},
        "RetryStrategy": {"MaximumRetryAttempts": 3},
        "EnableNetworkIsolation": True,
        "Tags": [{"Key": "team", "Value": "research"}],
    }
    plans.clock.move_to(START + HOUR / 2)
    console.follow(console.page.get_by_role("link", name="Refresh"))
    text = console.text
    for told in ("Training\n", f"2 {TIMES} ml.p4d.24xlarge", "us-west-2a", "2 of 4", "InUse"):
        assert told in text
    assert sagemaker.describe_training_job(TrainingJobName="llm")["SecondaryStatus"] == "Training"


def test_plans_that_do_not_fit_are_not_offered(open_console, plans, buy):
    """Of another target, of another type, not paid yet, or over: only On-demand is left."""
    buy("right")
    buy("clusters", target="hyperpod-cluster")
    plans.payments.delay(HOUR)
    buy("unpaid")
    console = open_console("jobs/new")
    console.choose(instance_type="ml.p4d.24xlarge")
    console.page.get_by_text("and have ml.p4d.24xlarge").wait_for()
    assert offered(console) == ["On-demand", "right"]
    console.choose(instance_type="ml.p5.48xlarge")
    console.page.get_by_text("None of the 1 plan that can be used has ml.p5.48xlarge").wait_for()
    assert offered(console) == ["On-demand"]
    plans.clock.move_to(START + 25 * HOUR)
    console.go("jobs/new")
    assert offered(console) == ["On-demand"]
    assert "There is no plan for training jobs that is Scheduled or Active." in console.text


def test_a_refusal_is_shown_in_aws_words_and_keeps_what_was_typed(open_console, plans, buy):
    """A job that is larger than its plan is refused, and the form is still filled in."""
    plan = buy("plan")
    console = open_console(f"jobs/new?plan={plan}&instance_type=ml.p4d.24xlarge")
    console.fill(name="large", instance_count="8")
    console.press("Create training job")
    refused = console.page.get_by_role("alert")
    refused.wait_for()
    assert "ValidationException" in refused.inner_text()
    assert plan in refused.inner_text()
    assert console.page.locator("#instance_count").input_value() == "8"
    assert console.page.locator(f"#capacity input[value='{plan}']").is_checked()
    assert not [each for each in plans.history() if ":training-job/" in each.resource]


def test_what_cannot_be_read_is_told_at_its_field_and_nothing_is_sent(open_console, plans):
    """A count of words, a duration without a number and JSON that is none are told apart."""
    console = open_console("jobs/new")
    console.choose(instance_type="ml.p4d.24xlarge")
    console.fill(name="job", instance_count="two", max_runtime="long")
    console.page.get_by_text("Hyperparameters, environment").click()
    console.fill(more="{", tags="no equals sign")
    console.press("Create training job")
    console.page.get_by_text("Some fields cannot be read; nothing was sent.").wait_for()
    assert console.page.locator("#instance_count-error").inner_text() == (
        "must be a whole number, not 'two'"
    )
    assert console.page.locator("#max_runtime-error").inner_text() == (
        "must be a number, not 'long'"
    )
    assert console.page.locator("#more-error").inner_text() == "must be a JSON object, not '{'"
    assert "key=value" in console.page.locator("#tags-error").inner_text()
    assert plans.calls("CreateTrainingJob") == []


def test_the_list_is_narrowed_down_and_paged(open_console, sagemaker, buy, train):
    """By name, status and plan; twenty jobs a page, the newest first, with what they run on."""
    plan = buy("plan")
    for number in range(22):
        train(f"job-{number:02}", plan if number == 3 else None)
    console = open_console("jobs")
    names = console.page.locator("tbody th").all_inner_texts
    assert len(names()) == 20
    assert "22 jobs" in console.text
    console.follow(console.page.get_by_role("link", name="Next page"))
    console.page.get_by_role("link", name="First page").wait_for()
    assert len(names()) == 2
    console.go(f"jobs?plan={plan}")
    assert names() == ["job-03"]
    row = console.page.locator("tbody tr").inner_text()
    assert f"1 {TIMES} ml.p4d.24xlarge" in row
    assert "plan" in row
    console.go("jobs")
    console.fill(name="job-1")
    console.choose(status="Completed")
    console.find("Show")
    assert sorted(names()) == [f"job-{number}" for number in range(10, 20)]
    assert len(sagemaker.list_training_jobs(MaxResults=100)["TrainingJobSummaries"]) == 22


def test_a_job_is_stopped_and_deleted(open_console, sagemaker, plans, buy, train):
    """A running job is told to stop; once it has ended it is deleted, and the list says so."""
    train("brief", buy("plan"))
    plans.clock.move_to(START + HOUR / 2)
    console = open_console("jobs/brief")
    console.page.on("dialog", lambda dialog: dialog.accept())
    console.press("Stop")
    console.page.get_by_text("Training job brief was told to stop.").wait_for()
    assert "Stopping" in console.text
    plans.clock.tick(HOUR)
    console.go("jobs/brief")
    console.press("Delete")
    console.page.get_by_text("Training job brief is deleted.").wait_for()
    assert console.page.url.endswith("/jobs")
    assert console.sent[0] == "DeleteTrainingJob"
    found = sagemaker.list_training_jobs(NameContains="brief")
    assert found["TrainingJobSummaries"] == []


def test_a_warm_pool_is_seen_and_given_up(open_console, sagemaker, plans, buy, train):
    """The job tells of its pool; a keep-alive of 0 ends it; a wrong one is refused by AWS."""
    train("job", buy("plan"), resources={"KeepAlivePeriodInSeconds": 1800})
    plans.clock.move_to(START + HOUR + timedelta(minutes=5))
    console = open_console("jobs/job")
    assert "Available" in console.text
    console.fill(keep_alive="5")
    console.choose(**{"keep_alive-unit": "days"})
    console.press("Update")
    console.page.get_by_role("alert").wait_for()
    assert "ValidationException" in console.text
    console.fill(keep_alive="0")
    console.press("Update")
    console.page.get_by_text("The warm pool of job is changed.").wait_for()
    pool = sagemaker.describe_training_job(TrainingJobName="job")["WarmPoolStatus"]
    assert pool["Status"] == "Terminated"
    assert "Terminated" in console.text


def test_a_job_leads_to_the_orders_that_are_about_it(open_console, sagemaker, plans, buy, train):
    """From the job to its failure: the order's form has its ARN already."""
    train("job", buy("plan"))
    plans.clock.move_to(START + HOUR / 2)
    console = open_console("jobs/job")
    console.follow(console.page.get_by_role("link", name="Fail its algorithm"))
    form = console.page.locator("#jobs-fail")
    form.locator("[name=reason]").fill("AlgorithmError: <img src=x onerror=alert(1)>")
    form.get_by_role("button").click()
    console.page.get_by_text("It is ordered.").wait_for()
    job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["FailureReason"] == "AlgorithmError: <img src=x onerror=alert(1)>"
    # What was typed is shown as it was, and nothing of it is run.
    console.go("jobs/job")
    assert "FailureReason: AlgorithmError: <img src=x onerror=alert(1)>" in console.text
    assert console.page.locator("#page img").count() == 0


def test_a_job_of_which_little_is_known_is_shown(open_console, frozen_server, plans):  # noqa: ARG001
    """Moto takes jobs that have nothing but a name and an output: no page fails for them."""
    place = "Credential=testing/20250121/us-west-2/sagemaker/aws4_request"
    requests.post(
        frozen_server.url,
        json={"TrainingJobName": "bare", "OutputDataConfig": {"S3OutputPath": "s3://b/o"}},
        headers={
            "X-Amz-Target": "SageMaker.CreateTrainingJob",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 {place}, SignedHeaders=host, Signature=none",
        },
        timeout=30,
    ).raise_for_status()
    console = open_console("jobs?name=bare")
    console.follow(console.page.get_by_role("link", name="bare"))
    console.page.get_by_role("heading", name="Placement").wait_for()
    assert "s3://b/o" in console.text
    assert "On-demand" in console.text


def test_a_job_that_is_not_there_is_told_so(open_console):
    """AWS's text, and a way back."""
    console = open_console("jobs/none")
    assert "Requested resource not found." in console.text


def test_the_pages_of_jobs_are_accessible(open_console, accessible, plans, buy, train):
    """axe-core finds nothing serious in the list, the form, a job, or a form that was refused."""
    plan = buy("plan")
    train("job", plan, resources={"KeepAlivePeriodInSeconds": 1800})
    plans.clock.move_to(START + HOUR / 2)
    for path in ("jobs", "jobs/job", "jobs/none", f"jobs/new?plan={plan}"):
        console = open_console(path)
        accessible(console)
    console.fill(name="x", instance_count="many")
    console.choose(instance_type="ml.p4d.24xlarge")
    console.press("Create training job")
    console.page.get_by_text("nothing was sent").wait_for()
    accessible(console)
    console.page.set_viewport_size({"width": 390, "height": 800})
    for path in ("jobs", "jobs/job", "jobs/new"):
        console.go(path)
        assert console.page.evaluate("document.documentElement.scrollWidth") <= 390
