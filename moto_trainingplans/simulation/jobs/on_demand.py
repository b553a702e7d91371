"""Jobs whose InstancePreferences let them run on on-demand instances, of which there are enough."""

from __future__ import annotations

from ..context import Context
from .held import HeldInstances
from .job import TrainingJob
from .runner import JobRunner
from .warm_pools import WarmPools


class OnDemandJobs:
    """Starts each job as it comes; what it keeps warm serves the next one of its kind."""

    def __init__(self, context: Context, held: HeldInstances, runner: JobRunner) -> None:
        self._held = held
        self._runner = runner
        self._pools = WarmPools(context, held, self._release)

    @property
    def pools(self) -> WarmPools:
        """The instances that are kept warm."""
        return self._pools

    def submit(self, job: TrainingJob) -> None:
        """A job comes, and starts."""
        pool = self._pools.matching(job.demand)
        if pool is None:
            self._held.hold(job.choice.instance_type, job.choice.count)
        else:
            self._pools.reuse(pool, job)
        self._pools.begin(job, pool)
        self._runner.launch(job, warm=pool is not None)

    def leave(self, job: TrainingJob) -> None:
        """A job has ended: its instances stay warm, or are given back."""
        if not self._pools.keep(job):
            self._release(job)

    def _release(self, job: TrainingJob) -> None:
        self._held.release(job.choice.instance_type, job.choice.count)
