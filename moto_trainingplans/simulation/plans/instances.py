"""The instances of one block: which are free, held, spare or broken.

Instances are numbered from 0; those of an UltraServer follow each other, its spares last.
Nothing here knows what a workload is.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection

from ..kernel.events import EventQueue
from .usage import Holder, Unused, UsageLog


class Instances:
    """`total` instances, in UltraServers of `per_server` that each keep `spares` in reserve.

    Blocks of single instances have no spares, and `per_server` 1. `events` tell the time for the
    log of their use: whoever takes instances says there who holds them.
    """

    def __init__(self, total: int, per_server: int, spares: int, events: EventQueue) -> None:
        self.total = total
        self.per_server = per_server
        self.spares_per_server = spares
        self._spare = {
            number for number in range(total) if number % per_server >= per_server - spares
        }
        self._free = [number for number in range(total) if number not in self._spare]
        self._held: set[int] = set()
        self._broken: set[int] = set()
        self.usage = UsageLog(
            events,
            [Unused.SPARE if each in self._spare else Unused.FREE for each in range(total)],
        )

    @property
    def servers(self) -> range:
        """The numbers of the UltraServers."""
        return range(self.total // self.per_server)

    def available(self, server: int | None = None) -> int:
        """Instances that a workload could have: neither held, nor spare, nor broken."""
        return len(self._free) if server is None else self._count(self._free, server)

    def in_use(self, server: int | None = None) -> int:
        """Instances that workloads hold."""
        return self._count(self._held, server)

    def unhealthy(self, server: int | None = None) -> int:
        """Broken instances."""
        return self._count(self._broken, server)

    def spares(self, server: int | None = None) -> int:
        """Spares that have not yet stood in for anything."""
        return self._count(self._spare, server)

    def _count(self, numbers: Collection[int], server: int | None) -> int:
        if server is None:
            return len(numbers)
        return sum(number // self.per_server == server for number in numbers)

    def take(self, count: int, servers: Collection[int] | None = None) -> list[int] | None:
        """Hold the lowest free instances, of some UltraServers or of any; None if too few are free.

        The lowest first, so that one UltraServer is filled before the next.
        """
        candidates = [
            number
            for number in self._free
            if servers is None or number // self.per_server in servers
        ][:count]
        if len(candidates) < count:
            return None
        taken = set(candidates)
        self._free = [number for number in self._free if number not in taken]
        self._held |= taken
        return candidates

    def free(self) -> list[int]:
        """The numbers of the free instances, lowest first."""
        return list(self._free)

    def hold(self, numbers: Collection[int]) -> None:
        """Hold certain instances, which must be free."""
        for number in numbers:
            del self._free[bisect_left(self._free, number)]
        self._held.update(numbers)

    def take_again(self, number: int, holder: Holder) -> bool:
        """Hold this very instance, free or spare, for whom had it; False if it is neither."""
        if number in self._spare:
            self._spare.remove(number)
            self._held.add(number)
            self.assign((number,), holder)
            return True
        if self._free[(index := bisect_left(self._free, number)) : index + 1] != [number]:
            return False
        self.hold([number])
        self.assign((number,), holder)
        return True

    def assign(self, numbers: Collection[int], holder: Holder) -> None:
        """Say who holds instances; broken ones are nobody's."""
        self.usage.change(numbers, holder)

    def release(self, numbers: Collection[int]) -> None:
        """Let go of held instances; broken ones stay broken."""
        for number in numbers:
            if number in self._held:
                self._held.remove(number)
                insort(self._free, number)
        self.usage.change(numbers, Unused.FREE)

    def break_(self, number: int) -> None:
        """An instance breaks, whoever holds it."""
        if number in self._free:
            self._free.remove(number)
        self._spare.discard(number)
        self._held.discard(number)
        self._broken.add(number)
        self.usage.change((number,), Unused.BROKEN)

    def replace(self, number: int) -> int | None:
        """Hold another instance in place of a broken one; None if there is none.

        A spare of the same UltraServer first, then the lowest free instance.
        """
        spare = self.take_spare(number // self.per_server)
        if spare is not None:
            return spare
        taken = self.take(1)
        return None if taken is None else taken[0]

    def take_spare(self, server: int) -> int | None:
        """Hold the lowest spare of an UltraServer; None if it has none left."""
        spares = [spare for spare in self._spare if spare // self.per_server == server]
        if not spares:
            return None
        spare = min(spares)
        self._spare.remove(spare)
        self._held.add(spare)
        return spare

    def healthy(self) -> list[int]:
        """All instances that are not broken, whoever has them, lowest first."""
        return [number for number in range(self.total) if number not in self._broken]

    def of_server(self, server: int) -> range:
        """The instances of an UltraServer."""
        return range(server * self.per_server, (server + 1) * self.per_server)

    def broken(self) -> list[int]:
        """The broken instances, lowest first."""
        return sorted(self._broken)

    def repair(self, number: int) -> None:
        """A broken instance is whole again: a spare where its UltraServer lacks one, else free."""
        self._broken.discard(number)
        if self.spares(number // self.per_server) < self.spares_per_server:
            self._spare.add(number)
            self.usage.repair(number, Unused.SPARE)
        else:
            insort(self._free, number)
            self.usage.repair(number, Unused.FREE)
