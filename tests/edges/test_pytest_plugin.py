"""The pytest plugin: a fixture, a marker, and nothing where they are not used."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.in_process("runs pytest inside this process")


@pytest.mark.usefixtures("models_shared_below")
def test_the_fixture_gives_the_control_object_of_a_running_mock(pytester):
    pytester.makepyfile(
        """
        import boto3, pytest

        def test_it_follows_the_machine(training_plans):
            assert training_plans.clock.now().year > 2025
            boto3.client("sagemaker", "us-west-2").list_training_plans()

        @pytest.mark.training_plans(now="2025-01-21T19:08:27.704Z")
        def test_it_starts_where_the_marker_says(training_plans):
            assert training_plans.clock.now().isoformat() == "2025-01-21T19:08:27.704000+00:00"

        @pytest.mark.training_plans(now="2025-01-21T19:08:27.704Z")
        class TestAll:
            def test_a_class_can_be_marked(self, training_plans):
                assert training_plans.clock.now().year == 2025
        """
    )
    pytester.runpytest_subprocess("--strict-markers").assert_outcomes(passed=3)


def test_a_marker_it_does_not_know_how_to_use_is_an_error(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.training_plans(noon="2025-01-21")
        def test_it(training_plans):
            pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*unexpected keyword argument 'noon'*"])


def test_a_run_that_does_not_use_it_imports_nothing(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_loaded():
            assert not {"moto", "boto3", "botocore"} & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.usefixtures("models_shared_below")
def test_it_works_in_several_processes(pytester):
    pytester.makepyfile(
        """
        import boto3, pytest

        @pytest.mark.parametrize("number", range(6))
        def test_each_has_its_own(training_plans, number):
            sagemaker = boto3.client("sagemaker", "us-west-2")
            assert sagemaker.list_training_plans()["TrainingPlanSummaries"] == []
            offering = sagemaker.search_training_plan_offerings(
                InstanceType="ml.p4d.24xlarge", InstanceCount=64, DurationHours=48
            )["TrainingPlanOfferings"][-1]
            sagemaker.create_training_plan(
                TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
            )
            (plan,) = sagemaker.list_training_plans()["TrainingPlanSummaries"]
            assert plan["Status"] == "Scheduled"
        """
    )
    pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=6)
