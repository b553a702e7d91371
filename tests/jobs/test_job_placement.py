"""Where in the UltraServers of a plan a job gets its instances."""

from __future__ import annotations

import pytest

from tests.support.jobs import DAY, HOUR, START

P4 = "ml.p4d.24xlarge"


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


@pytest.mark.rule("JOB-13")
@pytest.mark.parametrize(
    ("of_the_job", "in_use"),
    [
        # The first server would be too full for the named ones if the others came first.
        (lambda first: ((None, 3), (first, 8)), [8, 4]),
        (lambda first: ((None, 7), (first, 2)), [2, 8]),
        # Only the first has eight, since one instance of the second is in use.
        (lambda _: ((None, 2), (None, 8)), [8, 3]),
    ],
    ids=["a named server", "a few on it", "a large group"],
)
def test_what_has_the_least_choice_is_placed_first(jobs, two_servers, of_the_job, in_use):
    plan, sagemaker, servers = two_servers
    jobs = type(jobs)(sagemaker)
    first, second = (server["UltraServerId"] for server in servers())
    jobs.create("one", plan, 1, resources=placed(True, (second, 1)))
    specifications = of_the_job(first)
    count = sum(each for _, each in specifications)
    jobs.create("job", plan, count, resources=placed(True, *specifications))
    assert jobs.states("job") == ["Training"]
    assert [server["InUseInstanceCount"] for server in servers()] == in_use


@pytest.mark.rule("JOB-13")
def test_a_job_without_a_placement_waits_if_what_is_free_is_on_another_jobs_servers(
    plans, jobs, two_servers
):
    plan, sagemaker, servers = two_servers
    jobs = type(jobs)(sagemaker)
    (_, second) = (server["UltraServerId"] for server in servers())
    jobs.create("alone", plan, 3, resources=placed(False, (second, 3)))
    jobs.create("large", plan, 10, resources={"InstanceType": "ml.p6e-gb200.36xlarge"})
    assert jobs.states("alone", "large") == ["Training", "Pending"]
    assert [server["InUseInstanceCount"] for server in servers()] == [0, 3]
    plans.clock.tick(HOUR)
    assert jobs.states("large") == ["Training"]
    assert [server["InUseInstanceCount"] for server in servers()] == [8, 2]


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
