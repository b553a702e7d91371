"""What always holds of a story, whatever happened: a function for each, and a sentence."""

from __future__ import annotations

from collections.abc import Callable

from tests.machine.book import Book
from tests.machine.invariants import ledgers, plans, statuses, workloads
from tests.machine.observation import Observation

Invariant = Callable[[Observation | None, Observation, Book], None]
ALWAYS: tuple[Invariant, ...] = (
    *plans.ALWAYS,
    *workloads.ALWAYS,
    *statuses.ALWAYS,
    *ledgers.ALWAYS,
)
