"""How one call of the table is made: its arguments bound to a simulation, and written out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from ..simulation.kernel.errors import TrainingPlansError
from ..simulation.orders.order_book import Order
from ..simulation.world import World
from .calls import CALLS, ORDERS
from .tracebacks import hide_misuse

__tracebackhide__ = hide_misuse
LONGEST_SHOWN = 80  # of an argument of an order, in characters


def invoke(
    world: World, name: str, arguments: Mapping[str, Any], ordered_at: str | None = None
) -> Any:
    """Make a call of the table on a simulation that is locked.

    `ordered_at` is the line where an order was written. Raises TrainingPlansError for wrong
    arguments, or misuse.
    """
    call = CALLS[name]
    given: tuple[Any, ...] = (world,)
    if name in ORDERS:
        given = (world, Order(as_written(name, call, arguments), ordered_at))
    return call(*given, **bind(name, call, given, arguments))


# Of the calls of the table, which are few: looking takes longer than most of what they do.
_signature = cache(inspect.signature)


def bind(
    name: str, call: Callable[..., Any], given: tuple[Any, ...], arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments as a call takes them; raises TrainingPlansError where it does not."""
    signature = _signature(call)
    own = list(signature.parameters)[len(given) :]
    for argument in arguments:
        if argument not in own:
            takes = f"it takes {', '.join(own)}" if own else "it takes none"
            raise TrainingPlansError(f"{name}: there is no argument {argument!r}: {takes}")
    try:
        signature.bind(*given, **arguments)
        return dict(arguments)
    except TypeError as wrong:
        raise TrainingPlansError(f"{name}: {wrong}") from None


def as_written(name: str, call: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
    """A call as a test has it, without what is as by default."""
    parameters = _signature(call).parameters
    written = []
    for argument, value in arguments.items():
        parameter = parameters.get(argument)
        if parameter is None or parameter.default == value:
            continue
        shown = repr(str(value) if isinstance(value, timedelta) else value)
        shown = shown if len(shown) <= LONGEST_SHOWN else shown[:LONGEST_SHOWN] + "..."
        by_name = parameter.default is not parameter.empty
        written.append(f"{argument}={shown}" if by_name else shown)
    return f"{name.replace('/', '.')}({', '.join(written)})"
