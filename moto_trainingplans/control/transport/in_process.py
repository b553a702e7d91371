"""The way of a call from the control object to the simulation, in this process."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.moto_api import recorder

from ...host.backend import current_world, has_world
from ...host.callers import line_of_caller
from ...host.journaled_world import JournaledWorld, Startup
from ...host.outside import outside
from ...simulation.kernel.errors import TrainingPlansError
from ..calls import ORDERS
from ..perform import perform
from ..tracebacks import hide_misuse
from .moto_recording import record

__tracebackhide__ = hide_misuse

# What a control object goes on telling once its mock has ended.
TOLD_AFTER_THE_END = {"history", "calls", "timeline", "report", "mock/summary"}


class Transport:
    """Makes the calls of a control object, as ("clock/tick", {"delta": 60}).

    Once it has ended it makes those alone that tell what was.
    """

    def __init__(self) -> None:
        self.has_ended = False

    def __call__(self, name: str, arguments: dict[str, Any]) -> Any:
        """The result of a call. Raises TrainingPlansError for misuse."""
        if self.has_ended and name not in TOLD_AFTER_THE_END:
            raise TrainingPlansError(
                f"{name.replace('/', '.')}: the mock of this control object has ended; it still "
                "tells history(), calls(), timeline() and report() of what was"
            )
        ordered_at = line_of_caller() if name in ORDERS else None
        try:
            return self.perform(name, arguments, ordered_at)
        except TrainingPlansError as misuse:
            # What is deeper than the user's own line is of no use to them.
            raise misuse.with_traceback(None) from None

    def perform(self, name: str, arguments: dict[str, Any], ordered_at: str | None) -> Any:
        """Make a call that was written at a line, where that is of interest."""
        raise NotImplementedError

    def shown_time(self) -> datetime:
        """The simulation's time, for the process to show: asked for often."""
        raise NotImplementedError

    @property
    def was_used(self) -> bool:
        """Whether anything can have been asked of the simulation."""
        return True

    def end(self, *, of_simulation: bool) -> None:
        """Let the control object tell what was, and nothing else, from now on.

        `of_simulation`: the simulation ends too, so that it must be kept for that.
        """
        raise NotImplementedError

    @property
    def where(self) -> str:
        """Where the simulation is, as a repr says it."""
        raise NotImplementedError


class InProcess(Transport):
    """To the simulation of this process."""

    where = "in this process"

    def __init__(self) -> None:
        super().__init__()
        self._ended: JournaledWorld | None = None
        self._ended_at: datetime | None = None

    def perform(self, name: str, arguments: dict[str, Any], ordered_at: str | None) -> Any:
        """Make a call, and have it in moto's recording as it would be of a server."""
        if recorder._user_enabled and not self.has_ended:
            record(name, arguments, ordered_at)
        return perform(name, arguments, world=self._told_of, ordered_at=ordered_at)

    def shown_time(self) -> datetime:
        """The simulation's time."""
        return current_world().shown_time

    @property
    def was_used(self) -> bool:
        """Whether anything has been asked of the simulation."""
        return has_world()

    def end(self, *, of_simulation: bool) -> None:
        """Keep the simulation for what is still told."""
        if of_simulation and not has_world():
            self._ended_at = outside.time()
        else:
            self._ended = current_world()
            with self._ended.undisturbed():
                self._ended.look()
        self.has_ended = True

    @property
    def _told_of(self) -> JournaledWorld | None:
        """What has ended; a simulation in which nothing happened is only made if asked for."""
        if self._ended is None and self._ended_at is not None:
            self._ended = JournaledWorld(Startup(self._ended_at, 0.0))
        return self._ended
