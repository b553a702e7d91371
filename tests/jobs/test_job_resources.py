"""What a job asks to run on: preferences, placement in UltraServers, subnets."""

from __future__ import annotations

import pytest

from tests.support.jobs import DAY, HOUR, START, counts


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


@pytest.fixture
def two_servers(plans, client, buy):
    """A plan of two UltraServers with one spare each, the client of its Region, the servers."""
    sagemaker = client("sagemaker", region="us-east-1")
    plans.capacity.set("us-east-1-dfw-2a", "ml.u-p6e-gb200x36", 2)
    arn = buy(using=sagemaker, UltraServerType="ml.u-p6e-gb200x36", UltraServerCount=2)
    capacity = sagemaker.describe_training_plan(TrainingPlanName=arn)["ReservedCapacitySummaries"][
        0
    ]["ReservedCapacityArn"]

    def servers():
        return sagemaker.list_ultra_servers_by_reserved_capacity(ReservedCapacityArn=capacity)[
            "UltraServers"
        ]

    plans.clock.move_to(START)
    return arn, sagemaker, servers


def placed(multiple_jobs=False, *specifications):
    return {
        "InstanceType": "ml.p6e-gb200.36xlarge",
        "InstancePlacementConfig": {
            "EnableMultipleJobs": multiple_jobs,
            "PlacementSpecifications": [
                {"InstanceCount": count, **({"UltraServerId": server} if server else {})}
                for server, count in specifications
            ],
        },
    }


@pytest.mark.rule("JOB-13")
def test_a_job_is_placed_on_the_ultra_servers_it_names_and_has_them_for_itself(
    plans, jobs, two_servers
):
    plan, sagemaker, servers = two_servers
    jobs = type(jobs)(sagemaker)
    ids = [server["UltraServerId"] for server in servers()]

    def in_use():
        return [server["InUseInstanceCount"] for server in servers()]

    jobs.create("named", plan, 3, resources=placed(False, (ids[1], 3)))
    assert in_use() == [0, 3]
    jobs.create("any", plan, 8, resources={"InstanceType": "ml.p6e-gb200.36xlarge"})
    jobs.create("shared", plan, 6, resources=placed(True, (None, 6)))
    jobs.create("small", plan, 2, resources=placed(True, (None, 2)))
    # No other job may use the second server, and the first one is full.
    assert (
        jobs.states("named", "any", "shared", "small")
        == ["Training"] + ["Training"] + ["Pending"] * 2
    )
    assert in_use() == [8, 3]
    plans.clock.tick(HOUR)
    assert jobs.states("shared", "small") == ["Training", "Training"]
    assert in_use() == [8, 0]
    jobs.create("alone", plan, 2, resources=placed(False))
    assert in_use() == [8, 2]


@pytest.mark.rule("JOB-13")
def test_a_placement_may_fill_a_server_but_for_its_spare(jobs, two_servers):
    plan, sagemaker, servers = two_servers
    jobs = type(jobs)(sagemaker)
    first, second = (server["UltraServerId"] for server in servers())
    jobs.create("full", plan, 8, resources=placed(False, (second, 8)))
    assert [server["InUseInstanceCount"] for server in servers()] == [0, 8]
    jobs.create("halves", plan, 8, resources=placed(True, (first, 4), (first, 4)))
    assert [server["InUseInstanceCount"] for server in servers()] == [8, 8]
    assert jobs.states("full", "halves") == ["Training", "Training"]


