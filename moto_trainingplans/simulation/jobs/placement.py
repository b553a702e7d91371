"""Which instances of a block a job gets, in UltraServers and out of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..plans.instances import Instances


@dataclass(frozen=True, slots=True)
class Specification:
    """So many instances together on one UltraServer: a certain one, or any."""

    server: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Placement:
    """How a job wants to be placed in UltraServers.

    `exclusive`: no other job may have instances of the same UltraServers.
    """

    exclusive: bool
    specifications: tuple[Specification, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceSettings:
    """What of a request the instances of a job are set up with.

    A warm pool serves a job with equal ones. `groups` are the types and counts of its
    InstanceGroups, and `chains_session_tags` whether it passes on the tags of its session.
    source: documented
    """

    role: str
    volume_size: int | None = None
    volume_key: str | None = None
    subnets: frozenset[str] = frozenset()
    security_groups: frozenset[str] = frozenset()
    encrypts_traffic: bool = False
    isolates_network: bool = False
    chains_session_tags: bool = False
    groups: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """What a job needs to start; jobs with equal demands can take each other's place."""

    instance_type: str
    count: int
    settings: InstanceSettings
    placement: Placement | None = None


def find_place(instances: Instances, demand: Demand, closed: Collection[int]) -> list[int] | None:
    """The free instances for a demand, None if it cannot be met now.

    `closed` are the UltraServers that another job has for itself. The lowest first, so that
    one UltraServer is filled before the next.
    """
    if instances.free_count < demand.count:
        return None
    if demand.placement is None and not closed:
        return instances.free()[: demand.count]
    free = _free_by_server(instances, demand.placement, closed)
    wanted = demand.placement.specifications if demand.placement else ()
    if not wanted:
        numbers = [number for server in free.values() for number in server][: demand.count]
        return numbers if len(numbers) == demand.count else None
    found: list[int] = []
    # Certain servers first, then the large groups, for which there is the least choice.
    for each in sorted(wanted, key=lambda one: (one.server is None, -one.count)):
        for server in free if each.server is None else (each.server,):
            if len(free.get(server, ())) >= each.count:
                found += free[server][: each.count]
                free[server] = free[server][each.count :]
                break
        else:
            return None
    return sorted(found)


def find_replacement(
    instances: Instances,
    broken: int,
    others: Iterable[int],
    placement: Placement | None,
    closed: Collection[int],
) -> int | None:
    """Hold an instance in place of a broken one of a job; None if there is none.

    A spare of its UltraServer first, then the lowest free instance that the job may have;
    `others` are the instances that the job has besides.
    """
    server = broken // instances.per_server
    spare = instances.take_spare(server)
    if spare is not None:
        return spare
    free = _free_by_server(instances, None, closed)
    if placement is not None:
        own = {number // instances.per_server for number in others} | {server}
        free = {
            each: numbers
            for each, numbers in free.items()
            if each == server
            or (
                not placement.specifications
                and (not placement.exclusive or each in own or not instances.in_use(each))
            )
        }
    numbers = [number for each in free.values() for number in each]
    if not numbers:
        return None
    instances.hold(numbers[:1])
    return numbers[0]


def _free_by_server(
    instances: Instances, placement: Placement | None, closed: Collection[int]
) -> dict[int, list[int]]:
    """The free instances of each UltraServer that may be used, both in order."""
    unusable = set(closed)
    exclusive = placement is not None and placement.exclusive
    free: dict[int, list[int]] = {}
    for number in instances.free():
        server = number // instances.per_server
        if server in unusable:
            continue
        if exclusive and server not in free and instances.in_use(server):
            unusable.add(server)
            continue
        free.setdefault(server, []).append(number)
    return free
