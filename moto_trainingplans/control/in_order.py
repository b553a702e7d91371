"""Control calls on the simulation that goes on, each in its journal if it changes something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..host.backend import serving_alone
from ..host.journal import ControlEntry
from ..host.journaled_world import JournaledWorld
from .calls import CHANGING
from .invocation import invoke
from .tracebacks import hide_misuse
from .values import plain_value

__tracebackhide__ = hide_misuse


def invoke_in_order(name: str, arguments: Mapping[str, Any], ordered_at: str | None = None) -> Any:
    """Make a call of the table. Raises TrainingPlansError for misuse, which changes nothing."""
    return do_in_order(
        name, arguments, ordered_at, lambda world: invoke(world, name, arguments, ordered_at)
    )


def do_in_order(
    name: str,
    arguments: Mapping[str, Any],
    ordered_at: str | None,
    do: Callable[[JournaledWorld], Any],
) -> Any:
    """Do what a call does, which is in the journal from then on if it has changed something."""
    with serving_alone() as world, world.undisturbed():
        # A call has one present, unless it is one on the clock.
        held = not name.startswith("clock/") and world.clock.hold()
        world.notice_settings()
        moment, number = world.moment, world.journal.number()
        try:
            result = do(world)
        finally:
            if held:
                world.clock.let_go()
        if name in CHANGING:
            plain = {key: plain_value(value) for key, value in arguments.items()}
            world.journal.add(number, ControlEntry(moment, name, plain, ordered_at))
        return result
