"""Instances that jobs keep after their end, for the next job of the same kind."""

from __future__ import annotations

from collections.abc import Callable

from ..context import Context
from .job import ZERO, TrainingJob, WarmPool, WarmPoolStatus
from .placement import Demand


class WarmPools:
    """The pools of one plan that are available.

    `given_up` is told of each job whose instances are to be let go.
    """

    def __init__(self, context: Context, given_up: Callable[[TrainingJob], None]) -> None:
        self._context = context
        self._given_up = given_up
        self._available: dict[int, TrainingJob] = {}

    def __contains__(self, job: TrainingJob) -> bool:
        return job.order in self._available

    def begin(self, job: TrainingJob) -> None:
        """A job has got its instances: they will stay when it has said so."""
        job.warm_pool = WarmPool(WarmPoolStatus.IN_USE) if job.keep_alive > ZERO else None

    def keep(self, job: TrainingJob) -> None:
        """The instances of a job that has completed stay, as it has said."""
        pool = job.warm_pool
        assert pool is not None
        pool.since = self._context.now
        self._change(job, pool, WarmPoolStatus.AVAILABLE)
        self._available[job.order] = job
        self._schedule_expiry(job, pool)

    def drop(self, job: TrainingJob) -> None:
        """A job has ended so that its instances do not stay."""
        if job.warm_pool is not None:
            self._change(job, job.warm_pool, WarmPoolStatus.TERMINATED)

    def change_period(self, job: TrainingJob) -> None:
        """The period of a job was changed."""
        if job.order in self._available:
            assert job.warm_pool is not None
            self._schedule_expiry(job, job.warm_pool)
        elif job.warm_pool is not None or job.allocation is not None:
            self.begin(job)

    def matching(self, demand: Demand) -> TrainingJob | None:
        """The job whose pool can serve a demand, the one that began it first."""
        for job in self._available.values():
            if job.demand == demand:
                return job
        return None

    def reuse(self, job: TrainingJob, by: TrainingJob) -> None:
        """Another job takes a pool's instances over."""
        assert job.warm_pool is not None
        del self._available[job.order]
        job.warm_pool.reused_by = by.name
        self._change(job, job.warm_pool, WarmPoolStatus.REUSED)

    def terminate(self, job: TrainingJob) -> None:
        """Give a pool's instances up."""
        assert job.warm_pool is not None
        del self._available[job.order]
        self._change(job, job.warm_pool, WarmPoolStatus.TERMINATED)
        self._given_up(job)

    def _schedule_expiry(self, job: TrainingJob, pool: WarmPool) -> None:
        if pool.expiry is not None:
            pool.expiry.cancel()
        assert pool.since is not None
        until = pool.since + job.keep_alive
        if until <= self._context.now:
            self.terminate(job)
        else:
            pool.expiry = self._context.events.schedule(until, lambda: self.terminate(job))

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
