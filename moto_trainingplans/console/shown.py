"""How values are shown: times, durations, money, zones, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from flask import Flask
from markupsafe import Markup

NOTHING = "-"  # what stands where there is no value
LONGEST_JSON = 20_000  # characters of an answer that a page shows

# How a status looks: what goes well, what is under way, what is over, what went wrong.
LOOKS = {
    "good": {
        "Active",
        "InService",
        "Completed",
        "OK",
        "Running",
        "Succeeded",
        "Available",
        "InUse",
        "Paid",
    },
    "ahead": {"Scheduled", "Confirmed"},
    "under-way": {
        *(
            "Pending",
            "InProgress",
            "Creating",
            "Updating",
            "Deleting",
            "Stopping",
            "SystemUpdating",
        ),
        *("RollingBack", "Insufficient-Data", "SystemUpdating", "DeepHealthCheckInProgress"),
        *("Starting", "Downloading", "Training", "Uploading", "Restarting", "ShuttingDown"),
    },
    "bad": {"Failed", "Failure", "Impaired", "UpdateRollbackFailed", "Unreachable", "Denied"},
}


def install(application: Flask) -> None:
    """Give templates these as filters."""
    for name, shown in FILTERS.items():
        application.jinja_env.filters[name] = shown


def to_time(value: Any) -> datetime | None:
    """A time of an answer: epoch seconds of AWS's, ISO 8601 of control calls'; None if neither."""
    try:
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value)
            return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, timezone.utc)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def show_time(value: Any) -> str:
    """A time in UTC, to the minute; to the second where it is not at a whole minute."""
    when = to_time(value)
    if when is None:
        return NOTHING
    when = when.astimezone(timezone.utc)
    text = f"{when:%Y-%m-%d %H:%M}" if not when.second else f"{when:%Y-%m-%d %H:%M:%S}"
    return Markup('<time datetime="{}">{} <abbr title="in UTC">UTC</abbr></time>').format(
        f"{when:%Y-%m-%dT%H:%M:%SZ}", text
    )


def minutes_of(answer: Any) -> int:
    """The minutes of a structure with DurationHours and DurationMinutes."""
    total = 0
    for member, minutes in (("DurationHours", 60), ("DurationMinutes", 1)):
        value = answer.get(member, 0) if isinstance(answer, dict) else 0
        total += value * minutes if isinstance(value, int) else 0
    return total


def show_duration(minutes: int) -> str:
    """A duration in words, as "1 day 15 hours 47 minutes"."""
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "day"), (hours, "hour"), (rest, "minute"))
    return " ".join(counted(count, unit) for count, unit in parts if count) or "0 minutes"


def counted(count: int, noun: str) -> str:
    """A number of things, as "1 segment" or "2 segments"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def show_money(amount: Any, currency: Any = "USD") -> str:
    """An amount as answers have it, as "$1,318.89"."""
    if not isinstance(amount, (str, int, float, Decimal)):
        return NOTHING
    try:
        number = f"{float(amount):,.2f}"
    except (ValueError, OverflowError):
        return NOTHING
    return f"${number}" if currency == "USD" else f"{number} {currency}"


def show_zones(names: Iterable[str]) -> str:
    """Zones of one Region as one: "us-east-1a,b"."""
    shown: list[str] = []
    stem = ""
    for name in sorted({each for each in names if each}):
        if name[:-1] == stem:
            shown.append(name[-1])
        else:
            stem = name[:-1]
            shown.append(name)
    return ",".join(shown) or NOTHING


def show_json(value: Any) -> str:
    """A value as JSON to read, cut where it is too long to."""
    text = ""
    for piece in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(value):
        text += piece
        if len(text) > LONGEST_JSON:
            # The rest is not even written: an answer can have megabytes.
            return f"{text[:LONGEST_JSON]}\n... and more"
    return text


def look_of(status: Any) -> str:
    """How a status looks: the name of a CSS class."""
    return next((look for look, statuses in LOOKS.items() if status in statuses), "over")


FILTERS = {
    "time": show_time,
    "minutes_of": minutes_of,
    "duration": show_duration,
    "counted": counted,
    "money": show_money,
    "zones": show_zones,
    "pretty_json": show_json,
    "look": look_of,
}
