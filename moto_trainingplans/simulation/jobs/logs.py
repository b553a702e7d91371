"""What the containers of training jobs print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .job import Transition


class LogEntry(NamedTuple):
    """Changes of a job's state that go into each of its log streams, a line for each."""

    account: str
    region: str
    group: str
    streams: Sequence[str]
    transitions: Sequence[Transition]


def discard(_: LogEntry) -> None:
    """Keep no logs."""
