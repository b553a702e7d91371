"""`Captured training plans`: what happened, under a test that failed."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

TITLE = "-* Captured training plans -*"
FAILS = """
import boto3
import pytest


def buy(name="plan"):
    sagemaker = boto3.client("sagemaker", region_name="us-west-2")
    offering = sagemaker.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", DurationHours=24,
        TargetResources=["training-job"],
    )["TrainingPlanOfferings"][-1]
    sagemaker.create_training_plan(
        TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_it(training_plans):
    buy()
    training_plans.clock.move_to("2025-01-22T12:00Z")
    with pytest.raises(Exception):
        boto3.client("sagemaker", region_name="us-west-2").describe_training_plan(
            TrainingPlanName="plam"
        )
    assert False
"""

pytestmark = [
    pytest.mark.in_process("runs pytest in a process of its own"),
    pytest.mark.usefixtures("models_shared_below"),
]


def shown(result):
    """The section's lines."""
    lines = result.stdout.lines
    titles = [
        number for number, line in enumerate(lines) if re.fullmatch("-+ Captured t.* -+", line)
    ]
    (first,) = titles
    rest = lines[first + 1 :]
    return rest[: next(n for n, line in enumerate(rest) if re.match("[-=_]{10}", line))]


def test_a_failed_test_shows_its_timeline_its_calls_and_its_changes(pytester):
    pytester.makepyfile(FAILS)
    lines = shown(pytester.runpytest_subprocess("-n", "1"))
    text = "\n".join(lines)
    assert len(lines) <= 60
    assert "plan" in text.partition("calls:")[0]
    assert (
        "  2025-01-22T12:00:00Z us-west-2 refused with ResourceNotFound: DescribeTrainingPlan "
        '{"TrainingPlanName": "plam"}'
    ) in lines
    assert (
        "  2025-01-22T11:30:00Z us-west-2:123456789012:training-plan/plan Scheduled -> Active"
    ) in text
    assert lines == shown(pytester.runpytest_subprocess())


def test_of_much_the_last_is_shown_within_sixty_lines(pytester):
    pytester.makepyfile(FAILS.replace("    buy()\n", '    for n in range(24): buy(f"p-{n}")\n'))
    lines = shown(pytester.runpytest_subprocess())
    assert len(lines) == 60
    assert "the last 20 of 49 calls:" in lines
    assert any(re.match(r"the last 20 of \d+ changes:", line) for line in lines)
    assert any(re.match(r"\.\.\. and \d+ more lines", line) for line in lines)


@pytest.mark.parametrize(
    "option", ["-pno:moto_trainingplans.pytest_captured", "-otraining_plans_captured=false"]
)
def test_it_can_be_left_out(pytester, option):
    pytester.makepyfile(FAILS)
    result = pytester.runpytest_subprocess(option)
    result.assert_outcomes(failed=1)
    result.stdout.no_re_match_line(TITLE)


def test_a_test_that_passes_or_does_not_use_the_fixture_has_none(pytester):
    pytester.makepyfile(
        "def test_passes(training_plans): pass\ndef test_fails():\n    assert False\n"
    )
    result = pytester.runpytest_subprocess("-rA")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_re_match_line(TITLE)


def test_a_mistake_that_is_told_at_the_end_of_the_mock_has_one(pytester):
    pytester.makepyfile(
        """
        def test_it(training_plans):
            training_plans.faults.throttle("ListTrainingPlans")
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    assert shown(result)[-2:] == ["no calls", "no changes"]


def test_what_cannot_be_told_never_hides_the_failure(pytester, server, monkeypatch):
    monkeypatch.setenv("TEST_SERVER_MODE", "true")
    monkeypatch.setenv("TEST_SERVER_MODE_ENDPOINT", server.url)
    # The run is no worker of this one, which may be: nobody else has its server.
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)
    pytester.makepyfile(
        f"""
        import os, signal

        def test_it(training_plans):
            os.kill({server._process.pid}, signal.SIGKILL)
            assert "the failure itself" == "shown"
        """
    )
    result = pytester.runpytest_subprocess()
    result.stdout.fnmatch_lines(
        ["*the failure itself*", "calls: cannot be told: TrainingPlansError: *"]
    )


def test_a_run_that_does_not_use_the_plugin_loads_it_in_three_milliseconds_and_nothing_else():
    code = """
import sys, time
import _pytest, pytest, argparse
import _pytest.junitxml  # what every run has loaded when it comes to plugins

def load():
    for name in [each for each in sys.modules if each.startswith("moto_trainingplans")]:
        del sys.modules[name]
    begin = time.perf_counter()
    import moto_trainingplans.pytest_plugin
    return time.perf_counter() - begin

print(min(load() for _ in range(20)))
print(*sorted(each for each in sys.modules if each.startswith(("moto", "boto", "flask"))))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, loaded = run.stdout.splitlines()
    assert float(seconds) < 0.003
    assert loaded.split() == [
        "moto_trainingplans",
        "moto_trainingplans.pytest_plugin",
    ]
