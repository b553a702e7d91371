"""What a test has ordered must happen: else it passes for the wrong reason."""

from __future__ import annotations

import asyncio
import unittest

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from moto_trainingplans import UnusedOrders, mock_training_plans
from tests.support.jobs import job_request

NOW = "2025-01-21T19:08:27.704Z"


def sagemaker():
    return boto3.client("sagemaker", "us-west-2", config=Config(retries={"total_max_attempts": 1}))


def list_plans():
    return sagemaker().list_training_plans()


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (
            lambda plans: plans.faults.throttle("CreateTrainingJob", times=2),
            r"faults.throttle\('CreateTrainingJob', times=2\) awaited a call of CreateTrainingJob",
        ),
        (
            lambda plans: plans.faults.error("DescribeTrainingPlan", "Code", "No."),
            r"faults.error\('DescribeTrainingPlan', 'Code', 'No.'\) awaited a call of Describe",
        ),
        (
            lambda plans: plans.payments.fail_next(),
            r"payments.fail_next\(\) awaited the purchase of a plan or an extension",
        ),
        (
            lambda plans: plans.quotas.deny_next(),
            r"quotas.deny_next\(\) awaited a request to increase a quota",
        ),
        (
            lambda plans: plans.jobs.run_for(60, "trian-*"),
            r"jobs.run_for\(60, job_name='trian-\*'\) awaited a job on a plan named 'trian-\*'",
        ),
    ],
)
def test_an_order_that_is_never_met_is_an_error_with_its_line(order, message):
    line = order.__code__.co_firstlineno
    mock = mock_training_plans()
    order(mock.start())
    list_plans()
    with pytest.raises(UnusedOrders, match=rf"test_strict.py:{line}: {message}") as raised:
        mock.stop()
    (unused,) = raised.value.orders
    assert unused.ordered_at.endswith(f"test_strict.py:{line}")
    assert "Calls: ListTrainingPlans 1x." in str(raised.value)
    assert "Jobs on plans: none." in str(raised.value)


def test_which_jobs_there_were_is_told_beside_what_was_awaited():
    mock = mock_training_plans(now=NOW)
    plans = mock.start()
    client = sagemaker()
    offering = client.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
    )["TrainingPlanOfferings"][0]
    plan = client.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )["TrainingPlanArn"]
    for name in ("train-2", "train-1"):
        client.create_training_job(**job_request(name, plan))
    plans.jobs.run_for(60, "trian-1")
    with pytest.raises(UnusedOrders) as raised:
        mock.stop()
    assert "Jobs on plans: 'train-1', 'train-2'." in str(raised.value)


def test_of_many_orders_those_that_were_never_met_are_told():
    mock = mock_training_plans()
    plans = mock.start()
    plans.faults.throttle("CreateTrainingPlan")
    for _ in range(200):
        plans.faults.throttle("ListTrainingPlans")
        with pytest.raises(ClientError):
            list_plans()
    plans.faults.throttle("StopTrainingJob")
    with pytest.raises(UnusedOrders) as raised:
        mock.stop()
    assert [order.call for order in raised.value.orders] == [
        "faults.throttle('CreateTrainingPlan')",
        "faults.throttle('StopTrainingJob')",
    ]


def test_an_order_that_is_met_once_is_used_however_often_it_could_be(plans, buy, jobs, client):
    plans.payments.fail_next()
    buy("declined")
    plans.jobs.run_for(60)
    plans.jobs.run_for(60, "tr*")
    plans.faults.error("ListTrainingPlans", "Code", "No.", times=3)
    with pytest.raises(ClientError, match=r"\(Code\) .*: No\.$"):
        list_plans()
    jobs.create("train", buy())
    plans.payments.fail_next(times=5)
    buy("declined-too")
    plans.quotas.deny_next(times=2)
    client("service-quotas").request_service_quota_increase(
        ServiceCode="sagemaker", QuotaCode="L-867702E6", DesiredValue=30
    )


