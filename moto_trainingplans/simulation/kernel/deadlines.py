"""Times by which something has to have happened to many, and mostly has."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from .events import Event, EventQueue

S = TypeVar("S")


class Deadlines(Generic[S]):
    """At most one deadline for each of many; `missed` is told of those that are not lifted in time.

    Each is as an event that was scheduled when it was set. But only the first of them are in the
    queue of events: one that is lifted in time has cost next to nothing.
    """

    __slots__ = ("_events", "_later", "_missed", "_numbers", "_queued", "_until")

    def __init__(self, events: EventQueue, missed: Callable[[S], None]) -> None:
        self._events = events
        self._missed = missed
        # The place of each deadline among all events, and what is in their queue, by its place.
        self._numbers: dict[S, int] = {}
        self._queued: dict[int, Event] = {}
        # A heap of those that are not; what has been lifted is passed over.
        self._later: list[tuple[datetime, int, S]] = []
        # One that is in the queue, so that what comes after it need not be; None without one.
        self._until: tuple[datetime, int] | None = None

    def set(self, subject: S, due: datetime) -> None:
        """Have `missed` told of one that has no deadline yet, unless this is lifted before."""
        number = self._numbers[subject] = self._events.take_number()
        if self._until is None or (due, number) < self._until:
            self._put_in(due, number, subject)
        else:
            heapq.heappush(self._later, (due, number, subject))

    def lift(self, subject: S) -> None:
        """What has a deadline has it no longer; nothing for what has none."""
        number = self._numbers.pop(subject, None)
        if number is not None and number in self._queued:
            # It stays in the queue, for what follows it to be put in as late as can be.
            self._queued.pop(number).cancel()

    def _put_in(self, due: datetime, number: int, subject: S) -> None:
        self._until = (due, number)
        event = Event(due, partial(self._miss, subject), self._events, self._follow)
        self._queued[number] = event
        self._events.put_in(number, event)

    def _follow(self) -> None:
        """One has left the queue of events: the next takes its place there."""
        later, numbers = self._later, self._numbers
        while later:
            due, number, subject = heapq.heappop(later)
            if numbers.get(subject) == number:
                self._put_in(due, number, subject)
                return
        self._until = None

    def _miss(self, subject: S) -> None:
        del self._queued[self._numbers.pop(subject)]
        self._missed(subject)
