"""Is an answer what the service's model says? Looked at for every answer of every test."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from moto_trainingplans.aws_json.answers import known_answer
from moto_trainingplans.aws_json.validation import compile_pattern
from moto_trainingplans.sagemaker import responses as sagemaker_responses
from moto_trainingplans.sagemaker.operations import HANDLERS as SAGEMAKER_HANDLERS
from moto_trainingplans.servicequotas import responses as servicequotas_responses
from moto_trainingplans.servicequotas.operations import HANDLERS as SERVICE_QUOTAS_HANDLERS
from tests.support.model_history import lacking

HANDLERS = {**SAGEMAKER_HANDLERS, **SERVICE_QUOTAS_HANDLERS}

KINDS: dict[str, Any] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
    "boolean": bool,
}

# Whose answers are looked at.
CHECKED_SERVICES = ("sagemaker", "service-quotas")


def check_answer(http_response: Any, model: Any, **_: Any) -> None:
    """Fail the test whose call got an answer that the model does not allow."""
    if model.name in HANDLERS and http_response.status_code == 200 and model.output_shape:
        faults = list(find_faults(json.loads(http_response.content), model.output_shape, ""))
        assert not faults, f"{model.name} answered against its model: {faults}"


def fail_for_what_no_model_has() -> None:
    """Fail a test in whose process an answer has a member that the newest model has not either.

    Nobody else would see it: what the installed model lacks is left out of answers.
    """
    if lacking():  # an older model, which may lack it
        return

    def whole(operation: str, answer: dict[str, Any], *service: str) -> dict[str, Any]:
        known = known_answer(operation, answer, *service)
        assert known == answer, f"{operation} answers what its model does not have: {answer}"
        return known

    sagemaker_responses.known_answer = servicequotas_responses.known_answer = whole


def find_faults(value: Any, shape: Any, path: str) -> Iterator[str]:
    """Everything about a value that its shape does not allow."""
    kind = KINDS[shape.type_name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        yield f"{path}: {value!r} is no {shape.type_name}"
        return
    yield from _broken_constraints(value, shape, path)
    if shape.type_name == "structure":
        yield from (
            f"{path}.{name} is missing" for name in shape.required_members if name not in value
        )
        for name, member in value.items():
            if name in shape.members:
                yield from find_faults(member, shape.members[name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is not in the model"
    elif shape.type_name == "list":
        for number, member in enumerate(value):
            yield from find_faults(member, shape.member, f"{path}[{number}]")
    elif shape.type_name == "map":
        for key, member in value.items():
            yield from find_faults(key, shape.key, f"{path} key")
            yield from find_faults(member, shape.value, f"{path}.{key}")


def _broken_constraints(value: Any, shape: Any, path: str) -> Iterator[str]:
    constraints = shape.metadata
    size = value if isinstance(value, (int, float)) else len(value)
    if "min" in constraints and size < constraints["min"]:
        yield f"{path}: {value!r} is below {constraints['min']}"
    if "max" in constraints and size > constraints["max"]:
        yield f"{path}: {value!r} is above {constraints['max']}"
    if "enum" in constraints and value not in constraints["enum"]:
        yield f"{path}: {value!r} is not one of {constraints['enum']}"
    if "pattern" in constraints and not re.fullmatch(
        compile_pattern(constraints["pattern"]), value
    ):
        yield f"{path}: {value!r} does not match {constraints['pattern']}"
