"""What each argument of a call may be: how it is read, and how its description says so.

A call names the kinds of its arguments in its annotations, so what it takes and what
`openapi.json` tells of it are one thing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import partial
from inspect import Parameter
from typing import Annotated, Any, get_args

from ..simulation.kernel.clock import FASTEST
from ..simulation.market.catalog import Target as TargetResource
from ..simulation.market.catalog import load_catalog
from ..simulation.market.prices import HIGHEST_RATE
from ..simulation.orders.environment import ExpirationUnit
from . import types, values

# What a datetime can be, and a timedelta, in seconds.
FIRST_SECOND, AFTER_LAST_SECOND = -62_135_596_800, 253_402_300_800
LONGEST = 86_400_000_000_000
# As JSON writes one.
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")

Schema = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of argument.

    `convert(name, value)` gives what a call works with, or raises TrainingPlansError; `schema`
    makes the JSON Schema (2020-12) of what may be sent, and `words` say it; `title` is the name
    under which a schema is described once for all calls that have it.
    """

    words: str
    convert: Callable[[str, Any], Any]
    schema: Callable[[], Schema]
    example: Any
    title: str | None = None


@dataclass(frozen=True)
class Argument:
    """An argument of a call.

    `kind` is None for one that may be anything; `nullable`, whether it may be None instead.
    """

    name: str
    kind: Kind | None
    description: str
    required: bool
    nullable: bool
    default: Any

    @property
    def example(self) -> Any:
        """A value that it may have."""
        return None if self.kind is None else self.kind.example

    def convert(self, value: Any) -> Any:
        """What the call works with. Raises TrainingPlansError for what the kind does not allow."""
        if self.kind is None or (value is None and self.nullable):
            return value
        return self.kind.convert(self.name, value)

    def read_text(self, text: str) -> Any:
        """What a query means by a text: a number, where the kind takes one and it is one."""
        schema = {} if self.kind is None else self.kind.schema()
        allowed = {each.get("type") for each in schema.get("anyOf", [schema])}
        if allowed & {"integer", "number"} and NUMBER.fullmatch(text):
            return json.loads(text)
        return text


def argument_of(parameter: Parameter) -> Argument:
    """What the annotation of a call's parameter says of it."""
    said = list(_metadata(parameter.annotation))
    required = parameter.default is parameter.empty
    return Argument(
        parameter.name,
        next((each for each in said if isinstance(each, Kind)), None),
        next((each for each in said if isinstance(each, str)), ""),
        required,
        type(None) in get_args(_bare(parameter.annotation)),
        None if required else parameter.default,
    )


def _bare(annotation: Any) -> Any:
    """An annotation without what is said about it."""
    return get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation


def _metadata(annotation: Any) -> list[Any]:
    """What is said about an annotation, and then about those within it."""
    own = getattr(annotation, "__metadata__", ())
    return [*own, *(each for arg in get_args(_bare(annotation)) for each in _metadata(arg))]


def _kind(
    words: str,
    convert: Callable[[str, Any], Any],
    example: Any,
    title: str | None = None,
    **schema: Any,
) -> Kind:
    return Kind(words, convert, lambda: schema, example, title)


def _one_of(
    words: str,
    convert: Callable[[str, Any], Any],
    names: Callable[[], list[str]],
    example: str,
    title: str,
) -> Kind:
    return Kind(words, convert, lambda: {"type": "string", "enum": names()}, example, title)


def _name_in_catalogue(look_up: Callable[[str], Any]) -> Callable[[str, Any], str]:
    """A converter to a name that the catalogue has; it says itself what is allowed."""

    def convert(name: str, value: Any) -> str:
        text = values.to_text(name, value)
        look_up(text)
        return text

    return convert


def _literals(literal: Any) -> Callable[[], list[str]]:
    return lambda: list(get_args(literal))


_time = _kind(
    "a time, ISO 8601 or seconds since 1970",
    values.to_time,
    "2030-01-01T00:00:00Z",
    "Time",
    description="ISO 8601, UTC unless it says otherwise; or seconds since 1970.",
    anyOf=[
        {"type": "string", "pattern": "^[0-9]{4}"},
        {"type": "number", "minimum": FIRST_SECOND, "exclusiveMaximum": AFTER_LAST_SECOND},
    ],
)
Time = Annotated[datetime, _time]
EndTime = Annotated[datetime, replace(_time, example="2030-01-02T00:00:00Z")]
Duration = Annotated[
    timedelta,
    _kind(
        "seconds, from 0",
        values.to_duration,
        3600,
        type="number",
        minimum=0,
        exclusiveMaximum=LONGEST,
    ),
]
RunTime = Annotated[
    timedelta,
    _kind(
        "seconds, more than 0",
        values.to_run_time,
        21600,
        type="number",
        exclusiveMinimum=0,
        exclusiveMaximum=LONGEST,
    ),
]
Speed = Annotated[
    float,
    _kind(
        "a number from 0 to 1,000,000,000",
        values.to_speed,
        3600,
        type="number",
        minimum=0,
        maximum=FASTEST,
    ),
]

