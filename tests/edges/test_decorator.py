"""The ways to use the mock in a test, beside what else the test uses."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import unittest
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from moto_trainingplans import TrainingPlansError, install, mock_training_plans, uninstall

NOW = "2025-01-21T19:08:27.704Z"


def buy(name: str = "plan"):
    """Buys a plan, as a user's own code would."""
    sagemaker = boto3.client("sagemaker", "us-west-2")
    offering = sagemaker.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", DurationHours=48, TargetResources=["training-job"]
    )["TrainingPlanOfferings"][-1]
    return sagemaker.create_training_plan(
        TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )["TrainingPlanArn"]


def plan_names():
    found = boto3.client("sagemaker", "us-west-2").list_training_plans()["TrainingPlanSummaries"]
    return [plan["TrainingPlanName"] for plan in found]


@mock_training_plans
def test_it_decorates_a_function():
    assert plan_names() == []
    buy()
    assert plan_names() == ["plan"]


@pytest.mark.parametrize("name", ["first", "second"])
@mock_training_plans(now=NOW)
def test_it_decorates_a_function_with_arguments_anew_each_time(name):
    buy(name)
    assert plan_names() == [name]


@pytest.fixture
@mock_training_plans(now=NOW)
def bought():
    yield buy()
    assert plan_names() == ["plan"]


def test_it_decorates_a_fixture_that_yields(bought):
    assert bought.endswith(":training-plan/plan")
    assert plan_names() == ["plan"]


def test_a_generator_is_mocked_until_it_ends():
    @mock_training_plans(now=NOW)
    def body():
        with pytest.raises(ZeroDivisionError):
            yield buy()
        yield plan_names()

    running = body()
    next(running)
    assert running.throw(ZeroDivisionError()) == ["plan"]
    running.close()
    with pytest.raises(RuntimeError, match="uninstall\\(\\) called before install\\(\\)"):
        uninstall()


def test_an_async_generator_is_told_how_it_can_be_mocked():
    async def body():
        yield buy()

    with pytest.raises(TrainingPlansError, match="body is an async generator, which would run out"):
        mock_training_plans(body)


def test_it_decorates_an_async_function():
    @mock_training_plans(now=NOW)
    async def body():
        buy()
        await asyncio.sleep(0)
        return plan_names()

    assert asyncio.run(body()) == ["plan"]
    assert asyncio.run(body()) == ["plan"]


@mock_training_plans
class TestADecoratedClass:
    def test_one(self):
        buy()
        assert plan_names() == ["plan"]

    def test_two(self):
        assert plan_names() == []


@mock_training_plans(now=NOW)
class TestADecoratedUnittest(unittest.TestCase):
    def setUp(self):
        buy("set-up")

    def test_what_was_set_up_is_there(self):
        buy("more")
        assert plan_names() == ["more", "set-up"]

    def test_and_nothing_else(self):
        assert plan_names() == ["set-up"]


def test_it_is_a_context_manager_that_gives_the_control_object():
    with mock_training_plans(now=NOW) as plans:
        arn = buy()
        plans.clock.tick(timedelta(days=1))
        assert plans.history(arn)[-1].after == "Active"


@pytest.mark.rule("CLIENT-08")
def test_its_end_clears_everything():
    with mock_training_plans(now=NOW, strict=False) as plans:
        buy()
        plans.capacity.clear()
        plans.quotas.set("ml.p5.48xlarge", 0, region="us-west-2")
        plans.payments.fail_next()
    with mock_training_plans() as plans:
        assert plans.history() == []
        assert plans.clock.now().year > 2025
        assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="training-job") == 64
        buy()
        assert [change.after for change in plans.history()][-1] == "Scheduled"


@pytest.mark.rule("CLIENT-08")
def test_moto_s_reset_clears_everything(plans):
    import os

    import requests

    buy()
    plans.capacity.clear()
    url = os.environ.get("TEST_SERVER_MODE_ENDPOINT", "http://motoapi.amazonaws.com")
    requests.post(f"{url}/moto-api/reset", timeout=10)
    assert plan_names() == []
    assert plans.history() == []
    assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="training-job") == 64


@mock_training_plans
def test_every_other_service_works_in_it():
    s3 = boto3.client("s3", "us-east-1")
    s3.create_bucket(Bucket="checkpoints")
    s3.put_object(Bucket="checkpoints", Key="step-1", Body=b"weights")
    assert s3.get_object(Bucket="checkpoints", Key="step-1")["Body"].read() == b"weights"
    iam = boto3.client("iam", "us-east-1")
    iam.create_role(RoleName="trainer", AssumeRolePolicyDocument="{}")
    sagemaker = boto3.client("sagemaker", "us-west-2")
    sagemaker.create_model(
        ModelName="model", ExecutionRoleArn="arn:aws:iam::123456789012:role/trainer"
    )
    assert [each["ModelName"] for each in sagemaker.list_models()["Models"]] == ["model"]
    buy()


@pytest.mark.in_process("a server has what it has been started with")
def test_a_plain_mock_is_not_touched():
    with mock_training_plans():
        buy()
    with mock_aws(), pytest.raises((NotImplementedError, ClientError)):
        plan_names()


