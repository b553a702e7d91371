"""Every request to the emulated operations, in the order in which they were answered."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

CALLS_KEPT = 100_000
# Of the members of one request, in characters of JSON; a longer request is kept member by member,
# each up to a length of its own, and so many of them. source: choice
LONGEST_KEPT = 100_000
LONGEST_MEMBER_KEPT = 1000
MOST_MEMBERS_KEPT = 100

# Time, operation, Region, account, members as text, and the code of the error if there was one.
Row = tuple[datetime, str, str, str, str, str | None]


@dataclass(frozen=True)
class Call:
    """One request.

    `time` is the simulation's, aware and in UTC; `parameters` are the members as they were
    sent, times among them in seconds since the epoch, of a request of more than 100,000
    characters the short ones alone; `error` is the code of AWS's answer, None where the request
    was granted.
    """

    time: datetime
    operation: str
    region: str
    account: str
    parameters: Mapping[str, Any]
    error: str | None


class CallLog:
    """The newest requests."""

    def __init__(self) -> None:
        # The members as text: smaller than as objects, and nobody can change it.
        self._rows: deque[Row] = deque(maxlen=CALLS_KEPT)

    def record(
        self,
        time: datetime,
        operation: str,
        region: str,
        account: str,
        parameters: Mapping[str, Any],
        error: str | None,
    ) -> None:
        """Add a request."""
        kept = json.dumps(parameters)
        if len(kept) > LONGEST_KEPT:
            kept = json.dumps(_shortened(parameters))
        self._rows.append((time, operation, region, account, kept, error))

    def rows(self) -> list[Row]:
        """The newest requests as they are kept."""
        return list(self._rows)

    def replace(self, rows: Iterable[Row]) -> None:
        """Have other requests than these as the newest."""
        self._rows.clear()
        self._rows.extend(rows)

    def operations(self) -> list[str]:
        """The operation of each of the newest requests."""
        return [row[1] for row in self._rows]

    def calls(self, operation: str | None = None, last: int | None = None) -> list[Call]:
        """The newest requests, or those of one operation; the last ones where a number is given."""
        most = CALLS_KEPT if last is None else min(last, CALLS_KEPT)
        newest = list(islice(self._newest_first(operation), most))
        return [
            Call(time, name, region, account, json.loads(parameters), error)
            for time, name, region, account, parameters, error in reversed(newest)
        ]

    def _newest_first(self, operation: str | None) -> Iterator[Row]:
        return (row for row in reversed(self._rows) if operation is None or row[1] == operation)


def _shortened(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The short members of a long request, and of the others how long they are."""
    kept: dict[str, Any] = {}
    for name, value in islice(parameters.items(), MOST_MEMBERS_KEPT):
        length = len(json.dumps(value))
        is_long = length > LONGEST_MEMBER_KEPT
        kept[name[:LONGEST_MEMBER_KEPT]] = (
            f"not kept: {length:,} characters of JSON" if is_long else value
        )
    return kept