def test_a_job_without_a_plan_does_not_meet_what_is_ordered_of_one_with():
    mock = mock_training_plans()
    mock.start().jobs.run_for(60, "train")
    offering = sagemaker().search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
    )["TrainingPlanOfferings"][0]
    sagemaker().create_training_plan(
        TrainingPlanName="train", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )
    sagemaker().create_training_job(
        TrainingJobName="train",
        AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
        RoleArn="arn:aws:iam::123456789012:role/r",
        OutputDataConfig={"S3OutputPath": "s3://bucket/out"},
        ResourceConfig={"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1, "VolumeSizeInGB": 9},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    with pytest.raises(UnusedOrders, match="a job on a plan named 'train'"):
        mock.stop()


def test_an_error_of_the_test_itself_is_not_hidden_by_unused_orders():
    def fail_within():
        with mock_training_plans() as plans:
            plans.payments.fail_next()
            raise ZeroDivisionError

    def fail_between():
        mock = mock_training_plans()
        try:
            mock.start().payments.fail_next()
            raise ZeroDivisionError
        finally:
            mock.stop()

    for fail in (fail_within, fail_between):
        with pytest.raises(ZeroDivisionError):
            fail()


def test_a_mock_that_is_not_strict_does_not_mind():
    with mock_training_plans(strict=False) as plans:
        plans.payments.fail_next()


def test_a_reset_takes_orders_back(plans):
    plans.payments.fail_next()
    plans.reset()


def test_orders_of_a_mock_within_another_wait_for_the_end_of_the_outer_one():
    with mock_training_plans(now=NOW) as outer:
        with mock_training_plans() as inner:
            inner.faults.error("ListTrainingPlans", "Code", "No.")
        with pytest.raises(ClientError, match=r"\(Code\) .*: No\.$"):
            list_plans()
        assert [call.error for call in outer.calls()] == ["Code"]


def test_functions_coroutines_and_start_and_stop_are_strict_too():
    @mock_training_plans
    def function():
        order()

    @mock_training_plans
    async def coroutine():
        order()

    def by_hand():
        mock = mock_training_plans()
        mock.start().payments.fail_next()
        mock.stop()

    def order():
        with mock_training_plans() as plans:
            plans.payments.fail_next()

    for run in (function, lambda: asyncio.run(coroutine()), by_hand):
        with pytest.raises(UnusedOrders):
            run()
    # And the mock is at its end all the same.
    with mock_training_plans() as plans:
        assert plans.history() == []


def test_what_a_unittest_class_orders_in_its_set_up_is_asked_for_after_each_test():
    @mock_training_plans
    class Cases(unittest.TestCase):
        def setUp(self):
            with mock_training_plans() as plans:
                plans.faults.error("ListTrainingPlans", "Code", "No.")

        def test_that_meets_it(self):
            with pytest.raises(ClientError, match=r"\(Code\) .*: No\.$"):
                list_plans()

        def test_that_does_not(self):
            pass

    outcomes = {}
    for name in ("test_that_meets_it", "test_that_does_not"):
        result = unittest.TestResult()
        Cases(name).run(result)
        outcomes[name] = [text for _, text in (*result.errors, *result.failures)]
    assert outcomes["test_that_meets_it"] == []
    assert "never happened" in outcomes["test_that_does_not"][0]


def test_a_decorated_unittest_that_fails_or_is_skipped_has_that_alone_to_say():
    @mock_training_plans
    class Cases(unittest.TestCase):
        def test_that_fails(self):
            order()
            raise ZeroDivisionError

        def test_that_is_skipped(self):
            order()
            self.skipTest("not today")

    def order():
        with mock_training_plans() as plans:
            plans.payments.fail_next()

    told = {}
    for name in ("test_that_fails", "test_that_is_skipped"):
        result = unittest.TestResult()
        Cases(name).run(result)
        told[name] = [
            text.strip().splitlines()[-1] for _, text in (*result.errors, *result.failures)
        ]
    assert told == {"test_that_fails": ["ZeroDivisionError"], "test_that_is_skipped": []}


@pytest.mark.in_process("runs pytest inside this process")
def test_the_fixture_complains_at_teardown_unless_the_test_has_failed_or_was_skipped(pytester):
    pytester.makepyfile(
        """
        import pytest

        def test_passes(training_plans):
            training_plans.payments.fail_next(message="Declined.")

        def test_fails(training_plans):
            training_plans.payments.fail_next()
            assert False

        def test_is_skipped(training_plans):
            training_plans.payments.fail_next()
            pytest.skip()

        @pytest.mark.training_plans(strict=False)
        def test_does_not_mind(training_plans):
            training_plans.payments.fail_next()
        """
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=2, failed=1, skipped=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_passes*",
            "*test_the_fixture_complains*.py:4: payments.fail_next(message='Declined.') awaited*",
        ]
    )
    result.stdout.no_fnmatch_line("*decorator.py*")
