"""The lanes of training jobs: waiting, working, lost work, and instances kept warm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..simulation.jobs.job import TrainingJob
from ..simulation.plans.plan import TrainingPlan
from ..simulation.world import World
from .holder_lanes import Holdings
from .job_phases import END_STATUSES, WARM, phases_of
from .lanes import Lane, Mark, Span

END_STATES = {"Completed": "completed", "Failed": "failed"}
LABELS = {WARM: "kept warm"}


def job_lanes(
    jobs: Iterable[TrainingJob], plan: TrainingPlan | None, holdings: Holdings, world: World
) -> list[Lane]:
    """The lanes of the jobs on a plan, in the order of their creation; None: on no plan.

    Jobs that were deleted come last, as far as they had instances of the plan.
    """
    lanes = []
    known = set()
    for job in jobs:
        if job.choice.plan is plan:
            known.add(job.arn)
            name = f"{job.name} x{job.choice.count}"
            warm_until = _released(holdings, job.holder.resource, world.now)
            failure = job.failure_reason or ""
            lanes.append(
                _lane(job.arn, name, job.request.has_checkpoints, world, warm_until, failure)
            )
    for (kind, resource, _), held in holdings.of.items():
        if kind == "training-job" and held and resource not in known:
            holder = holdings.holders[kind, resource, ""]
            name = f"{holder.name} x{max(each.count for each in held)}"
            warm_until = _released(holdings, resource, world.now)
            lanes.append(_lane(resource, name, holder.keeps_work, world, warm_until, ""))
    return [lane for lane in lanes if lane.spans or lane.marks]


def deleted_job_lanes(prefix: str, known: set[str], world: World) -> Iterator[Lane]:
    """The lanes of jobs that were deleted before they had any instances."""
    for resource in world.history.resources():
        if resource.startswith(prefix) and resource not in known:
            lane = _lane(resource, resource[len(prefix) :], True, world, None, "")
            if lane.spans or lane.marks:
                yield lane


def _released(holdings: Holdings, resource: str, now: datetime) -> datetime | None:
    """When a job let go of its last instances."""
    held = holdings.of.get(("training-job", resource, ""))
    return None if not held else held[-1].end or now


def _lane(
    resource: str,
    name: str,
    keeps_work: bool,
    world: World,
    warm_until: datetime | None,
    failure: str,
) -> Lane:
    phases = phases_of(resource, keeps_work, world.history)
    spans: list[Span] = []
    marks: list[Mark] = []
    for index, (_, phase, row) in enumerate(phases):
        time, _, _, after, reason = row
        end = phases[index + 1][2][0] if index + 1 < len(phases) else world.now
        if after in END_STATUSES:
            is_last = index + 1 == len(phases)
            # Its instances stayed for the next job, if it had any and they did.
            end = time if warm_until is None or not is_last else warm_until
            told = failure if is_last and failure else reason
            state = END_STATES.get(after, "stopped")
            # That a job has completed is seen by its end: only what else became of it is written.
            marks.append(Mark(time, state, "" if after == "Completed" else after, told))
        if phase and time < end:
            before = spans[-1] if spans else None
            if before is not None and before.state == phase and before.end == time:
                spans[-1] = Span(before.start, end, phase, before.label, before.detail)
            else:
                spans.append(Span(time, end, phase, LABELS.get(phase, phase), reason))
    return Lane("job", resource, name, tuple(spans), tuple(marks))
