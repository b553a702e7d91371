"""What the jobs of an account and Region hold, what quotas allow, and which queue is next."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from ..context import Context
from ..kernel.scope import Scope
from ..quotas.limits import Quota, Usage, usage_quota


class Dispatcher(Protocol):
    """Who starts jobs that wait: the queue of a plan."""

    @property
    def head_of_line(self) -> float:
        """The place of the first job that waits, among all of the account and Region."""

    def dispatch(self) -> None:
        """Start all that can start now."""


class HeldInstances:
    """Counts instances by type: those that jobs run on or keep warm, and of these the warm ones.

    Both are bounded by quotas. When instances or a quota become free, dispatchers are called at
    the end of the instant, the one whose first job was created first before the others.
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
        self._short_of_quota: dict[Dispatcher, None] = {}
        self._asked: dict[Dispatcher, None] = {}
        self._dispatch_is_due = False
        context.quotas.changed.append(self._limits_changed)

    # -- counting --------------------------------------------------------------------------

    def hold(self, instance_type: str, count: int) -> None:
        """Instances have come to a job that were not another's before."""
        self._held[instance_type] += count

    def release(self, instance_type: str, count: int) -> None:
        """Instances are neither run on nor kept any longer."""
        self._held[instance_type] -= count
        if self._short_of_quota:
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

    # -- dispatching -----------------------------------------------------------------------

    def await_quota(self, dispatcher: Dispatcher) -> None:
        """Have a dispatcher called as soon as the quotas may allow more."""
        self._short_of_quota[dispatcher] = None

    def _limits_changed(self) -> None:
        self._limits.clear()
        self._more_may_fit()

    def _more_may_fit(self) -> None:
        waiting, self._short_of_quota = self._short_of_quota, {}
        for dispatcher in waiting:
            self.request_dispatch(dispatcher)

    def request_dispatch(self, dispatcher: Dispatcher) -> None:
        """Have a dispatcher called once all that happens at this instant has happened."""
        self._asked[dispatcher] = None
        if not self._dispatch_is_due:
            self._dispatch_is_due = True
            self._events.at_end_of_instant(self._dispatch_all)

    def _dispatch_all(self) -> None:
        try:
            while self._asked:
                dispatchers = list(self._asked)
                self._asked.clear()
                if len(dispatchers) > 1:
                    dispatchers.sort(key=_head_of_line)
                for dispatcher in dispatchers:
                    dispatcher.dispatch()
        finally:
            self._dispatch_is_due = False


def _head_of_line(dispatcher: Dispatcher) -> float:
    return dispatcher.head_of_line
