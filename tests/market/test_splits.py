"""Plans of two blocks: when they are offered, in which zones, and in which order."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.support.offerings import blocks, utc


@pytest.fixture
def scarce(plans):
    """Leaves ml.p4d.24xlarge instances only in the windows named, as (zone, from, until)."""

    def run(*windows, target="training-job", count=1):
        plans.capacity.clear()
        for zone, start, end in windows:
            plans.capacity.set(
                zone, "ml.p4d.24xlarge", count, target=target, start=utc(start), end=utc(end)
            )

    return run


@pytest.mark.rule("SEARCH-08", "SEARCH-09")
def test_two_blocks_are_offered_where_one_cannot_be_had(scarce, search):
    scarce(
        ("us-west-2a", "2025-01-22T11:30", "2025-01-24T11:30"),
        ("us-west-2b", "2025-01-26T11:30", "2025-01-28T11:30"),
    )
    offerings = search(DurationHours=72)
    assert blocks(offerings[0]) == [
        "us-west-2a 01-22 11:30 > 01-24 11:30",
        "us-west-2b 01-26 11:30 > 01-27 11:30",
    ]
    # Earlier start first, then earlier end, one of each pair of the two.
    spans = [(blocks(each)[0][11:22], blocks(each)[1][-11:]) for each in offerings]
    assert spans == [
        ("01-22 11:30", "01-27 11:30"),
        ("01-22 11:30", "01-28 11:30"),
        ("01-23 11:30", "01-28 11:30"),
    ]
    assert {each["DurationHours"] for each in offerings} == {72}
    # Half an hour of each block is not paid: 71 hours of 13.57.
    assert {each["UpfrontFee"] for each in offerings} == {"963.47"}


@pytest.mark.rule("SEARCH-08")
def test_of_eight_single_days_three_pairs_are_offered_the_earliest_first(plans, search):
    plans.capacity.clear()
    first = utc("2025-01-22T11:30")
    for start in (first + timedelta(days=2 * number) for number in range(8)):
        plans.capacity.set(
            "us-west-2a", "ml.p4d.24xlarge", 1, start=start, end=start + timedelta(days=1)
        )
    assert [blocks(each) for each in search(DurationHours=48)] == [
        ["us-west-2a 01-22 11:30 > 01-23 11:30", f"us-west-2a 01-{day} 11:30 > 01-{day + 1} 11:30"]
        for day in (24, 26, 28)
    ]


@pytest.mark.rule("SEARCH-08")
@pytest.mark.parametrize(
    ("free", "first", "second"),
    [
        # A day and two, or two and one: the latter can be had in the first zone alone.
        ("a22-24 b26-28 a27-28", "a 22-24", "a 27-28"),
        # The first block's zone decides before that of the second.
        ("a22-23 b22-24 b26-28 a27-28", "a 22-23", "b 26-28"),
    ],
)
def test_of_one_start_and_end_one_split_is_offered_that_with_the_first_zones(
    scarce, search, free, first, second
):
    scarce(
        *(
            (f"us-west-2{zone}", f"2025-01-{start}T11:30", f"2025-01-{end}T11:30")
            for zone, start, end in re.findall(r"(.)(\d+)-(\d+)", free)
        )
    )
    whole = {"StartTimeAfter": utc("2025-01-22T11:30"), "EndTimeBefore": utc("2025-01-28T11:30")}
    found = [blocks(each) for each in search(DurationHours=72, **whole)]
    of_the_whole = [each for each in found if "01-22" in each[0] and "> 01-28" in each[1]]
    assert of_the_whole == [
        [
            re.sub(r"(.) (\d+)-(\d+)", r"us-west-2\1 01-\2 11:30 > 01-\3 11:30", block)
            for block in (first, second)
        ]
    ]


@pytest.mark.rule("SEARCH-08")
def test_of_splits_with_one_start_and_end_the_more_even_one_is_offered(scarce, search):
    scarce(
        ("us-west-2a", "2025-01-22T11:30", "2025-01-25T11:30"),
        ("us-west-2b", "2025-01-26T11:30", "2025-01-29T11:30"),
    )
    window = {"StartTimeAfter": utc("2025-01-22T11:30"), "EndTimeBefore": utc("2025-01-28T11:30")}
    three_and_one, two_and_two = search(DurationHours=96, **window)[:2]
    assert blocks(three_and_one)[1].endswith("01-27 11:30")
    assert blocks(two_and_two) == [
        "us-west-2a 01-22 11:30 > 01-24 11:30",
        "us-west-2b 01-26 11:30 > 01-28 11:30",
    ]


@pytest.mark.rule("SEARCH-08")
def test_of_an_immediate_split_the_part_day_counts_as_a_day(scarce, search):
    scarce(
        ("us-west-2a", "2025-01-21T19:00", "2025-01-22T11:30"),
        ("us-west-2a", "2025-01-23T11:30", "2025-01-24T11:30"),
    )
    assert blocks(search(DurationHours=48)[0]) == [
        "us-west-2a 01-21 19:39 > 01-22 11:30",
        "us-west-2a 01-23 11:30 > 01-24 11:30",
    ]


@pytest.mark.rule("SEARCH-08")
def test_a_split_that_starts_earlier_is_listed_behind_the_continuous_ones(scarce, search):
    scarce(
        ("us-west-2a", "2025-01-22T11:30", "2025-01-23T11:30"),
        ("us-west-2a", "2025-01-25T11:30", "2025-01-27T11:30"),
    )
    assert [blocks(each) for each in search(DurationHours=48)] == [
        ["us-west-2a 01-25 11:30 > 01-27 11:30"],
        ["us-west-2a 01-22 11:30 > 01-23 11:30", "us-west-2a 01-25 11:30 > 01-26 11:30"],
        ["us-west-2a 01-22 11:30 > 01-23 11:30", "us-west-2a 01-26 11:30 > 01-27 11:30"],
    ]


@pytest.mark.rule("SEARCH-08")
def test_a_split_that_starts_no_earlier_than_a_continuous_one_is_not_listed(scarce, search):
    scarce(
        ("us-west-2a", "2025-01-22T11:30", "2025-01-24T11:30"),
        ("us-west-2b", "2025-01-26T11:30", "2025-01-27T11:30"),
    )
    assert [blocks(each) for each in search(DurationHours=48)] == [
        ["us-west-2a 01-22 11:30 > 01-24 11:30"]
    ]


@pytest.mark.rule("SEARCH-08")
def test_one_day_is_never_split(scarce, search):
    scarce(
        ("us-west-2a", "2025-01-22T11:30", "2025-01-22T23:30"),
        ("us-west-2b", "2025-01-22T23:30", "2025-01-23T11:30"),
    )
    assert search() == []


@pytest.mark.rule("SEARCH-09")
def test_a_clusters_blocks_are_in_one_zone(scarce, search):
    windows = (
        ("us-west-2a", "2025-01-22T11:30", "2025-01-23T11:30"),
        ("us-west-2b", "2025-01-23T11:30", "2025-01-24T11:30"),
    )
    scarce(*windows)
    assert len(search(DurationHours=48)) == 1
    scarce(*windows, target="hyperpod-cluster")
    assert search(DurationHours=48, TargetResources=["hyperpod-cluster"]) == []
    scarce(
        *windows,
        ("us-west-2b", "2025-01-25T11:30", "2025-01-26T11:30"),
        target="hyperpod-cluster",
    )
    (split,) = search(DurationHours=48, TargetResources=["hyperpod-cluster"])
    assert blocks(split) == [
        "us-west-2b 01-23 11:30 > 01-24 11:30",
        "us-west-2b 01-25 11:30 > 01-26 11:30",
    ]
