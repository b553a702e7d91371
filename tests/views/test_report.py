"""The ledger of a plan: what its fees went into, to the cent."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest

from moto_trainingplans.simulation.kernel.errors import TrainingPlansError
from tests.endpoints.test_endpoints import Endpoints
from tests.studio_apps.test_studio_apps import app, spec
from tests.support.clusters import group
from tests.support.jobs import CHECKPOINTS, CUT_OFF, DAY, HOUR, MINUTE, START

# A day of one ml.p4d.24xlarge for training jobs costs 318.89 USD: 23.5 paid hours.


def hours(report):
    """The instance-hours of the parts that have any."""
    return {part: each.instance_hours for part, each in report.parts.items() if each.instance_time}


def usd(report):
    """The cents of the parts that have any instance-hours."""
    return {part: each.cents for part, each in report.parts.items() if each.instance_time}


def adds_up(report):
    """Whether every way to sum up what was spent gives the fee."""
    told = report.to_dict()
    lines = list(csv.DictReader(io.StringIO(report.to_csv())))
    ways = [
        sum(Decimal(part["usd"]) for part in told["parts"].values()),
        sum(Decimal(fee["usd"]) for fee in told["fees"]),
        sum(Decimal(line["usd"]) for line in lines),
        *(
            sum(Decimal(each["usd"]) for each in values.values())
            for values in told["tags"].values()
        ),
    ]
    return set(ways) == {report.fee} and json.loads(json.dumps(told)) == told


def test_the_fee_is_split_over_the_hours_that_were_paid_for(plans, buy, jobs):
    arn = buy()
    plans.jobs.run_for(10 * HOUR)
    jobs.create("job", arn)
    plans.clock.move_to(START + DAY)
    report = plans.report(arn)
    assert hours(report) == {"training": 10, "idle": 13.5, "cut_off": 0.5}
    # 318.89 x 10 / 23.5 = 135.698, and the cut-off is not paid for
    assert usd(report) == {"training": 13570, "idle": 18319, "cut_off": 0}
    assert (report.fee, report.usd_per_useful_instance_hour) == (
        Decimal("318.89"),
        Decimal("31.89"),
    )
    assert adds_up(report)
    assert str(report).splitlines()[-1] == (
        "31.89 USD for each of 10.00 useful instance-hours, 43% of what was paid for"
    )


def test_work_is_lost_for_want_of_a_checkpoint_and_kept_with_one(plans, buy_two_blocks, jobs):
    arn = buy_two_blocks(count=2)
    plans.jobs.run_for(30 * HOUR, "kept")
    plans.jobs.run_for(20 * HOUR, "lost")
    jobs.create("kept", arn, **CHECKPOINTS)
    plans.clock.move_to(START + 10 * HOUR)
    jobs.create("lost", arn)
    plans.clock.move_to(START + 3 * DAY)
    report = plans.report(arn)
    # kept trains 23.5 + 6.5 hours; lost 13.5 in vain, and then its 20.
    assert hours(report) == {"training": 50, "lost": 13.5, "idle": 10 + 17 + 3.5, "cut_off": 2}
    by_name = {workload.name: parts for workload, parts in report.workloads.items()}
    assert by_name["kept"]["training"].instance_hours == 30
    assert {part: each.instance_hours for part, each in by_name["lost"].items()} == {
        "training": 20,
        "lost": 13.5,
    }
    assert adds_up(report)


def test_what_a_restart_with_a_checkpoint_takes_is_lost_too(plans, buy, jobs, state_manager):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 600})
    arn = buy(InstanceCount=2)
    plans.jobs.run_for(4 * HOUR)
    jobs.create("job", arn, **CHECKPOINTS)
    plans.clock.move_to(START + HOUR)
    plans.faults.fail_instances(jobs.describe("job")["TrainingJobArn"])
    plans.clock.move_to(START + DAY)
    report = plans.report(arn)
    # 10 minutes to start again and 10 to download again, after 40 minutes of work that stay.
    assert report.parts["lost"].instance_time == 20 * MINUTE
    assert report.parts["training"].instance_time == 4 * HOUR + 30 * MINUTE
    assert report.parts["unhealthy"].instance_time == DAY - HOUR - 30 * MINUTE
    assert adds_up(report)


def test_instances_that_a_job_keeps_warm_are_told_apart(plans, buy, jobs):
    arn = buy()
    plans.jobs.run_for(HOUR)
    jobs.create("first", arn, resources={"KeepAlivePeriodInSeconds": 3600})
    plans.clock.move_to(START + HOUR + 20 * MINUTE)
    jobs.create("second", arn)
    plans.clock.move_to(START + DAY)
    report = plans.report(arn)
    assert report.parts["warm"].instance_time == 20 * MINUTE
    assert report.parts["training"].instance_time == 2 * HOUR
    (first,) = [parts for workload, parts in report.workloads.items() if workload.name == "first"]
    assert first["warm"].instance_time == 20 * MINUTE


def test_cluster_nodes_broken_instances_and_spares_have_their_parts(plans, client, search):
    sagemaker = client("sagemaker", "us-east-1")
    (offering,) = search(
        using=sagemaker,
        TargetResources=["hyperpod-cluster"],
        UltraServerType="ml.u-p6e-gb200x36",
        UltraServerCount=1,
    )
    arn = sagemaker.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )["TrainingPlanArn"]
    sagemaker.create_cluster(
        ClusterName="cluster",
        InstanceGroups=[group("workers", arn, 7, InstanceType="ml.p6e-gb200.36xlarge")],
        Tags=[{"Key": "team", "Value": "a"}],
    )
    start = offering["ReservedCapacityOfferings"][0]["StartTime"]
    plans.clock.move_to(start + 6 * HOUR)
    node = sagemaker.list_cluster_nodes(ClusterName="cluster")["ClusterNodeSummaries"][0]
    plans.faults.fail_instances(node["InstanceId"])
    plans.clock.move_to(start + DAY)
    report = plans.report(arn)
    assert hours(report) == {
        "cluster_nodes": 7 * 23,
        "idle": 23,
        "spares": 6,
        "unhealthy": 17,
        "cut_off": 9,
    }
    ((workload, parts),) = report.workloads.items()
    assert (workload.kind, workload.name, workload.part) == ("instance-group", "cluster", "workers")
    assert report.tags["team"]["a"] == parts["cluster_nodes"]
    assert adds_up(report)


def test_endpoints_have_their_part_and_their_tags(plans, buy, sagemaker):
    endpoint_plan = buy("endpoint", TargetResources=["endpoint"], InstanceCount=2)
    plans.clock.move_to(START)
    endpoints = Endpoints(sagemaker)
    endpoints.deploy("endpoint", endpoints.variant(endpoint_plan))
    plans.clock.tick(6 * HOUR)
    endpoints.scale("endpoint", 2)
    sagemaker.add_tags(
        ResourceArn=endpoints.describe("endpoint")["EndpointArn"],
        Tags=[{"Key": "team", "Value": "serving"}],
    )
    plans.clock.move_to(START + DAY)
    report = plans.report("endpoint")
    # An endpoint's instances stay to the end, and all of it is paid for.
    assert hours(report) == {"endpoints": 24 + 18, "idle": 6}
    ((workload, _),) = report.workloads.items()
    assert report.tags["team"]["serving"].instance_hours == 42
    assert (workload.resource, workload.part) == (
        "arn:aws:sagemaker:us-west-2:123456789012:endpoint/endpoint",
        "main",
    )
    assert adds_up(report)


def test_apps_have_their_part(plans, buy, sagemaker):
    arn = buy("plan", TargetResources=["studio-apps"], InstanceCount=2)
    plans.clock.move_to(START + HOUR)
    sagemaker.create_app(**app("one"), ResourceSpec=spec(arn))
    sagemaker.create_app(**app("two"), ResourceSpec=spec(arn))
    plans.clock.tick(5 * HOUR)
    sagemaker.delete_app(**app("one"))
    plans.clock.move_to(START + DAY)
    report = plans.report(arn)
    assert hours(report) == {"apps": 5 + 22.5, "idle": 2 + 17.5, "cut_off": 1}
    assert {workload.name for workload in report.workloads} == {
        "d-domain/space/jupyterlab/one",
        "d-domain/space/jupyterlab/two",
    }
    assert adds_up(report)


def test_a_zone_that_is_down_is_nobodys_idleness(plans, buy, jobs):
    arn = buy()
    plans.jobs.run_for(2 * HOUR)
    jobs.create("job", arn)
    plans.faults.zone_outage("us-west-2a", START + HOUR, START + 5 * HOUR)
    plans.clock.move_to(START + DAY)
    assert hours(plans.report(arn)) == {
        "training": 2,
        "lost": 1,
        "outage": 4,
        "idle": 16.5,
        "cut_off": 0.5,
    }


def test_an_extension_pays_for_the_time_that_it_adds(plans, buy, sagemaker):
    arn = buy()
    plans.clock.move_to(START + HOUR)
    (extension,) = sagemaker.search_training_plan_offerings(TrainingPlanArn=arn, DurationHours=24)[
        "TrainingPlanExtensionOfferings"
    ]
    before = plans.report(arn)
    sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=extension["TrainingPlanExtensionOfferingId"]
    )
    plans.clock.move_to(START + 2 * DAY)
    report = plans.report(arn)
    assert before.fee == Decimal("318.89")
    assert report.fee == Decimal("318.89") + Decimal(extension["UpfrontFee"])
    # 23.5 hours that the plan paid for, and 24 more up to the new cut-off.
    assert hours(report) == {"idle": 47.5, "cut_off": 0.5}
    assert [str(fee["usd"]) for fee in report.to_dict()["fees"]] == [
        "318.89",
        extension["UpfrontFee"],
    ]
    assert adds_up(report)


def test_of_a_plan_that_still_runs_it_tells_what_is_left(plans, buy, jobs):
    arn = buy()
    plans.jobs.run_for(30 * HOUR)
    jobs.create("job", arn)
    assert hours(plans.report(arn)) == {"left": 24}
    plans.clock.move_to(START + 10 * HOUR)
    report = plans.report(arn)
    assert hours(report) == {"training": 10, "left": 14}
    assert usd(report) == {"training": 13570, "left": 18319}
    assert report.usd_per_useful_instance_hour == Decimal("13.57")
    assert adds_up(report)


def test_a_plan_that_failed_has_cost_nothing(plans, buy):
    plans.payments.fail_next()
    arn = buy()
    report = plans.report(arn)
    assert (report.fee, hours(report)) == (0, {})
    assert report.usd_per_useful_instance_hour is None
    assert adds_up(report)


def test_tags_say_who_used_it_and_stay_when_the_workload_is_deleted(plans, buy, jobs, sagemaker):
    arn = buy(InstanceCount=2)
    plans.jobs.run_for(4 * HOUR)
    for name, team in (("one", "a"), ("two", "b"), ("three", "a")):
        jobs.create(name, arn, Tags=[{"Key": "team", "Value": team}])
    plans.clock.move_to(CUT_OFF)
    sagemaker.add_tags(
        ResourceArn=jobs.describe("two")["TrainingJobArn"], Tags=[{"Key": "team", "Value": "c"}]
    )
    sagemaker.delete_training_job(TrainingJobName="one")
    report = plans.report(arn)
    assert {value: each.instance_hours for value, each in report.tags["team"].items()} == {
        "": 36,
        "a": 8,
        "c": 4,
    }
    assert adds_up(report)


def test_a_plan_is_named_by_its_arn_or_its_name(plans, client, buy):
    arn = buy()
    assert plans.report("plan") == plans.report(arn)
    with pytest.raises(TrainingPlansError, match="there is no training plan 'other'"):
        plans.report("other")
    buy(using=client("sagemaker", "us-east-1"))
    with pytest.raises(
        TrainingPlansError, match=r"'plan' is one of several plans: name one of arn:"
    ):
        plans.report("plan")


def test_a_node_that_nobody_replaced_is_its_groups_again_once_it_is_repaired(
    plans, reserve, clusters, sagemaker
):
    arn = reserve("plan", 4)
    clusters.create("cluster", group("workers", arn, 3), NodeRecovery="None")
    plans.clock.move_to(START + 4 * HOUR)
    node = sagemaker.list_cluster_nodes(ClusterName="cluster")["ClusterNodeSummaries"][0]
    plans.faults.fail_instances(node["InstanceId"])
    plans.clock.tick(2 * HOUR)
    plans.faults.repair(node["InstanceId"])
    plans.clock.move_to(START + DAY)
    assert hours(plans.report(arn)) == {
        "cluster_nodes": 3 * 23 - 2,
        "unhealthy": 2,
        "idle": 23,
        "cut_off": 4,
    }
