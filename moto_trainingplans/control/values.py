"""What users write for times, durations, counts and names, as the simulation wants it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, TypeVar

from dateutil.parser import isoparse

from ..simulation.kernel.clock import check_speed
from ..simulation.kernel.errors import TrainingPlansError, in_short
from ..simulation.market.catalog import Target
from ..simulation.orders.environment import ExpirationUnit

Choice = TypeVar("Choice", Target, ExpirationUnit)

MOST_DIGITS = 20
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
LONGEST_MESSAGE = 1024  # source: model
HIGHEST_COUNT = 2**31 - 1  # source: model
# The most that a number in JSON holds of a timedelta, which is further than any clock goes.
LONGEST_SECONDS = 86_399_999_999_999
HIGHEST_QUOTA = 10_000_000_000  # source: model
ERROR_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,255}")
ACCOUNT = re.compile(r"[0-9]{12}")
# No exponent that would take long to write out, and none of the more that a Decimal reads.
RATE = re.compile(r"([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})([eE][+-]?[0-9]{1,2})?")
SURROGATE = re.compile("[\ud800-\udfff]")
# What names and ARNs of jobs have, and what a glob has besides.
JOB_PATTERN = re.compile(r"[A-Za-z0-9:/*?\[\]!-]{1,256}")
CHANGING = re.compile(r"arn(:[^:\s]*){4}:\S+|i-[0-9a-f]{17}")


def plain_value(value: Any) -> Any:
    """An argument in the form that it has in JSON; a call takes both."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return min(value.total_seconds(), LONGEST_SECONDS)
    if isinstance(value, Decimal):
        return str(value)
    return value


