"""JSON Schemas (2020-12) of the views as they go over the wire: of what their `to_json` makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....views.ledger import PARTS

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
TIME: Schema = {"type": "string", "format": "date-time"}
NULL: Schema = {"type": "null"}
CENTS: Schema = {"type": "integer", "description": "Cents of USD."}
LEVEL: Schema = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, NULL]}
KINDS_OF_LANES = ["plan", "zone", "outage", "job", "instance-group", "endpoint", "app", "count"]
KINDS_OF_WORKLOADS = ["training-job", "instance-group", "endpoint", "app"]


def view_schema() -> Schema:
    """Of a timeline."""
    span = _row("Start, end, state, label, detail, level.", TIME, TIME, TEXT, TEXT, TEXT, LEVEL)
    mark = _row("Time, state, label, detail.", TIME, TEXT, TEXT, TEXT)
    lane = _object(
        kind={"type": "string", "enum": KINDS_OF_LANES},
        resource=TEXT,
        name=TEXT,
        spans=_list(span),
        marks=_list(mark),
    )
    section = _object(title=TEXT, facts=TEXT, lanes=_list(lane))
    return {
        **_object(now=TIME, start=TIME, end=TIME, sections=_list(section)),
        "description": "What happened over time, and what is to come of plans, in lanes.",
    }


def ledger_schema() -> Schema:
    """Of a report."""
    fee = _row("What was paid for, and how much.", TEXT, CENTS)
    workload = _row(
        "Kind, ARN, name, instance group or variant, tags.",
        {"type": "string", "enum": KINDS_OF_WORKLOADS},
        TEXT,
        TEXT,
        TEXT,
        _list(_row("Key and value.", TEXT, TEXT)),
    )
    entry = _row(
        "What it went into, the number of the workload, microseconds of instances, cents.",
        {"type": "string", "enum": list(PARTS)},
        {"anyOf": [{"type": "integer", "minimum": 0}, NULL]},
        {"type": "integer"},
        CENTS,
    )
    texts = dict.fromkeys(("plan", "name", "status", "target", "compute_type"), TEXT)
    return {
        **_object(
            **texts,
            instance_count={"type": "integer", "minimum": 1},
            **dict.fromkeys(("start", "end", "now"), TIME),
            fees=_list(fee),
            workloads=_list(workload),
            entries=_list(entry),
        ),
        "description": "What the fees of a plan were spent on, until now; the parts add up.",
    }


def _object(**properties: Mapping[str, Any]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Mapping[str, Any]) -> Schema:
    return {"type": "array", "items": dict(items)}


def _row(description: str, *items: Mapping[str, Any]) -> Schema:
    return {
        "type": "array",
        "description": description,
        "prefixItems": [dict(each) for each in items],
        "minItems": len(items),
        "maxItems": len(items),
    }
