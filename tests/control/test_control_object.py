"""The control object itself: what it shows, what it refuses, and what it is after its mock."""

from __future__ import annotations

import inspect
import pydoc
import time
import traceback
from datetime import timedelta
from decimal import Decimal
from typing import get_args

import boto3
import pytest
from moto import mock_aws
from moto.core.utils import get_service_model

import moto_trainingplans
from moto_trainingplans import TrainingPlans, TrainingPlansError, install, mock_training_plans
from moto_trainingplans import uninstall as uninstall_plans
from moto_trainingplans.control import client_groups, types
from moto_trainingplans.control.calls import CALLS
from moto_trainingplans.simulation.market.catalog import Target

NOW = "2025-01-21T19:08:27.704Z"
GROUPS = {
    name: member.fget.__annotations__["return"]
    for name, member in vars(TrainingPlans).items()
    if isinstance(member, property)
}


# -- what it shows ---------------------------------------------------------------------------


def test_its_repr_says_the_time_and_how_much_there_is(plans, jobs, buy):
    assert "2025-01-21T19:08:27Z, 0 plans, 0 jobs, 0 clusters>" in repr(plans)
    jobs.create("job", buy())
    plans.clock.tick(timedelta(hours=1))
    assert repr(plans).startswith("<TrainingPlans ")
    assert "2025-01-21T20:08:27Z, 1 plan, 1 job, 0 clusters>" in repr(plans)


def test_help_shows_every_group_and_what_it_is_for():
    shown = pydoc.plain(pydoc.render_doc(TrainingPlans))
    for name in GROUPS:
        assert f" |  {name}\n |      " in shown, name
    assert "The simulation's clock: read it, move it" in shown


def test_every_public_method_is_documented_and_typed():
    for cls in (TrainingPlans, *(getattr(client_groups, group) for group in GROUPS.values())):
        for name, method in vars(cls).items():
            if not name.startswith("_") and inspect.isfunction(method):
                assert method.__doc__, name
                assert "return" in method.__annotations__, name


def test_every_call_is_a_method_of_its_group_with_the_same_arguments(plans):
    for call, function in CALLS.items():
        group, _, name = call.rpartition("/")
        if group == "mock":
            continue
        method = getattr(getattr(plans, group) if group else plans, name)
        own = list(inspect.signature(function).parameters)
        taken = [each for each in own if each not in ("world", "order")]
        assert list(inspect.signature(method).parameters) == taken, call


def test_the_literals_are_what_there_is():
    from moto_trainingplans.control.values import emulated_operations

    assert set(get_args(types.Target)) == {each.value for each in Target}
    # An older model lacks some of them.
    of_model = {
        *get_service_model("sagemaker").operation_names,
        *get_service_model("service-quotas").operation_names,
    }
    assert sorted({*get_args(types.Operation)} & of_model) == emulated_operations()


def test_every_name_of_the_package_can_be_had():
    for name in moto_trainingplans.__all__:
        assert getattr(moto_trainingplans, name) is not None
    assert moto_trainingplans.__version__[0].isdigit()


# -- misuse ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda p: p.faults.error("ListTrainingPlans", "", "m"), "code must be the code of an AWS"),
        (lambda p: p.faults.error("ListTrainingPlans", "a\nb", "m"), "'ResourceLimitExceeded'"),
        (lambda p: p.faults.error("ListTrainingPlans", "Ünit", "m"), "letters, digits"),
        (lambda p: p.faults.throttle("CreateTraningPlan"), "did you mean 'CreateTrainingPlan'"),
        (lambda p: p.quotas.set("ml.p5.48xlarge", 1, region="us-west-2", account="1"), "12 digits"),
        (lambda p: p.quotas.set("ml.p5.48xlarge", 10**11, region="us-west-2"), "10,000,000,000"),
        (lambda p: p.quotas.set("ml.p5.48xlarge", 1, region="us-west-9"), "it is one of .*us-west"),
        (lambda p: p.quotas.set("ml.p5", 1, region="us-west-2"), "training-plan-total_count"),
        (lambda p: p.jobs.run_for(0), "more than 0, not 0"),
        # What cannot even be written, or compared.
        (lambda p: p.clock.tick(10**5000), "not negative; it is <int>"),
        (lambda p: p.payments.fail_next(Decimal("sNaN")), r"from 1 up, not .*sNaN"),
        (lambda p: p.faults.throttle(["x" * 9999]), r"not \['x{190,}\.\.\."),
        (lambda p: p.jobs.run_for(timedelta(0), "job"), "more than 0"),
        (lambda p: p.jobs.fail("job", "x" * 1025), "at most 1024 characters, not 1025"),
        (lambda p: p.payments.fail_next(message="x" * 1025), "at most 1024 characters, not 1025"),
        (
            lambda p: p.capacity.set("us-west-2a", "ml.p5.48xlarge", 1, target="training"),
            "target must be one of training-job, hyperpod-cluster, endpoint, studio-apps",
        ),
        (
            lambda p: p.capacity.free("us-west-2a", "ml.p5.48xlarge", target=["endpoint"]),
            "target must be one of training-job",
        ),
    ],
)
def test_misuse_names_what_is_allowed_and_changes_nothing(plans, unchanged, misuse, message):
    before = unchanged()
    with pytest.raises(TrainingPlansError, match=message):
        misuse(plans)
    assert unchanged() == before


