"""The pytest plugin: imported in every run, so it imports nothing but pytest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .control.client import TrainingPlans

pytest_plugins = ("moto_trainingplans.pytest_report",)

# On a test's item: the control object that its fixture gave.
CONTROL = pytest.StashKey["TrainingPlans"]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "training_plans(now=..., config=...): what the training_plans fixture is started with, "
        "as for mock_training_plans",
    )


@pytest.fixture
def training_plans(request: pytest.FixtureRequest) -> Iterator[TrainingPlans]:
    """The control object of a running mock of AWS with SageMaker training plans."""
    from .decorator import mock_training_plans

    marker = request.node.get_closest_marker("training_plans")
    with mock_training_plans(**(marker.kwargs if marker else {})) as plans:
        request.node.stash[CONTROL] = plans
        yield plans
