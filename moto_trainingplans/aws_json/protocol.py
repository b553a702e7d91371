"""AWS JSON 1.1: bytes to a JSON object and back."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from io import BytesIO
from math import isinf
from typing import Any

from .errors import RequestEntityTooLarge, SerializationException

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
CONTENT_TYPE = "application/x-amz-json-1.1"

# How deep a body may be nested. No shape of the model comes near it, and what is within it
# never exhausts the stack of whoever reads it next. source: choice
DEEPEST = 100
# In bytes, as sent and decompressed. The largest request of the model has a tenth. source: choice
LARGEST_BODY = 8 * 1024 * 1024
# Of a body: what separates and opens values is counted, before they are made, in strings too. The
# longest definition of a pipeline has a fifth. source: choice
MOST_VALUES = 500_000
# In digits. No number of the model comes near it, and longer ones take long to read.
LONGEST_NUMBER = 1000
MANY_TIMES = 4096


def read_json(body: bytes, encoding: str) -> dict[str, Any]:
    """The JSON object of a request's body.

    Raises SerializationException if it is none, RequestEntityTooLarge where it is too long to
    be looked at.
    """
    try:
        if encoding.lower() == "gzip" and len(body) <= LARGEST_BODY:
            body = _decompressed(body)
        if len(body) > LARGEST_BODY:
            raise RequestEntityTooLarge(LARGEST_BODY)
        if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
            raise SerializationException("The request body has too many values.")
        value = _DECODER.decode(body.decode("utf-8") or "{}")
    except (ValueError, RecursionError, OSError, EOFError, zlib.error):
        raise SerializationException("The request body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise SerializationException("The request body is not a JSON object.")
    if _depth(value) > DEEPEST:
        raise SerializationException("The request body is nested too deeply.")
    return value


def _decompressed(body: bytes) -> bytes:
    """What was compressed, or as much of it as tells that it is too long."""
    with gzip.GzipFile(fileobj=BytesIO(body)) as file:
        return file.read(LARGEST_BODY + 1)


def _whole_number(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number that is too long")
    return int(digits)


def _number(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError("a number that is too large")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# Made once: to make one takes as long as to read a small body.
_DECODER = json.JSONDecoder(
    parse_int=_whole_number, parse_float=_number, parse_constant=_refuse_constant
)


def _depth(value: object) -> int:
    """How many levels of lists and objects a value has."""
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            member
            for each in level
            for member in (each.values() if isinstance(each, dict) else each)  # type: ignore[attr-defined]
            if isinstance(member, (dict, list))
        ]
    return depth


def write_json(answer: Mapping[str, Any]) -> str:
    """A body: times become seconds since the epoch, to the millisecond as AWS gives them."""
    return _ENCODER.encode(answer)


# What is described is mostly described again.
@lru_cache(MANY_TIMES)
def _epoch_seconds(value: object) -> float | int:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in an answer")
    milliseconds = (value - EPOCH) // timedelta(milliseconds=1)
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


# No answer contains itself.
_ENCODER = json.JSONEncoder(default=_epoch_seconds, check_circular=False)


def read_timestamp(value: object) -> datetime:
    """A time as clients send it: seconds since the epoch, or ISO 8601.

    Raises ValueError where it is neither.
    """
    try:
        if isinstance(value, str):
            from dateutil.parser import isoparse

            parsed = isoparse(value)
            return (parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)).astimezone(
                timezone.utc
            )
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return EPOCH + timedelta(seconds=value)
    except OverflowError:
        raise ValueError(f"not a time that can be: {value!r}") from None
    raise ValueError(f"not a time: {value!r}")
