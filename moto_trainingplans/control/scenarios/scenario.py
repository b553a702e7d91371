"""A scenario: calls of the control object that a simulation begins with, or that are loaded."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from ...host.journaled_world import scratch_world
from ...simulation.kernel.clock import EARLIEST, check_time
from ...simulation.kernel.errors import TrainingPlansError
from ...simulation.orders.order_book import Order
from ...simulation.world import World
from ..calls import NEEDS_RESOURCE
from ..invocation import as_written, invoke
from ..tracebacks import hide_misuse
from .entries import Entry, Start, read_entries, read_start

__tracebackhide__ = hide_misuse
logger = logging.getLogger("moto_trainingplans")


def read_scenario(content: Any, name: str | None = None) -> Scenario:
    """The scenario of a table in values that JSON has, as a file has it or a request.

    `name` is that of the file, for what is said of it. Raises TrainingPlansError, which tells
    of the file, the key, and what is allowed, for keys and values that cannot be.
    """
    try:
        entries = read_entries(content)
        return Scenario(content, name, read_start(content), entries)
    except TrainingPlansError as misuse:
        raise _named(name, misuse) from None


@dataclass(frozen=True, eq=False)
class Scenario:
    """What is set and ordered in a simulation beforehand, as the host wants it.

    What a scenario orders is for whoever may meet it: nobody waits for that, so that many
    tests can share one. What was to be done at a time, and could not be, is told.
    """

    content: Mapping[str, Any]
    name: str | None
    start: Start
    entries: tuple[Entry, ...]

    def check(self, now: datetime | None = None) -> None:
        """Try it where nobody sees it, as if it were applied at `now`.

        None where nobody knows yet: what a time makes impossible is not found then. Raises
        TrainingPlansError for what would be refused.
        """
        now = now or self.start.now or EARLIEST
        world = scratch_world(now)
        with world.undisturbed():
            for entry in self.entries:
                try:
                    due = self._due(entry, now)
                    if entry.call not in NEEDS_RESOURCE:
                        world.start_at(due, None)
                        invoke(world, entry.call, entry.arguments)
                except TrainingPlansError as misuse:
                    raise _named(self.name, misuse, entry.key) from None

    def load(self, world: World) -> None:
        """Apply it to a simulation that goes on, its clock first.

        Raises TrainingPlansError, and then nothing has changed, for a clock in the past and for
        whatever would be refused now.
        """
        present, now = world.look(), self.start.now
        if now is not None:
            try:
                world.clock.check_not_passed(now)
            except TrainingPlansError as misuse:
                raise _named(self.name, misuse, "clock.now") from None
        self.check(now or present)
        world.start_at(*self.start.outweighed_by(None))
        self.apply(world)

    def apply(self, world: World) -> None:
        """Set and order all that it says, and schedule what it has a time for.

        What has become impossible since it was checked, as an outage that is over, is told.
        """
        now = world.look()
        for entry in self.entries:
            make = partial(self._make, world, entry)
            if entry.has_time:
                world.schedule(entry.due(now), make)
            else:
                make()
        world.act()

    def _due(self, entry: Entry, now: datetime) -> datetime:
        """When a call is made at the earliest, in a scenario that is applied at `now`."""
        due = entry.due(now)
        if entry.has_time:
            check_time(due)
        if entry.at is not None and self.start.now is not None and due < self.start.now:
            raise TrainingPlansError(
                f"at must not be before the scenario's own clock.now, which is "
                f"{self.start.now.isoformat()}, not {due.isoformat()}"
            )
        return max(due, now)

    def _make(self, world: World, entry: Entry) -> None:
        where = entry.key if self.name is None else f"{self.name}: {entry.key}"
        try:
            invoke(world, entry.call, entry.arguments, where, is_setting=True)
        except TrainingPlansError as misuse:
            now = world.look().isoformat()
            logger.warning("%s could not be done at %s: %s", where, now, misuse)
            order = Order(as_written(entry.call, entry.arguments), where)
            world.order_book.place(order, f"what it names, at {now}: {misuse}")


def _named(
    name: str | None, misuse: TrainingPlansError, key: str | None = None
) -> TrainingPlansError:
    """The same mistake, with where it is."""
    where = [each for each in (name, key) if each is not None]
    return TrainingPlansError(": ".join((*where, str(misuse))))
