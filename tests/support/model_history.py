"""What came to botocore's models of our services since the oldest that is supported, and when.

`model_history.json` has it, written by tests/tools/model_history.py from the versions on PyPI:

    operation   there is one of that name
    member      a request or answer can have it
    optional    a request can be without it, as older ones cannot
    value       what a member of a request can be
    min, max, pattern       what a member of a request is bound by

A path is `CreateCluster.input.InstanceGroups[].SlurmConfig`. What is under something new is not
told again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import botocore

from moto_trainingplans.aws_json.validation import compile_pattern
from moto_trainingplans.sagemaker.operations import HANDLERS as SAGEMAKER
from moto_trainingplans.servicequotas.operations import HANDLERS as SERVICE_QUOTAS

RECORD = Path(__file__).with_suffix(".json")
SERVICES = {"sagemaker": frozenset(SAGEMAKER), "service-quotas": frozenset(SERVICE_QUOTAS)}
BOUNDS = ("min", "max", "pattern")
# Most of what Search can find is moto's to answer.
OTHERS = "Search.output.Results[]."
OURS = OTHERS + "TrainingJob"


@dataclass(frozen=True, order=True)
class Fact:
    """Something that a model says."""

    service: str
    path: str
    kind: str
    value: Any = None

    def __str__(self) -> str:
        return {
            "operation": f"the operation {self.path}",
            "member": f"the member {self.path}",
            "optional": f"requests without {self.path}",
            "value": f"{self.value!r} for {self.path}",
        }.get(self.kind, f"the present bounds of {self.path}")

    def is_below(self, other: Fact) -> bool:
        """Whether it is part of an operation or member."""
        return (
            other.kind in ("operation", "member")
            and self != other
            and self.path.startswith(other.path)
            and self.path[len(other.path) : len(other.path) + 1] in ("", ".", "[", "{")
        )


def facts_of(service: str, model: Any) -> Iterator[Fact]:
    """All that a model of a service says about what is answered here."""
    for operation in SERVICES[service].intersection(model.operation_names):
        yield Fact(service, operation, "operation")
        shapes = model.operation_model(operation)
        for end in ("input", "output"):
            shape = getattr(shapes, f"{end}_shape")
            if shape is not None:
                yield from _facts(service, f"{operation}.{end}", shape, (), end == "input")


def _facts(
    service: str, path: str, shape: Any, above: tuple[str, ...], is_asked: bool
) -> Iterator[Fact]:
    if path.startswith(OTHERS) and not path.startswith(OURS):
        return
    if is_asked:
        for value in shape.metadata.get("enum", ()):
            yield Fact(service, path, "value", value)
        for bound in BOUNDS:
            if bound in shape.metadata:
                yield Fact(service, path, bound, shape.metadata[bound])
    if shape.type_name == "structure" and shape.name not in above:
        for name, member in shape.members.items():
            below = f"{path}.{name}"
            yield Fact(service, below, "member")
            if is_asked and name not in shape.required_members:
                yield Fact(service, below, "optional")
            yield from _facts(service, below, member, (*above, shape.name), is_asked)
    elif shape.type_name == "list":
        yield from _facts(service, path + "[]", shape.member, above, is_asked)
    elif shape.type_name == "map":
        yield from _facts(service, path + "{}", shape.value, above, is_asked)


@cache
def recorded() -> dict[Fact, str]:
    """Each fact that is not in the oldest model, and the first botocore from which on it is so."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    return {
        Fact(service, path, kind, value): version
        for version, facts in record["since"].items()
        for service, kind, values, paths in facts
        for path in paths
        for value in values
    }


def newest_recorded() -> str:
    """The newest botocore that has been looked at."""
    newest: str = json.loads(RECORD.read_text(encoding="utf-8"))["to"]
    return newest


@cache
def _installed() -> frozenset[Fact]:
    """All that the models of the installed botocore say."""
    from moto.core.utils import get_service_model

    return frozenset(
        fact for service in SERVICES for fact in facts_of(service, get_service_model(service))
    )


@cache
def lacking() -> dict[Fact, str]:
    """What of that the installed botocore does not have, and which botocore has it first.

    Its models are asked, unless it is as new as all that is known: then it lacks nothing.
    """
    return {} if parsed(botocore.__version__) >= parsed(newest_recorded()) else lacking_in_models()


