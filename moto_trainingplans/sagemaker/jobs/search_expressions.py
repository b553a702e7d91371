"""The expressions of Search: which records match, and by what they are sorted.

A record is a resource as its model's shape describes it. Properties are named as in the
model, with dots between the levels; lists are looked into, and `Tags.`, `HyperParameters.` and
`Metrics.` are followed by a key. source: model
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from moto.core.utils import get_service_model

from ...aws_json.errors import ValidationException
from ...aws_json.protocol import EPOCH, read_timestamp

Members = Mapping[str, Any]

MOST_CONDITIONS = 50  # of one expression, however they are nested. source: model
ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": lambda one, other: one > other,
    "GreaterThanOrEqualTo": lambda one, other: one >= other,
    "LessThan": lambda one, other: one < other,
    "LessThanOrEqualTo": lambda one, other: one <= other,
}
KINDS: dict[str, type] = {
    "string": str,
    "integer": float,
    "long": float,
    "float": float,
    "double": float,
    "timestamp": datetime,
    "boolean": bool,
}
# What a record without a property is sorted by.
LEAST: dict[type, Any] = {str: "", float: -1.0, datetime: EPOCH, bool: False}


class Property(NamedTuple):
    """A property by its name: what kind of values it has, and how they are read of a record.

    `kind` is None for a hyperparameter, which is a number if it is compared with one.
    """

    name: str
    kind: type | None
    values: Callable[[Members], list[Any]]

    def sort_key(self, record: Members) -> Any:
        """What a record is sorted by; those without the property come before all others."""
        values = self.values(record)
        kind = self.kind or str
        if not values:
            return LEAST[kind]
        return float(values[0]) if kind is float else values[0]


def find_property(name: str, shape_name: str) -> Property:
    """The property of a shape; raises ValidationException where it has none of that name."""
    if name.startswith("Tags."):
        return Property(name, str, _keyed("Tags", "Key", "Value", name[5:]))
    if name.startswith("Metrics."):
        return Property(name, float, _keyed("FinalMetricDataList", "MetricName", "Value", name[8:]))
    if name.startswith("HyperParameters."):
        key = name[16:]
        return Property(name, None, lambda record: _present(record.get("HyperParameters"), key))
    shape: Any = get_service_model("sagemaker").shape_for(shape_name)
    path = name.split(".")
    for part in path:
        while shape.type_name == "list":
            shape = shape.member
        if shape.type_name == "structure" and part in shape.members:
            shape = shape.members[part]
        elif shape.type_name == "map":
            shape = shape.value
        else:
            raise ValidationException(f"Unknown property name: {name}")
    while shape.type_name == "list":
        shape = shape.member
    kind = KINDS.get(shape.type_name)
    if kind is None:
        raise ValidationException(f"Property {name} has no value of its own to search for.")
    return Property(name, kind, lambda record: _below(record, path))


def _keyed(member: str, key: str, value: str, wanted: str) -> Callable[[Members], list[Any]]:
    """Reads one value of a list of keys and values."""
    return lambda record: [
        each[value] for each in record.get(member) or () if each.get(key) == wanted
    ]


def _present(members: Any, name: str) -> list[Any]:
    value = members.get(name) if isinstance(members, Mapping) else None
    return [] if value is None else [value]


def _below(value: Any, path: list[str]) -> list[Any]:
    if isinstance(value, list):
        return [found for each in value for found in _below(each, path)]
    if not path:
        return [value]
    return [found for each in _present(value, path[0]) for found in _below(each, path[1:])]


# -- conditions --------------------------------------------------------------------------------

Condition = Callable[[Members], bool]


def compile_expression(expression: Members | None, shape_name: str) -> Condition:
    """What a record must satisfy; raises ValidationException where the expression cannot be."""
    if expression is None:
        return lambda _: True
    if _count(expression) > MOST_CONDITIONS:
        raise ValidationException(
            f"A search expression can have at most {MOST_CONDITIONS} filters, nested filters and "
            "subexpressions."
        )
    if _contains(expression) > 1:
        raise ValidationException("'CONTAINS' operator usage limit of 1 exceeded.")
    return _compile(expression, shape_name)


def _compile(expression: Members, shape_name: str) -> Condition:
    conditions = [
        *(_compile_filter(each, shape_name) for each in expression.get("Filters", ())),
        *(_compile_nested(each, shape_name) for each in expression.get("NestedFilters", ())),
        *(_compile(each, shape_name) for each in expression.get("SubExpressions", ())),
    ]
    if not conditions:
        raise ValidationException(
            "A search expression needs at least one filter, nested filter or subexpression."
        )
    enough = any if expression.get("Operator") == "Or" else all
    return lambda record: enough(condition(record) for condition in conditions)


def _compile_nested(nested: Members, shape_name: str) -> Condition:
    """A single object of a list must satisfy all the filters."""
    prefix = nested["NestedPropertyName"]
    path = prefix.split(".")
    conditions = []
    for each in nested["Filters"]:
        if not each["Name"].startswith(f"{prefix}."):
            raise ValidationException(f"Property {each['Name']} is not nested in {prefix}.")
        conditions.append(_compile_filter(each, shape_name))

    def matches(record: Members) -> bool:
        return any(
            all(condition(_wrapped(one, path)) for condition in conditions)
            for one in _below(record, path)
        )

    return matches


def _wrapped(value: Any, path: list[str]) -> Any:
    """A record that has nothing but one object, where the path leads."""
    for part in reversed(path):
        value = {part: value}
    return value


def _compile_filter(asked: Members, shape_name: str) -> Condition:
    searched = find_property(asked["Name"], shape_name)
    read = searched.values
    operator = asked.get("Operator", "Equals")
    if operator == "Exists":
        return lambda record: bool(read(record))
    if operator == "NotExists":
        return lambda record: not read(record)
    if "Value" not in asked:
        raise ValidationException(f"Operator {operator} of property {searched.name} needs a Value.")
    given = asked["Value"]
    kind, value = _value(searched, given)
    if operator in ("Contains", "In"):
        if searched.kind not in (str, None):
            raise ValidationException(
                f"Operator {operator} is not supported for property {searched.name}, "
                "which is no text."
            )
        if operator == "Contains":
            return lambda record: any(given in each for each in read(record))
        listed = [each.strip() for each in given.split(",")]
        return lambda record: any(each in listed for each in read(record))
    if operator in ORDERINGS:
        if kind is str:
            raise ValidationException(
                f"Operator {operator} is not supported for property {searched.name}, which is text."
            )
        compare = ORDERINGS[operator]
        return lambda record: any(compare(each, value) for each in _as(kind, read(record)))
    equal = operator == "Equals"
    return lambda record: (value in _as(kind, read(record))) is equal


def _value(searched: Property, given: str) -> tuple[type, Any]:
    """What a property is compared with, and as what."""
    kind = searched.kind
    try:
        if kind is None:
            return _number_or_text(given)
        if kind is float:
            return kind, float(given)
        if kind is datetime:
            return kind, read_timestamp(given)
        if kind is bool:
            return kind, {"true": True, "false": False}[given.lower()]
    except (ValueError, KeyError):
        raise ValidationException(
            f"Value {given} is invalid for property {searched.name}."
        ) from None
    return str, given


def _number_or_text(given: str) -> tuple[type, Any]:
    try:
        return float, float(given)
    except ValueError:
        return str, given


def _as(kind: type, values: list[Any]) -> list[Any]:
    """Values as a kind; those that are none of it are left out."""
    if kind is not float:
        return values
    numbers = []
    for each in values:
        try:
            numbers.append(float(each))
        except ValueError:
            continue
    return numbers


def _count(expression: Members) -> int:
    """How many filters, nested filters and subexpressions there are, at every depth."""
    nested = expression.get("NestedFilters", ())
    below = expression.get("SubExpressions", ())
    return (
        len(expression.get("Filters", ()))
        + sum(1 + len(each["Filters"]) for each in nested)
        + sum(1 + _count(each) for each in below)
    )


def _contains(expression: Members) -> int:
    """How many Contains there are, at every depth."""
    filters = [
        *expression.get("Filters", ()),
        *(each for nested in expression.get("NestedFilters", ()) for each in nested["Filters"]),
    ]
    here = len([each for each in filters if each.get("Operator") == "Contains"])
    return here + sum(_contains(each) for each in expression.get("SubExpressions", ()))
