"""Templates with clusters in them: what moto would quietly take for something else.

moto lets a property go whose value it cannot tell, and takes a condition that it does not
understand for false. A cluster would be made without its groups, or without its plan, and
nobody would know; so such a template is refused, with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.cloudformation.parsing import get_model_map
from yaml import YAMLError  # type: ignore[import-untyped]

from .clusters import RESOURCE_TYPE, ClusterResource

# How many conditions each takes. source: documented
LOGIC = {"Fn::And": range(2, 11), "Fn::Or": range(2, 11), "Fn::Not": range(1, 2)}


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
    """Raise ValidationError where moto would make another cluster than a template says.

    So where moto would stumble over a template that CloudFormation refuses.
    """
    if not isinstance(text, str) or RESOURCE_TYPE not in text:
        return
    template = _parsed(text)
    clusters = clusters_of(template)
    if not clusters:
        return
    _check_form(template)
    parameters = template.get("Parameters") or {}
    conditions = template.get("Conditions") or {}
    _check_conditions(conditions, parameters)
    _check_references(template, clusters)
    for name, condition in conditions.items():
        if not _can_be_told(condition, conditions):
            raise ValidationError(
                message=f"Template error: moto cannot evaluate condition {name}: it must be "
                f"Fn::Equals, or one of {', '.join(LOGIC)} over such or over conditions that "
                "the template defines (one for Fn::Not, two to ten for the others)."
            )
    unknown = {
        logical_id
        for logical_id, resource in template["Resources"].items()
        if not _is_made(resource["Type"])
    }
    for logical_id, cluster in clusters.items():
        _check_functions(logical_id, cluster, {*parameters, *template["Resources"]})
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


def _parsed(text: str) -> Any:
    try:
        return Stack.parse_template(text)
    except (ValueError, YAMLError, RecursionError):
        raise ValidationError(message="Template format error: not well-formed.") from None


def _check_form(template: Mapping[str, Any]) -> None:
    """Raise ValidationError where a part of a template is not what it must be."""
    for part in ("Conditions", "Parameters"):
        if not isinstance(template.get(part, {}), (dict, type(None))):
            raise ValidationError(message=f"Template format error: {part} must be an object.")
    for logical_id, resource in template["Resources"].items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise ValidationError(
                message=f"Template format error: resource {logical_id} must be an object with a "
                "Type."
            )
        if not isinstance(resource.get("Properties", {}), dict):
            raise ValidationError(
                message=f"Template format error: Properties of resource {logical_id} must be an "
                "object."
            )


def _check_conditions(conditions: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """Raise ValidationError where a condition needs itself, or what is not a parameter."""
    needs: dict[str, set[str]] = {}
    for name, condition in conditions.items():
        needs[name] = needed = set()
        for function, value in _functions_in(condition):
            if not isinstance(value, str):
                continue
            if function == "Condition":
                needed.add(value)
            elif function == "Ref" and value not in parameters and not value.startswith("AWS::"):
                raise ValidationError(
                    message=f"Template format error: Unresolved dependencies [{value}]. Cannot "
                    "reference resources in the Conditions block of the template"
                )
    for name in needs:
        reached: set[str] = set()
        ahead = {name}
        while ahead:
            ahead = {each for one in ahead for each in needs.get(one, ())} - reached
            reached |= ahead
        if name in reached:
            raise ValidationError(message=f"Template error: condition {name} needs itself.")


def _check_functions(logical_id: str, cluster: Mapping[str, Any], named: Set[str]) -> None:
    """Raise ValidationError where a function in a cluster does not have what it takes."""
    for function, value in (*_functions_in(cluster.get("Properties")), *_own_condition(cluster)):
        if function in ("Ref", "Condition") and not isinstance(value, str):
            raise ValidationError(
                message=f"Template error: every {function} object must have a single String "
                f"value; one in {logical_id} has not."
            )
        if function == "Ref" and value not in named and not value.startswith("AWS::"):
            raise ValidationError(
                message=f"Template format error: Unresolved resource dependencies [{value}] in the "
                "Resources block of the template"
            )
        if function == "Fn::If" and not (
            isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)
        ):
            raise ValidationError(
                message=f"Template error: Fn::If in {logical_id} takes a list of three: the name "
                "of a condition, and two values."
            )


def _check_references(template: Mapping[str, Any], clusters: Mapping[str, Any]) -> None:
    """Raise ValidationError where a resource or output needs what the template does not have.

    moto would say so, or break, only when it looks for it, and then of every stack.
    """
    resources = template["Resources"]
    named = {*resources, *(template.get("Parameters") or {})}
    for block in ("Resources", "Outputs"):
        for function, value in _functions_in(template.get(block)):
            if function == "Fn::GetAtt":
                _check_attribute(value, resources, clusters)
            for name in _names_in(function, value) if block == "Outputs" else ():
                if name not in named and not name.startswith("AWS::"):
                    raise ValidationError(
                        message=f"Template format error: Unresolved resource dependencies [{name}] "
                        f"in the {block} block of the template"
                    )
            for name, attribute in _attributes_in(function, value):
                _check_attribute([name, attribute], resources, clusters)


def _check_attribute(value: Any, resources: Mapping[str, Any], clusters: Mapping[str, Any]) -> None:
    if not (isinstance(value, list) and len(value) > 1 and isinstance(value[0], str)):
        # source: observed
        raise ValidationError(
            message="Template error: every Fn::GetAtt object requires two non-empty parameters, "
            "the resource name and the resource attribute"
        )
    name, attribute = value[0], value[1]
    if name not in resources:
        # source: observed
        raise ValidationError(
            message=f"Template error: instance of Fn::GetAtt references undefined resource {name}"
        )
    if name in clusters and not (
        isinstance(attribute, str) and ClusterResource.has_cfn_attr(attribute)
    ):
        raise ValidationError(
            message=f"Template error: resource {name} does not support attribute type "
            f"{attribute} in Fn::GetAtt"
        )


def _own_condition(cluster: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if "Condition" in cluster:
        yield "Condition", cluster["Condition"]


def _can_be_told(condition: Any, conditions: Mapping[str, Any], nested: bool = False) -> bool:
    """Whether moto evaluates a condition as CloudFormation does."""
    if isinstance(condition, bool):
        return True
    if not isinstance(condition, dict) or len(condition) != 1:
        return False
    ((operator, values),) = condition.items()
    if operator == "Condition":
        return nested and isinstance(values, str) and values in conditions
    if not isinstance(values, list):
        return False
    if operator == "Fn::Equals":
        return len(values) == 2
    return len(values) in LOGIC.get(operator, ()) and all(
        _can_be_told(each, conditions, True) for each in values
    )


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
        yield from _names_in(function, value)
        yield from (name for name, _ in _attributes_in(function, value))


def _names_in(function: str, value: Any) -> Iterator[str]:
    """The names that a Ref or Fn::Sub refers to as a whole."""
    if function == "Ref" and isinstance(value, str):
        yield value
    yield from (each for each in _placeholders(function, value) if "." not in each)


def _attributes_in(function: str, value: Any) -> Iterator[tuple[str, str]]:
    """The names and attributes that a Fn::Sub refers to."""
    for each in _placeholders(function, value):
        name, dot, attribute = each.partition(".")
        if dot:
            yield name, attribute


def _placeholders(function: str, value: Any) -> Iterator[str]:
    """What a Fn::Sub has filled in, but for the names of its own."""
    if function != "Fn::Sub":
        return
    text, own = (*value, {}, {})[:2] if isinstance(value, list) else (value, {})
    for each in re.findall(r"\$\{([^!}][^}]*)\}", text) if isinstance(text, str) else ():
        if each not in own:
            yield each


def _functions_in(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member of every structure in a value, functions of CloudFormation among them."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield key, member
            yield from _functions_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from _functions_in(member)
