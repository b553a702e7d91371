"""JSON Schemas (2020-12) of what calls take and of what they answer."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from inspect import cleandoc
from typing import Any, Union, get_args, get_origin, get_type_hints

from ...kinds import Argument

Schema = dict[str, Any]
NULL: Schema = {"type": "null"}
PLAIN: dict[Any, Schema] = {
    Any: {},
    None: NULL,
    type(None): NULL,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    datetime: {"type": "string", "format": "date-time"},
}


class Schemas:
    """Schemas that refer to each other; `named` has those that are described once, by name."""

    def __init__(self) -> None:
        from ....views.lanes import View
        from ....views.ledger import Ledger
        from .view_schemas import ledger_schema, view_schema

        self.named: dict[str, Schema] = {}
        # Those that have a form of their own for the wire.
        self._views: dict[Any, Callable[[], Schema]] = {View: view_schema, Ledger: ledger_schema}

    def of_arguments(self, arguments: Mapping[str, Argument]) -> Schema:
        """The schema of the object in which arguments are sent."""
        return {
            "type": "object",
            "properties": {name: self.of_argument(each) for name, each in arguments.items()},
            "required": [name for name, each in arguments.items() if each.required],
            "additionalProperties": False,
        }

    def of_argument(self, argument: Argument) -> Schema:
        """The schema of one argument."""
        schema = self._of_kind(argument)
        if argument.nullable:
            schema = {"anyOf": [schema, NULL]}
        if argument.description:
            schema = {**schema, "description": argument.description}
        if not argument.required:
            schema = {**schema, "default": argument.default}
        return {**schema, "examples": [argument.example]} if argument.kind else schema

    def of_query(self, argument: Argument) -> Schema:
        """The schema of an argument that is sent in a query, where nothing is null."""
        return self._of_kind(argument)

    def _of_kind(self, argument: Argument) -> Schema:
        kind = argument.kind
        if kind is None:
            return {}
        schema = dict(kind.schema())
        return schema if kind.title is None else self._refer(kind.title, schema)

    def of_result(self, annotation: Any) -> Schema:
        """The schema of what a call answers, by the type that it returns."""
        if annotation in PLAIN:
            return PLAIN[annotation]
        origin, inner = get_origin(annotation), get_args(annotation)
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of_result(each) for each in inner]}
        if origin is list:
            return {"type": "array", "items": self.of_result(inner[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of_result(inner[1])}
        if annotation in self._views:
            return self._refer(annotation.__name__, self._views[annotation]())
        if is_dataclass(annotation) and isinstance(annotation, type):
            return self._refer(annotation.__name__, self._of_dataclass(annotation))
        raise TypeError(f"{annotation!r} has no schema")

    def _of_dataclass(self, cls: type) -> Schema:
        hints = get_type_hints(cls)
        names = [each.name for each in fields(cls)]
        return {
            "type": "object",
            "description": cleandoc(cls.__doc__ or ""),
            "properties": {name: self.of_result(hints[name]) for name in names},
            "required": names,
            "additionalProperties": False,
        }

    def _refer(self, name: str, schema: Schema) -> Schema:
        self.named[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}
