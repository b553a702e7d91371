"""What the tests of offerings have in common."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any


def utc(text: str) -> datetime:
    """A time in UTC, as "2025-01-22T11:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def blocks(offering: dict[str, Any]) -> list[str]:
    """Zone, start and end of each block, as "us-west-2a 01-21 19:39 > 01-22 11:30"."""
    return [
        f"{block['AvailabilityZone']} {_short(block['StartTime'])} > {_short(block['EndTime'])}"
        for block in offering["ReservedCapacityOfferings"]
    ]


def _short(time: datetime) -> str:
    return time.astimezone(timezone.utc).strftime("%m-%d %H:%M")
