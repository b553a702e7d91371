"""The properties of a resource in a template, as members of the API that creates it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.utils import get_service_model

from .refusals import ResourceRefused

Members = Mapping[str, Any]

_NUMBERS = {"integer": int, "long": int, "float": float, "double": float}
_BOOLEANS = {"true": True, "false": False}


def members_of(operation: str, properties: Members) -> dict[str, Any]:
    """The properties as the members of an operation, numbers and booleans typed as it has them.

    Raises ResourceRefused for a property that the operation does not know.
    """
    if not isinstance(properties, dict):
        raise ResourceRefused(
            "ValidationException", "Properties validation failed: #: expected type: JSONObject"
        )
    shape = get_service_model("sagemaker").operation_model(operation).input_shape
    members: dict[str, Any] = _typed(shape, properties, "#")
    return members


def _typed(shape: Any, value: Any, path: str) -> Any:
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in value:
            if name not in shape.members:
                # source: observed
                raise ResourceRefused(
                    "ValidationException",
                    f"Properties validation failed: {path}: extraneous key [{name}] is not "
                    "permitted",
                )
        return {
            name: _typed(shape.members[name], member, f"{path}/{name}")
            for name, member in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        # moto leaves None where AWS::NoValue says that there is no element.
        return [
            _typed(shape.member, member, f"{path}/{number}")
            for number, member in enumerate(value)
            if member is not None
        ]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _typed(shape.value, member, f"{path}/{key}") for key, member in value.items()}
    return _simple(shape.type_name, value)


def _simple(type_name: str, value: Any) -> Any:
    """Templates may have numbers and booleans as text, and text as those. source: documented"""
    if type_name in _NUMBERS and isinstance(value, str):
        try:
            return _NUMBERS[type_name](value)
        except ValueError:
            return value
    if type_name == "boolean" and isinstance(value, str):
        return _BOOLEANS.get(value.lower(), value)
    if type_name != "string" or not isinstance(value, (bool, int, float)):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