MOST = {"type": "integer", "maximum": values.HIGHEST_COUNT}
Count = Annotated[int, _kind("a whole number from 0", values.to_count, 64, **MOST, minimum=0)]
CountFrom1 = Annotated[
    int, _kind("a whole number from 1", partial(values.to_count, least=1), 1, **MOST, minimum=1)
]
QuotaValue = Annotated[
    int,
    _kind(
        "a whole number from 0 to 10,000,000,000",
        values.to_quota_value,
        8,
        type="integer",
        minimum=0,
        maximum=values.HIGHEST_QUOTA,
    ),
]
Rate = Annotated[
    Fraction,
    _kind(
        "USD, from 0 to 1,000,000: a number or the text of one",
        values.to_rate,
        "39.7992",
        anyOf=[
            {"type": "number", "minimum": 0, "maximum": HIGHEST_RATE},
            {"type": "string", "pattern": f"^{values.RATE.pattern}$"},
        ],
    ),
]

Text = Annotated[str, _kind("text", values.to_text, "Not today.", type="string")]
Message = Annotated[
    str,
    _kind(
        "text of at most 1,024 characters",
        values.to_message,
        "Declined.",
        type="string",
        maxLength=values.LONGEST_MESSAGE,
    ),
]
ErrorCode = Annotated[
    str,
    _kind(
        'letters, digits, ".", "_" and "-"',
        values.to_error_code,
        "ResourceLimitExceeded",
        type="string",
        pattern=f"^{values.ERROR_CODE.pattern}$",
    ),
]
Account = Annotated[
    str,
    _kind(
        "12 digits",
        values.to_account,
        "123456789012",
        type="string",
        pattern=f"^{values.ACCOUNT.pattern}$",
    ),
]

Zone = Annotated[
    str,
    _one_of(
        "an Availability Zone",
        _name_in_catalogue(lambda name: load_catalog().zone(name)),
        lambda: sorted(load_catalog().zones),
        "us-west-2a",
        "Zone",
    ),
]
Region = Annotated[
    str,
    _one_of(
        "a Region",
        _name_in_catalogue(lambda name: load_catalog().region(name)),
        lambda: sorted(load_catalog().regions),
        "us-west-2",
        "Region",
    ),
]
InstanceType = Annotated[
    str,
    _one_of(
        "an instance type or UltraServer type that plans are sold for",
        _name_in_catalogue(lambda name: load_catalog().compute_type(name)),
        lambda: sorted(load_catalog().compute_types),
        "ml.p4d.24xlarge",
        "InstanceType",
    ),
]
Target = Annotated[
    TargetResource,
    _one_of(
        "training-job, hyperpod-cluster, endpoint or studio-apps",
        values.to_target,
        _literals(types.Target),
        "training-job",
        "Target",
    ),
]
Unit = Annotated[
    ExpirationUnit,
    _one_of(
        "seconds or milliseconds",
        values.to_expiration_unit,
        _literals(types.Unit),
        "milliseconds",
        "Unit",
    ),
]
Operation = Annotated[
    str,
    _one_of(
        "an operation of SageMaker or an emulated one of Service Quotas",
        values.to_operation,
        values.operations,
        "CreateTrainingPlan",
        "Operation",
    ),
]
EmulatedOperation = Annotated[
    str,
    _one_of(
        "an operation that is emulated",
        values.to_emulated_operation,
        values.emulated_operations,
        "CreateTrainingPlan",
        "EmulatedOperation",
    ),
]

QuotaName = Annotated[
    str,
    _kind(
        "the name of a quota or an instance type", values.to_text, "ml.p4d.24xlarge", type="string"
    ),
]
JobName = Annotated[str, _kind("a name or an ARN", values.to_text, "train-1", type="string")]
JobPattern = Annotated[
    str,
    _kind(
        "a name, an ARN or a glob",
        values.to_job_pattern,
        "train-*",
        type="string",
        pattern=f"^{values.JOB_PATTERN.pattern}$",
    ),
]
Plan = Annotated[str, _kind("a name or an ARN", values.to_text, "large-models", type="string")]
Resource = Annotated[
    str,
    _kind(
        "an ARN or an id",
        values.to_text,
        "arn:aws:sagemaker:us-west-2:123456789012:training-plan/large-models",
        type="string",
    ),
]
Changing = Annotated[
    str,
    _kind(
        "an ARN or the id of a node",
        values.to_changing,
        "arn:aws:sagemaker:us-west-2:123456789012:training-plan/large-models",
        type="string",
        pattern=f"^({values.CHANGING.pattern})$",
    ),
]