def to_time(name: str, value: Any) -> datetime:
    """A datetime (UTC if naive), ISO 8601 string or epoch seconds, as an aware datetime in UTC."""
    try:
        if isinstance(value, str):
            value = isoparse(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            value = EPOCH + timedelta(seconds=value)
        if isinstance(value, datetime):
            aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
            return aware.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        pass
    raise TrainingPlansError(
        f"{name} must be a datetime, an ISO 8601 string or epoch seconds, not {in_short(value)}"
    )


def to_optional_time(name: str, value: Any) -> datetime | None:
    """As `to_time`, or None."""
    return None if value is None else to_time(name, value)


def to_duration(name: str, value: Any) -> timedelta:
    """A timedelta or seconds, not negative."""
    try:
        # What is less than nothing is so however little.
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
            value = timedelta(seconds=value)
    except (ValueError, OverflowError):
        pass
    if isinstance(value, timedelta) and value >= timedelta(0):
        return value
    raise TrainingPlansError(
        f"{name} must be a timedelta or a number of seconds, not negative; it is {in_short(value)}"
    )


def to_count(name: str, value: Any, least: int = 0, most: int = HIGHEST_COUNT) -> int:
    """A whole number from `least` to `most`, however it is written."""
    if isinstance(value, float) and value.is_integer():  # in JSON 2.0 is one too
        return to_count(name, int(value), least, most)
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        if value <= most:
            return value
        raise TrainingPlansError(
            f"{name} must be a whole number from {least} to {most:,}, not {in_short(value)}"
        )
    raise TrainingPlansError(
        f"{name} must be a whole number from {least} up, not {in_short(value)}"
    )


def to_number(name: str, value: Any) -> float:
    """A number."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    except OverflowError:
        pass
    raise TrainingPlansError(f"{name} must be a number, not {in_short(value)}")


def to_speed(name: str, value: Any) -> float:
    """How many simulated seconds pass in a real one."""
    return check_speed(to_number(name, value))


def to_rate(name: str, value: Any) -> Fraction:
    """A price in USD: a number, a Decimal, or the text of one, as "39.7992"; not negative."""
    if isinstance(value, (float, Decimal, str)) or _is_whole(value, 10**MOST_DIGITS):
        text = "0" if isinstance(value, float) and value == 0 else str(value)  # of -0.0 too
        if RATE.fullmatch(text) and abs((rate := Decimal(text)).adjusted()) <= MOST_DIGITS:
            return Fraction(rate)
    raise TrainingPlansError(
        f"{name} must be a price such as 39.7992, not negative; not {in_short(value)}"
    )


def _is_whole(value: Any, below: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


def to_text(name: str, value: Any) -> str:
    """A string, of characters alone: half of a surrogate pair cannot be written anywhere."""
    if isinstance(value, str) and not SURROGATE.search(value):
        return value
    raise TrainingPlansError(f"{name} must be a string, not {in_short(value)}")


def to_changing(name: str, value: Any) -> str:
    """What has a history: the ARN of a resource, or the id of a node."""
    resource = to_text(name, value)
    if CHANGING.fullmatch(resource):
        return resource
    raise TrainingPlansError(
        f"{name} must be an ARN, or the id of a node as 'i-0123456789abcdef0', not "
        f"{in_short(value)}"
    )


def to_job_pattern(name: str, value: Any) -> str:
    """What the name or the ARN of a job can match."""
    pattern = to_text(name, value)
    if JOB_PATTERN.fullmatch(pattern):
        return pattern
    raise TrainingPlansError(
        f"{name} must be the name or the ARN of a job, or a glob as 'train-*', not "
        f"{in_short(value)}"
    )


def to_message(name: str, value: Any) -> str:
    """What a FailureReason or StatusMessage can be. source: model"""
    message = to_text(name, value)
    if len(message) <= LONGEST_MESSAGE:
        return message
    raise TrainingPlansError(
        f"{name} must have at most {LONGEST_MESSAGE} characters, not {len(message)}"
    )


def to_error_code(name: str, value: Any) -> str:
    """The code of an AWS error, which is also a header's value."""
    code = to_text(name, value)
    if ERROR_CODE.fullmatch(code):
        return code
    raise TrainingPlansError(
        f"{name} must be the code of an AWS error, as 'ResourceLimitExceeded' or "
        f"'InvalidParameter.Name' (letters, digits, '.', '_' and '-'), not {in_short(value)}"
    )


def to_account(name: str, value: Any) -> str:
    """An AWS account's id."""
    account = to_text(name, value)
    if ACCOUNT.fullmatch(account):
        return account
    raise TrainingPlansError(
        f"{name} must be an account's id, 12 digits as '123456789012', not {in_short(value)}"
    )


def to_quota_value(name: str, value: Any) -> int:
    """What a quota can be. source: model"""
    return to_count(name, value, most=HIGHEST_QUOTA)


def to_run_time(name: str, value: Any) -> timedelta:
    """How long something runs: a timedelta or seconds, more than 0."""
    duration = to_duration(name, value)
    if duration > timedelta(0):
        return duration
    raise TrainingPlansError(
        f"{name} must be a timedelta or a number of seconds, more than 0, not {in_short(value)}"
    )


def to_operation(name: str, value: Any) -> str:
    """An operation whose calls can fail: any of SageMaker's, or an emulated one."""
    return _one_of(name, value, operations(), "an operation of SageMaker, as 'CreateTrainingJob'")


def to_emulated_operation(name: str, value: Any) -> str:
    """An operation that is answered here rather than by moto."""
    known = emulated_operations()
    return _one_of(name, value, known, f"an operation that is emulated ({', '.join(known)})")


def operations() -> list[str]:
    """The operations whose calls can fail: SageMaker's, and the emulated ones."""
    from moto.core.utils import get_service_model

    return sorted({*get_service_model("sagemaker").operation_names, *emulated_operations()})


def emulated_operations() -> list[str]:
    """The operations that are answered here rather than by moto, as far as the model has them."""
    from moto.core.utils import get_service_model

    from ..sagemaker.operations import HANDLERS
    from ..servicequotas.operations import HANDLERS as SERVICE_QUOTAS_HANDLERS

    answered = (("sagemaker", HANDLERS), ("service-quotas", SERVICE_QUOTAS_HANDLERS))
    return sorted(
        operation
        for service, handlers in answered
        for operation in {*handlers} & {*get_service_model(service).operation_names}
    )


def _one_of(name: str, value: Any, known: Iterable[str], allowed: str) -> str:
    text = to_text(name, value)
    if text in known:
        return text
    close = get_close_matches(text, known, 1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise TrainingPlansError(f"{name} must be {allowed}, not {in_short(value)}{hint}")


def to_target(name: str, value: Any) -> Target:
    """A target resource of the model."""
    return _member(Target, name, value)


def to_expiration_unit(name: str, value: Any) -> ExpirationUnit:
    """A unit of time, as the environment of containers has one."""
    return _member(ExpirationUnit, name, value)


def _member(kind: type[Choice], name: str, value: Any) -> Choice:
    for each in kind:
        if isinstance(value, str) and value == each.value:
            return each
    names = ", ".join(each.value for each in kind)
    raise TrainingPlansError(f"{name} must be one of {names}, not {in_short(value)}")
