"""What `mock_training_plans` and the marker take, checked before anything is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ..simulation.kernel.clock import check_time
from ..simulation.kernel.errors import TrainingPlansError, in_short
from .values import to_time

if TYPE_CHECKING:
    from .scenarios.scenario import Scenario


@dataclass(frozen=True)
class MockArguments:
    """How a mock is to be: as `mock_training_plans` describes it."""

    now: datetime | None
    scenario: Scenario | None
    freeze_time: bool
    strict: bool
    config: Mapping[str, Any] | None


def check_arguments(
    now: Any = None,
    scenario: Any = None,
    freeze_time: Any = False,
    strict: Any = True,
    config: Any = None,
) -> MockArguments:
    """The arguments of a mock. Raises TrainingPlansError for one that cannot be.

    The file of a scenario is read.
    """
    for name, value in (("freeze_time", freeze_time), ("strict", strict)):
        if not isinstance(value, bool):
            raise TrainingPlansError(f"{name} must be True or False, not {in_short(value)}")
    if config is not None and not isinstance(config, Mapping):
        raise TrainingPlansError(
            f"config must be a dictionary, as moto's own, not {in_short(config)}"
        )
    if freeze_time and find_spec("freezegun") is None:
        raise TrainingPlansError(
            "freeze_time=True needs freezegun: pip install 'moto-trainingplans[freezegun]'"
        )
    start = None if now is None else check_time(to_time("now", now))
    return MockArguments(start, _read(scenario, start), freeze_time, strict, config)


def _read(source: Any, now: datetime | None) -> Scenario | None:
    if source is None:
        return None
    from .scenarios.files import read_source
    from .scenarios.scenario import read_scenario

    scenario = read_scenario(*read_source(source))
    scenario.check(now)
    return scenario
