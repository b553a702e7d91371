"""`openapi.json`: the control API described, from the tables and signatures that it is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from inspect import cleandoc
from typing import Any, get_type_hints

from ....version import __version__
from ...addresses import HTML, JSON, PICTURE, PREFIX, SVG
from ...calls import CALLS
from ...client import TrainingPlans
from ...kinds import Argument
from ...perform import PUBLIC_CALLS, WITHOUT_WORLD, arguments_of
from ..routes import INDEX, MOVING, PAGES, READABLE
from .schemas import Schema, Schemas

DESCRIPTION = """\
What a test can do with the emulated Amazon SageMaker training plans and no AWS client can: move
the clock, set what there is to sell, have things fail, and read what happened. Each call is a
POST with its arguments as a JSON object; what only looks can be fetched too. Times are ISO 8601
or seconds since 1970, durations seconds. Misuse is a 400 that says what is allowed, and changes
nothing.
"""
# Calls by what they are about: as the control object groups them, and those without a group.
OTHERS = "simulation"
TAGS: dict[str, str] = {
    **{
        name: group.__doc__ or ""
        for name, group in vars(TrainingPlans).items()
        if isinstance(group, property)
    },
    OTHERS: "What was, beginning anew, and what the server says of itself.",
}
PAGE_TEXTS = {INDEX: "What there is, for a browser.", "openapi.json": "This description."}
ERROR = {
    "type": "object",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
    "additionalProperties": False,
}
# By status, the names of refusals and why there are such.
REFUSALS = {
    "400": ("Misuse", "Misuse: what is allowed. Nothing has changed."),
    "403": ("Stranger", "A page of another origin asks, or the server is called a strange name."),
    "413": ("TooLarge", "The body is larger than any call needs."),
    "415": ("NotJson", "The body is not said to be application/json."),
}


@cache
def text() -> str:
    """The document as JSON text."""
    return json.dumps(document(), indent=1)


def document() -> dict[str, Any]:
    """The document: OpenAPI 3.1."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for path, content_type in sorted(PAGES.items()):
        paths[PREFIX + path] = {"get": _page(path, content_type)}
    for name in PUBLIC_CALLS:
        paths.setdefault(PREFIX + name, {})["post"] = _post(name, schemas)
    for path in sorted(READABLE):
        paths.setdefault(PREFIX + path, {})["get"] = _get(path, schemas)
    schemas.named["Error"] = ERROR
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of moto-trainingplans",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The server that this description is from."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.named.items())),
            "responses": {
                name: _content(why, JSON, {"$ref": "#/components/schemas/Error"})
                for name, why in REFUSALS.values()
            },
        },
    }


def example_of(name: str) -> dict[str, Any]:
    """Arguments with which a call can be made: those that it must have, else its first."""
    own = arguments_of(name)
    shown = [each for each in own.values() if each.required] or list(own.values())[:1]
    return {each.name: each.example for each in shown}


def summary_of(name: str) -> str:
    """What a call does, in a sentence."""
    call = CALLS.get(name) or WITHOUT_WORLD[name]
    return cleandoc(call.__doc__ or "").partition("\n\n")[0].replace("\n", " ").rstrip(".")


def group_of(name: str) -> str:
    """The group that a call or a path belongs to."""
    group = name.partition("/")[0]
    return group if group in TAGS else OTHERS


def _post(name: str, schemas: Schemas) -> dict[str, Any]:
    own = arguments_of(name)
    result = schemas.of_result(_result_type("clock/now" if name in MOVING else name))
    return {
        "operationId": name.replace("/", "_"),
        "tags": [group_of(name)],
        "summary": summary_of(name),
        "requestBody": {
            "required": any(each.required for each in own.values()),
            "content": {JSON: {"schema": schemas.of_arguments(own), "example": example_of(name)}},
        },
        "responses": _responses(_result_text(result, name), JSON, result, has_body=True),
    }


def _result_text(result: Schema, name: str) -> str:
    if name in MOVING:
        return "The new time."
    return "It is done." if result == {"type": "null"} else "What was asked for."


def _get(path: str, schemas: Schemas) -> dict[str, Any]:
    name = READABLE[path]
    result: Schema = {"type": "string"}
    if path != PICTURE:
        result = schemas.of_result(_result_type(name))
    if path == "clock":
        result = {
            "type": "object",
            "properties": {"now": result},
            "required": ["now"],
            "additionalProperties": False,
        }
    return {
        "operationId": f"get_{path.replace('.', '_')}",
        "tags": [group_of(name)],
        "summary": summary_of(name),
        "parameters": [_parameter(each, schemas) for each in arguments_of(name).values()],
        "responses": _responses("What was asked for.", SVG if path == PICTURE else JSON, result),
    }


def _parameter(argument: Argument, schemas: Schemas) -> dict[str, Any]:
    return {
        "name": argument.name,
        "in": "query",
        "required": argument.required,
        "description": argument.description.replace("null", "left out"),
        "schema": schemas.of_query(argument),
        "example": argument.example,
    }


def _page(path: str, content_type: str) -> dict[str, Any]:
    description = PAGE_TEXTS[path]
    return {
        "operationId": f"get_{path.replace('.', '_') or 'index'}",
        "tags": [OTHERS],
        "summary": description.rstrip("."),
        "responses": {
            "200": _content(
                description, content_type, {"type": "string" if content_type == HTML else "object"}
            ),
            "403": {"$ref": "#/components/responses/Stranger"},
        },
    }


def _responses(
    description: str, content_type: str, schema: Schema, *, has_body: bool = False
) -> dict[str, Any]:
    statuses = ["400", "403", *(["413", "415"] if has_body else [])]
    return {
        "200": _content(description, content_type, schema),
        **{each: {"$ref": f"#/components/responses/{REFUSALS[each][0]}"} for each in statuses},
    }


def _content(description: str, content_type: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {content_type: {"schema": schema}}}


def _result_type(name: str) -> Any:
    """What a call returns; its views are named in it without being imported."""
    from ....views.lanes import View
    from ....views.ledger import Ledger

    call = CALLS.get(name) or WITHOUT_WORLD[name]
    views: Mapping[str, Any] = {"View": View, "Ledger": Ledger}
    return get_type_hints(call, localns=dict(views)).get("return", Any)
