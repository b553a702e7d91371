"""What a job asks to run on: preferences and subnets."""

from __future__ import annotations

import pytest

from tests.support.jobs import HOUR, START, counts


def preferences(*entries, count=1):
    return {
        "InstanceType": None,
        "InstanceCount": count,
        "InstancePreferences": [
            {"InstanceType": kind, **({"TrainingPlanArns": [plan]} if plan else {})}
            for kind, plan in entries
        ],
    }


PREFERENCES = "ResourceConfig.InstancePreferences"
P4, P5 = "ml.p4d.24xlarge", "ml.p5.48xlarge"
GROUP = {"InstanceGroupName": "group", "InstanceType": P4, "InstanceCount": 1}


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
        assert refusal(jobs.create, name="job", plan=None, resources=preferred, **spot) == (
            "ValidationException",
            f"{PREFERENCES} cannot be combined with EnableManagedSpotTraining.",
        )
    (entry,) = each["InstancePreferences"]
    one_with_a_count = [entry, {"InstanceType": P5, "InstanceCount": 1}]
    counts_missing = (
        "InstanceCount must be given either for the job or in every entry of InstancePreferences."
    )
    named_twice = "Instance type {} is more than once in InstancePreferences."
    for wrong, text in (
        (
            {**each, "TrainingPlanArn": plan},
            f"{PREFERENCES}[].TrainingPlanArns cannot be combined with "
            "ResourceConfig.TrainingPlanArn.",
        ),
        (
            {**each, "InstanceType": P4},
            f"{PREFERENCES} cannot be combined with ResourceConfig.InstanceType.",
        ),
        (
            {**each, "InstancePlacementConfig": {"EnableMultipleJobs": True}},
            f"{PREFERENCES} cannot be combined with ResourceConfig.InstancePlacementConfig.",
        ),
        (
            {**each, "InstanceCount": None, "InstanceGroups": [GROUP]},
            f"{PREFERENCES} cannot be combined with ResourceConfig.InstanceGroups.",
        ),
        ({**each, "InstanceCount": None}, counts_missing),
        ({**each, "InstancePreferences": [{**entry, "InstanceCount": 1}]}, counts_missing),
        (
            {**preferences((P4, plan), (P5, None)), "InstancePreferences": one_with_a_count},
            counts_missing,
        ),
        (
            preferences((P5, plan)),
            f"Training plan {plan} has instance type {P4}, not the requested {P5}.",
        ),
        (preferences((P4, plan), (P4, None)), named_twice.format(P4)),
        # Without any plan too.
        (preferences((P5, None), (P5, None)), named_twice.format(P5)),
        ({**preferences((P5, None)), "InstanceCount": None}, counts_missing),
    ):
        found = refusal(jobs.create, name="job", plan=None, resources=wrong)
        assert found == ("ValidationException", text)
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
    assert refusal(jobs.create, name="third", plan=plan, resources=preferences((P5, None))) == (
        "ValidationException",
        f"None of InstancePreferences has instance type {P4} of training plan {plan}.",
    )


@pytest.mark.rule("JOB-15")
def test_preferences_without_any_plan_show_the_instances_selected(jobs):
    jobs.create("job", None, resources=preferences((P5, None), (P4, None), count=2))
    job = jobs.describe("job")
    assert job["TrainingJobStatus"] == "Completed"
    config = job["ResourceConfig"]
    assert (config["SelectedInstanceType"], config["SelectedInstanceCount"]) == (P5, 2)
    assert "InstanceType" not in config
    assert [each["InstanceType"] for each in config["InstancePreferences"]] == [P5, P4]


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
    third = subnets["us-west-2c"]
    for ids, missing in (((first, third), "us-west-2b"), ((second, third), "us-west-2a")):
        assert refusal(lambda ids=ids: create("job", *ids)) == (
            "ValidationException",
            f"None of the subnets {', '.join(ids)} is in Availability Zone {missing} of training "
            f"plan {plan}.",
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
