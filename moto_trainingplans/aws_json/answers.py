"""Answers without the members that the loaded model does not have.

The simulation tells all that AWS tells today. The service of an older botocore, which the model
describes, did not have some of it yet, and clients of that botocore know nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.model import Shape
from moto.core.utils import get_service_model

Keeper = Callable[[Any], Any]


def known_answer(
    operation: str, answer: dict[str, Any], service: str = "sagemaker"
) -> dict[str, Any]:
    """An answer as the model has it: the same one where nothing in it is unknown, else a copy."""
    keep = _keeper_of(service, operation)
    known: dict[str, Any] = answer if keep is None else keep(answer)
    return known


@cache
def _keeper_of(service: str, operation: str) -> Keeper | None:
    return _keeper(get_service_model(service).operation_model(operation).output_shape)


def _keeper(shape: Any) -> Keeper | None:
    """What leaves the unknown out of values of a shape; None where nothing can be in them."""
    if shape is None:
        return None
    if shape.type_name == "structure":
        return _structure(shape)
    if shape.type_name in ("list", "map"):
        return _collection(shape)
    return None


def _structure(shape: Any) -> Keeper:
    known = frozenset(shape.members)
    # Made when they are first needed: a structure may have its own shape below it.
    below: dict[str, Keeper] | None = None

    def keep(value: Any) -> Any:
        nonlocal below
        if below is None:
            below = _below(shape.members)
        kept = value
        if not value.keys() <= known:
            kept = {name: member for name, member in value.items() if name in known}
        for name in below.keys() & value.keys():
            member = below[name](value[name])
            if member is not value[name]:
                # What is in an answer may be in the simulation too.
                kept = {**kept, name: member}
        return kept

    return keep


def _below(members: dict[str, Shape]) -> dict[str, Keeper]:
    keepers = {name: _keeper(member) for name, member in members.items()}
    return {name: keep for name, keep in keepers.items() if keep is not None}


def _collection(shape: Any) -> Keeper | None:
    keep_member = _keeper(shape.member if shape.type_name == "list" else shape.value)
    if keep_member is None:
        return None
    keep: Keeper = keep_member

    def keep_all(value: Any) -> Any:
        if isinstance(value, dict):
            kept: Any = {key: keep(member) for key, member in value.items()}
            return kept if any(kept[key] is not value[key] for key in value) else value
        kept = [keep(member) for member in value]
        return kept if any(a is not b for a, b in zip(kept, value, strict=True)) else value

    return keep_all
