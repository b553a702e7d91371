"""`clock.sleeping()`: whoever sleeps in this process moves the simulation's clock instead."""

from __future__ import annotations

import asyncio
import heapq
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from numbers import Real
from types import ModuleType, TracebackType
from typing import Any
from weakref import WeakKeyDictionary

Sleeper = tuple[datetime, int]


class Sleeping:
    """While it is entered, `time.sleep` and `asyncio.sleep` move a clock and return.

    Under whatever name a module has them (`from time import sleep`), in all threads. `now`
    gives the time, `tick` moves it by seconds. Tasks that sleep at once in one event loop wake
    in the order of their times, as they would have.
    """

    def __init__(self, now: Callable[[], datetime], tick: Callable[[float], None]) -> None:
        self._now = now
        self._tick = tick
        self._numbers = count()
        self._sleepers: WeakKeyDictionary[Any, list[Sleeper]] = WeakKeyDictionary()
        self._put_in: list[tuple[ModuleType, str, Any, Any]] = []
        self._entered = 0

    def __enter__(self) -> None:
        self._entered += 1
        if self._entered > 1:
            return
        # Whatever they are now: a test may have put others in.
        replaced = {
            time.sleep: self._instead_of_time_sleep(time.sleep),
            asyncio.sleep: self._instead_of_asyncio_sleep(asyncio.sleep),
        }
        by_id = {id(real): (real, instead) for real, instead in replaced.items()}
        for module, name, value in _attributes():
            if id(value) in by_id:
                real, instead = by_id[id(value)]
                setattr(module, name, instead)
                self._put_in.append((module, name, real, instead))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._entered -= 1
        if self._entered:
            return
        # A module that was imported meanwhile has it too, and would never sleep by another clock.
        by_id = {id(instead): (real, instead) for _, _, real, instead in self._put_in}
        late = [(*each, *by_id[id(each[2])]) for each in _attributes() if id(each[2]) in by_id]
        self._put_in += [(module, name, real, instead) for module, name, _, real, instead in late]
        while self._put_in:
            module, name, real, instead = self._put_in.pop()
            # What somebody else has put in meanwhile stays.
            if module.__dict__.get(name) is instead:
                setattr(module, name, real)

    def _instead_of_time_sleep(self, real: Callable[[float], None]) -> Callable[[float], None]:
        def sleep(seconds: float, /) -> None:
            """Move the simulation's clock by so many seconds."""
            # Whoever has kept it otherwise than as a module's attribute has it for ever.
            if self._entered and _is_positive(seconds):
                self._tick(float(seconds))
            else:
                real(seconds)

        return sleep

    def _instead_of_asyncio_sleep(self, real: Callable[..., Any]) -> Callable[..., Any]:
        async def sleep(delay: float, result: Any = None) -> Any:
            """Move the simulation's clock by so many seconds, once those who wake earlier have."""
            if not self._entered or not _is_positive(delay):
                return await real(delay, result)
            await self._wake_in_order(float(delay), real)
            return result

        return sleep

    async def _wake_in_order(self, delay: float, real: Callable[..., Any]) -> None:
        sleepers = self._sleepers.setdefault(asyncio.get_running_loop(), [])
        try:
            wakes_at = self._now() + timedelta(seconds=delay)
        except OverflowError:
            # Further than any clock goes, which says so.
            self._tick(delay)
            return
        sleeper = (wakes_at, next(self._numbers))
        heapq.heappush(sleepers, sleeper)
        try:
            # Everybody else has a turn first, and may want to wake earlier.
            await real(0)
            while sleepers[0] != sleeper:
                await real(0)
            await real(0)
            while sleepers[0] != sleeper:
                await real(0)
            missing = (wakes_at - self._now()).total_seconds()
            if missing > 0:
                self._tick(missing)
        finally:
            sleepers.remove(sleeper)
            heapq.heapify(sleepers)


def _attributes() -> Iterator[tuple[ModuleType, str, Any]]:
    """What the modules of the process have, each with its module and name."""
    for module in list(sys.modules.values()):
        # Some modules make what is asked of them: only what they have already counts.
        for name, value in list(getattr(module, "__dict__", {}).items()):
            yield module, name, value


def _is_positive(seconds: object) -> bool:
    return isinstance(seconds, Real) and float(seconds) > 0
