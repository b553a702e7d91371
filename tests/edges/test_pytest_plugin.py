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


BUYING = """
    import boto3

    def names():
        plans = boto3.client("sagemaker", "us-west-2").list_training_plans()
        return [plan["TrainingPlanName"] for plan in plans["TrainingPlanSummaries"]]

    def buy():
        sagemaker = boto3.client("sagemaker", "us-west-2")
        offering = sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
        )["TrainingPlanOfferings"][-1]
        sagemaker.create_training_plan(
            TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )
"""


def test_the_marker_alone_mocks_aws_before_any_other_fixture(pytester):
    pytester.makepyfile(buying=BUYING)
    pytester.makeconftest(
        """
        import pytest
        from buying import buy, names

        @pytest.fixture(scope="session")
        def bought_once_for_all():
            buy()

        @pytest.fixture(autouse=True)
        def looked_at_first():
            # Real AWS would refuse these credentials.
            return names()
        """
    )
    pytester.makepyfile(
        """
        import unittest, pytest
        from buying import buy, names

        pytestmark = pytest.mark.training_plans(now="2025-01-21T19:08:27Z")

        def test_a_plan_of_a_wider_fixture(bought_once_for_all):
            assert names() == ["plan"]

        @pytest.mark.parametrize("number", [1, 2])
        def test_a_parametrized_one(number):
            assert names() == []
            buy()

        class TestAll:
            @pytest.fixture
            def plan(self):
                buy()

            def test_in_a_class(self, plan):
                assert names() == ["plan"]

        class Old(unittest.TestCase):
            def setUp(self):
                buy()

            def test_in_a_unittest_class(self):
                assert names() == ["plan"]
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=5)


def test_a_fixture_that_buys_does_so_in_the_mock_whatever_the_order_of_arguments(pytester):
    pytester.makepyfile(buying=BUYING)
    pytester.makeconftest(
        """
        import pytest
        from buying import buy

        @pytest.fixture
        def plan():
            buy()
        """
    )
    pytester.makepyfile(
        """
        from buying import names

        def test_it(plan, training_plans):
            assert names() == ["plan"]
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_one_marked_case_of_a_parametrized_test_gets_the_fixture_alone(pytester):
    pytester.makepyfile(
        """
        import pytest

        marked = pytest.mark.training_plans

        @pytest.mark.parametrize("case", ["plain", pytest.param("marked", marks=marked)])
        def test_it(case, request):
            assert ("training_plans" in request.node.fixturenames) == (case == "marked")
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=2)


def test_markers_of_module_class_and_test_add_up_and_the_nearest_wins(pytester):
    pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.training_plans(now="2025-01-21", strict=False)

        @pytest.mark.training_plans(now="2025-02-01")
        class TestAll:
            def test_of_the_class(self, training_plans):
                assert training_plans.clock.now().month == 2
                training_plans.payments.fail_next()

            @pytest.mark.training_plans(now="2025-03-01")
            def test_of_its_own(self, training_plans):
                assert training_plans.clock.now().month == 3
                training_plans.payments.fail_next()
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            'noon="2025-01-21"',
            "*takes by keyword: now, scenario, freeze_time, strict, config; not 'noon'*",
        ),
        (
            '"2025-01-21"',
            "*takes by keyword: now, scenario, freeze_time, strict, config; not '2025-01-21'*",
        ),
        ('now="yesterday"', "*now must be a datetime, an ISO 8601 string*not 'yesterday'*"),
        ('now="1969-12-31"', "*the clock can show times from 1970 to 9000*"),
        ('strict="no"', "*strict must be True or False, not 'no'*"),
        ("config=1", "*config must be a dictionary*"),
        ("scenario=1", "*a scenario is the path of a file, or a dictionary, not int*"),
        ('scenario={"capasity": {}}', "*training_plans: capasity: there is no such key; did you*"),
        (
            'scenario="scarce.toml"',
            "*training_plans: scarce.toml cannot be read: it is neither beside "
            "test_a_wrong_marker_is_an_error_at_collection.py nor in the root of the run, *",
        ),
    ],
)
def test_a_wrong_marker_is_an_error_at_collection(pytester, arguments, message):
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.training_plans({arguments})
        def test_it():
            raise RuntimeError("this has run")
        """
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR collecting*", message])
    result.stdout.no_fnmatch_line("*this has run*")


@pytest.mark.usefixtures("models_shared_below")
def test_a_markers_scenario_is_beside_the_tests_file_or_in_the_root_of_the_run(pytester):
    for folder, year in ((pytester.path, 2021), (pytester.mkdir("tests"), 2022)):
        (folder / "year.toml").write_text(f"[clock]\nnow = {year}-01-01\n", encoding="utf-8")
    (pytester.path / "root.toml").write_text("[clock]\nnow = 2023-01-01\n", encoding="utf-8")
    (pytester.path / "wrong.toml").write_text("[clock]\nthen = 2023-01-01\n", encoding="utf-8")
    module = pytester.path / "tests" / "test_years.py"
    module.write_text(
        """
import pytest

pytestmark = pytest.mark.training_plans(scenario="year.toml")

def test_beside(training_plans):
    assert training_plans.clock.now().year == 2022

@pytest.mark.training_plans(scenario="root.toml")
def test_in_the_root(training_plans):
    assert training_plans.clock.now().year == 2023

@pytest.mark.training_plans(now="2024-01-01")
def test_with_another_time(training_plans):
    assert training_plans.clock.now().year == 2024
""",
        encoding="utf-8",
    )
    pytester.runpytest_inprocess("tests").assert_outcomes(passed=3)
    module.write_text(module.read_text(encoding="utf-8").replace("root.toml", "wrong.toml"))
    result = pytester.runpytest_inprocess("tests")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*wrong.toml: clock.then: there is no such key; *now, speed*"])


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
                InstanceType="ml.p4d.24xlarge", InstanceCount=64, DurationHours=48,
                TargetResources=["training-job"],
            )["TrainingPlanOfferings"][-1]
            sagemaker.create_training_plan(
                TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
            )
            (plan,) = sagemaker.list_training_plans()["TrainingPlanSummaries"]
            assert plan["Status"] == "Scheduled"
        """
    )
    pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=6)
