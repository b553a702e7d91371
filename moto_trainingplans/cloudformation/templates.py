"""Templates with clusters in them: what moto would quietly take for something else.

moto lets a property go whose value it cannot tell, and takes a condition that it does not
understand for false. A cluster would be made without its groups, or without its plan, and
nobody would know; so such a template is refused, with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.cloudformation.parsing import get_model_map

from .clusters import RESOURCE_TYPE

LOGIC = ("Fn::And", "Fn::Or", "Fn::Not")


def condition_tag(loader: Any, node: Any) -> dict[str, str]:
    """What YAML's `!Condition name` is short for; moto would read `Fn::Condition`."""
    return {"Condition": loader.construct_scalar(node)}


def clusters_of(template: Any) -> dict[str, Mapping[str, Any]]:
    """The clusters of a parsed template, by their logical ids."""
    resources = template.get("Resources") if isinstance(template, dict) else None
    return {
        logical_id: resource
        for logical_id, resource in (resources if isinstance(resources, dict) else {}).items()
        if isinstance(resource, dict) and resource.get("Type") == RESOURCE_TYPE
    }


def check_template(text: Any) -> None:
    """Raise ValidationError where moto would make another cluster than a template says."""
    if not isinstance(text, str) or RESOURCE_TYPE not in text:
        return
    template: Any = Stack.parse_template(text)
    clusters = clusters_of(template)
    if not clusters:
        return
    conditions = template.get("Conditions") or {}
    for name, condition in conditions.items():
        if not _can_be_told(condition, conditions):
            raise ValidationError(
                message=f"Template error: moto cannot evaluate condition {name}: it must be "
                f"Fn::Equals, or one of {', '.join(LOGIC)} over such or over conditions that "
                "the template defines."
            )
    unknown = {
        logical_id
        for logical_id, resource in template["Resources"].items()
        if isinstance(resource, dict) and not _is_made(str(resource.get("Type")))
    }
    for logical_id, cluster in clusters.items():
        for name in _conditions_in(cluster):
            if name not in conditions:
                raise ValidationError(
                    message=f"Template error: {logical_id} needs condition {name}, which the "
                    "template does not define."
                )
        for name in _references_in(cluster.get("Properties")):
            if name in unknown:
                resource_type = template["Resources"][name]["Type"]
                raise ValidationError(
                    message=f"Template error: {logical_id} refers to {name}, and moto cannot "
                    f"create an {resource_type}. Pass its name as a parameter instead."
                )


def _can_be_told(condition: Any, conditions: Mapping[str, Any], nested: bool = False) -> bool:
    """Whether moto evaluates a condition as CloudFormation does."""
    if isinstance(condition, bool):
        return True
    if not isinstance(condition, dict) or len(condition) != 1:
        return False
    ((operator, values),) = condition.items()
    if operator == "Condition":
        return nested and values in conditions
    if not isinstance(values, list):
        return False
    if operator == "Fn::Equals":
        return len(values) == 2
    return operator in LOGIC and all(_can_be_told(each, conditions, True) for each in values)


def _is_made(resource_type: str) -> bool:
    return resource_type in get_model_map() or resource_type.startswith("Custom::")


def _conditions_in(cluster: Mapping[str, Any]) -> Iterator[str]:
    """The names of all conditions that a cluster is made by."""
    if "Condition" in cluster:
        yield cluster["Condition"]
    for function, value in _functions_in(cluster.get("Properties")):
        if function == "Fn::If" and isinstance(value, list) and value:
            yield value[0]


def _references_in(properties: Any) -> Iterator[str]:
    """The names of all that is referred to by Ref or within Fn::Sub."""
    for function, value in _functions_in(properties):
        if function == "Ref":
            yield value
        elif function == "Fn::Sub":
            text = value[0] if isinstance(value, list) and value else value
            yield from re.findall(r"\$\{(\w+)\}", text) if isinstance(text, str) else ()


def _functions_in(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member of every structure in a value, functions of CloudFormation among them."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield key, member
            yield from _functions_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from _functions_in(member)
