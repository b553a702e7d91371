"""What every room of a simulation stands on: time, events, history, ids, pacing, announcements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from .announcements import Announcer
from .events import Event, EventQueue
from .history import History
from .pacing import Countdown, Pace, Pacing


@dataclass(frozen=True)
class Kernel:
    """One for each simulation.

    `salt` gives the text that makes ids differ between seeds, empty without one.
    """

    events: EventQueue
    history: History
    salt: Callable[[], str]
    pacing: Pacing
    announcer: Announcer

    @property
    def now(self) -> datetime:
        """The simulation's present."""
        return self.events.now

    def derived_id(self, named: str, length: int) -> str:
        """`length` hex digits that are always the same for what they name."""
        return sha256(f"{self.salt()}|{named}".encode()).hexdigest()[:length]

    def record(self, resource: str, before: str | None, after: str, reason: str) -> None:
        """Put a change of state into the history, at the present time."""
        self.history.add((self.now, resource, before, after, reason))

    def announce(self, news: object) -> None:
        """Tell the world outside what has just happened."""
        self.announcer.announce(news)

    def after(self, pace: Pace, action: Callable[[], None]) -> Event | Countdown:
        """Have something happen at a pace that is not immediate; can be cancelled until then."""
        if pace.describes:
            return Countdown(pace.describes, action)
        return self.events.schedule(self.events.now + pace.delay, action)
