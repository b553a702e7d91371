"""Time: one clock, and what is due on it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time
from moto.moto_api import state_manager

from moto_trainingplans import TrainingPlansError, mock_training_plans

START = datetime(2025, 1, 21, 19, 8, 27, 704000, tzinfo=timezone.utc)


def statuses(plans, arn):
    return [(change.time, change.after) for change in plans.history(arn)]


@pytest.mark.rule("TIME-01")
@pytest.mark.in_process("freezegun freezes this process only")
def test_the_clock_follows_freezegun_until_it_is_set():
    with freeze_time("2031-05-01T09:00:00Z") as frozen, mock_training_plans() as plans:
        assert plans.clock.now() == datetime(2031, 5, 1, 9, tzinfo=timezone.utc)
        frozen.tick(timedelta(hours=1))
        assert plans.clock.now() == datetime(2031, 5, 1, 10, tzinfo=timezone.utc)
        plans.clock.freeze("2031-05-02T00:00:00Z")
        frozen.tick(timedelta(days=100))
        assert plans.clock.now() == datetime(2031, 5, 2, tzinfo=timezone.utc)


@pytest.mark.rule("TIME-02", "PLAN-03")
def test_each_event_happens_at_its_own_due_time_however_far_the_clock_moves(plans, buy):
    arn = buy()
    plans.clock.tick(timedelta(days=400))
    assert statuses(plans, arn)[-2:] == [
        (datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc), "Active"),
        (datetime(2025, 1, 23, 11, 30, tzinfo=timezone.utc), "Expired"),
    ]


@pytest.mark.rule("TIME-02")
def test_describing_changes_nothing(plans, buy, sagemaker):
    arn = buy()
    before = plans.history()
    for _ in range(3):
        sagemaker.describe_training_plan(TrainingPlanName=arn)
        sagemaker.list_training_plans()
    assert plans.history() == before


@pytest.mark.rule("TIME-02")
def test_what_is_due_is_done_before_a_call_is_answered(plans, buy, sagemaker):
    buy(which=0)
    plans.clock.freeze("2025-01-21T19:39:00Z")
    answer = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert answer["Status"] == "Active"


@pytest.mark.rule("TIME-03", "TIME-06")
def test_one_long_move_and_many_short_ones_leave_the_same(plans, buy, sagemaker):
    def live(steps):
        plans.reset()
        plans.payments.delay(timedelta(minutes=7))
        for number, count in enumerate((1, 4, 2)):
            buy(f"plan-{number}", which=0, InstanceCount=count, DurationHours=48)
        for step in steps:
            plans.clock.tick(step)
        answer = sagemaker.list_training_plans()
        return plans.history(), answer["TrainingPlanSummaries"]

    hours = [timedelta(minutes=37)] * 120
    assert live([sum(hours, timedelta(0))]) == live(hours)


@pytest.mark.rule("TIME-04")
def test_a_clock_may_be_moved_to_where_it_is_and_by_nothing(plans, buy):
    buy()
    before = plans.history()
    plans.clock.move_to(START)
    plans.clock.freeze(START)
    plans.clock.tick(0)
    plans.clock.tick(timedelta(0))
    assert (plans.clock.now(), plans.history()) == (START, before)


@pytest.mark.rule("TIME-04")
def test_the_clock_does_not_go_back(plans, sagemaker):
    sagemaker.list_training_plans()
    plans.clock.tick(timedelta(hours=1))
    passed = (
        "the clock cannot go back: it shows 2025-01-21T20:08:27.704000+00:00, which is later than "
        "2025-01-21T19:08:27.704000+00:00"
    )
    for go_back, told in (
        (lambda: plans.clock.move_to(START), passed),
        (lambda: plans.clock.freeze(START), passed),
        (
            lambda: plans.clock.tick(-1),
            "delta must be a timedelta or a number of seconds, not negative; it is -1",
        ),
    ):
        with pytest.raises(TrainingPlansError) as misuse:
            go_back()
        assert str(misuse.value) == told
    assert plans.clock.now() == START + timedelta(hours=1)


@pytest.mark.rule("TIME-04")
@pytest.mark.in_process("freezegun freezes this process only")
def test_a_source_that_goes_back_leaves_the_clock_where_it_is():
    with mock_training_plans() as plans:
        with freeze_time("2031-05-01T09:00:00Z"):
            boto3.client("sagemaker", "us-west-2").list_training_plans()
        with freeze_time("2031-05-01T08:00:00Z"):
            ignored = "went back to 2031-05-01T08:00:00.*ignored"
            with pytest.warns(UserWarning, match=ignored) as warned:
                boto3.client("sagemaker", "us-west-2").list_training_plans()
            assert [each.filename for each in warned] == [__file__]
            assert plans.clock.now() == datetime(2031, 5, 1, 9, tzinfo=timezone.utc)


@pytest.mark.rule("TIME-09")
def test_looking_leaves_the_clock_free_to_be_set_to_any_time_until_the_first_answer(
    plans, sagemaker
):
    def look():
        plans.clock.now()
        plans.history()
        plans.calls()
        plans.timeline()
        plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="training-job")
        repr(plans)

    look()
    plans.clock.freeze("2024-06-01")
    look()
    plans.clock.tick(timedelta(days=1))
    look()
    plans.clock.move_to("2023-06-01")
    assert plans.clock.now() == datetime(2023, 6, 1, tzinfo=timezone.utc)
    sagemaker.list_training_plans()
    with pytest.raises(TrainingPlansError, match="the clock cannot go back"):
        plans.clock.freeze("2023-05-31")


@pytest.mark.rule("TIME-09")
@pytest.mark.in_process("freezegun freezes this process only")
def test_looking_does_not_hold_a_clock_that_follows_freezegun():
    sagemaker = boto3.client("sagemaker", "us-west-2")
    with freeze_time("2031-05-01T09:00:00Z") as frozen, mock_training_plans() as plans:
        sagemaker.list_training_plans()
        frozen.move_to("2031-05-01T12:00:00Z")
        assert plans.clock.now().hour == 12
        assert plans.history() == []
        frozen.move_to("2031-05-01T10:00:00Z")
        assert plans.clock.now().hour == 10


@pytest.mark.in_process("takes the simulation that a request would take")
def test_a_request_that_began_before_a_reset_ends_in_its_simulation(plans, search):
    from moto_trainingplans.host.backend import serving_world

    with serving_world():
        plans.reset()
        assert search()
    assert plans.calls() == []


@pytest.mark.rule("TIME-09")
def test_looking_shows_what_has_become_due(buy, plans):
    arn = buy()
    plans.clock.speed(1e6)
    give_up = time.monotonic() + 10
    while plans.history(arn)[-1].after != "Active" and time.monotonic() < give_up:
        time.sleep(0.01)
    assert plans.history(arn)[-1].after in ("Active", "Expired")


@pytest.mark.rule("TIME-09")
def test_an_outage_ordered_before_the_clock_is_set_begins_at_its_own_time(plans, buy, jobs):
    minutes = timedelta(minutes=30)
    day = datetime(2024, 6, 2, 11, 30, tzinfo=timezone.utc)
    # It is 2025 still.
    plans.faults.zone_outage("us-west-2a", day + minutes, START + timedelta(days=400))
    plans.clock.freeze("2024-06-01T12:00Z")
    jobs.create("job", buy())
    plans.clock.move_to(day)
    assert jobs.states("job") == ["Training"]
    plans.clock.tick(minutes)
    assert jobs.states("job") == ["Pending"]


@pytest.mark.rule("TIME-04", "CLIENT-08")
def test_a_reset_begins_a_new_simulation_that_may_be_earlier(plans):
    plans.clock.tick(timedelta(days=1))
    plans.reset()
    assert plans.clock.now() == START


@pytest.mark.rule("TIME-05")
def test_without_clock_control_a_plan_is_scheduled_at_once():
    with mock_training_plans():
        sagemaker = boto3.client("sagemaker", "us-west-2")
        offering = sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=48
        )["TrainingPlanOfferings"][-1]
        sagemaker.create_training_plan(
            TrainingPlanName="real", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )
        described = sagemaker.describe_training_plan(TrainingPlanName="real")
    assert described["Status"] == "Scheduled"
    assert described["StartTime"] > datetime.now(timezone.utc)


@pytest.mark.rule("TIME-05")
@pytest.mark.in_process("freezegun freezes this process only")
def test_a_plan_on_the_followed_clock_becomes_active_when_its_block_starts():
    with freeze_time(START.replace(tzinfo=None)) as frozen, mock_training_plans():
        client = boto3.client("sagemaker", "us-west-2")
        offering = client.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=48
        )["TrainingPlanOfferings"][0]
        client.create_training_plan(
            TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )
        frozen.move_to("2025-01-21T19:39:00")
        assert client.describe_training_plan(TrainingPlanName="plan")["Status"] == "Active"


@pytest.mark.rule("TIME-06")
def test_the_same_calls_at_the_same_time_give_the_same_bytes(plans, search, buy, sagemaker):
    def live():
        plans.reset()
        search()
        buy(Tags=[{"Key": "team", "Value": "nlp"}])
        plans.clock.tick(timedelta(hours=20))
        answer = sagemaker.describe_training_plan(TrainingPlanName="plan")
        return answer["ResponseMetadata"]["RequestId"], answer, plans.history()

    assert live() == live()


@pytest.mark.rule("TIME-06")
@pytest.mark.in_process("speaks to moto's API inside this process")
def test_moto_s_seed_salts_the_ids():
    import requests

    def ultra_server_id():
        client = boto3.client("sagemaker", "us-east-1")
        offering = client.search_training_plan_offerings(
            UltraServerType="ml.u-p6e-gb200x36", DurationHours=24
        )["TrainingPlanOfferings"][0]
        client.create_training_plan(
            TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )
        (capacity,) = client.describe_training_plan(TrainingPlanName="plan")[
            "ReservedCapacitySummaries"
        ]
        servers = client.list_ultra_servers_by_reserved_capacity(
            ReservedCapacityArn=capacity["ReservedCapacityArn"]
        )["UltraServers"]
        return servers[0]["UltraServerId"]

    ids = []
    for seed in (None, "42", "42", "43", None):
        with mock_training_plans(now=START) as plans:
            if seed is not None:
                requests.post(f"http://motoapi.amazonaws.com/moto-api/seed?a={seed}", timeout=10)
            ids.append(ultra_server_id())
            # As moto's own it outlives a reset, and not the mock.
            plans.reset()
            assert ultra_server_id() == ids[-1]
    unsalted, first, again, other, after = ids
    assert first == again
    assert len({unsalted, first, other}) == 3
    assert after == unsalted


@pytest.mark.rule("TIME-07", "PLAN-04")
@pytest.mark.in_process("sets the state manager of this process")
def test_the_state_manager_can_give_payments_time(buy, sagemaker, plans):
    state_manager.set_transition("sagemaker::training_plan", {"progression": "time", "seconds": 90})
    try:
        buy()
        plans.clock.tick(89)
        assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Pending"
        plans.clock.tick(1)
        assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Scheduled"
    finally:
        state_manager.unset_transition("sagemaker::training_plan")


def test_next_event_goes_from_one_event_to_the_next(plans, buy):
    buy()
    assert plans.clock.next_event() == datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)
    assert plans.clock.now() == datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)
    while plans.clock.next_event() is not None:
        pass
    assert plans.clock.now() == datetime(2025, 1, 23, 11, 30, tzinfo=timezone.utc)


def test_a_flowing_clock_flows_at_its_speed_and_on_from_where_it_is_moved(plans):
    plans.clock.speed(3600 * 24)
    plans.clock.move_to(START + timedelta(days=10))
    first = plans.clock.now()
    second = plans.clock.now()
    assert START + timedelta(days=10) <= first < second < START + timedelta(days=30)
    plans.clock.freeze()
    assert plans.clock.now() == plans.clock.now()
    plans.clock.resume()
    assert plans.clock.now() < plans.clock.now()


@pytest.mark.parametrize(
    "when", [START + timedelta(days=1), "2025-01-22T19:08:27.704Z", 1737572907.704]
)
def test_times_may_be_datetimes_texts_or_numbers(plans, when):
    plans.clock.move_to(when)
    assert plans.clock.now() == START + timedelta(days=1)


def test_a_naive_time_is_utc(plans):
    plans.clock.move_to(datetime(2025, 1, 22))
    assert plans.clock.now() == datetime(2025, 1, 22, tzinfo=timezone.utc)
