"""`pytest --training-plans-report=FILE.html`: one page of what the tests of a run did.

Imported where it is asked for. With xdist each worker takes down what its tests did, and the
controlling process writes the page.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .control.client import TrainingPlans
    from .views.run_page import TestRun

OPTION = "training_plans_report"
# Of a test's changes and calls, the newest are taken down: more than its part of the page holds.
MOST_ROWS = 1000
MOST_LEDGERS = 20
FACTS = "training_plans_facts"  # of a test's report, which xdist sends as it is


def pytest_configure(config: pytest.Config) -> None:
    """Take down what tests do, where the page is asked for; write it, but not in a worker."""
    path = config.getoption(OPTION, None)
    if path is None:
        return
    config.pluginmanager.register(Recorder(), "training_plans_recorder")
    if not hasattr(config, "workerinput"):
        target = Path(config.invocation_params.dir, path)
        if target.is_dir():
            raise pytest.UsageError(f"--training-plans-report: {path} is a directory")
        config.pluginmanager.register(PageWriter(target), "training_plans_page_writer")


class Recorder:
    """Takes down what a test did while its mock still runs."""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, None]:
        """Add what a test did to its report: once it has run, or could not be set up."""
        from .pytest_plugin import CONTROL

        outcome = yield
        report = outcome.get_result()
        plans = item.stash.get(CONTROL, None)
        is_over = call.when == "call" or (call.when == "setup" and not report.passed)
        if plans is not None and is_over:
            setattr(report, FACTS, _facts(plans))


class PageWriter:
    """Collects the tests of all processes, and writes their page at the end of the run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tests: dict[str, dict[str, Any]] = {}
        self._told = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Follow the phases of a test: the first that does not pass says what became of it."""
        facts = getattr(report, FACTS, None)
        if facts is not None:
            self._tests[report.nodeid] = {
                "facts": facts,
                "outcome": "passed",
                "seconds": 0.0,
                "failure": "",
            }
        test = self._tests.get(report.nodeid)
        if test is None:
            return
        test["seconds"] += report.duration
        if test["outcome"] == "passed" and not report.passed:
            is_error = report.failed and report.when != "call"
            test["outcome"] = "error" if is_error else report.outcome
            test["failure"] = report.longreprtext if report.failed else ""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        from .views.run_page import run_page

        tests = [_test_run(nodeid, test) for nodeid, test in self._tests.items()]
        page = run_page(tests, "Training plans in this test run")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(page, encoding="utf-8", errors="replace")
            self._told = f"training plans report: {self._path}, {len(tests)} tests"
        except OSError as problem:
            self._told = f"the training plans report cannot be written: {problem}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the page is, or why there is none."""
        terminalreporter.write_sep("-", self._told)


def _facts(plans: TrainingPlans) -> dict[str, Any]:
    """What a test did, as JSON has it. A report never makes a test fail."""
    try:
        return _read(plans)
    except Exception as problem:
        return {"note": f"What this test did could not be read: {problem!r}"}


def _read(plans: TrainingPlans) -> dict[str, Any]:
    from .views.folding import fold

    changes = plans.history()
    calls = plans.calls()
    arns = list(
        dict.fromkeys(change.resource for change in changes if ":training-plan/" in change.resource)
    )
    return {
        "view": fold(plans.timeline().view).to_json(),
        "ledgers": [plans.report(arn).ledger.to_json() for arn in arns[:MOST_LEDGERS]],
        "plan_count": len(arns),
        "changes": [
            [each.time.isoformat(), each.resource, each.before or "", each.after, each.reason]
            for each in changes[-MOST_ROWS:]
        ],
        "change_count": len(changes),
        "calls": [
            [
                each.time.isoformat(),
                each.operation,
                each.region,
                each.error or "",
                json.dumps(each.parameters, default=str),
            ]
            for each in calls[-MOST_ROWS:]
        ],
        "call_count": len(calls),
    }


def _test_run(nodeid: str, test: dict[str, Any]) -> TestRun:
    from .views.lanes import View
    from .views.ledger import Ledger
    from .views.run_page import TestRun

    facts = test["facts"]
    return TestRun(
        nodeid=nodeid,
        outcome=test["outcome"],
        seconds=test["seconds"],
        failure=test["failure"],
        view=View.from_json(facts["view"]) if "view" in facts else None,
        ledgers=tuple(Ledger.from_json(each) for each in facts.get("ledgers", ())),
        plan_count=facts.get("plan_count", 0),
        calls=tuple(tuple(row) for row in facts.get("calls", ())),
        call_count=facts.get("call_count", 0),
        changes=tuple(tuple(row) for row in facts.get("changes", ())),
        change_count=facts.get("change_count", 0),
        note=facts.get("note", ""),
    )
