"""The operations on training jobs: jobs on plans are the simulation's, all others moto's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ...aws_json.errors import ValidationException
from ...aws_json.validation import check_request
from ...host.journal import mark_as_leaving_something
from ...simulation.jobs.checks import check_keep_alive, check_members
from ...simulation.jobs.errors import (
    NothingToUpdate,
    NoWarmPool,
    TrainingJobHasEnded,
    TrainingJobInUse,
    UnknownTrainingJob,
)
from ...simulation.jobs.job import JobRequest
from ...simulation.jobs.placement import InstanceSettings
from ...simulation.jobs.resources import ResourceRequest
from ...simulation.plans.eligibility import Subnets
from ..endpoint_deployments import as_moto_has_it
from ..job_requests import checked_members, groups_of, resource_request
from ..models import SageMakerBackend
from ..moto_jobs import moto_job_description
from ..tag_members import are_whole, read_tags
from .descriptions import job_description
from .listing import list_training_jobs

Members = Mapping[str, Any]

DEFAULT_MAX_RUNTIME = 86400  # seconds. source: model
FLAGS = (
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
)
# Of the operations on jobs those that are moto's too. It has neither StopTrainingJob nor
# UpdateTrainingJob nor DeleteTrainingJob, and needs longer to describe a job of its own than all
# else of a request takes.
SHARED = ("CreateTrainingJob", "ListTrainingJobs")
# Members of a request that the description of a job does not have.
NOT_DESCRIBED = ("TrainingJobName", "Tags", "SessionChainingConfig")
ENDED_IN_MOTO = ("Completed", "Failed", "Stopped")


def is_own_job_request(operation: str, backend: SageMakerBackend, body: Members) -> bool:
    """Whether a request for a job is answered here; what is not goes to moto untouched."""
    jobs = backend.jobs
    if operation == "ListTrainingJobs":
        # As long as there is no job on a plan, the listing is moto's.
        asked = ("TrainingPlanArnEquals", "WarmPoolStatusEquals")
        return bool(jobs.jobs()) or any(body.get(name) is not None for name in asked)
    is_own = _names_a_plan(body)
    if not is_own:
        _check_for_moto(operation, body)
    return is_own


def _check_for_moto(operation: str, body: Members) -> None:
    """Check a request that moto will read, which takes the types of the model for granted.

    Constraints of the model that moto is lenient about stay so.
    """
    try:
        check_request(operation, dict(body))
    except ValidationException:
        if not _is_readable_to_moto(body):
            raise


def _is_readable_to_moto(body: Members) -> bool:
    """Whether a job has what moto needs to create it, and nothing that moto does not know."""
    return (
        body.get("TrainingJobName") is not None
        and (body.get("OutputDataConfig") or {}).get("S3OutputPath") is not None
        and (body.get("ResourceConfig") or {}).get("InstancePreferences") is None
        # What looks at the tags later takes both for granted.
        and are_whole(body.get("Tags"))
    )


def _names_a_plan(body: Members) -> bool:
    resources = body.get("ResourceConfig")
    if not isinstance(resources, dict):
        return False
    preferences = resources.get("InstancePreferences")
    return resources.get("TrainingPlanArn") is not None or (
        isinstance(preferences, list)
        and any(isinstance(each, dict) and each.get("TrainingPlanArns") for each in preferences)
    )


# -- requests ----------------------------------------------------------------------------------


def create_training_job(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """CreateTrainingJob, of a job on a plan. source: documented, model"""
    name = members["TrainingJobName"]
    backend.check_name_of_job(name)
    check_members(checked_members(members))
    stopping = members.get("StoppingCondition", {})
    max_pending = stopping.get("MaxPendingTimeInSeconds")
    resources = members["ResourceConfig"]
    job = backend.jobs.create(
        JobRequest(
            name=name,
            settings=_settings(members),
            described=json.dumps(_described_members(members)),
            max_runtime=timedelta(seconds=stopping.get("MaxRuntimeInSeconds", DEFAULT_MAX_RUNTIME)),
            max_pending=None if max_pending is None else timedelta(seconds=max_pending),
            has_checkpoints="CheckpointConfig" in members,
            environment=members.get("Environment", {}),
        ),
        _resources(backend, members),
        keep_alive=timedelta(seconds=resources.get("KeepAlivePeriodInSeconds", 0)),
        tags=read_tags(members.get("Tags", [])),
    )
    return {"TrainingJobArn": job.arn}


def _described_members(members: Members) -> dict[str, Any]:
    """The members of a request as the job's description will show them."""
    described = {name: value for name, value in members.items() if name not in NOT_DESCRIBED}
    for flag in FLAGS:
        described.setdefault(flag, False)
    # Clients read both by key. source: observed
    described["OutputDataConfig"] = {"KmsKeyId": "", **members["OutputDataConfig"]}
    resources = dict(members["ResourceConfig"])
    if not resources.get("InstanceGroups") and "InstancePreferences" not in resources:
        resources.setdefault("InstanceCount", 1)
    described["ResourceConfig"] = resources
    described["StoppingCondition"] = {
        "MaxRuntimeInSeconds": DEFAULT_MAX_RUNTIME,
        **members.get("StoppingCondition", {}),
    }
    return described


