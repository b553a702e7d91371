"""Searching for offerings."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def shape(offering):
    """Hours, minutes, start and end of an offering's blocks."""
    return [
        (
            block["DurationHours"],
            block["DurationMinutes"],
            block["StartTime"].astimezone(timezone.utc),
            block["EndTime"].astimezone(timezone.utc),
        )
        for block in offering["ReservedCapacityOfferings"]
    ]


@pytest.mark.rule("SEARCH-06", "SEARCH-07")
def test_the_guides_sample_search_gives_the_guides_three_offerings(sagemaker):
    answer = sagemaker.search_training_plan_offerings(
        TargetResources=["training-job"],
        InstanceType="ml.p4d.24xlarge",
        InstanceCount=1,
        DurationHours=15,
        StartTimeAfter=1737484800,
        EndTimeBefore=1737657600,
    )
    offerings = answer["TrainingPlanOfferings"]
    assert [shape(offering) for offering in offerings] == [
        [(15, 51, utc("2025-01-21T19:39"), utc("2025-01-22T11:30"))],
        [(39, 51, utc("2025-01-21T19:39"), utc("2025-01-23T11:30"))],
        [(24, 0, utc("2025-01-22T11:30"), utc("2025-01-23T11:30"))],
    ]
    for offering in offerings:
        (block,) = offering["ReservedCapacityOfferings"]
        assert offering["TrainingPlanOfferingId"].startswith("tpo-")
        assert offering["TargetResources"] == ["training-job"]
        assert offering["RequestedStartTimeAfter"] == utc("2025-01-21T19:08:27.704")
        assert offering["RequestedEndTimeBefore"] == utc("2025-01-23T18:40")
        assert offering["DurationHours"] == block["DurationHours"]
        assert offering["DurationMinutes"] == block["DurationMinutes"]
        assert offering["CurrencyCode"] == "USD"
        assert block["InstanceType"] == "ml.p4d.24xlarge"
        assert block["InstanceCount"] == 1
        assert block["AvailabilityZone"] == "us-west-2a"
        assert block["ReservedCapacityType"] == "Instance"
