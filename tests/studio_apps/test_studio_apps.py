"""Studio apps, on plans and without."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.jobs import CUT_OFF, DAY, HOUR, START, counts

MINUTE = timedelta(minutes=1)


def app(name: str = "default", **members: Any) -> dict[str, Any]:
    """What an app is called by."""
    named = {"DomainId": "d-domain", "AppType": "JupyterLab", "AppName": name, **members}
    return named if "UserProfileName" in named else {"SpaceName": "space", **named}


def spec(plan: str | None = None, **members: Any) -> dict[str, Any]:
    on_plan = {} if plan is None else {"TrainingPlanArn": plan}
    return {"InstanceType": "ml.p4d.24xlarge", **on_plan, **members}


@pytest.fixture
def plan(plans, buy):
    """A plan of two instances for Studio apps, which runs."""
    arn = buy("plan", InstanceCount=2, TargetResources=["studio-apps"])
    plans.clock.move_to(START)
    return arn


@pytest.fixture
def status(sagemaker):
    """The status of an app."""

    def look(name: str = "default", **members: Any) -> str:
        return sagemaker.describe_app(**app(name, **members))["Status"]

    return look


@pytest.mark.rule("OTHER-02")
def test_an_app_has_an_instance_of_its_plan_until_it_is_deleted(sagemaker, plan, status):
    request = {**app(), "ResourceSpec": spec(plan), "RecoveryMode": True}
    arn = sagemaker.create_app(**request)["AppArn"]
    assert arn.endswith(":app/d-domain/space/jupyterlab/default")
    described = sagemaker.describe_app(**app())
    assert {name: described[name] for name in request} == request
    assert (described["Status"], described["CreationTime"]) == ("InService", START)
    sagemaker.create_app(**app(AppType="CodeEditor"), ResourceSpec=spec(plan))
    assert counts(sagemaker, plan) == (2, 0)
    sagemaker.delete_app(**app())
    assert counts(sagemaker, plan) == (1, 1)
    assert (status(), status(AppType="CodeEditor")) == ("Deleted", "InService")


@pytest.mark.rule("OTHER-03")
def test_the_word_none_is_no_plan_and_a_plan_is_told_by_its_arn(sagemaker, plan, status):
    sagemaker.create_app(**app("with"), ResourceSpec=spec(plan))
    sagemaker.create_app(**app("without"), ResourceSpec=spec("None"))
    sagemaker.create_app(**app("nothing"), ResourceSpec={"TrainingPlanArn": "None"})
    specs = {each["AppName"]: each.get("ResourceSpec") for each in sagemaker.list_apps()["Apps"]}
    assert specs == {"with": spec(plan), "without": spec(), "nothing": None}
    for name, told in specs.items():
        assert sagemaker.describe_app(**app(name)).get("ResourceSpec") == told
        assert status(name) == "InService"
    assert counts(sagemaker, plan) == (1, 1)


@pytest.mark.rule("OTHER-02")
def test_an_app_must_fit_its_plan(plans, sagemaker, plan, buy, refusal):
    jobs_plan = buy("jobs", which=0)
    later = buy("later", TargetResources=["studio-apps"], StartTimeAfter=START + DAY)
    plans.clock.tick(HOUR)

    def refused(resources: dict[str, Any], **members: Any) -> str:
        code, message = refusal(
            sagemaker.create_app, **app("refused", **members), ResourceSpec=resources
        )
        assert code == "ValidationException"
        return message

    for unknown in (
        f"{plan}-of-nobody",
        plan.replace("123456789012", "111122223333"),
        plan.replace("us-west-2", "us-east-1"),
    ):
        assert refused(spec(unknown)) == f"Training plan {unknown} was not found."
    assert refused(spec(later)) == f"Training plan {later} is Scheduled, but must be Active."
    assert refused(spec(jobs_plan)) == (
        f"Training plan {jobs_plan} is for target resource training-job, but must be for "
        "studio-apps."
    )
    assert refused(spec(plan, InstanceType="ml.p5.48xlarge")) == (
        f"Training plan {plan} has instance type ml.p4d.24xlarge, not the requested ml.p5.48xlarge."
    )
    assert refused({"TrainingPlanArn": plan}) == (
        "ResourceSpec.InstanceType is required for an app on a training plan."
    )
    assert refused(spec(plan), AppType="KernelGateway") == (
        "Apps of type KernelGateway cannot use training plans: JupyterLab and CodeEditor can."
    )
    for name in ("one", "two"):
        sagemaker.create_app(**app(name), ResourceSpec=spec(plan))
    assert refused(spec(plan)) == f"Training plan {plan} has no instance that is free."
    plans.clock.move_to(CUT_OFF)
    assert refused(spec(plan)) == (
        f"Training plan {plan} ends at 2025-01-23 11:30:00+00:00, and gives no instances in its "
        "last 30 minutes."
    )
    plans.clock.move_to(START + DAY)
    assert refused(spec(plan)) == f"Training plan {plan} is Expired, but must be Active."
    assert len(sagemaker.list_apps()["Apps"]) == 2


@pytest.mark.rule("OTHER-02")
def test_an_app_ends_30_minutes_before_its_block(plans, sagemaker, plan, status):
    arn = sagemaker.create_app(**app(), ResourceSpec=spec(plan))["AppArn"]
    sagemaker.create_app(**app("without"), ResourceSpec=spec())
    plans.clock.move_to(CUT_OFF - MINUTE)
    assert (status(), counts(sagemaker, plan)) == ("InService", (1, 1))
    plans.clock.move_to(CUT_OFF)
    assert (status(), status("without")) == ("Deleted", "InService")
    assert "FailureReason" not in sagemaker.describe_app(**app())
    assert counts(sagemaker, plan) == (0, 0)  # nothing can be had any more
    seen = [(change.time, change.after) for change in plans.history(arn)]
    assert seen == [(START, "InService"), (CUT_OFF, "Deleted")]


@pytest.mark.rule("OTHER-02")
def test_an_app_whose_instance_breaks_moves_or_fails(plans, sagemaker, plan, status, refusal):
    sagemaker.create_app(**app(), ResourceSpec=spec(plan))
    plans.faults.fail_instances(plan)
    assert (status(), counts(sagemaker, plan)) == ("InService", (1, 0))
    plans.faults.fail_instances(plan)
    assert (status(), counts(sagemaker, plan)) == ("Failed", (0, 0))
    assert sagemaker.describe_app(**app())["FailureReason"] == (
        "The app's instance has failed, and the training plan has no other that is free."
    )
    plans.faults.repair(plan)
    sagemaker.create_app(**app(), ResourceSpec=spec(plan))
    assert (status(), counts(sagemaker, plan)) == ("InService", (1, 1))
    now = plans.clock.now()
    plans.faults.zone_outage("us-west-2a", now, now + HOUR)
    assert (status(), counts(sagemaker, plan)) == ("Failed", (0, 0))
    assert sagemaker.describe_app(**app())["FailureReason"] == (
        "The Availability Zone of the app's instance is down."
    )
    # Nor is there one to be had meanwhile.
    assert refusal(sagemaker.create_app, **app(), ResourceSpec=spec(plan)) == (
        "ValidationException",
        f"Training plan {plan} has no instance that is free.",
    )
    plans.clock.tick(HOUR)
    assert (status(), counts(sagemaker, plan)) == ("Failed", (0, 2))


@pytest.mark.rule("OTHER-02")
def test_an_app_that_is_deleted_is_remembered_for_a_day(plans, sagemaker, refusal):
    created = plans.clock.now()
    named = app(UserProfileName="user", AppType="Canvas")
    sagemaker.create_app(**named)
    arn = "arn:aws:sagemaker:us-west-2:123456789012:app/d-domain/user/canvas/default"
    assert refusal(sagemaker.create_app, **named) == ("ResourceInUse", f"App {arn} already exists.")
    sagemaker.delete_app(**named)
    assert refusal(sagemaker.delete_app, **named) == (
        "ResourceInUse",
        f"App {arn} is already deleted.",
    )
    plans.clock.tick(DAY - MINUTE)
    sagemaker.create_app(**named)
    restarted = sagemaker.describe_app(**named)
    assert (restarted["Status"], restarted["UserProfileName"]) == ("InService", "user")
    assert abs(restarted["CreationTime"] - created) < timedelta(milliseconds=1)
    plans.clock.tick(DAY)
    sagemaker.delete_app(**named)
    plans.clock.tick(DAY)
    for call in (sagemaker.describe_app, sagemaker.delete_app):
        assert refusal(call, **named) == ("ResourceNotFound", f"App {arn} does not exist.")
    assert sagemaker.list_apps()["Apps"] == []


@pytest.mark.rule("OTHER-02")
def test_apps_are_listed_by_creation_in_pages(plans, sagemaker, refusal):
    for number in range(12):
        plans.clock.tick(MINUTE)
        owner = {"UserProfileName": "same"} if number % 3 == 0 else {"SpaceName": "same"}
        sagemaker.create_app(**app(f"app-{number}", DomainId=f"d-{number % 2}", **owner))

    def names(**asked: Any) -> list[str]:
        return [each["AppName"] for each in sagemaker.list_apps(**asked)["Apps"]]

    everything = [f"app-{number}" for number in range(12)]
    assert names() == everything[:10]
    for order, expected in (("Ascending", everything), ("Descending", everything[::-1])):
        asked = {"SortBy": "CreationTime", "SortOrder": order, "MaxResults": 5}
        pages = []
        while True:
            answer = sagemaker.list_apps(**asked)
            pages.append([each["AppName"] for each in answer["Apps"]])
            if "NextToken" not in answer:
                break
            asked["NextToken"] = answer["NextToken"]
        assert pages == [expected[:5], expected[5:10], expected[10:]]
    assert names(UserProfileNameEquals="same") == everything[::3]
    assert names(SpaceNameEquals="same", DomainIdEquals="d-1") == [
        "app-1",
        "app-5",
        "app-7",
        "app-11",
    ]
    both = {"UserProfileNameEquals": "same", "SpaceNameEquals": "same"}
    assert refusal(sagemaker.list_apps, **both) == (
        "ValidationException",
        "UserProfileNameEquals cannot be combined with SpaceNameEquals.",
    )
    assert refusal(sagemaker.list_apps, NextToken="x") == (
        "ValidationException",
        "Invalid NextToken.",
    )


@pytest.mark.rule("OTHER-02")
def test_an_app_belongs_to_a_user_profile_or_a_space(sagemaker, refusal):
    neither = app()
    del neither["SpaceName"]
    for named in (neither, {**app(), "UserProfileName": "user"}):
        for operation in ("create_app", "describe_app", "delete_app"):
            code, message = refusal(getattr(sagemaker, operation), **named)
            assert (code, message) == (
                "ValidationException",
                "Either UserProfileName or SpaceName is required, not both.",
            )


@pytest.mark.rule("OTHER-02")
def test_apps_have_tags(sagemaker, client):
    tags = [{"Key": "team", "Value": "nlp"}]
    arn = sagemaker.create_app(**app(), Tags=tags)["AppArn"]
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == tags
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
    more = [{"Key": "stage", "Value": "test"}]
    sagemaker.add_tags(ResourceArn=arn, Tags=more)
    found = client("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["sagemaker:app"])
    assert found["ResourceTagMappingList"] == [{"ResourceARN": arn, "Tags": more}]