def parsed(version: str) -> tuple[int, ...]:
    """A version as what can be compared."""
    return tuple(map(int, version.split(".")))


def lacking_in_models() -> dict[Fact, str]:
    """As `lacking`, whatever the version of the installed botocore is."""
    there = _installed()
    return {
        fact: version
        for fact, version in recorded().items()
        if fact not in there
        # Without what is not there at all every request is.
        and (fact.kind != "optional" or Fact(fact.service, fact.path, "member") in there)
    }


@cache
def _bounds() -> dict[tuple[str, str, str], Any]:
    return {
        (fact.service, fact.path, fact.kind): fact.value
        for fact in _installed()
        if fact.kind in BOUNDS
    }


def lacking_for(service: str, operation: str, request: Any) -> Fact | None:
    """What a request makes use of and the installed botocore does not have; None if it has all."""
    facts = _lacking_of(service, operation)
    return next(_uses(facts, f"{operation}.input", request), None) if facts else None


@cache
def _lacking_of(service: str, operation: str) -> dict[str, list[Fact]]:
    facts: dict[str, list[Fact]] = {}
    for fact in lacking():
        if fact.service == service and fact.path.startswith(operation + ".input"):
            facts.setdefault(fact.path, []).append(fact)
    return facts


def _uses(facts: dict[str, list[Fact]], path: str, value: Any) -> Iterator[Fact]:
    """Those of the facts, by path, that a value at a path needs."""
    if isinstance(value, dict):
        for name, member in value.items():
            below = f"{path}.{name}"
            yield from (fact for fact in facts.get(below, ()) if fact.kind == "member")
            yield from _uses(facts, below, member)
            yield from _uses(facts, path + "{}", member)
        for below, found in facts.items():
            above, _, name = below.rpartition(".")
            if above == path and name not in value:
                yield from (fact for fact in found if fact.kind == "optional")
    elif isinstance(value, (list, tuple)):
        for member in value:
            yield from _uses(facts, path + "[]", member)
    for fact in facts.get(path, ()):
        is_value = fact.kind == "value" and fact.value == value
        if is_value or (fact.kind in BOUNDS and _is_only_within_the_newer(fact, value)):
            yield fact


def _is_only_within_the_newer(bound: Fact, value: Any) -> bool:
    older = _bounds().get((bound.service, bound.path, bound.kind))
    return (
        older is not None
        and _is_within(bound.kind, bound.value, value)
        and not _is_within(bound.kind, older, value)
    )


def _is_within(kind: str, bound: Any, value: Any) -> bool:
    if kind == "pattern":
        return isinstance(value, str) and bool(compile_pattern(bound).fullmatch(value))
    if not isinstance(value, (int, float, str, list, tuple, dict)) or isinstance(value, bool):
        return False
    size = value if isinstance(value, (int, float)) else len(value)
    return bool(size >= bound if kind == "min" else size <= bound)


def reason_of(fact: Fact) -> str:
    """Why a test is skipped that needs something which the installed botocore lacks."""
    return f"botocore {botocore.__version__} has not {fact}: {lacking()[fact]} is the first"


def needs(*paths: str) -> Any:
    """Marks a test of operations, members or values that older models do not have.

    Each is as `named` has it.
    """
    unmet = [fact for path in paths for fact in named(path) if fact in lacking()]
    reason = reason_of(unmet[0]) if unmet else "its models have all of it"
    import pytest

    return pytest.mark.skipif(bool(unmet), reason=reason)


def has(path: str) -> bool:
    """Whether the installed botocore has it: for a part of a test that older ones leave out."""
    return not any(fact in lacking() for fact in named(path))


@cache
def named(path: str) -> list[Fact]:
    """The recorded facts that something stands or falls with.

    It is an operation, the path of a member, or `path=value`. Raises LookupError where nothing is
    recorded of it: the oldest botocore has it already, or there is none such.
    """
    found = [fact for fact in recorded() if _is_named(fact, path)]
    if not found:
        raise LookupError(f"nothing is recorded of {path}")
    return found


def _is_named(fact: Fact, path: str) -> bool:
    wanted, _, value = path.partition("=")
    if value:
        return (fact.path, fact.kind, fact.value) == (wanted, "value", value)
    return fact.path == wanted or any(
        # All of what is new goes with it.
        wanted.startswith(fact.path + end) and fact.kind in ("operation", "member")
        for end in (".", "[", "{")
    )
