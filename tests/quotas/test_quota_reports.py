"""Reports of how much of each quota is in use."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.clusters import group
from tests.support.jobs import HOUR, START


@pytest.mark.rule("QUOTA-01", "QUOTA-03", "QUOTA-04")
def test_a_report_tells_how_much_of_each_quota_is_in_use_the_most_used_first(
    plans, client, buy, clusters
):
    plans.quotas.set("ml.p4d.24xlarge", 32, region="us-west-2")
    plans.quotas.set("ml.t3.large for cluster usage", 16, region="us-west-2")
    buy(InstanceCount=16)
    clusters.create(
        "cluster", {**group("workers"), "InstanceType": "ml.t3.large", "InstanceCount": 4}
    )
    quotas = client("service-quotas")
    report = quotas.start_quota_utilization_report()["ReportId"]
    first = quotas.get_quota_utilization_report(ReportId=report, MaxResults=3)
    shown = [(each["QuotaName"], each["Utilization"]) for each in first["Quotas"]]
    assert shown == [
        (
            "Number of ml.p4d.24xlarge instances in reserved capacity across training plans per "
            "Region",
            50.0,
        ),
        ("ml.t3.large for cluster usage", 25.0),
        ("Number of training plans per Region", 4.0),
    ]
    assert first["Quotas"][0]["AppliedValue"] == 32
    assert first["Quotas"][0]["DefaultValue"] == 256
    every = first["Quotas"]
    while "NextToken" in first:
        token = first["NextToken"]
        first = quotas.get_quota_utilization_report(
            ReportId=report, NextToken=token, MaxResults=100
        )
        every += first["Quotas"]
    assert len(every) == first["TotalCount"]
    assert {each["Utilization"] for each in every[3:]} == {0.0}


@pytest.mark.rule("QUOTA-04", "QUOTA-05")
def test_a_report_counts_what_jobs_hold_and_what_they_keep_warm(plans, client, buy, jobs):
    plan = buy(InstanceCount=8)
    for usage, limit in (("training job", 20), ("training warm pool", 4)):
        plans.quotas.set(f"ml.p4d.24xlarge for {usage} usage", limit, region="us-west-2")
    quotas = client("service-quotas")

    def used():
        report = quotas.start_quota_utilization_report()["ReportId"]
        found = quotas.get_quota_utilization_report(ReportId=report)["Quotas"]
        return {
            each["QuotaName"].removeprefix("ml.p4d.24xlarge for "): each["Utilization"]
            for each in found
            if each["QuotaName"].startswith("ml.p4d.24xlarge for training")
        }

    jobs.create("runs", plan, 4)
    jobs.create("stays-warm", plan, 1, resources={"KeepAlivePeriodInSeconds": 3600})
    plans.jobs.run_for(2 * HOUR, "runs")
    nothing = {"training job usage": 0.0, "training warm pool usage": 0.0}
    assert used() == nothing  # those that wait hold nothing
    plans.clock.move_to(START)
    assert used() == {"training job usage": 25.0, "training warm pool usage": 0.0}
    plans.clock.tick(HOUR)
    assert used() == {"training job usage": 25.0, "training warm pool usage": 25.0}
    # Of a quota of nothing all is used as soon as there is any.
    plans.quotas.set("ml.p4d.24xlarge for training job usage", 0, region="us-west-2")
    assert used()["training job usage"] == 100.0
    plans.clock.tick(HOUR)
    assert used() == nothing


@pytest.mark.rule("QUOTA-01")
def test_a_report_is_not_found_before_it_is_started_nor_15_minutes_later(plans, client, refusal):
    look = client("service-quotas").get_quota_utilization_report
    missing = "There is no quota utilization report {}."
    assert refusal(look, ReportId="report") == ("NoSuchResourceException", missing.format("report"))
    started = client("service-quotas").start_quota_utilization_report()
    assert started["Status"] == "PENDING"
    plans.clock.tick(timedelta(minutes=14))
    assert look(ReportId=started["ReportId"])["Status"] == "COMPLETED"
    plans.clock.tick(timedelta(minutes=1))
    assert refusal(look, ReportId=started["ReportId"]) == (
        "NoSuchResourceException",
        missing.format(started["ReportId"]),
    )
