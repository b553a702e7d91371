"""What identity-based IAM policies say to one action on one resource.

moto's own evaluation knows neither NotResource nor conditions on Allow statements, and
decides on one resource a call. Here is as much of IAM as policies on training plans use:
actions and resources with wildcards and their negations, and the string, ARN, Bool and Null
operators with IfExists and the quantifiers for keys of several values. A condition with any
other operator is never true; policy variables, session policies and permissions boundaries
are not looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

Statement = Mapping[str, Any]
# The keys of the request that conditions can ask for, in lower case, each with its values.
Keys = Mapping[str, Sequence[str]]


class Decision(Enum):
    """What all policies together say."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "no statement allows it"
    DENIED = "a statement denies it"


@dataclass(frozen=True)
class Permission:
    """An action on a resource, as "sagemaker:CreateTrainingPlan" on an ARN or "*"."""

    action: str
    resource: str
    keys: Keys = field(default_factory=dict)


def statements_of(policies: Iterable[Any]) -> Iterator[Statement]:
    """The statements of policies in any of the forms in which moto keeps them."""
    for policy in policies:
        if isinstance(policy, str):
            document = policy
        elif isinstance(policy, Mapping):
            document = policy["policy_document"]
        else:
            document = next(each for each in policy.versions if each.is_default).document
        statements = json.loads(document)["Statement"]
        yield from [statements] if isinstance(statements, dict) else statements


def decide(statements: Iterable[Statement], permission: Permission) -> Decision:
    """Whether statements give a permission: one that denies it outweighs all that allow it."""
    decision = Decision.NOT_ALLOWED
    for statement in statements:
        if _concerns(statement, permission):
            if statement["Effect"] == "Deny":
                return Decision.DENIED
            decision = Decision.ALLOWED
    return decision


def _concerns(statement: Statement, permission: Permission) -> bool:
    return (
        _names(statement, "Action", permission.action.lower(), str.lower)
        and _names(statement, "Resource", permission.resource, str)
        and all(
            _holds(operator, key, _listed(wanted), permission.keys)
            for operator, by_key in statement.get("Condition", {}).items()
            for key, wanted in by_key.items()
        )
    )


def _names(statement: Statement, element: str, value: str, normalise: Callable[[str], str]) -> bool:
    """Whether an element of a statement, or its negation, includes a value."""
    if element in statement:
        return _any_like(map(normalise, _listed(statement[element])), value)
    negation = f"Not{element}"
    return negation in statement and not _any_like(
        map(normalise, _listed(statement[negation])), value
    )


def _holds(operator: str, key: str, wanted: list[str], keys: Keys) -> bool:
    quantifier, _, operator = operator.rpartition(":")
    values = keys.get(key.lower())
    if operator == "Null":
        return (values is None) == (wanted[0].lower() == "true")
    if_exists = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    negated = "Not" in operator
    matches = MATCHES.get(operator.replace("Not", ""))
    if matches is None:
        return False
    if values is None:
        return if_exists or negated or quantifier == "ForAllValues"
    each = [any(matches(one, value) for one in wanted) != negated for value in values]
    return any(each) if quantifier == "ForAnyValue" else all(each)


def _listed(value: Any) -> list[str]:
    return [_text(each) for each in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _any_like(patterns: Iterable[str], value: str) -> bool:
    return any(_like(pattern, value) for pattern in patterns)


def _like(pattern: str, value: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None


# Bounded: policies are what users write.
@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern with * and ? as a regular expression."""
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL)


def _equal(one: str, other: str) -> bool:
    return one == other


def _equal_in_any_case(one: str, other: str) -> bool:
    return one.lower() == other.lower()


# Operators by what they compare; "Not" in a name negates it.
MATCHES: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_in_any_case,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": _equal_in_any_case,
}