def test_a_misused_call_is_not_an_order_that_waits():
    with mock_training_plans() as plans:
        with pytest.raises(TrainingPlansError):
            plans.faults.throttle("CreateTrainingPlan", times=0)
        with pytest.raises(TrainingPlansError):
            plans.jobs.run_for(0, "job")


def test_the_traceback_of_misuse_ends_in_the_line_of_the_user(plans):
    with pytest.raises(TrainingPlansError) as misuse:
        plans.capacity.set("nowhere", "ml.p5.48xlarge", 1)
    shown = misuse.traceback.filter(misuse)
    assert [entry.path.name for entry in shown] == ["test_control_object.py"]
    assert misuse.value.__suppress_context__
    # And without pytest it is short.
    assert len(traceback.extract_tb(misuse.value.__traceback__)) <= 4
    with pytest.raises(TrainingPlansError) as misuse:
        mock_training_plans(now="yesterday")
    assert [entry.path.name for entry in misuse.traceback.filter(misuse)] == [
        "test_control_object.py"
    ]


# -- after its mock --------------------------------------------------------------------------


def buy():
    sagemaker = boto3.client("sagemaker", "us-west-2")
    offering = sagemaker.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
    )["TrainingPlanOfferings"][-1]
    sagemaker.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )


def test_after_its_mock_it_tells_what_was_and_nothing_else(buy_in_a_mock):
    plans, before = buy_in_a_mock
    assert plans.history() == before["history"]
    assert plans.history()[-1].after == "Scheduled"
    assert plans.calls() == before["calls"]
    assert plans.calls("CreateTrainingPlan")[0].parameters["TrainingPlanName"] == "plan"
    assert plans.timeline().text(80, colours=False) == before["timeline"]
    assert plans.report("plan").to_dict() == before["report"]
    assert "ended" in repr(plans)
    assert "1 plan," in repr(plans)
    for call in (
        plans.clock.now,
        plans.clock.sleeping,
        plans.reset,
        lambda: plans.clock.tick(1),
        plans.capacity.clear,
        lambda: plans.jobs.run_for(1),
        lambda: plans.faults.throttle("CreateTrainingJob"),
    ):
        with pytest.raises(TrainingPlansError, match="the mock of this control object has ended"):
            call()


@pytest.fixture
def buy_in_a_mock():
    with mock_training_plans(now=NOW) as plans:
        buy()
        before = {
            "history": plans.history(),
            "calls": plans.calls(),
            "timeline": plans.timeline().text(80, colours=False),
            "report": plans.report("plan").to_dict(),
        }
    # What another one does is nothing to it.
    with mock_training_plans(now="2025-03-01"):
        boto3.client("sagemaker", "us-west-2").list_training_plans()
    return plans, before


def test_time_stands_still_after_the_mock():
    with mock_training_plans() as plans:
        buy()
        plans.clock.speed(1e6)
    shown, history = repr(plans), plans.history()
    # At this speed the plan would begin and end meanwhile.
    time.sleep(0.5)
    assert (repr(plans), plans.history()) == (shown, history)


@pytest.mark.in_process("a server's simulation goes on with its other mocks")
def test_time_stands_still_after_the_mock_though_another_of_moto_goes_on():
    with mock_aws():
        with mock_training_plans() as plans:
            buy()
            plans.clock.speed(1e6)
        shown, history = repr(plans), plans.history()
        time.sleep(0.5)
        assert (repr(plans), plans.history()) == (shown, history)


@pytest.mark.in_process("installs into this process")
def test_the_last_uninstall_ends_the_control_objects_of_install(capsys):
    del capsys
    first = install()
    second = install()
    uninstall_plans()
    assert first.history() == []
    uninstall_plans()
    for plans in (first, second):
        assert plans.history() == []
        with pytest.raises(TrainingPlansError, match="has ended"):
            plans.clock.now()
