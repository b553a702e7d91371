"""A simulation with a journal of what has changed it, and what each of this process begins with."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from moto.core.utils import get_service_model
from moto.moto_api import state_manager

from ..simulation.clusters.lifecycle import CLUSTER_MODEL
from ..simulation.clusters.provisioning.states import NODE_MODEL
from ..simulation.jobs.runner import MODEL_NAME as JOB_MODEL
from ..simulation.kernel.announcements import Listener
from ..simulation.kernel.clock import ALONE, ClockSetting
from ..simulation.orders.payments import MODEL_NAME as PLAN_MODEL
from ..simulation.orders.quota_decisions import MODEL_NAME as QUOTA_MODEL
from ..simulation.quotas.limits import Usage
from ..simulation.world import World
from . import logs
from .journal import Chapter, Journal, Moment, SettingsEntry
from .outside import outside

# What of the simulation moto's state manager can give time.
MODELS = (PLAN_MODEL, JOB_MODEL, CLUSTER_MODEL, NODE_MODEL, QUOTA_MODEL)


class Scenario(Protocol):
    """What is set and ordered in a simulation beforehand.

    `content` is all of it in values that JSON has; `name` is what it is called, as
    "scarce.toml".
    """

    @property
    def content(self) -> Mapping[str, Any]:
        """What it says."""

    @property
    def name(self) -> str | None:
        """The file that it is from, None if it is from none."""

    def check(self, now: datetime) -> None:
        """Raises TrainingPlansError for what a simulation would refuse at that time."""

    def apply(self, world: World) -> None:
        """Set and order all that it says."""


@dataclass(frozen=True)
class Startup:
    """How a new simulation begins: its time, where it is set, how fast it flows, what is set."""

    now: datetime | None = None
    speed: float = 1.0
    scenarios: tuple[Scenario, ...] = ()


@dataclass
class Process:
    """What every simulation of this process begins with; `seed` as given to moto's API."""

    startup: Startup = Startup()
    seed: str = ""


process = Process()
# Who is told of what happens in every simulation.
listeners: list[Listener] = [logs.listen]


class JournaledWorld(World):
    """A simulation with the journal of what has changed it.

    It begins as `startup` says, after those of `before`; or as a chapter of another journal began,
    standing still, with the state manager's settings that the chapter had instead of today's.
    """

    def __init__(
        self, startup: Startup, before: Journal | None = None, again: Chapter | None = None
    ) -> None:
        self.settings: Mapping[str, Any] | None = None if again is None else again.settings
        super().__init__(
            source=outside.time if again is None else lambda: again.began,
            transition=self._transition,
            salt=lambda: process.seed,
            instance_types=_instance_types,
            start=startup.now if again is None else again.began,
            speed=startup.speed if again is None else 0.0,
            listeners=listeners,
            surroundings=outside if again is None else ALONE,
        )
        self._noticed = deepcopy(state_manager._transitions)
        chapter = Chapter(
            startup,
            startup.now or self.clock.reading() if again is None else again.began,
            process.seed,
            self.settings_of_models() if again is None else again.settings,
            [],
        )
        self.journal = Journal(chapter) if before is None else before.next(chapter)

    def apply_scenarios(self) -> None:
        """Have in it what it is to begin with."""
        if self.journal.beginning.startup.scenarios:
            with self.undisturbed():
                for scenario in self.journal.beginning.startup.scenarios:
                    scenario.apply(self)

    @property
    def moment(self) -> Moment:
        """When something is done now."""
        return Moment(self.clock.reading(), self.has_begun)

    def notice_settings(self) -> None:
        """Enter the state manager's settings into the journal where they have changed."""
        if self.settings is not None or self._noticed == state_manager._transitions:
            return
        before = {name: self._noticed.get(name) for name in MODELS}
        self._noticed = deepcopy(state_manager._transitions)
        if before != {name: self._noticed.get(name) for name in MODELS}:
            # What was due until somebody looked last went by the settings of before.
            seen = self.clock.setting.seen
            moment = self.moment if seen is None else Moment(seen, begun=True)
            entry = SettingsEntry(moment, self.settings_of_models())
            self.journal.add(self.journal.number(), entry)

    def go_live(self, clock: ClockSetting) -> None:
        """Go on from where a clock stood, in the world outside and with its settings."""
        self.settings, self._noticed = None, deepcopy(state_manager._transitions)
        self.clock.go_on(clock, outside.time, outside)

    def settings_of_models(self) -> dict[str, Any]:
        """What the state manager has been told about the simulation's things."""
        return {name: self._noticed[name] for name in MODELS if name in self._noticed}

    def _transition(self, model: str) -> Mapping[str, Any]:
        if self.settings is None:
            return state_manager.get_transition(model)
        return self.settings.get(model, {"progression": "immediate"})  # type: ignore[no-any-return]


def scratch_world(now: datetime) -> World:
    """A simulation that nobody sees, frozen at a time: to try what may be refused."""
    return World(lambda: now, state_manager.get_transition, str, _instance_types, now, 0.0)


def _instance_types(usage: Usage) -> list[str]:
    """The types that the model lets jobs, or clusters, use."""
    shapes = {
        Usage.TRAINING_JOB: "TrainingInstanceType",
        Usage.TRAINING_WARM_POOL: "TrainingInstanceType",
        Usage.CLUSTER: "ClusterInstanceType",
    }
    types: list[str] = get_service_model("sagemaker").shape_for(shapes[usage]).metadata["enum"]
    return types
