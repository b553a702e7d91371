"""Requests are checked against botocore's model, as the service itself checks them.

A checker is made once for each operation from its input shape: required members, types,
ranges, lengths, patterns, enums and sizes. It returns the members that the model knows, with
times as datetimes, or raises one error that names every fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

from botocore.model import Shape
from moto.core.utils import get_service_model

from .errors import SerializationException
from .faults import LONGEST_KEY, Faults, FaultsOfMembers, cut
from .protocol import read_timestamp

# Of a list or map to which the model sets no bound. source: choice
MOST_MEMBERS = 1000
# Some patterns of the model take time by the square of a length. What is too long already, and
# longer than this, is not matched. source: choice
LONGEST_MATCHED = 1024

_INTEGER_BITS = {"integer": 32, "long": 64}
# Space separators, line and paragraph separator: what \p{Z} means.
_SEPARATORS = "\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"


Checker = Callable[[Any, str, Faults], Any]


def check_request(
    operation: str, body: dict[str, Any], service: str = "sagemaker"
) -> dict[str, Any]:
    """The members of a request, checked.

    Raises SerializationException where a type is wrong, ValidationException with all faults
    where a constraint is not met.
    """
    faults = Faults()
    members: dict[str, Any] = _input_checker(service, operation)(body, "", faults)
    if faults.count:
        raise faults.error()
    return members


def is_operation(name: str, service: str = "sagemaker") -> bool:
    """Whether a service has an operation of that name."""
    return name in _operation_names(service)


def target_prefix(service: str) -> str:
    """What stands before an operation's name in the X-Amz-Target of a request."""
    prefix: str = get_service_model(service).metadata["targetPrefix"]
    return prefix


@lru_cache(maxsize=4096)
def shape_allows(shape: str, value: str) -> bool:
    """Whether a string satisfies the constraints of a shape of SageMaker's model.

    What an older model does not have allows nothing.
    """
    model = get_service_model("sagemaker")
    if shape not in model.shape_names:
        return False
    faults = Faults()
    _checker(model.shape_for(shape))(value, "", faults)
    return not faults.count


@cache
def _operation_names(service: str) -> frozenset[str]:
    return frozenset(get_service_model(service).operation_names)


@cache
def _input_checker(service: str, operation: str) -> Checker:
    return _checker(get_service_model(service).operation_model(operation).input_shape)


def _checker(shape: Shape) -> Checker:
    make = {
        "structure": _structure,
        "list": _list,
        "map": _map,
        "string": _string,
        "timestamp": _timestamp,
        "boolean": _boolean,
        "integer": _number,
        "long": _number,
        "float": _number,
        "double": _number,
        "blob": _string,
    }
    return make[shape.type_name](shape)


def _structure(shape: Any) -> Checker:
    # Made when they are first needed: a structure may have its own shape below it.
    members: dict[str, Checker] | None = None
    required = frozenset(shape.required_members)
    is_union = shape.is_tagged_union

    def check(value: Any, path: str, faults: Faults) -> Any:
        nonlocal members
        _expect(dict, value, "a structure")
        if members is None:
            members = {name: _checker(member) for name, member in shape.members.items()}
        checked = {}
        for name, check_member in members.items():
            member = value.get(name)
            if member is not None:
                checked[name] = check_member(member, _below(path, name), faults)
            elif name in required:
                faults.add(None, _below(path, name), "Member must not be null")
        if is_union and len(checked) != 1:
            faults.add(value, path, "Exactly one member must be set")
        return checked

    return check


