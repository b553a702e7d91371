"""The pytest plugin: imported in every run, so it imports nothing but pytest."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .control.client import TrainingPlans

NAME = "training_plans"  # of the fixture and of the marker
KEYWORDS = ("now", "scenario", "freeze_time", "strict", "config")  # those of mock_training_plans
# What is only loaded where it is used: plugins by their names, as in `-p no:...`.
CAPTURED = "moto_trainingplans.pytest_captured"
REPORT = "moto_trainingplans.pytest_report"

# On a test's item: the control object that its fixture gave, and that a phase of it has failed.
CONTROL = pytest.StashKey["TrainingPlans"]()
FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    parser.getgroup("training plans").addoption(
        "--training-plans-report",
        metavar="FILE.html",
        help="write one offline page with the timeline, ledgers, changes and calls of every test "
        "that uses the fixture training_plans",
    )
    parser.addini(
        "training_plans_captured",
        "show the timeline, the last calls and the last changes of a test that failed",
        type="bool",
        default=True,
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and load what this run wants."""
    keywords = ", ".join(f"{keyword}=..." for keyword in KEYWORDS)
    config.addinivalue_line(
        "markers",
        f"{NAME}({keywords}): run the test within the {NAME} fixture, started with these "
        "arguments of mock_training_plans before all other fixtures",
    )
    config.addinivalue_line(
        "markers",
        "shares_training_plans(*groups): in server mode, what the test shares of a server that "
        "other workers use too, as groups of the control object",
    )
    if config.getoption("training_plans_report") is not None:
        config.pluginmanager.import_plugin(REPORT)
    if os.environ.get("TEST_SERVER_MODE", "").lower() == "true":
        from .pytest_server_mode import ServerMode

        config.pluginmanager.register(ServerMode(config), "training_plans_server_mode")


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, None]:
    """Have marked tests get the fixture, before all others, and wrong markers be errors."""
    outcome = yield
    report: pytest.CollectReport = outcome.get_result()
    if not report.passed:
        return
    mistakes = []
    for item in report.result:
        if isinstance(item, pytest.Item):
            names: list[str] = getattr(item, "fixturenames", [])
            marked = NAME in item.keywords and item.get_closest_marker(NAME) is not None
            if marked and (mistake := _mistake(item)) is not None:
                mistakes.append(f"{item.nodeid}: {mistake}")
            elif marked or NAME in names:
                # A list of the item's own: those of a parametrized test share one.
                others = [name for name in names if name != NAME]
                item.fixturenames = [NAME, *others]  # type: ignore[attr-defined]
    if mistakes:
        failed = pytest.CollectReport(report.nodeid, "failed", "\n".join(mistakes), [])
        outcome.force_result(failed)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, None]:
    """Remember that a test has failed, or was skipped, and show what happened to its mock."""
    if call.excinfo is not None:
        item.stash[FAILED] = True  # The mock need not complain too.
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    if report.failed and CONTROL in item.stash and _shows_captured(item.config):
        from .pytest_captured import TITLE, section

        report.sections.append((TITLE, section(item.stash[CONTROL])))
    if call.when == "teardown" and CONTROL in item.stash:
        # With it the simulation that it told of.
        del item.stash[CONTROL]


@pytest.fixture
def training_plans(request: pytest.FixtureRequest) -> Iterator[TrainingPlans]:
    """The control object of a running mock of AWS with SageMaker training plans."""
    from . import mock_training_plans

    mock = mock_training_plans(**_arguments(request.node))
    request.node.stash[CONTROL] = plans = mock.start()
    yield plans
    mock.stop(failed=request.node.stash.get(FAILED, False))


def _shows_captured(config: pytest.Config) -> bool:
    """Whether a test that fails shows what happened to its mock."""
    wanted: bool = config.getini("training_plans_captured")
    return wanted and not config.pluginmanager.is_blocked(CAPTURED)


def _arguments(item: pytest.Item) -> dict[str, Any]:
    """What the markers of a test say: of its module, its class, and itself, the last wins."""
    arguments: dict[str, Any] = {}
    for marker in item.iter_markers(NAME):
        arguments = {**marker.kwargs, **arguments}
    if isinstance(scenario := arguments.get("scenario"), (str, os.PathLike)):
        arguments["scenario"] = _found(item, scenario)
    return arguments


def _found(item: pytest.Item, file: str | os.PathLike[str]) -> Path:
    """A file that a marker names: beside the test's own file, or else in the root of the run."""
    for folder in (item.path.parent, item.config.rootpath):
        if (folder / file).exists():
            return folder / file
    raise ValueError(
        f"{os.fspath(file)} cannot be read: it is neither beside {item.path.name} nor in the root "
        f"of the run, {item.config.rootpath}"
    )


def _mistake(item: pytest.Item) -> str | None:
    """What is wrong with the markers of a test, None if nothing is."""
    allowed = f"the marker {NAME} takes by keyword: {', '.join(KEYWORDS)}"
    if not hasattr(item, "fixturenames"):
        return f"the marker {NAME} is for tests that can have fixtures"
    for marker in item.iter_markers(NAME):
        if marker.args:
            return f"{allowed}; not {', '.join(map(repr, marker.args))}"
        for keyword in marker.kwargs:
            if keyword not in KEYWORDS:
                return f"{allowed}; not {keyword!r}"
    from .control.arguments import check_arguments

    try:
        check_arguments(**_arguments(item))
    except ValueError as wrong:
        return f"the marker {NAME}: {wrong}"
    return None
