"""Amazon SageMaker training plans for moto: capacity, queues, prices, and a clock you move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .control.client import TrainingPlans, connect
    from .decorator import install, mock_training_plans, uninstall
    from .simulation.kernel.errors import TrainingPlansError
    from .simulation.kernel.history import Change

__all__ = [
    "Change",
    "TrainingPlans",
    "TrainingPlansError",
    "connect",
    "install",
    "mock_training_plans",
    "uninstall",
]

_HOMES = {
    "Change": "simulation.kernel.history",
    "TrainingPlans": "control.client",
    "TrainingPlansError": "simulation.kernel.errors",
    "connect": "control.client",
    "install": "decorator",
    "mock_training_plans": "decorator",
    "uninstall": "decorator",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin is imported in every run: nothing may be loaded before it is used.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
