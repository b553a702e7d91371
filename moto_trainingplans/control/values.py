"""What users write for times, durations, counts and names, as the simulation wants it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from dateutil.parser import isoparse
from moto.core.utils import get_service_model

from ..simulation.kernel.errors import TrainingPlansError
from ..simulation.market.catalog import Target

MOST_DIGITS = 20
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


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
        f"{name} must be a datetime, an ISO 8601 string or epoch seconds, not {value!r}"
    )


def to_optional_time(name: str, value: Any) -> datetime | None:
    """As `to_time`, or None."""
    return None if value is None else to_time(name, value)


def to_duration(name: str, value: Any) -> timedelta:
    """A timedelta or seconds, not negative."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = timedelta(seconds=value)
    except (ValueError, OverflowError):
        pass
    if isinstance(value, timedelta) and value >= timedelta(0):
        return value
    raise TrainingPlansError(
        f"{name} must be a timedelta or a number of seconds, not negative; it is {value!r}"
    )


def to_count(name: str, value: Any, least: int = 0) -> int:
    """A whole number of at least `least`."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    raise TrainingPlansError(f"{name} must be a whole number from {least} up, not {value!r}")


def to_number(name: str, value: Any) -> float:
    """A number."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    except OverflowError:
        pass
    raise TrainingPlansError(f"{name} must be a number, not {value!r}")


def to_rate(name: str, value: Any) -> Fraction:
    """A price in USD: a number, a Decimal, or the text of one, as "39.7992"; not negative."""
    if isinstance(value, (int, float, Decimal, str)) and not isinstance(value, bool):
        try:
            rate = Decimal(str(value))
        except InvalidOperation:
            rate = Decimal("NaN")
        # No exponent that would take long to write out.
        if rate.is_finite() and rate >= 0 and abs(rate.adjusted()) <= MOST_DIGITS:
            return Fraction(rate)
    raise TrainingPlansError(f"{name} must be a price such as 39.7992, not negative; not {value!r}")


def to_text(name: str, value: Any) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise TrainingPlansError(f"{name} must be a string, not {value!r}")


def to_optional_text(name: str, value: Any) -> str | None:
    """A string, or None."""
    return None if value is None else to_text(name, value)


def to_operation(name: str, value: Any) -> str:
    """An operation of SageMaker, as "CreateTrainingJob"."""
    operation = to_text(name, value)
    if operation not in get_service_model("sagemaker").operation_names:
        raise TrainingPlansError(
            f"{name} must be an operation of SageMaker, as 'CreateTrainingJob', not {value!r}"
        )
    return operation


def to_target(name: str, value: Any) -> Target:
    """A target resource of the model."""
    try:
        return Target(value)
    except ValueError:
        names = ", ".join(each.value for each in Target)
        raise TrainingPlansError(f"{name} must be one of {names}, not {value!r}") from None


def to_optional_target(name: str, value: Any) -> Target | None:
    """A target resource of the model, or None."""
    return None if value is None else to_target(name, value)
