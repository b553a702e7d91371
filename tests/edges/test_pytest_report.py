"""`pytest --training-plans-report`: one page of what the tests of a run did."""

from __future__ import annotations

import re
from html import unescape

import pytest

from moto_trainingplans.views.folding import fold
from moto_trainingplans.views.run_page import TestRun, run_page

pytestmark = [
    pytest.mark.in_process("runs pytest inside this process"),
    pytest.mark.usefixtures("models_shared_below"),
]

TESTS = """
    import boto3, pytest
    from datetime import timedelta

    NOW = "2025-01-21T19:08:27.704Z"

    def buy():
        sagemaker = boto3.client("sagemaker", "us-west-2")
        offering = sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
        )["TrainingPlanOfferings"][-1]
        sagemaker.create_training_plan(
            TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )

    @pytest.mark.training_plans(now=NOW)
    def test_that_passes(training_plans):
        buy()
        training_plans.clock.tick(timedelta(days=2))

    @pytest.mark.training_plans(now=NOW)
    def test_that_fails(training_plans):
        buy()
        assert 0, "<script>alert(1)</script>"

    @pytest.fixture
    def broken(training_plans):
        raise ValueError("no set-up")

    def test_that_cannot_be_set_up(broken):
        pass

    def test_of_something_else():
        pass
"""


def sections(page):
    """Each test of a page: its outcome and node id, whether it is unfolded, and its content."""
    found = re.findall(
        r'<details class="test \w+"( open)?><summary><span class="o">(\w+)</span> (\S+) '
        r'\([\d.]+ s\)</summary>(.*?)(?=<details class="test|</body>)',
        page,
        re.DOTALL,
    )
    return [(outcome, name, bool(is_open), content) for is_open, outcome, name, content in found]


@pytest.mark.parametrize("processes", ["0", "2"])
def test_the_page_has_every_test_that_used_the_fixture_failed_ones_first(pytester, processes):
    pytester.makepyfile(test_it=TESTS)
    run = pytester.runpytest_subprocess if processes != "0" else pytester.runpytest_inprocess
    result = run("-n", processes, "--training-plans-report=out/report.html")
    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*training plans report: *report.html, 3 tests*"])
    page = (pytester.path / "out" / "report.html").read_text("utf-8")
    shown = {
        name.partition("::")[2]: each
        for *each, name in [(o, u, c, n) for o, n, u, c in sections(page)]
    }
    outcomes = [outcome for outcome, *_ in sections(page)]
    assert sorted(outcomes[:2]) == ["error", "failed"]
    assert outcomes[2:] == ["passed"]
    assert set(shown) == {"test_that_passes", "test_that_fails", "test_that_cannot_be_set_up"}
    outcome, is_open, content = shown["test_that_fails"]
    assert (outcome, is_open) == ("failed", True)
    assert "AssertionError: <script>alert(1)</script>" in unescape(content)
    outcome, is_open, content = shown["test_that_passes"]
    assert (outcome, is_open) == ("passed", False)
    assert "<svg" in content
    assert re.search(r"^idle +23\.50 +318\.89$", content, re.MULTILINE)
    assert "Invoice of 318.89 USD issued." in content
    assert "<td>CreateTrainingPlan</td>" in content
    # It needs nothing else, and runs nothing.
    assert "<script" not in page
    assert re.findall(r"(?:href|src|url\(|@import)\W*http", page) == []


def test_of_a_long_failure_the_test_s_own_line_and_the_error_are_shown():
    def page(failure):
        nothing = (None, (), 0, (), 0, (), 0)
        return run_page([TestRun("test_it.py::test_it", "failed", 1.0, failure, *nothing)], "Run")

    deep = "    below()\n" * 1000
    shown = page(f"def test_it():\n>   tool.buy()\n{deep}E   ClientError: no capacity")
    assert "def test_it():\n&gt;   tool.buy()\n    below()" in shown
    assert "E   ClientError: no capacity</pre>" in shown
    assert "\n[...]\n" in shown
    assert shown.count("below()") < 400
    assert page("E   assert 0").count("E   assert 0</pre>") == 1


def test_a_page_that_cannot_be_written_is_said_and_no_test_fails(pytester):
    pytester.makepyfile(test_it="def test_it(training_plans): pass")
    pytester.makefile(".txt", taken="a file")
    result = pytester.runpytest_inprocess("--training-plans-report=taken.txt/report.html")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*the training plans report cannot be written: *taken.txt*"])


def test_a_directory_is_refused_before_any_test_runs(pytester):
    result = pytester.runpytest_inprocess("--training-plans-report=.")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--training-plans-report: . is a directory*"])


@pytest.mark.usefixtures("plans")
def test_a_page_of_300_busy_tests_is_smaller_than_5_megabytes(plans, buy, jobs):
    arn = buy(InstanceCount=8)
    for number in range(60):
        jobs.create(f"job-{number}", arn, 1 + number % 3)
    while plans.clock.next_event():
        pass
    changes = tuple(
        (each.time.isoformat(), each.resource, each.before or "", each.after, each.reason)
        for each in plans.history()
    )
    test = TestRun(
        nodeid="test_it.py::test_it",
        outcome="failed",
        seconds=1.0,
        failure="\x1b[31mE  assert\n" * 2000,
        view=fold(plans.timeline().view),
        ledgers=(plans.report(arn).ledger,) * 3,
        plan_count=3,
        calls=(("time", "CreateTrainingJob", "us-west-2", "", "x" * 5000),) * 500,
        call_count=500,
        changes=changes,
        change_count=len(changes),
    )
    page = run_page([test] * 300, "Run")
    assert len(page.encode()) < 5_000_000
    assert "\x1b" not in page
    assert page.count("plan plan") >= 300
    # What is left out is said.
    assert "earlier ones left out" in page
