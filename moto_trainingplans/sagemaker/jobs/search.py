"""Search for training jobs: those on plans and moto's own in one result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from moto.core.utils import get_service_model

from ...aws_json.pagination import decode_token, encode_token
from ..models import SageMakerBackend
from ..tag_members import tag_list
from .descriptions import job_description
from .search_expressions import Property, compile_expression, find_property

Members = Mapping[str, Any]

SHAPE = "TrainingJob"
DEFAULT_PAGE = 100  # the most there can be, as in ListTrainingJobs. source: choice


def is_own_search(_operation: str, _backend: SageMakerBackend, body: Members) -> bool:
    """Whether jobs are searched for; all else is moto's to find."""
    return body.get("Resource") == SHAPE


def search(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """Search, for training jobs. source: model"""
    matches = compile_expression(members.get("SearchExpression"), SHAPE)
    sort_by = find_property(members.get("SortBy", "LastModifiedTime"), SHAPE)
    descending = members.get("SortOrder", "Descending") == "Descending"
    question = {
        name: value for name, value in members.items() if name not in ("NextToken", "MaxResults")
    }
    after = decode_token(members.get("NextToken"), question, (sort_by.kind or str, str))
    # Nothing is shared with other accounts, so that there is nothing of theirs to be found.
    mine = members.get("CrossAccountFilterOption") != "CrossAccount"
    found = [
        (_position(record, sort_by), record)
        for record in _records(backend)
        if mine and matches(record) and _is_visible(record, members)
    ]
    found.sort(key=lambda each: each[0], reverse=descending)
    left = [
        each
        for each in found
        if after is None or (each[0] < after if descending else each[0] > after)
    ]
    page = left[: members.get("MaxResults", DEFAULT_PAGE)]
    answer: dict[str, Any] = {
        "Results": [{SHAPE: record} for _, record in page],
        "TotalHits": {"Value": len(found), "Relation": "EqualTo"},
    }
    if len(left) > len(page):
        answer["NextToken"] = encode_token(page[-1][0], question)
    return answer


def _position(record: Members, sort_by: Property) -> tuple[Any, str]:
    """Where a job stands; jobs that tie are sorted by name."""
    return sort_by.sort_key(record), record["TrainingJobName"]


def _is_visible(record: Members, members: Members) -> bool:
    """Whether a job has none of the tags asked for with another value. source: model"""
    return all(
        value in ([], [condition["Value"]])
        for condition in members.get("VisibilityConditions", ())
        if "Key" in condition and "Value" in condition
        for value in [find_property(condition["Key"], SHAPE).values(record)]
    )


def _records(backend: SageMakerBackend) -> Iterator[dict[str, Any]]:
    """Every job as the model's shape has it."""
    jobs = backend.jobs
    known = _shape_members()
    for job in jobs.jobs():
        description = {**job_description(job, jobs.now), "Tags": tag_list(job.tags)}
        yield {name: value for name, value in description.items() if name in known}
    for moto_job in backend.training_jobs.values():
        description = _aware(moto_job.response_object)
        yield {name: value for name, value in description.items() if name in known}


def _shape_members() -> frozenset[str]:
    shape: Any = get_service_model("sagemaker").shape_for(SHAPE)
    return frozenset(shape.members)


def _aware(value: Any) -> Any:
    """What moto tells, its times as aware ones."""
    if isinstance(value, dict):
        return {name: _aware(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_aware(each) for each in value]
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=timezone.utc)
    return value


HANDLERS = {"Search": search}
