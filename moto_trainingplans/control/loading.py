"""`load`: a scenario, or a saved state, into the simulation that goes on."""

# Not `from __future__ import annotations`: the annotations are read when calls are made.
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from ..simulation.kernel.errors import TrainingPlansError, in_short
from . import kinds
from .in_order import do_in_order
from .scenarios.scenario import read_scenario
from .states.saved import is_saved_state, load_state
from .tracebacks import hide_misuse

__tracebackhide__ = hide_misuse

# What can be loaded besides scenarios: whether a table is one, and what loads it.
FORMATS: tuple[tuple[Callable[[Mapping[str, Any]], bool], Callable[[Any], None]], ...] = (
    (is_saved_state, load_state),
)


def _to_table(name: str, value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise TrainingPlansError(
        f"{name} must be the scenario itself, as a JSON object, not {in_short(value)}: the server "
        "reads no file but those that were named when it was started"
    )


Table = Annotated[
    Mapping[str, Any],
    kinds.Kind(
        "the keys of a scenario as an object",
        _to_table,
        lambda: {"type": "object"},
        {
            "capacity": {
                "set": [{"zone": "us-west-2a", "instance_type": "ml.p5.48xlarge", "count": 4}]
            }
        },
    ),
]
FileName = Annotated[
    str, kinds.Kind("a text", kinds.values.to_text, lambda: {"type": "string"}, "scarce.toml")
]


def load(
    source: Annotated[
        Table, "A scenario, or a saved state: the content of its file, as a JSON object."
    ],
    name: Annotated[FileName | None, "What it is called where something is said of it."] = None,
) -> None:
    """Set and order all that a scenario says, or go on from a saved state; or change nothing."""
    for is_one, load_it in FORMATS:
        if is_one(source):
            try:
                load_it(source)
            except TrainingPlansError as refused:
                raise TrainingPlansError(f"{name}: {refused}" if name else str(refused)) from None
            return
    scenario = read_scenario(source, name)
    do_in_order("load", {"source": source, "name": name}, None, scenario.load)
