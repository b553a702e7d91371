"""Instances that jobs keep after their end, for the next job of the same kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ..context import Context
from . import messages
from .held import HeldInstances
from .job import ZERO, TrainingJob, WarmPool, WarmPoolStatus
from .placement import Demand

LONGEST_CHAIN = timedelta(days=28)  # of jobs that pass instances on. source: documented


class WarmPools:
    """The pools of one plan that are available, or those of on-demand instances.

    `given_up` is told of each job whose instances are to be let go.
    """

    __slots__ = ("_available", "_context", "_given_up", "_held")

    def __init__(
        self, context: Context, held: HeldInstances, given_up: Callable[[TrainingJob], None]
    ) -> None:
        self._context = context
        self._held = held
        self._given_up = given_up
        # By what they can serve, and in the order in which they became available.
        self._available: defaultdict[Demand, dict[int, TrainingJob]] = defaultdict(dict)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._available)

    def __contains__(self, job: TrainingJob) -> bool:
        return job.order in self._available.get(job.demand, ())

    def begin(self, job: TrainingJob, reused: TrainingJob | None = None) -> None:
        """A job has got its instances, new or another's: they will stay when it has said so."""
        job.reuses_pool = reused is not None
        job.warm_pool = None
        if job.keep_alive > ZERO:
            start = self._context.now
            if reused is not None:
                assert reused.warm_pool is not None
                start = reused.warm_pool.chain_start
            job.warm_pool = WarmPool(WarmPoolStatus.IN_USE, start)

    def keep(self, job: TrainingJob) -> bool:
        """Have the instances of a job that has ended stay, as it has said; False if they cannot.

        They can if they have worked for it until its end, unless they were lost; for so long as
        a chain of jobs may have them; and as far as the quota goes. source: documented
        """
        pool = job.warm_pool
        if pool is None or pool.status is not WarmPoolStatus.IN_USE:
            return False
        allowed = self._held.allows_warm(job.choice.instance_type, job.choice.count)
        if not (job.works and allowed and self._context.now < pool.chain_start + LONGEST_CHAIN):
            self.drop(job)
            return False
        pool.since = self._context.now
        self._held.keep_warm(job.choice.instance_type, job.choice.count)
        self._available[job.demand][job.order] = job
        self._change(job, pool, WarmPoolStatus.AVAILABLE)
        pool.ended_with = job.status_message
        job.status_message = messages.RETAINED
        self._schedule_expiry(job, pool)
        return True

    def drop(self, job: TrainingJob) -> None:
        """The instances of a job do not stay: it has lost them, or they may not."""
        if job.warm_pool is not None and job.warm_pool.status is WarmPoolStatus.IN_USE:
            self._change(job, job.warm_pool, WarmPoolStatus.TERMINATED)

    def change_period(self, job: TrainingJob, period: timedelta) -> None:
        """Have an available pool stay for another period since the job's end; 0 ends it."""
        assert job.warm_pool is not None
        job.keep_alive = period
        self._schedule_expiry(job, job.warm_pool)

    def matching(self, demand: Demand) -> TrainingJob | None:
        """The job whose pool can serve a demand, the one that began it first."""
        if not self._available:
            return None
        found = self._available.get(demand)
        if found is None and demand.settings.chains_session_tags:
            # Only who has chained its tags asks it of the next one. source: documented
            settings = replace(demand.settings, chains_session_tags=False)
            found = self._available.get(replace(demand, settings=settings))
        return next(iter(found.values())) if found else None

    def reuse(self, job: TrainingJob, by: TrainingJob) -> None:
        """Another job takes a pool's instances over."""
        pool = self._take(job)
        pool.reused_by = by.name
        self._change(job, pool, WarmPoolStatus.REUSED)
        job.status_message = messages.reused_by(by.name)

    def terminate(self, job: TrainingJob) -> None:
        """Give a pool's instances up."""
        pool = self._take(job)
        self._change(job, pool, WarmPoolStatus.TERMINATED)
        job.status_message = pool.ended_with
        self._given_up(job)

    def _take(self, job: TrainingJob) -> WarmPool:
        """A pool that is available no longer."""
        assert job.warm_pool is not None
        pools = self._available[job.demand]
        del pools[job.order]
        if not pools:
            del self._available[job.demand]
        self._held.end_warm(job.choice.instance_type, job.choice.count)
        return job.warm_pool

    def _schedule_expiry(self, job: TrainingJob, pool: WarmPool) -> None:
        if pool.expiry is not None:
            pool.expiry.cancel()
        until = self._end(job, pool)
        if until <= self._context.now:
            self.terminate(job)
        else:
            pool.expiry = self._context.events.schedule(until, lambda: self.terminate(job))

    @staticmethod
    def _end(job: TrainingJob, pool: WarmPool) -> datetime:
        assert pool.since is not None
        return min(pool.since + job.keep_alive, pool.chain_start + LONGEST_CHAIN)

    def _change(self, job: TrainingJob, pool: WarmPool, status: WarmPoolStatus) -> None:
        before = pool.status
        if status is WarmPoolStatus.AVAILABLE:
            pool.status = status
        else:
            pool.close(status, self._context.now)
        job.last_modified = self._context.now
        assert job.secondary_status is not None
        self._context.record(
            job.arn,
            job.secondary_status.value,
            job.secondary_status.value,
            f"Warm pool {before.value} -> {status.value}.",
        )