def _below(path: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _list(shape: Any) -> Checker:
    check_member = _checker(shape.member)
    simple = _is_simple(shape.member)
    check_size = _members_check(shape)

    def check(value: Any, path: str, faults: Faults) -> Any:
        _expect(list, value, "a list")
        if check_size(value, path, faults):
            return value
        if simple:
            of_members = FaultsOfMembers()
            checked = [check_member(_not_null(member), path, of_members) for member in value]
            of_members.tell(value, path, "Member", faults)
            return checked
        return [
            check_member(_not_null(member), f"{path}.{number}.member", faults)
            for number, member in enumerate(value, start=1)
        ]

    return check


def _map(shape: Any) -> Checker:
    check_key, check_value = _checker(shape.key), _checker(shape.value)
    simple = _is_simple(shape.value)
    check_size = _members_check(shape)

    def check(value: Any, path: str, faults: Faults) -> Any:
        _expect(dict, value, "a map")
        if check_size(value, path, faults):
            return value
        of_keys, of_values = FaultsOfMembers(), FaultsOfMembers()
        checked = {}
        for key, member in value.items():
            check_key(key, path, of_keys)
            below = f"{path}.{cut(key, LONGEST_KEY)}.member"
            checked[key] = check_value(_not_null(member), below, of_values if simple else faults)
        of_keys.tell(value, path, "Map keys", faults)
        of_values.tell(value, path, "Map value", faults)
        return checked

    return check


def _is_simple(shape: Shape) -> bool:
    return shape.type_name not in {"structure", "list", "map"}


def _members_check(shape: Any) -> Callable[[Any, str, Faults], bool]:
    """Tells a list or map of a wrong size; whether it is so large that none is looked at."""
    bounds = {"max": MOST_MEMBERS, **shape.metadata}
    most: int = bounds["max"]
    check_size = _size_check(bounds, "length")

    def check(value: Any, path: str, faults: Faults) -> bool:
        for constraint in check_size(len(value)):
            faults.add(value, path, constraint)
        return len(value) > most

    return check


def _string(shape: Any) -> Checker:
    check_length = _size_check(shape.metadata, "length")
    longest = shape.metadata.get("max")
    pattern = shape.metadata.get("pattern")
    compiled = compile_pattern(pattern) if pattern else None
    enum = shape.metadata.get("enum")
    allowed = frozenset(enum or ())

    def check(value: Any, path: str, faults: Faults) -> Any:
        _expect(str, value, "a String")
        for constraint in check_length(len(value)):
            faults.add(value, path, constraint)
        is_short = longest is None or len(value) <= max(longest, LONGEST_MATCHED)
        if compiled is not None and is_short and not compiled.fullmatch(value):
            faults.add(value, path, f"Member must satisfy regular expression pattern: {pattern}")
        if enum and value not in allowed:
            faults.add(value, path, f"Member must satisfy enum value set: [{', '.join(enum)}]")
        return value

    return check


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of the model, which is Java's, as one of Python's."""
    for java, python in (
        (r"\p{L}", r"\w"),
        (r"\p{N}", r"\w"),
        (r"\p{Z}", _SEPARATORS),
        (r"\p{Alnum}", "a-zA-Z0-9"),  # the model has it within brackets only
    ):
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _number(shape: Any) -> Checker:
    check_range = _size_check(shape.metadata, "value")
    bits = _INTEGER_BITS.get(shape.type_name)

    def check(value: Any, path: str, faults: Faults) -> Any:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not (whole or (bits is None and isinstance(value, float))):
            raise _wrong_type(value, "an Integer" if bits else "a number")
        if bits and not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            raise _wrong_type(value, f"an Integer of {bits} bits")
        for constraint in check_range(value):
            faults.add(value, path, constraint)
        return value

    return check


def _boolean(_: Any) -> Checker:
    def check(value: Any, _path: str, _faults: Faults) -> Any:
        _expect(bool, value, "a Boolean")
        return value

    return check


def _timestamp(_: Any) -> Checker:
    def check(value: Any, _path: str, _faults: Faults) -> Any:
        try:
            return read_timestamp(value)
        except (ValueError, OverflowError):
            raise _wrong_type(value, "a Timestamp") from None

    return check


def _size_check(metadata: dict[str, Any], quality: str) -> Callable[[float], Iterator[str]]:
    least, most = metadata.get("min"), metadata.get("max")

    def check(size: float) -> Iterator[str]:
        if least is not None and size < least:
            yield f"Member must have {quality} greater than or equal to {least}"
        if most is not None and size > most:
            yield f"Member must have {quality} less than or equal to {most}"

    return check


def _not_null(value: Any) -> Any:
    if value is None:
        raise SerializationException("NULL_VALUE can not be an element of a collection")
    return value


def _expect(kind: type, value: Any, wanted: str) -> None:
    if not isinstance(value, kind):
        raise _wrong_type(value, wanted)


def _wrong_type(value: Any, wanted: str) -> SerializationException:
    names = {bool: "BOOLEAN_VALUE", str: "STRING_VALUE", list: "START_ARRAY", dict: "START_OBJECT"}
    return SerializationException(
        f"{names.get(type(value), 'NUMBER_VALUE')} can not be converted to {wanted}"
    )
