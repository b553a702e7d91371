"""When offerings start and end: the grid of days, starts at once, and the window of a search."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest

from moto_trainingplans import mock_training_plans
from tests.support.offerings import blocks, utc

ZONES = ("us-west-2a", "us-west-2b")


@pytest.mark.rule("SEARCH-05")
@pytest.mark.parametrize(
    ("now", "offered"),
    [
        # A whole minute stays.
        (
            "2025-01-21T10:00:00Z",
            ["21 10:30 > 01-22 11:30", "21 10:30 > 01-23 11:30", "21 11:30 > 01-23 11:30"],
        ),
        (
            "2025-01-21T10:00:00.001Z",
            ["21 10:31 > 01-22 11:30", "21 10:31 > 01-23 11:30", "21 11:30 > 01-23 11:30"],
        ),
        # No part day is left: the offerings merge.
        ("2025-01-21T10:59:59Z", ["21 11:30 > 01-23 11:30"]),
        ("2025-01-21T11:00:00Z", ["21 11:30 > 01-23 11:30"]),
        # The 11:30 of this day is less than half an hour ahead.
        (
            "2025-01-21T11:00:01Z",
            ["21 11:31 > 01-23 11:30", "21 11:31 > 01-24 11:30", "22 11:30 > 01-24 11:30"],
        ),
    ],
)
def test_a_start_is_at_1130_or_half_an_hour_ahead_on_a_whole_minute(now, offered):
    with mock_training_plans(now=now):
        found = boto3.client("sagemaker", "us-west-2").search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=48
        )["TrainingPlanOfferings"]
    # One day and its part, two days and their part, and two days from the first 11:30 on.
    assert [blocks(each) for each in found] == [[f"us-west-2a 01-{each}"] for each in offered]


@pytest.mark.rule("SEARCH-05")
@pytest.mark.parametrize(
    ("target", "minutes"),
    [("training-job", 30), ("studio-apps", 30), ("hyperpod-cluster", 60), ("endpoint", 0)],
)
@pytest.mark.parametrize("more", [0, 1])
def test_a_block_no_longer_than_its_cut_off_is_not_offered(plans, search, target, minutes, more):
    """The rest of the first day is as long as the cut-off, or a minute longer."""
    end = utc("2025-01-22T11:30")
    start = end - timedelta(minutes=minutes + more)
    plans.clock.move_to(start - timedelta(minutes=30))
    immediate = [
        each["ReservedCapacityOfferings"][0]["EndTime"]
        for each in search(TargetResources=[target])
        if each["ReservedCapacityOfferings"][0]["StartTime"] == start
    ]
    assert immediate == [end, end + timedelta(days=1)][not more :]


@pytest.mark.rule("SEARCH-05")
def test_a_plan_starts_at_most_56_days_ahead(search):
    """Now is 19:08, so of the 56th day the 11:30 is the last start."""
    (last,) = search(StartTimeAfter=utc("2025-03-18T11:30"))
    assert blocks(last) == ["us-west-2a 03-18 11:30 > 03-19 11:30"]
    assert search(StartTimeAfter=utc("2025-03-18T11:31")) == []
    assert search(StartTimeAfter=utc("2031-01-01T00:00")) == []


@pytest.mark.rule("SEARCH-06")
def test_only_the_first_1130_is_offered_and_a_later_one_when_it_is_taken(search, plans):
    assert blocks(search(StartTimeAfter=utc("2025-01-24T00:00"))[0]) == [
        "us-west-2a 01-24 11:30 > 01-25 11:30"
    ]
    for zone in ZONES:
        plans.capacity.set(
            zone,
            "ml.p4d.24xlarge",
            0,
            start=utc("2025-01-24T11:30"),
            end=utc("2025-01-25T11:30"),
        )
    assert [blocks(each) for each in search(StartTimeAfter=utc("2025-01-24T00:00"))] == [
        ["us-west-2a 01-25 11:30 > 01-26 11:30"]
    ]


@pytest.mark.rule("SEARCH-06", "SEARCH-10")
@pytest.mark.parametrize(
    ("after", "before", "ends"),
    [
        # The bounds of the window belong to it.
        ("21T19:39", "23T11:30", ["22 11:30", "23 11:30", "23 11:30"]),
        ("21T19:39", "23T11:29:59", ["22 11:30"]),
        # Too late for an immediate start; older clients send whole seconds.
        ("21T19:39:01", "23T11:30", ["23 11:30"]),
        ("22T11:30", "23T11:30", ["23 11:30"]),  # a window of exactly a day
        ("22T11:30:01", "23T11:30:01", []),
        ("19T00:00", "21T20:00", []),  # what of it is to come is not a day, but it was sent as one
    ],
)
def test_what_does_not_lie_within_the_window_is_left_out(search, after, before, ends):
    window = {"StartTimeAfter": f"2025-01-{after}", "EndTimeBefore": f"2025-01-{before}"}
    found = search(**{name: utc(time) for name, time in window.items()})
    assert [blocks(each)[0].partition(" > 01-")[2] for each in found] == ends


@pytest.mark.aws
@pytest.mark.rule("SEARCH-10")
def test_a_window_shorter_than_a_day_is_refused(sagemaker, refusal):
    assert refusal(
        sagemaker.search_training_plan_offerings,
        InstanceType="ml.p4d.24xlarge",
        DurationHours=24,
        StartTimeAfter=utc("2025-01-22T11:30"),
        EndTimeBefore=utc("2025-01-23T11:29:59"),
    ) == (
        "ValidationException",
        "EndTimeBefore 2025-01-23 11:29:59+00:00 must be at least 24 hours after StartTimeAfter "
        "2025-01-22 11:30:00+00:00.",
    )


@pytest.mark.rule("SEARCH-10")
def test_a_window_in_the_past_holds_nothing_and_its_past_start_counts_as_now(search):
    past = {"StartTimeAfter": utc("2024-12-01T00:00"), "EndTimeBefore": utc("2025-01-01T00:00")}
    assert search(**past) == []
    assert search(EndTimeBefore=past["EndTimeBefore"]) == []
    assert search(EndTimeBefore=utc("2025-01-21T20:00")) == []  # only an hour is left of it
    begun = search(StartTimeAfter=utc("2024-12-01T00:00"))
    assert [each["TrainingPlanOfferingId"] for each in begun] == [
        each["TrainingPlanOfferingId"] for each in search()
    ]
    assert begun[0]["RequestedStartTimeAfter"] == utc("2025-01-21T19:08:27.704")