@pytest.mark.in_process("a server has what it has been started with")
def test_each_mock_may_be_within_the_other():
    with mock_aws():
        sagemaker = boto3.client("sagemaker", "us-west-2")
        sagemaker.create_model(ModelName="outer", ExecutionRoleArn="arn:aws:iam::1:role/r")
        with mock_training_plans():
            buy()
            assert [each["ModelName"] for each in sagemaker.list_models()["Models"]] == ["outer"]
        assert [each["ModelName"] for each in sagemaker.list_models()["Models"]] == ["outer"]
    with mock_training_plans():
        buy()
        with mock_aws():
            assert plan_names() == ["plan"]
        with mock_training_plans():
            assert plan_names() == ["plan"]
        assert plan_names() == ["plan"]


@pytest.mark.rule("TIME-04")
def test_a_time_within_another_mock_moves_the_clock_of_both_and_says_so():
    with mock_training_plans(now=NOW) as outer:
        assert plan_names() == []
        within = mock_training_plans(now="2025-02-01T00:00:00Z")
        with pytest.warns(UserWarning, match="moves the clock of both, from 2025-01-21"):
            inner = within.start()
        assert inner.clock.now().month == 2
        within.stop()
        assert outer.clock.now().month == 2


@pytest.mark.rule("TIME-04")
def test_a_time_within_another_mock_that_has_passed_is_ignored_and_that_is_said():
    with mock_training_plans(now="2025-02-01T00:00:00Z") as outer:
        assert plan_names() == []
        within = mock_training_plans(now=NOW)
        ignored = f"now={NOW[:19]}.* is ignored: .* shows 2025-02-01"
        with pytest.warns(UserWarning, match=ignored) as warned:
            inner = within.start()
        assert warned[0].filename == __file__
        assert inner.clock.now() == outer.clock.now()
        assert inner.clock.now().month == 2
        within.stop()


def test_the_same_time_within_another_mock_is_nothing_to_speak_of():
    with mock_training_plans(now=NOW), mock_training_plans(now=NOW) as plans:
        assert plans.clock.now().year == 2025


@pytest.mark.in_process("installs into this process")
def test_install_teaches_plain_moto_and_uninstall_leaves_nothing():
    import moto.moto_api._internal.urls as moto_urls
    from moto.core.base_backend import BackendDict
    from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends

    paths = dict(moto_urls.url_paths)
    plans = install()
    install()
    with mock_aws():
        buy()
        assert plans.history()
        uninstall()
        assert plan_names() == ["plan"]
        uninstall()
        assert all(
            type(backend) is SageMakerModelBackend
            for account in sagemaker_backends.values()
            for backend in account.values()
        )
    assert sagemaker_backends.backend is SageMakerModelBackend
    assert moto_urls.url_paths == paths
    assert not any(each.service_name == "training-plans" for each in BackendDict._instances)
    with pytest.raises(RuntimeError):
        uninstall()


@pytest.mark.in_process("installs into this process")
def test_uninstall_takes_out_what_it_put_in_and_nothing_of_others(monkeypatch):
    import moto.moto_api._internal.urls as moto_urls
    from moto.sagemaker.models import sagemaker_backends

    install()
    monkeypatch.setitem(moto_urls.url_paths, "{0}/moto-api/of-others", print)
    of_others = type("OfOthers", (sagemaker_backends.backend,), {})
    monkeypatch.setattr(sagemaker_backends, "backend", of_others)
    # Whoever replaces the list of finders has perhaps left ours out.
    monkeypatch.setattr(sys, "meta_path", [each for each in sys.meta_path if moto_free(each)])
    uninstall()
    assert moto_urls.url_paths["{0}/moto-api/of-others"] is print
    assert not any("training-plans" in path for path in moto_urls.url_paths)
    assert sagemaker_backends.backend is of_others


def moto_free(finder):
    return not type(finder).__module__.startswith("moto_trainingplans")


@pytest.mark.in_process("looks at the moto of this process")
def test_a_mock_that_cannot_stop_leaves_moto_as_it_was(monkeypatch):
    from moto.core.models import MockAWS
    from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends

    stop = MockAWS.stop

    def fail(mock, remove_data=True):
        stop(mock, remove_data=remove_data)
        raise ZeroDivisionError

    mock = mock_training_plans()
    mock.start()
    monkeypatch.setattr(MockAWS, "stop", fail)
    with pytest.raises(ZeroDivisionError):
        mock.stop()
    assert sagemaker_backends.backend is SageMakerModelBackend
    mock.stop()  # once too often, and nothing happens


@pytest.mark.parametrize("now", ["yesterday", object(), True, 1e30])
def test_a_start_that_is_no_time_is_told_so(now):
    with pytest.raises(TrainingPlansError, match="ISO 8601"):
        mock_training_plans(now=now)


@pytest.mark.in_process("imports in a process of its own")
def test_importing_the_package_or_its_plugin_loads_neither_moto_nor_boto3():
    code = (
        "import sys, moto_trainingplans, moto_trainingplans.pytest_plugin\n"
        "print([m for m in ('moto', 'boto3', 'botocore') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert found.strip() == "[]"
