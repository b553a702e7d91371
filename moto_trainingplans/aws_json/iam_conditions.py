"""The condition operators of IAM policies: what each says of the values of a request's key."""

from __future__ import annotations

import operator as operators
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar

# The keys of the request that conditions can ask for, in lower case, each with its values.
Keys = Mapping[str, Sequence[str]]

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def holds(operator: str, key: str, wanted: Any, keys: Keys) -> bool:
    """Whether a condition is true of a request.

    A quantifier, `IfExists` and a key that the request lacks count as IAM documents it. An
    operator that there is not is never true. source: documented
    """
    quantifier, _, operator = operator.rpartition(":")
    values = keys.get(key.lower())
    if operator == "Null":
        return any((values is None) == (each.lower() == "true") for each in texts(wanted))
    if_exists = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    negated = "Not" in operator
    matches = MATCHES.get(operator.replace("Not", "", 1))
    if matches is None:
        return False
    if values is None:
        absent = negated and quantifier != "ForAnyValue"
        return if_exists or absent or quantifier == "ForAllValues"
    each = [any(matches(one, value) for one in texts(wanted)) != negated for value in values]
    return any(each) if quantifier == "ForAnyValue" else all(each)


def texts(value: Any) -> list[str]:
    """One value of a policy, or a list of them, as texts."""
    return [value_text(each) for each in (value if isinstance(value, list) else [value])]


def value_text(value: Any) -> str:
    """A value as conditions compare it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def like(pattern: str, value: str) -> bool:
    """Whether a value fits a pattern with * and ?, in a time that no pattern can make long."""
    at = star = start = 0
    has_star = False
    position = 0
    while position < len(value):
        if at < len(pattern) and pattern[at] == "*":
            has_star, star, start = True, at, position
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", value[position]):
            at += 1
            position += 1
        elif has_star:
            # What the last star stands for is one character longer than thought.
            start += 1
            at, position = star + 1, start
        else:
            return False
    return pattern[at:].strip("*") == ""


def _like_arn(pattern: str, value: str) -> bool:
    """Whether an ARN fits a pattern part by part: no wildcard reaches over a colon."""
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(map(like, patterns, parts))


def _equal(one: str, other: str) -> bool:
    return one == other


def _equal_in_any_case(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _same_bytes(one: str, other: str) -> bool:
    return _read(b64decode, one) == _read(b64decode, other) is not None


def _in_network(network: str, address: str) -> bool:
    found = _read(lambda text: ip_network(text, strict=False), network)
    one = _read(ip_address, address)
    return found is not None and one is not None and one in found


def _time(text: str) -> datetime:
    """A time as IAM has it: ISO 8601, in UTC if it does not say, or epoch seconds."""
    from dateutil.parser import isoparse

    try:
        return EPOCH + timedelta(seconds=float(text))
    except ValueError:
        parsed = isoparse(text)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _read(read: Callable[[str], T], text: str) -> T | None:
    """A value of a policy or request; None for what is none."""
    try:
        return read(text)
    except (ValueError, OverflowError, InvalidOperation, NotBase64):
        return None


def _ordered(
    read: Callable[[str], Any], is_so: Callable[[Any, Any], bool]
) -> Callable[[str, str], bool]:
    """Compares what is asked of a request with what is wanted; never true of what is neither."""

    def matches(wanted: str, asked: str) -> bool:
        one, other = _read(read, asked), _read(read, wanted)
        return one is not None and other is not None and is_so(one, other)

    return matches


COMPARISONS = {
    "Equals": operators.eq,
    "LessThan": operators.lt,
    "LessThanEquals": operators.le,
    "GreaterThan": operators.gt,
    "GreaterThanEquals": operators.ge,
}
# Operators by what they compare, what a policy wants and what a request has; "Not" negates one.
MATCHES: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_in_any_case,
    "StringLike": like,
    **{
        f"{kind}{name}": _ordered(read, is_so)
        for kind, read in (("Numeric", _number), ("Date", _time))
        for name, is_so in COMPARISONS.items()
    },
    "Bool": _equal_in_any_case,
    "BinaryEquals": _same_bytes,
    "IpAddress": _in_network,
    "ArnEquals": _like_arn,
    "ArnLike": _like_arn,
}
