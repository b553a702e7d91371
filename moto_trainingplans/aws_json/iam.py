"""What identity-based IAM policies say to one action on one resource.

moto's own evaluation knows neither NotResource nor conditions on Allow statements, and
decides on one resource a call. Here is as much of IAM as policies on training plans use:
actions and resources with wildcards and their negations, and conditions with all operators.
Policy variables, session policies and permissions boundaries are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .iam_conditions import Keys, holds, like, texts

Statement = Mapping[str, Any]


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
            holds(operator, key, wanted, permission.keys)
            for operator, by_key in statement.get("Condition", {}).items()
            for key, wanted in by_key.items()
        )
    )


def _names(statement: Statement, element: str, value: str, normalise: Callable[[str], str]) -> bool:
    """Whether an element of a statement, or its negation, includes a value."""
    if element in statement:
        return _any_like(map(normalise, texts(statement[element])), value)
    negation = f"Not{element}"
    return negation in statement and not _any_like(
        map(normalise, texts(statement[negation])), value
    )


def _any_like(patterns: Iterable[str], value: str) -> bool:
    return any(like(pattern, value) for pattern in patterns)
