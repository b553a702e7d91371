"""A simulation is replaced in one step, whoever is using it."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest
from moto import mock_aws

from moto_trainingplans import TrainingPlansError, install, mock_training_plans, uninstall
from moto_trainingplans.sagemaker.operations import HANDLERS

START = datetime(2025, 1, 21, 19, 8, 27, 704000, tzinfo=timezone.utc)


def until_done(done, call):
    """Makes a call again and again until `done`; gives how often."""
    count = 0
    while not done.is_set():
        call()
        count += 1
    return count


@pytest.mark.rule("CLIENT-07", "CLIENT-08")
def test_requests_under_way_never_notice_a_reset(plans, search, rounds):
    done = threading.Event()
    with ThreadPoolExecutor(8) as pool:
        searches = [pool.submit(until_done, done, search) for _ in range(8)]
        for _ in range(rounds(40)):
            plans.reset()
        done.set()
        # Any error of a search is raised here.
        assert all(each.result() for each in searches)


@pytest.mark.rule("CLIENT-07", "CLIENT-08")
@pytest.mark.in_process("resets in the midst of a request")
def test_a_request_ends_in_the_simulation_that_it_began_in(plans, sagemaker, search, monkeypatch):
    create = HANDLERS["CreateTrainingPlan"]

    def reset_and_create(backend, members):
        plans.reset()
        return create(backend, members)

    offering = search()[-1]["TrainingPlanOfferingId"]
    monkeypatch.setitem(HANDLERS, "CreateTrainingPlan", reset_and_create)
    sagemaker.create_training_plan(TrainingPlanName="old", TrainingPlanOfferingId=offering)
    assert sagemaker.list_training_plans()["TrainingPlanSummaries"] == []
    assert plans.history() == []


@pytest.mark.rule("TIME-04", "CLIENT-08")
def test_a_reset_goes_back_to_its_start_whoever_reads_meanwhile(plans, sagemaker, rounds):
    done = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        polls = [pool.submit(until_done, done, sagemaker.list_training_plans) for _ in range(4)]
        for _ in range(rounds(20)):
            plans.clock.tick(3600)
            plans.reset()
            assert plans.clock.now() == START
        done.set()
        assert all(each.result() for each in polls)


@pytest.mark.rule("CLIENT-08")
@pytest.mark.in_process("installs into the moto of this process")
def test_what_install_gives_resets_too():
    plans = install()
    try:
        with mock_aws():
            plans.clock.freeze("2030-01-01")
            plans.reset()
            assert plans.clock.now().year != 2030
    finally:
        uninstall()


@pytest.mark.in_process("forks this process")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_forked_while_another_thread_is_within_can_work(plans, search):
    done = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        # Within the simulation alone: the locks of HTTP clients are not ours.
        busy = [pool.submit(until_done, done, plans.clock.now) for _ in range(2)]
        try:
            for _ in range(3):
                child = os.fork()
                if not child:
                    signal.alarm(20)  # a child that hangs ends with a signal
                    os._exit(0 if plans.clock.now() == START and len(search()) == 3 else 1)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        finally:
            done.set()
        assert all(each.result() for each in busy)


def test_a_mock_that_was_never_used_tells_afterwards_that_nothing_happened():
    with mock_training_plans() as plans:
        before = datetime.now(timezone.utc)
    assert plans.history() == plans.calls() == []
    told = repr(plans)
    assert "ended" in told
    assert (
        f"{before:%Y-%m-%dT%H:%M}" in told or f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M}" in told
    )
    assert "0 plans, 0 jobs, 0 clusters" in told
    with pytest.raises(TrainingPlansError, match="the mock of this control object has ended"):
        plans.clock.tick(1)
