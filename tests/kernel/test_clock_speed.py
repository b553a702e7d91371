"""How fast the clock flows: from standing still to the fastest that there is."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import pytest
from freezegun import freeze_time

from moto_trainingplans import TrainingPlansError, mock_training_plans

START = datetime(2025, 1, 21, 19, 8, 27, 704000, tzinfo=timezone.utc)
YEAR_9000 = datetime(9000, 1, 1, tzinfo=timezone.utc)


@pytest.mark.rule("TIME-01")
def test_at_speed_0_the_clock_stands_still_and_flows_on_as_fast_as_before(plans):
    plans.clock.speed(1e6)
    plans.clock.speed(0)
    stands = plans.clock.now()
    time.sleep(0.01)
    assert plans.clock.now() == stands
    plans.clock.tick(60)
    assert plans.clock.now() == stands + timedelta(minutes=1)
    plans.clock.resume()
    before = time.monotonic()
    time.sleep(0.01)
    passed = plans.clock.now() - stands
    assert timedelta(seconds=0.01 * 1e6) <= passed
    assert passed <= timedelta(minutes=1, seconds=(time.monotonic() - before + 5) * 1e6)


@pytest.mark.rule("TIME-01", "TIME-02")
@pytest.mark.in_process("freezegun freezes this process only")
@pytest.mark.parametrize("speed", [0, 0.5, 1, 3600, 1e9])
def test_a_second_of_the_machine_is_as_many_seconds_as_the_speed_says(speed):
    with freeze_time(START.replace(tzinfo=None)) as frozen, mock_training_plans() as plans:
        plans.clock.speed(speed)
        frozen.tick(timedelta(seconds=1))
        assert plans.clock.now() == START + timedelta(seconds=speed)
        frozen.tick(timedelta(seconds=2))
        assert plans.clock.now() == START + timedelta(seconds=3 * speed)


@pytest.mark.rule("TIME-02", "TIME-04")
@pytest.mark.in_process("freezegun freezes this process only")
def test_the_fastest_clock_executes_all_that_is_due_and_stays_at_the_last_time_there_is(
    search, sagemaker
):
    with freeze_time(START.replace(tzinfo=None)) as frozen, mock_training_plans() as plans:
        sagemaker.create_training_plan(
            TrainingPlanName="plan",
            TrainingPlanOfferingId=search()[-1]["TrainingPlanOfferingId"],
        )
        plans.clock.speed(1e9)
        frozen.tick(timedelta(seconds=1))
        arn = sagemaker.describe_training_plan(TrainingPlanName="plan")["TrainingPlanArn"]
        # Each change has its own time, however far the clock jumps.
        assert [(each.time, each.after) for each in plans.history(arn)][-2:] == [
            (datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc), "Active"),
            (datetime(2025, 1, 23, 11, 30, tzinfo=timezone.utc), "Expired"),
        ]
        frozen.tick(timedelta(seconds=230))
        assert plans.clock.now() == YEAR_9000
        assert sagemaker.list_training_plans()["TrainingPlanSummaries"][0]["Status"] == "Expired"
        assert search()
        assert plans.clock.next_event() is None
        frozen.tick(timedelta(days=1))
        assert plans.clock.now() == YEAR_9000
        with pytest.raises(TrainingPlansError) as refused:
            plans.clock.tick(1)
        assert str(refused.value).startswith("the clock can show times from 1970 to 9000, not ")


@pytest.mark.rule("TIME-04")
@pytest.mark.parametrize("speed", [1e9 + 1, -0.1, -1, float("inf"), float("nan")])
def test_no_clock_flows_backwards_or_faster(plans, speed):
    plans.clock.speed(60)
    plans.clock.freeze()
    with pytest.raises(TrainingPlansError) as refused:
        plans.clock.speed(speed)
    assert str(refused.value) == (
        f"speed must be from 0 (frozen) to 1e+09 simulated seconds a second, not {float(speed)}"
    )
    stands = plans.clock.now()
    assert plans.clock.now() == stands
