"""How one call of the table is made: its arguments read, and written out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from ..simulation.kernel.errors import TrainingPlansError, in_short
from ..simulation.orders.order_book import Order
from ..simulation.world import World
from .calls import CALLS, ORDERS
from .kinds import Argument, argument_of
from .tracebacks import hide_misuse

__tracebackhide__ = hide_misuse


def invoke(
    world: World,
    name: str,
    arguments: Mapping[str, Any],
    ordered_at: str | None = None,
    *,
    is_setting: bool = False,
) -> Any:
    """Make a call of the table on a simulation that is locked.

    `ordered_at` is the line where an order was written, `is_setting` that nobody waits for it to
    be met. Raises TrainingPlansError for wrong arguments, or misuse.
    """
    given: tuple[Any, ...] = (world,)
    own = converted(name, arguments_of_call(name), arguments)
    if name in ORDERS:
        order = Order(as_written(name, arguments), ordered_at, is_setting=is_setting)
        given = (world, order)
    return CALLS[name](*given, **own)


def arguments_of_call(name: str) -> Mapping[str, Argument]:
    """What a call of the table takes, by name and in its order."""
    return declared_arguments(CALLS[name], 2 if name in ORDERS else 1)


# Looking takes longer than most of what the calls do, and they are few.
@cache
def declared_arguments(call: Callable[..., Any], given: int = 0) -> Mapping[str, Argument]:
    """What a function takes after so many arguments that are given to it."""
    parameters = list(inspect.signature(call).parameters.values())[given:]
    return {each.name: argument_of(each) for each in parameters}


def converted(
    name: str, own: Mapping[str, Argument], arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments as a call works with them. Raises TrainingPlansError where it does not."""
    for argument in arguments:
        if argument not in own:
            takes = f"it takes {', '.join(own)}" if own else "it takes none"
            raise TrainingPlansError(f"{name}: there is no argument {argument!r}: {takes}")
    for argument, declared in own.items():
        if declared.required and argument not in arguments:
            raise TrainingPlansError(f"{name}: missing a required argument: {argument!r}")
    return {each: own[each].convert(value) for each, value in arguments.items()}


def as_written(name: str, arguments: Mapping[str, Any]) -> str:
    """A call as a test has it, without what is as by default."""
    own = arguments_of_call(name)
    written = []
    for argument, value in arguments.items():
        declared = own.get(argument)
        if declared is None or (not declared.required and declared.default == value):
            continue
        shown = in_short(str(value) if isinstance(value, timedelta) else value)
        written.append(shown if declared.required else f"{argument}={shown}")
    return f"{name.replace('/', '.')}({', '.join(written)})"
