"""The instances of one block: which are free, held, spare or broken.

Instances are numbered from 0; those of an UltraServer follow each other, its spares last.
Nothing here knows what a workload is.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from ..kernel.events import EventQueue
from .usage import Holder, Unused, UsageLog

# What an instance is. Each of a block is one byte, since there may be very many blocks.
FREE, HELD, SPARE, BROKEN = range(4)
# A look at a member of an enumeration is slow before Python 3.12, and every release needs this one.
USE_OF_FREE = Unused.FREE


class Instances:
    """`total` instances, in UltraServers of `per_server` that each keep `spares` in reserve.

    Blocks of single instances have no spares, and `per_server` 1. `events` tell the time for the
    log of their use: whoever takes instances says there who holds them. `free_count` is how many
    a workload could have: neither held, nor spare, nor broken.
    """

    __slots__ = ("_state", "free_count", "per_server", "spares_per_server", "total", "usage")

    def __init__(self, total: int, per_server: int, spares: int, events: EventQueue) -> None:
        self.total = total
        self.per_server = per_server
        self.spares_per_server = spares
        server = bytes([FREE] * (per_server - spares) + [SPARE] * spares)
        self._state = bytearray((server * -(-total // per_server))[:total])
        self.free_count = self._state.count(FREE)
        self.usage = UsageLog(events, _unused(bytes(self._state)))

    @property
    def servers(self) -> range:
        """The numbers of the UltraServers."""
        return range(self.total // self.per_server)

    def available(self, server: int | None = None) -> int:
        """The free instances, of one UltraServer or of all."""
        return self.free_count if server is None else self._count(FREE, server)

    def in_use(self, server: int | None = None) -> int:
        """Instances that workloads hold."""
        return self._count(HELD, server)

    def unhealthy(self, server: int | None = None) -> int:
        """Broken instances."""
        return self._count(BROKEN, server)

    def spares(self, server: int | None = None) -> int:
        """Spares that have not yet stood in for anything."""
        return self._count(SPARE, server)

    def _count(self, state: int, server: int | None) -> int:
        if server is None:
            return self._state.count(state)
        numbers = self.of_server(server)
        return self._state.count(state, numbers.start, numbers.stop)

    def take(self, count: int, servers: Collection[int] | None = None) -> list[int] | None:
        """Hold the lowest free instances, of some UltraServers or of any; None if too few are free.

        The lowest first, so that one UltraServer is filled before the next.
        """
        if self.free_count < count:
            return None
        if servers is None:
            return self._take_lowest(count)
        free = [number for number in self.free() if number // self.per_server in servers]
        if len(free) < count:
            return None
        taken = free[:count]
        self.hold(taken)
        return taken

    def _take_lowest(self, count: int) -> list[int]:
        state, taken, number = self._state, [], -1
        for _ in range(count):
            number = state.find(FREE, number + 1)
            state[number] = HELD
            taken.append(number)
        self.free_count -= count
        return taken

    def free(self) -> list[int]:
        """The numbers of the free instances, lowest first."""
        return self._all(FREE)

    def _all(self, state: int) -> list[int]:
        return [number for number, each in enumerate(self._state) if each == state]

    def hold(self, numbers: Collection[int]) -> None:
        """Hold certain instances, which must be free."""
        for number in numbers:
            if self._state[number] != FREE:
                raise RuntimeError(f"instance {number} is not free")
            self._state[number] = HELD
            self.free_count -= 1

    def take_again(self, number: int, holder: Holder) -> bool:
        """Hold this very instance, free or spare, for whom had it; False if it is neither."""
        state = self._state[number]
        if state not in (FREE, SPARE):
            return False
        self._state[number] = HELD
        self.free_count -= state == FREE
        self.assign((number,), holder)
        return True

    def assign(self, numbers: Collection[int], holder: Holder) -> None:
        """Say who holds instances; broken ones are nobody's."""
        self.usage.change(numbers, holder)

    def release(self, numbers: Collection[int]) -> None:
        """Let go of held instances; broken ones stay broken."""
        state = self._state
        for number in numbers:
            if state[number] == HELD:
                state[number] = FREE
                self.free_count += 1
        self.usage.change(numbers, USE_OF_FREE)

    def break_(self, number: int) -> None:
        """An instance breaks, whoever holds it."""
        self.free_count -= self._state[number] == FREE
        self._state[number] = BROKEN
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
        numbers = self.of_server(server)
        spare = self._state.find(SPARE, numbers.start, numbers.stop)
        if spare < 0:
            return None
        self._state[spare] = HELD
        return spare

    def healthy(self) -> list[int]:
        """All instances that are not broken, whoever has them, lowest first."""
        return [number for number, each in enumerate(self._state) if each != BROKEN]

    def of_server(self, server: int) -> range:
        """The instances of an UltraServer."""
        return range(server * self.per_server, (server + 1) * self.per_server)

    def broken(self) -> list[int]:
        """The broken instances, lowest first."""
        return self._all(BROKEN)

    def repair(self, number: int) -> None:
        """A broken instance is whole again: a spare where its UltraServer lacks one, else free."""
        if self.spares(number // self.per_server) < self.spares_per_server:
            self._state[number] = SPARE
            self.usage.repair(number, Unused.SPARE)
        else:
            self._state[number] = FREE
            self.free_count += 1
            self.usage.repair(number, Unused.FREE)


@lru_cache(maxsize=64)
def _unused(state: bytes) -> tuple[Unused, ...]:
    """What instances are used for that are all free or spare; kept once for all like blocks."""
    return tuple(Unused.SPARE if each == SPARE else Unused.FREE for each in state)
