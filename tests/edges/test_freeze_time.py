"""`freeze_time=True`: the whole process shows the simulation's time."""

from __future__ import annotations

import sys
import time
from datetime import date, datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

from moto_trainingplans import TrainingPlansError, mock_training_plans

NOW = "2025-01-21T19:08:27Z"
START = datetime(2025, 1, 21, 19, 8, 27, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


def now():
    return datetime.now(timezone.utc)


def test_the_process_follows_the_clock_wherever_it_is_moved():
    with mock_training_plans(now=NOW, freeze_time=True) as plans:
        assert now() == START
        assert time.time() == START.timestamp()
        assert date.today().isoformat() == "2025-01-21"
        plans.clock.tick(HOUR)
        assert now() == START + HOUR
        plans.clock.move_to("2025-03-01T00:00:00Z")
        assert now() == datetime(2025, 3, 1, tzinfo=timezone.utc)
        plans.reset()
        assert now() == START
    assert now().year > 2025


@mock_training_plans(now=NOW, freeze_time=True)
def test_it_decorates_a_function_too():
    assert now() == START


def test_boto3_signs_its_requests_at_that_time():
    signed = []
    with mock_training_plans(now=NOW, freeze_time=True):
        sagemaker = boto3.client("sagemaker", "us-west-2")
        sagemaker.meta.events.register(
            "before-send.sagemaker", lambda request, **_: signed.append(request.headers)
        )
        sagemaker.list_training_plans()
    date_header = signed[0]["X-Amz-Date"]
    assert (date_header if isinstance(date_header, str) else date_header.decode()) == (
        "20250121T190827Z"
    )


@pytest.mark.in_process("the other services of a server keep its own time")
def test_every_other_service_of_moto_has_that_time():
    with mock_training_plans(now=NOW, freeze_time=True) as plans:
        iam = boto3.client("iam", "us-east-1")
        plans.clock.tick(HOUR)
        role = iam.create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]
        assert role["CreateDate"].replace(microsecond=0) == START + HOUR


def test_a_clock_that_flows_takes_the_process_along():
    with mock_training_plans(now=NOW, freeze_time=True) as plans:
        plans.clock.speed(3600 * 24)
        first = now()
        while now() < first + timedelta(days=1):
            pass
        plans.clock.freeze()
        assert plans.clock.now() - now() < timedelta(microseconds=1)


@pytest.mark.in_process("freezegun freezes this process only")
def test_a_freeze_within_moves_the_simulation_and_is_moved_by_it():
    with mock_training_plans(now=NOW, freeze_time=True) as plans:
        sagemaker = boto3.client("sagemaker", "us-west-2")
        with freeze_time("2025-02-01T00:00:00Z") as frozen:
            assert plans.clock.now() == datetime(2025, 2, 1, tzinfo=timezone.utc)
            frozen.tick(HOUR)
            assert plans.clock.now() == now() == datetime(2025, 2, 1, 1, tzinfo=timezone.utc)
            plans.clock.tick(HOUR)
            assert plans.clock.now() == now() == datetime(2025, 2, 1, 2, tzinfo=timezone.utc)
            sagemaker.list_training_plans()
        assert plans.clock.now() == now() == datetime(2025, 2, 1, 2, tzinfo=timezone.utc)


@pytest.mark.in_process("freezegun freezes this process only")
@pytest.mark.parametrize("start", [None, NOW])
def test_a_freeze_around_moves_the_simulation(start):
    with freeze_time(NOW) as frozen:
        with mock_training_plans(now=start, freeze_time=True) as plans:
            frozen.tick(HOUR)
            assert plans.clock.now() == now() == START + HOUR
            plans.clock.tick(HOUR)
            assert plans.clock.now() == now() == START + 2 * HOUR
            frozen.tick(HOUR)
            assert plans.clock.now() == now() == START + 3 * HOUR
        assert now() == START + 2 * HOUR


def test_a_mock_within_another_shows_the_same_time():
    with mock_training_plans(now=NOW, freeze_time=True):
        with mock_training_plans(freeze_time=True) as plans:
            plans.clock.tick(HOUR)
            assert now() == START + HOUR
        assert now() == START + HOUR
    assert now().year > 2025


@pytest.mark.in_process("runs pytest inside this process")
def test_the_marker_takes_it(pytester):
    pytester.makepyfile(
        """
        import datetime, pytest

        @pytest.mark.training_plans(now="2025-01-21", freeze_time=True)
        def test_it():
            assert datetime.date.today().isoformat() == "2025-01-21"
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_without_freezegun_it_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "freezegun", None)
    with pytest.raises(TrainingPlansError, match=r"pip install 'moto-trainingplans\[freezegun\]'"):
        mock_training_plans(freeze_time=True)