def _settings(members: Members) -> InstanceSettings:
    resources = members["ResourceConfig"]
    network = members.get("VpcConfig", {})
    return InstanceSettings(
        role=members["RoleArn"],
        volume_size=resources.get("VolumeSizeInGB"),
        volume_key=resources.get("VolumeKmsKeyId"),
        subnets=frozenset(network.get("Subnets", ())),
        security_groups=frozenset(network.get("SecurityGroupIds", ())),
        encrypts_traffic=members.get("EnableInterContainerTrafficEncryption", False),
        isolates_network=members.get("EnableNetworkIsolation", False),
        chains_session_tags=members.get("SessionChainingConfig", {}).get(
            "EnableSessionTagChaining", False
        ),
        groups=groups_of(resources),
    )


def _resources(backend: SageMakerBackend, members: Members) -> ResourceRequest:
    subnets = members.get("VpcConfig", {}).get("Subnets", [])
    return resource_request(
        members["ResourceConfig"],
        members.get("EnableManagedSpotTraining", False),
        backend.known_subnets(subnets) if subnets else Subnets(),
    )


def describe_training_job(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DescribeTrainingJob. source: model"""
    name = members["TrainingJobName"]
    if name in backend.training_jobs:
        return moto_job_description(backend.training_jobs[name])
    jobs = backend.jobs
    return job_description(jobs.describe(name), jobs.now)


def stop_training_job(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """StopTrainingJob. source: model"""
    name = members["TrainingJobName"]
    if name in backend.jobs:
        backend.jobs.stop(name)
        return {}
    job = _moto_job(backend, name)
    if job.training_job_status in ENDED_IN_MOTO:
        raise TrainingJobHasEnded(job.training_job_status)
    job.training_job_status = job.secondary_status = "Stopped"
    job.last_modified_time = as_moto_has_it(backend.jobs.now)
    return {}


def update_training_job(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """UpdateTrainingJob. source: model"""
    name = members["TrainingJobName"]
    keep_alive = members.get("ResourceConfig", {}).get("KeepAlivePeriodInSeconds")
    changed = {
        member: members[member]
        for member in ("ProfilerConfig", "ProfilerRuleConfigurations", "RemoteDebugConfig")
        if members.get(member)
    }
    if name in backend.jobs:
        period = None if keep_alive is None else timedelta(seconds=keep_alive)
        return {"TrainingJobArn": backend.jobs.update(name, period, changed).arn}
    job = _moto_job(backend, name)
    if keep_alive is None and not changed:
        raise NothingToUpdate
    if changed:
        raise TrainingJobHasEnded(job.training_job_status)
    if keep_alive is not None:
        # A job of moto has ended from the beginning, so only its warm pool can change.
        if not (job.resource_config or {}).get("KeepAlivePeriodInSeconds"):
            raise NoWarmPool(name)
        check_keep_alive(timedelta(seconds=keep_alive))
        job.last_modified_time = as_moto_has_it(backend.jobs.now)
        job.resource_config = {**job.resource_config, "KeepAlivePeriodInSeconds": keep_alive}
    return {"TrainingJobArn": job.arn}


def delete_training_job(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DeleteTrainingJob. source: model"""
    name = members["TrainingJobName"]
    if name in backend.jobs:
        backend.jobs.delete(name)
        return {}
    job = _moto_job(backend, name)
    if job.training_job_status not in ENDED_IN_MOTO:
        raise TrainingJobInUse(name, job.training_job_status)
    del backend.training_jobs[name]
    return {}


def _moto_job(backend: SageMakerBackend, name: str) -> Any:
    """A job that is moto's, of whoever will change it."""
    try:
        job = backend.training_jobs[name]
        mark_as_leaving_something()
        return job
    except KeyError:
        raise UnknownTrainingJob(name) from None


HANDLERS = {
    "CreateTrainingJob": create_training_job,
    "DescribeTrainingJob": describe_training_job,
    "ListTrainingJobs": list_training_jobs,
    "StopTrainingJob": stop_training_job,
    "UpdateTrainingJob": update_training_job,
    "DeleteTrainingJob": delete_training_job,
}
