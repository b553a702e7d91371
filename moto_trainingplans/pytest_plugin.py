"""The pytest plugin: imported in every run, so it imports nothing but pytest."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .control.client import TrainingPlans

pytest_plugins = ("moto_trainingplans.pytest_report",)

NAME = "training_plans"  # of the fixture and of the marker
KEYWORDS = ("now", "freeze_time", "strict", "config")  # those of mock_training_plans

# On a test's item: the control object that its fixture gave, and that a phase of it has failed.
CONTROL = pytest.StashKey["TrainingPlans"]()
FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    keywords = ", ".join(f"{keyword}=..." for keyword in KEYWORDS)
    config.addinivalue_line(
        "markers",
        f"{NAME}({keywords}): run the test within the {NAME} fixture, started with these "
        "arguments of mock_training_plans before all other fixtures",
    )


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
    """Remember that a test has failed, or was skipped: its mock need not complain too."""
    if call.excinfo is not None:
        item.stash[FAILED] = True
    yield
    if call.when == "teardown" and CONTROL in item.stash:
        # With it the simulation that it told of.
        del item.stash[CONTROL]


@pytest.fixture
def training_plans(request: pytest.FixtureRequest) -> Iterator[TrainingPlans]:
    """The control object of a running mock of AWS with SageMaker training plans."""
    from .decorator import mock_training_plans

    mock = mock_training_plans(**_arguments(request.node))
    request.node.stash[CONTROL] = plans = mock.start()
    yield plans
    mock.stop(failed=request.node.stash.get(FAILED, False))


def _arguments(item: pytest.Item) -> dict[str, Any]:
    """What the markers of a test say: of its module, its class, and itself, the last wins."""
    arguments: dict[str, Any] = {}
    for marker in item.iter_markers(NAME):
        arguments = {**marker.kwargs, **arguments}
    return arguments


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