@pytest.mark.rule("JOB-13", "JOB-05")
def test_a_servers_id_stands_for_the_server_of_its_number_in_the_plans_other_block(
    plans, jobs, client, buy
):
    sagemaker = client("sagemaker", region="us-east-1")
    plans.capacity.clear()
    for day in (START, START + 2 * DAY):
        window = {"start": day, "end": day + DAY}
        plans.capacity.set("us-east-1-dfw-2a", "ml.u-p6e-gb200x36", 2, **window)
    kind = {"UltraServerType": "ml.u-p6e-gb200x36", "UltraServerCount": 2}
    plan = buy(using=sagemaker, DurationHours=48, **kind)
    blocks = sagemaker.describe_training_plan(TrainingPlanName=plan)["ReservedCapacitySummaries"]

    def servers(block):
        return sagemaker.list_ultra_servers_by_reserved_capacity(
            ReservedCapacityArn=block["ReservedCapacityArn"]
        )["UltraServers"]

    first, second = ([each["UltraServerId"] for each in servers(block)] for block in blocks)
    assert len({*first, *second}) == 4
    jobs = type(jobs)(sagemaker)
    plans.jobs.run_for(2 * DAY)
    jobs.create("job", plan, 2, resources=placed(False, (first[1], 2)))
    jobs.create("other", plan, 2, resources=placed(False, (second[0], 2)))
    for block, start in zip(blocks, (START, START + 2 * DAY), strict=True):
        plans.clock.move_to(start)
        assert jobs.states("job", "other") == ["Training", "Training"]
        assert [each["InUseInstanceCount"] for each in servers(block)] == [2, 2]
    plans.clock.tick(HOUR)
    sagemaker.stop_training_job(TrainingJobName="other")
    plans.clock.tick(HOUR)
    assert [each["InUseInstanceCount"] for each in servers(blocks[1])] == [0, 2]


@pytest.mark.rule("JOB-13")
def test_a_job_that_wants_a_server_for_itself_waits_until_nobody_else_is_on_it(
    plans, jobs, two_servers
):
    plan, sagemaker, servers = two_servers
    jobs = type(jobs)(sagemaker)
    (_, second) = (server["UltraServerId"] for server in servers())
    jobs.create("shares", plan, 2, resources=placed(True, (second, 2)))
    jobs.create("shares-too", plan, 2, resources=placed(True, (second, 2)))
    jobs.create("alone", plan, 2, resources=placed(False, (second, 2)))
    assert jobs.states("shares", "shares-too", "alone") == ["Training", "Training", "Pending"]
    assert [server["InUseInstanceCount"] for server in servers()] == [0, 4]
    plans.clock.tick(HOUR)
    assert jobs.states("alone") == ["Training"]


@pytest.mark.rule("JOB-11", "JOB-13")
@pytest.mark.parametrize(
    ("count", "left"),
    [
        (2, [(2, 0, 2), (0, 1, 0)]),
        # There is none on the first server, but the second is the job's own too.
        (10, [(7, 0, 2), (3, 1, 0)]),
    ],
)
def test_a_job_that_has_servers_for_itself_gets_another_instance_there_once_the_spare_is_used_up(
    plans, jobs, two_servers, count, left
):
    plan, sagemaker, servers = two_servers
    jobs = type(jobs)(sagemaker)
    arn = jobs.create("alone", plan, count, resources=placed(False))
    for _ in range(2):
        plans.faults.fail_instances(arn)
    assert jobs.story("alone").count("Restarting") == 2
    assert "Pending" not in jobs.story("alone")
    names = ("InUseInstanceCount", "AvailableSpareInstanceCount", "UnhealthyInstanceCount")
    assert [tuple(each[name] for name in names) for each in servers()] == left


@pytest.mark.rule("JOB-13", "JOB-01")
def test_a_placement_that_cannot_be_is_refused_with_the_reason(jobs, two_servers, buy, refusal):
    plan, sagemaker, servers = two_servers
    jobs = type(jobs)(sagemaker)
    server = servers()[0]["UltraServerId"]
    assert refusal(jobs.create, name="job", plan=plan, count=17, resources=placed(False)) == (
        "ValidationException",
        f"Training plan {plan} has 16 instances, fewer than the requested 17.",
    )
    too_large = "InstanceCount {} is not from 1 to the 8 instances of an UltraServer"
    for count, config, problem in (
        (2, placed(False, ("us-unknown", 2)), "the training plan has no UltraServer us-unknown"),
        (
            2,
            placed(False, (server, 3)),
            "the specifications place 3 instances, the job has 2",
        ),
        (2, placed(False, (server, 2), (None, 0)), too_large.format(0)),
        (9, placed(False, (None, 9)), too_large.format(9)),
        (9, placed(False, (server, 5), (server, 4)), too_large.format(9)),
    ):
        assert refusal(jobs.create, name="job", plan=plan, count=count, resources=config) == (
            "ValidationException",
            f"Invalid InstancePlacementConfig: {problem}.",
        )
    other = buy("other", using=sagemaker)
    config = {**placed(True), "InstanceType": P4}
    assert refusal(jobs.create, name="job", plan=other, resources=config) == (
        "ValidationException",
        "Invalid InstancePlacementConfig: the training plan does not consist of UltraServers.",
    )


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
