"""What CreateTrainingJob refuses whatever the job runs on: members that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from .errors import (
    ConflictingMembers,
    GroupNamedTwice,
    GroupsAndInstances,
    InvalidKeepAlivePeriod,
    NotAllInGroups,
    ReadOnlyMember,
    RunsTooLong,
    WaitsTooShort,
    WaitWithoutSpot,
)

LONGEST_RUN = timedelta(days=28)  # source: model
LONGEST_KEEP_ALIVE = timedelta(hours=1)  # the model's maximum is higher. source: documented
ZERO = timedelta(0)


@dataclass(frozen=True)
class CheckedMembers:
    """The members of a request that are looked at; None where one is not given.

    `has_instances` says whether it has InstanceType or InstanceCount, `group_names` are those
    of its InstanceGroups, `selected` the members given that only answers have, and `channels`
    tells of each whether it is for certain groups.
    """

    max_runtime: timedelta | None = None
    max_wait: timedelta | None = None
    spot: bool = False
    keep_alive: timedelta = ZERO
    has_instances: bool = False
    group_names: Sequence[str] = ()
    selected: Sequence[str] = ()
    channels: Mapping[str, bool] = field(default_factory=dict)


def check_members(members: CheckedMembers) -> None:
    """Raise a ServiceError for what cannot be asked for together. source: model, observed"""
    _check_times(members)
    for name in members.selected:
        raise ReadOnlyMember(name)
    _check_groups(members)
    check_keep_alive(members.keep_alive)
    if members.keep_alive > ZERO:
        if members.group_names:
            raise ConflictingMembers("KeepAlivePeriodInSeconds", "InstanceGroups")
        if members.spot:
            raise ConflictingMembers("KeepAlivePeriodInSeconds", "EnableManagedSpotTraining")


def check_keep_alive(period: timedelta) -> None:
    """Raise InvalidKeepAlivePeriod for a warm pool that cannot stay so long."""
    if period > LONGEST_KEEP_ALIVE:
        second = timedelta(seconds=1)
        raise InvalidKeepAlivePeriod(period // second, LONGEST_KEEP_ALIVE // second)


def _check_times(members: CheckedMembers) -> None:
    runtime, wait = members.max_runtime, members.max_wait
    second = timedelta(seconds=1)
    if runtime is not None and runtime > LONGEST_RUN:
        raise RunsTooLong(runtime // second, LONGEST_RUN // second)
    if wait is not None:
        if not members.spot:
            raise WaitWithoutSpot
        if runtime is not None and wait < runtime:
            raise WaitsTooShort(wait // second, runtime // second)


def _check_groups(members: CheckedMembers) -> None:
    names = members.group_names
    if not names:
        return
    if members.has_instances:
        raise GroupsAndInstances
    for name in names:
        if names.count(name) > 1:
            raise GroupNamedTwice(name)
    with_groups = [name for name, has_groups in members.channels.items() if has_groups]
    without = [name for name, has_groups in members.channels.items() if not has_groups]
    if with_groups and without:
        raise NotAllInGroups(", ".join(with_groups), ", ".join(without))
