"""ListTrainingJobs: the jobs on plans and moto's own in one listing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ...aws_json.pagination import decode_token, encode_token
from ...simulation.jobs.job import TrainingJob
from ..models import SageMakerBackend
from .descriptions import warm_pool

Members = Mapping[str, Any]

DEFAULT_PAGE = 100  # the most there can be: without MaxResults moto gives them all. source: choice
LATE = ("NameContains", "StatusEquals")  # filters that with MaxResults apply to a page
SORT_KEYS = {"Name": "TrainingJobName", "Status": "TrainingJobStatus"}


@dataclass(frozen=True)
class _Order:
    sort_by: str
    descending: bool

    def position(self, summary: Members) -> tuple[Any, ...]:
        """Where a job stands; jobs that tie are sorted by name."""
        return summary[SORT_KEYS.get(self.sort_by, self.sort_by)], summary["TrainingJobName"]

    @property
    def kinds(self) -> tuple[type, type]:
        return (datetime if self.sort_by == "CreationTime" else str), str


def list_training_jobs(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """ListTrainingJobs. source: model"""
    size = members.get("MaxResults")
    # A page holds so many jobs, of which those of the status and name asked for are shown.
    # source: model for the status, observed for the name
    late = {} if size is None else {name: members[name] for name in LATE if name in members}
    early = {name: value for name, value in members.items() if name not in late}
    newest_first = "StatusEquals" in late  # source: model
    order = _Order(
        members.get("SortBy", "CreationTime"),
        members.get("SortOrder", "Descending" if newest_first else "Ascending") == "Descending",
    )
    question = {
        name: value for name, value in members.items() if name not in ("NextToken", "MaxResults")
    }
    after = decode_token(members.get("NextToken"), question, order.kinds)
    found = [
        summary
        for summary in _summaries(backend)
        if _matches(summary, early)
        and (after is None or _follows(order.position(summary), after, order.descending))
    ]
    found.sort(key=order.position, reverse=order.descending)
    page = found[: size or DEFAULT_PAGE]
    answer: dict[str, Any] = {
        "TrainingJobSummaries": [summary for summary in page if _matches(summary, late)]
    }
    if len(found) > len(page):
        answer["NextToken"] = encode_token(order.position(page[-1]), question)
    return answer


def _follows(position: tuple[Any, ...], after: tuple[Any, ...], descending: bool) -> bool:
    return position < after if descending else position > after


def _matches(summary: Members, members: Members) -> bool:
    """Whether a job passes the filters among some members of a request."""
    created, modified = summary["CreationTime"], summary["LastModifiedTime"]
    return (
        _within(created, members.get("CreationTimeAfter"), members.get("CreationTimeBefore"))
        and _within(
            modified, members.get("LastModifiedTimeAfter"), members.get("LastModifiedTimeBefore")
        )
        and members.get("NameContains", "") in summary["TrainingJobName"]
        and members.get("StatusEquals") in (None, summary["TrainingJobStatus"])
        and members.get("TrainingPlanArnEquals") in (None, summary.get("TrainingPlanArn"))
        and members.get("WarmPoolStatusEquals")
        in (None, summary.get("WarmPoolStatus", {}).get("Status"))
    )


def _within(when: datetime, after: datetime | None, before: datetime | None) -> bool:
    return (after is None or when > after) and (before is None or when < before)


def _summaries(backend: SageMakerBackend) -> list[dict[str, Any]]:
    return [
        *(_summary(job, backend.jobs.now) for job in backend.jobs.jobs()),
        *(_moto_summary(job) for job in backend.training_jobs.values()),
    ]


def _summary(job: TrainingJob, now: datetime) -> dict[str, Any]:
    assert job.secondary_status is not None
    summary = {
        "TrainingJobName": job.name,
        "TrainingJobArn": job.arn,
        "CreationTime": job.created,
        "LastModifiedTime": job.last_modified,
        "TrainingJobStatus": job.status.value,
        "SecondaryStatus": job.secondary_status.value,
        **warm_pool(job, now),
    }
    if job.choice.plan is not None:
        summary["TrainingPlanArn"] = job.choice.plan.arn
    if job.has_ended and job.training_end is not None:
        summary["TrainingEndTime"] = job.training_end
    return summary


def _moto_summary(job: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": job.training_job_name,
        "TrainingJobArn": job.arn,
        "CreationTime": _aware(job.creation_time),
        "TrainingEndTime": _aware(job.training_end_time),
        "LastModifiedTime": _aware(job.last_modified_time),
        "TrainingJobStatus": job.training_job_status,
        "SecondaryStatus": job.secondary_status,
    }


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc)
