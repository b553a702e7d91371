"""What the jobs of an account and Region hold, what its quotas allow, and who is given to next."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from ..context import Context
from ..kernel.scope import Scope
from ..quotas.limits import Quota, Usage, usage_quota


class Giver(Protocol):
    """Somebody who gives instances to jobs that wait."""

    @property
    def first_waiting(self) -> float:
        """The place of the first job that waits, among all of the account and Region."""

    def give(self) -> None:
        """Start all that can start now."""


class HeldInstances:
    """Counts instances by type: those that jobs run on or keep warm, and of these the warm ones.

    Both are bounded by quotas. Who has instances or a quota to give asks for a turn here: at
    the end of the instant all take theirs, the one whose first job has waited longest first.
    """

    def __init__(self, context: Context, scope: Scope) -> None:
        self._quotas = context.quotas
        self._events = context.events
        self._scope = scope
        self._held: Counter[str] = Counter()
        self._warm: Counter[str] = Counter()
        # Of what is held, by instance type, as it was last looked up.
        self._limits: dict[str, int] = {}
        # Who has a job that fits but for the quota.
        self._short_of_quota: dict[Giver, None] = {}
        self._asked: dict[Giver, None] = {}
        self._turns_are_due = False
        context.quotas.changed.append(self._limits_changed)

    # -- counting --------------------------------------------------------------------------

    def hold(self, instance_type: str, count: int) -> None:
        """Instances have come to a job that were not another's before."""
        self._held[instance_type] += count

    def release(self, instance_type: str, count: int) -> None:
        """Instances are neither run on nor kept any longer."""
        self._held[instance_type] -= count
        self._more_may_fit()

    def keep_warm(self, instance_type: str, count: int) -> None:
        """Instances stay for the next job, and go on counting as held. source: documented"""
        self._warm[instance_type] += count

    def end_warm(self, instance_type: str, count: int) -> None:
        """Instances are used again, or let go."""
        self._warm[instance_type] -= count

    def by_quota(self) -> dict[Quota, int]:
        """What is used of each quota, as far as any is."""
        return {
            usage_quota(instance_type, usage): count
            for usage, counts in (
                (Usage.TRAINING_JOB, self._held),
                (Usage.TRAINING_WARM_POOL, self._warm),
            )
            for instance_type, count in counts.items()
        }

    # -- quotas ----------------------------------------------------------------------------

    def check(self, instance_type: str, count: int) -> None:
        """Raise QuotaExceeded where so many instances may not come to those that are held."""
        self._quotas.check_usage(
            Usage.TRAINING_JOB,
            self._scope,
            instance_type,
            held=self._held[instance_type],
            requested=count,
        )

    def allows(self, instance_type: str, count: int) -> bool:
        """Whether so many instances may come to those that are held."""
        limit = self._limits.get(instance_type)
        if limit is None:
            limit = self._limits[instance_type] = self._limit(Usage.TRAINING_JOB, instance_type)
        return self._held[instance_type] + count <= limit

    def allows_warm(self, instance_type: str, count: int) -> bool:
        """Whether so many instances may be kept warm beside those that are."""
        return self._warm[instance_type] + count <= self._limit(
            Usage.TRAINING_WARM_POOL, instance_type
        )

    def _limit(self, usage: Usage, instance_type: str) -> int:
        return self._quotas.limit(usage_quota(instance_type, usage), self._scope)

    # -- turns -----------------------------------------------------------------------------

    def await_quota(self, giver: Giver) -> None:
        """Let somebody have a turn as soon as the quotas may allow more."""
        self._short_of_quota[giver] = None

    def _limits_changed(self) -> None:
        self._limits.clear()
        self._more_may_fit()

    def _more_may_fit(self) -> None:
        if self._short_of_quota:
            waiting, self._short_of_quota = self._short_of_quota, {}
            for giver in waiting:
                self.ask_for_turn(giver)

    def ask_for_turn(self, giver: Giver) -> None:
        """Let somebody give, once all that happens at this instant has happened."""
        self._asked[giver] = None
        if not self._turns_are_due:
            self._turns_are_due = True
            self._events.at_end_of_instant(self._take_turns)

    def _take_turns(self) -> None:
        try:
            while self._asked:
                givers = list(self._asked)
                self._asked.clear()
                if len(givers) > 1:
                    givers.sort(key=_first_waiting)
                for giver in givers:
                    giver.give()
        finally:
            self._turns_are_due = False


def _first_waiting(giver: Giver) -> float:
    return giver.first_waiting
