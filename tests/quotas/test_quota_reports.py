"""Reports of how much of each quota is in use."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.clusters import group


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


@pytest.mark.rule("QUOTA-01")
def test_a_report_is_not_found_before_it_is_started_nor_15_minutes_later(plans, client, refusal):
    look = client("service-quotas").get_quota_utilization_report
    assert refusal(look, ReportId="report")[0] == "NoSuchResourceException"
    started = client("service-quotas").start_quota_utilization_report()
    assert started["Status"] == "PENDING"
    plans.clock.tick(timedelta(minutes=14))
    assert look(ReportId=started["ReportId"])["Status"] == "COMPLETED"
    plans.clock.tick(timedelta(minutes=1))
    assert refusal(look, ReportId=started["ReportId"])[0] == "NoSuchResourceException"
