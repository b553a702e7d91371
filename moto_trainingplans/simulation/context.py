"""What all parts of one simulation share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from .jobs.logs import LogEntry
from .kernel.events import EventQueue
from .kernel.history import History
from .market.catalog import Catalog
from .orders.outages import Outages
from .orders.payments import Payments
from .quotas.limits import Quotas


@dataclass(frozen=True)
class Context:
    """The parts that every registry of a simulation works with.

    `salt` gives the text that makes ids differ between seeds, empty without one;
    `transition` the state manager's setting for a model; `write_logs` takes what the
    containers of a job print.
    """

    catalog: Catalog
    events: EventQueue
    history: History
    quotas: Quotas
    payments: Payments
    salt: Callable[[], str]
    outages: Outages
    transition: Callable[[str], Mapping[str, Any]]
    write_logs: Callable[[LogEntry], None]

    @property
    def now(self) -> datetime:
        """The simulation's present."""
        return self.events.now

    def derived_id(self, named: str, length: int) -> str:
        """`length` hex digits that are always the same for what they name."""
        return sha256(f"{self.salt()}|{named}".encode()).hexdigest()[:length]

    def record(self, resource: str, before: str | None, after: str, reason: str) -> None:
        """Put a change of state into the history, at the present time."""
        self.history.record(self.now, resource, before, after, reason)
