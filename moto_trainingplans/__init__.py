"""Amazon SageMaker training plans for moto: capacity, queues, prices, and a clock you move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .control.client import TrainingPlans, connect
    from .control.unused_orders import UnusedOrders
    from .decorator import MockTrainingPlans, install, mock_training_plans, uninstall
    from .simulation.kernel.calls import Call
    from .simulation.kernel.errors import TrainingPlansError
    from .simulation.kernel.history import Change
    from .version import __version__
    from .views.report import PlanReport
    from .views.timeline import Timeline

__all__ = [
    "Call",
    "Change",
    "MockTrainingPlans",
    "PlanReport",
    "Timeline",
    "TrainingPlans",
    "TrainingPlansError",
    "UnusedOrders",
    "__version__",
    "connect",
    "install",
    "mock_training_plans",
    "uninstall",
]

_HOMES = {
    "Call": "simulation.kernel.calls",
    "Change": "simulation.kernel.history",
    "MockTrainingPlans": "decorator",
    "PlanReport": "views.report",
    "Timeline": "views.timeline",
    "TrainingPlans": "control.client",
    "TrainingPlansError": "simulation.kernel.errors",
    "UnusedOrders": "control.unused_orders",
    "__version__": "version",
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

    if _HOMES[name] != "version":
        from .requirements import check

        check()
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
