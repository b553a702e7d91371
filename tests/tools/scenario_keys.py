"""The table of keys in docs/scenarios.md, and docs/scenario.schema.json, from the table of calls.

    python -m tests.tools.scenario_keys     # writes them

`tests/docs/test_scenario_keys.py` sees to it that they are those of today's calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from moto_trainingplans.control import kinds
from moto_trainingplans.control.calls import NEEDS_RESOURCE
from moto_trainingplans.control.invocation import arguments_of_call
from moto_trainingplans.control.kinds import Argument
from moto_trainingplans.control.scenarios.entries import AFTER, AT, CALLS_BY_GROUP

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "scenarios.md"
SCHEMA = DOCS / "scenario.schema.json"
BEGIN = "<!-- from here to the next such line written by tests/tools/scenario_keys.py -->\n"
END = "<!-- to here -->"
# Which there are depends on the installed model.
WITHOUT_NAMES = {"Operation", "EmulatedOperation"}


def written(page: str) -> str:
    """The page with the table of today's calls."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return before + BEGIN + "\n" + "\n".join(_rows()) + "\n\n" + END + after


def _rows() -> Iterator[str]:
    yield "| key | arguments; those in brackets may be left out |"
    yield "|---|---|"
    for group, calls in CALLS_BY_GROUP.items():
        for call in calls:
            arguments = arguments_of_call(f"{group}/{call}").values()
            told = ", ".join(
                f"`{each.name}`" if each.required else f"[`{each.name}`]" for each in arguments
            )
            time = "; needs a time" if f"{group}/{call}" in NEEDS_RESOURCE else ""
            yield f"| `{group}.{call}` | {told}{time} |"


def schema() -> dict[str, Any]:
    """What editors want to know of a scenario."""
    clock = {
        "now": _schema_of(kinds.Time, "Where the simulation begins."),
        "speed": _schema_of(kinds.Speed, "Simulated seconds in a real one; 0 stands still."),
    }
    groups = {
        group: _table({call: _calls(f"{group}/{call}") for call in calls})
        for group, calls in CALLS_BY_GROUP.items()
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A scenario of moto-trainingplans",
        **_table({"clock": _table(clock), **groups}),
        "definitions": {
            title: _allowed(kind) for title, kind in _titled().items() if title not in WITHOUT_NAMES
        },
    }


def _titled() -> dict[str, kinds.Kind]:
    """The kinds that have a name, by that."""
    used = [
        argument.kind
        for group, calls in CALLS_BY_GROUP.items()
        for call in calls
        for argument in arguments_of_call(f"{group}/{call}").values()
    ]
    return {kind.title: kind for kind in used if kind is not None and kind.title is not None}


def _allowed(kind: kinds.Kind) -> dict[str, Any]:
    return {"type": "string"} if kind.title in WITHOUT_NAMES else dict(kind.schema())


def _calls(name: str) -> dict[str, Any]:
    """One call or several: each a table of its arguments, its first argument, or true."""
    arguments = list(arguments_of_call(name).values())
    members = {each.name: _argument(each) for each in arguments}
    members[AT] = _schema_of(kinds.Time, "When it is done, instead of at once.")
    members[AFTER] = _schema_of(kinds.Duration, "In so many seconds, instead of at once.")
    required = [each.name for each in arguments if each.required]
    table = _table(members, required)
    forms: list[dict[str, Any]] = [table]
    if name in NEEDS_RESOURCE:
        table["anyOf"] = [{"required": [AT]}, {"required": [AFTER]}]
    else:
        if len(required) < 2:
            forms.append(_argument(arguments[0]))
        if not required:
            forms.append({"const": True})
    return {"anyOf": [*forms, {"type": "array", "items": {"anyOf": forms}}]}


def _table(members: Mapping[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    table = {"type": "object", "properties": members, "additionalProperties": False}
    return {**table, "required": required} if required else table


def _argument(argument: Argument) -> dict[str, Any]:
    assert argument.kind is not None
    return _described(argument.kind, argument.description)


def _schema_of(annotated: Any, description: str) -> dict[str, Any]:
    return _described(annotated.__metadata__[0], description)


def _described(kind: kinds.Kind, description: str) -> dict[str, Any]:
    if kind.title in _titled() and kind.title not in WITHOUT_NAMES:
        return {"allOf": [{"$ref": f"#/definitions/{kind.title}"}], "description": description}
    return {**_allowed(kind), "description": description}


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
