"""The inventory: what AWS has to sell, and what is left of it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moto_trainingplans import TrainingPlansError
from moto_trainingplans.simulation.market.inventory import Pool, StepFunction

P4D = "ml.p4d.24xlarge"
DAY0 = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)


def at(day: int) -> datetime:
    return DAY0 + timedelta(days=day)


TARGETS = ("training-job", "hyperpod-cluster", "endpoint", "studio-apps")


@pytest.mark.rule("CATALOG-06", "CAPACITY-01")
@pytest.mark.parametrize(
    ("zone", "instance_type", "free"),
    [
        ("us-west-2a", P4D, (64, 64, 64, 64)),
        ("us-west-2b", P4D, (64, 64, 64, 64)),
        ("us-west-2c", P4D, (0, 0, 0, 0)),
        ("us-west-1a", P4D, (0, 0, 0, 0)),
        ("us-west-2a", "ml.p5e.48xlarge", (64, 64, 64, 0)),  # no type of Studio's
        ("us-west-2-phx-2a", "ml.p5e.48xlarge", (0, 64, 0, 0)),
        ("us-east-1-dfw-2a", "ml.u-p6e-gb200x36", (4, 4, 4, 0)),
        ("us-east-1-dfw-2a", "ml.u-p6e-gb200x72", (4, 4, 4, 0)),
        ("us-east-1a", "ml.u-p6e-gb200x72", (0, 0, 0, 0)),
    ],
)
def test_by_default_the_first_two_zones_of_a_types_regions_have_64_for_each_target(
    plans, zone, instance_type, free
):
    found = [plans.capacity.free(zone, instance_type, target=target) for target in TARGETS]
    assert tuple(found) == free


@pytest.mark.rule("CAPACITY-01")
def test_capacity_set_for_a_window_can_be_read_back(plans):
    plans.capacity.set("us-west-2a", P4D, 5, target="training-job", start=at(2), end=at(4))

    def free(start, end):
        look = {"target": "training-job", "start": at(start), "end": at(end)}
        return plans.capacity.free("us-west-2a", P4D, **look)

    assert [free(0, 2), free(0, 3), free(2, 4), free(3, 9), free(4, 9)] == [64, 5, 5, 5, 64]
    plans.capacity.set("us-west-2a", P4D, 7, start=at(3))
    assert [free(2, 3), free(3, 4), free(9, 99)] == [5, 7, 7]


@pytest.mark.rule("CAPACITY-01")
def test_what_is_sold_stays_sold_when_less_is_offered(plans, buy, sagemaker):
    buy(InstanceCount=8)
    look = {"target": "training-job", "start": at(0), "end": at(1)}
    plans.capacity.set("us-west-2a", P4D, 4)
    assert plans.capacity.free("us-west-2a", P4D, **look) == 0
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Scheduled"
    plans.capacity.set("us-west-2a", P4D, 10)
    assert plans.capacity.free("us-west-2a", P4D, **look) == 2


@pytest.mark.rule("CAPACITY-02", "CAPACITY-04")
@pytest.mark.parametrize("sold_for", TARGETS)
def test_a_plan_takes_its_instances_out_of_its_blocks_window_zone_and_target_alone(
    plans, buy, sold_for
):
    buy(InstanceCount=16, TargetResources=[sold_for])

    def free(start, end):
        return plans.capacity.free("us-west-2a", P4D, target=sold_for, start=start, end=end)

    just = timedelta(microseconds=1)
    assert free(at(0) - just, at(0)) == 64
    assert free(at(0), at(0) + just) == 48
    assert free(at(1) - just, at(1)) == 48
    assert free(at(1), at(2)) == 64
    left = {
        (zone, target): plans.capacity.free(zone, P4D, target=target)
        for zone in ("us-west-2a", "us-west-2b")
        for target in TARGETS
    }
    assert left.pop(("us-west-2a", sold_for)) == 48
    assert set(left.values()) == {64}


@pytest.mark.rule("CAPACITY-04")
def test_the_targets_have_pools_of_their_own(plans, search):
    plans.capacity.set("us-west-2a", P4D, 0, target="training-job")
    plans.capacity.set("us-west-2b", P4D, 0, target="training-job")
    found = {target: len(search(TargetResources=[target])) for target in TARGETS}
    assert found == {"training-job": 0, "hyperpod-cluster": 3, "endpoint": 3, "studio-apps": 3}
    for zone in ("us-west-2a", "us-west-2b"):
        plans.capacity.set(zone, P4D, 0)  # no target is every target
    assert [search(TargetResources=[target]) for target in TARGETS] == [[], [], [], []]


@pytest.mark.rule("CATALOG-05", "CATALOG-06")
def test_a_region_sells_what_it_is_given_to_sell(plans, search, client):
    ireland = client("sagemaker", "eu-west-1")
    plans.capacity.set("eu-west-1c", "ml.p5.48xlarge", 2, target="training-job")
    offerings = search(using=ireland, InstanceType="ml.p5.48xlarge", InstanceCount=2)
    assert {each["ReservedCapacityOfferings"][0]["AvailabilityZone"] for each in offerings} == {
        "eu-west-1c"
    }


@pytest.mark.rule("CAPACITY-01")
def test_a_region_can_be_sold_out_and_given_something_again(plans, search):
    assert len(search()) == 3
    plans.capacity.clear("us-west-2")
    assert search() == []
    assert len(search(InstanceType="ml.p5.48xlarge", InstanceCount=64)) == 0
    assert plans.capacity.free("us-east-1a", P4D, target="training-job") == 64
    plans.capacity.set("us-west-2b", P4D, 1)
    assert len(search()) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("us-west-9z", P4D, 1), "us-west-9z"),
        (("us-west-2a", "ml.t3.large", 1), "ml.p5.48xlarge"),
        (("us-west-2a", "ml.p6e-gb200.36xlarge", 1), "ml.u-p6e-gb200x36"),
        (("us-west-2a", P4D, -1), "from 0"),
        (("us-west-2a", P4D, 1.5), "whole number"),
        (("us-west-2a", P4D, True), "whole number"),
    ],
)
def test_misuse_says_what_is_allowed_and_changes_nothing(plans, unchanged, arguments, says):
    before = unchanged()
    with pytest.raises(TrainingPlansError, match=says):
        plans.capacity.set(*arguments)
    assert unchanged() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"target": "tuning-job"}, "target must be one of training-job, .*, not 'tuning-job'"),
        ({"start": at(3), "end": at(3)}, "the window must end after it starts"),
        ({"start": "tomorrow"}, "start must be a datetime, .*, not 'tomorrow'"),
    ],
)
def test_a_window_or_target_that_cannot_be_is_misuse(plans, unchanged, arguments, says):
    before = unchanged()
    with pytest.raises(TrainingPlansError, match=says):
        plans.capacity.set("us-west-2a", P4D, 1, **arguments)
    assert unchanged() == before


windows = st.tuples(st.integers(0, 30), st.integers(1, 10), st.integers(-5, 5))


@pytest.mark.rule("CAPACITY-02")
@given(
    changes=st.lists(windows, max_size=30), window=st.tuples(st.integers(0, 30), st.integers(1, 9))
)
@settings(deadline=None)
def test_a_step_function_is_what_a_table_of_days_would_be(changes, window):
    function, table = StepFunction(3), [3] * 45
    for start, length, change in changes:
        function.add(at(start), at(start + length), change)
        table[start : start + length] = [value + change for value in table[start : start + length]]
    start, length = window
    assert function.least(at(start), at(start + length)) == min(table[start : start + length])
    steps = list(function.steps(at(0), at(45)))
    assert [value for since, until, value in steps for _ in range((until - since).days)] == table
    assert all(one[2] != next_one[2] for one, next_one in pairwise(steps))


@given(
    taken=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=12),
    days=st.integers(1, 6),
)
@settings(deadline=None)
def test_the_earliest_window_that_fits_is_the_first_of_all_that_do(taken, days):
    pool = Pool(2)
    for start, length in taken:
        pool.reserve(1, at(start), at(start + length))
    fits = [start for start in range(30) if pool.free(at(start), at(start + days)) >= 1]
    assert pool.earliest(1, timedelta(days=days), at(0), at(36)) == at(fits[0])
