"""What the model lets name a training plan, and cannot use one: it is refused.

A plan that was taken and never used would be paid for and lost unseen. source: choice
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import Shape
from moto.core.utils import get_service_model

from ..aws_json.errors import ValidationException

PLAN_MEMBERS = frozenset({"TrainingPlanArn", "TrainingPlanArns"})
NO_PLAN = "None"  # the word for it in the settings of Studio. source: model


def refuse_plans(operation: str, body: Mapping[str, Any]) -> None:
    """Raise ValidationException for a request that names a plan which it cannot use."""
    if not can_name_plans(operation):
        return
    shape = get_service_model("sagemaker").operation_model(operation).input_shape
    for member in _named(body, shape):
        raise ValidationException(_refusal(member, operation))


def refuse_plans_in_steps(operation: str, definition: object) -> None:
    """Raise ValidationException for a pipeline of which a step names a plan.

    `definition` is the pipeline's, as JSON or read from it; what cannot be read is not judged.
    """
    if isinstance(definition, str):
        try:
            definition = json.loads(definition)
        except (ValueError, RecursionError):
            return
    left = [definition]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            for member in PLAN_MEMBERS.intersection(each):
                if _is_plan(each[member]):
                    raise ValidationException(_refusal(member, f"the steps of {operation}"))
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)


def _refusal(member: str, where: str) -> str:
    return (
        f"{member} is not supported in {where}: training plans can be used by training jobs, "
        "HyperPod clusters, endpoints and Studio apps."
    )


def _is_plan(value: object) -> bool:
    return value not in (None, [], NO_PLAN)


def _named(value: Any, shape: Any) -> Iterator[str]:
    """The members of a value that name plans, at every depth that its shape has."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, each in value.items():
            if name not in shape.members:
                continue
            if name in PLAN_MEMBERS:
                if _is_plan(each):
                    yield name
            else:
                yield from _named(each, shape.members[name])
    elif shape.type_name == "list" and isinstance(value, list):
        for each in value:
            yield from _named(each, shape.member)
    elif shape.type_name == "map" and isinstance(value, dict):
        for each in value.values():
            yield from _named(each, shape.value)


@cache
def can_name_plans(operation: str) -> bool:
    """Whether an operation's input has a member for plans, at any depth."""
    seen: set[str] = set()
    left: list[Shape | None] = [
        get_service_model("sagemaker").operation_model(operation).input_shape
    ]
    while left:
        shape: Any = left.pop()
        if shape is None or shape.name in seen:
            continue
        seen.add(shape.name)
        if shape.type_name == "structure":
            if not PLAN_MEMBERS.isdisjoint(shape.members):
                return True
            left.extend(shape.members.values())
        elif shape.type_name == "list":
            left.append(shape.member)
        elif shape.type_name == "map":
            left.append(shape.value)
    return False
