"""The simulation as a moto backend, so that moto's own resets begin a new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import get_service_model, utcnow
from moto.moto_api import state_manager

from ..simulation.quotas.limits import Usage
from ..simulation.world import World
from .logs import write_logs

_PARTITION = "aws"  # the name under which moto keeps the one backend of a global service


@dataclass
class Startup:
    """What every new simulation of this process begins with; `seed` as given to moto's API."""

    now: datetime | None = None
    speed: float = 1.0
    seed: str = ""


startup = Startup()


class SimulationBackend(BaseBackend):
    """One simulation, all accounts and Regions together; moto resets it exactly once."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.reset()

    def reset(self) -> None:
        """Begin a new simulation. Requests under way end in the old one."""
        self.world = World(
            source=lambda: utcnow().replace(tzinfo=timezone.utc),
            transition=state_manager.get_transition,
            salt=lambda: startup.seed,
            instance_types=_instance_types,
            start=startup.now,
            speed=startup.speed,
            write_logs=write_logs,
        )


def _instance_types(usage: Usage) -> list[str]:
    """The types that the model lets jobs, or clusters, use."""
    shapes = {Usage.TRAINING_JOB: "TrainingInstanceType", Usage.CLUSTER: "ClusterInstanceType"}
    types: list[str] = get_service_model("sagemaker").shape_for(shapes[usage]).metadata["enum"]
    return types


simulation_backends = BackendDict(
    SimulationBackend,
    "training-plans",
    use_boto3_regions=False,
    additional_regions=[_PARTITION],
)


def current_world() -> World:
    """The simulation that goes on now, begun if there is none."""
    return _backend().world


def reset_world() -> None:
    """Begin a new simulation, whatever else moto has stays."""
    _backend().reset()


def set_seed(value: str) -> None:
    """Let ids derive from moto's seed too, from now on and after resets, like moto's own."""
    startup.seed = value


def forget_world() -> None:
    """Leave nothing of the simulation behind."""
    startup.seed = ""
    simulation_backends.clear()
    in_use: list[Any] = BackendDict._instances  # type: ignore[misc]
    if simulation_backends in in_use:
        in_use.remove(simulation_backends)


def _backend() -> SimulationBackend:
    return simulation_backends[DEFAULT_ACCOUNT_ID][_PARTITION]


@contextmanager
def present_world() -> Iterator[World]:
    """The simulation, locked and brought to now: for one call, from first to last look."""
    world = current_world()
    with world.lock:
        world.bring_to_now()
        yield world
