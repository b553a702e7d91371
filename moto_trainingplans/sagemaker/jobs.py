"""The operations on training jobs: jobs on plans are the simulation's, all others moto's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..aws_json.validation import check_request
from ..simulation.jobs.errors import (
    NoWarmPool,
    TrainingJobHasEnded,
    TrainingJobInUse,
    TrainingJobNameTaken,
    UnknownTrainingJob,
)
from ..simulation.jobs.job import JobRequest
from ..simulation.jobs.resources import PlacementRequest, Preference, ResourceRequest
from ..simulation.plans.eligibility import Subnets
from .job_descriptions import job_description
from .job_listing import list_training_jobs
from .models import SageMakerBackend
from .tag_members import read_tags

Members = Mapping[str, Any]

DEFAULT_MAX_RUNTIME = 86400  # seconds. source: model
FLAGS = (
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
)
# Members of a request that the description of a job does not have.
NOT_DESCRIBED = ("TrainingJobName", "Tags", "SessionChainingConfig")
ENDED_IN_MOTO = ("Completed", "Failed", "Stopped")


def is_own_job_request(operation: str, backend: SageMakerBackend, body: Members) -> bool:
    """Whether a request for a job is answered here; what is not goes to moto untouched."""
    if operation == "DescribeTrainingJob":
        check_request(operation, dict(body))  # moto takes the name for granted
    if operation in ("StopTrainingJob", "UpdateTrainingJob", "DeleteTrainingJob"):
        return True  # moto has none of them
    jobs = backend.jobs
    if operation == "ListTrainingJobs":
        # As long as there is no job on a plan, the listing is moto's.
        asked = ("TrainingPlanArnEquals", "WarmPoolStatusEquals")
        return bool(jobs.jobs()) or any(body.get(name) is not None for name in asked)
    name = body.get("TrainingJobName")
    if operation == "DescribeTrainingJob":
        return not isinstance(name, str) or name in jobs  # moto takes it for granted
    return _names_a_plan(body) or (isinstance(name, str) and name in jobs)


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
    if name in backend.training_jobs or name in backend.jobs:
        raise TrainingJobNameTaken(name)
    stopping = members.get("StoppingCondition", {})
    max_pending = stopping.get("MaxPendingTimeInSeconds")
    resources = members["ResourceConfig"]
    job = backend.jobs.create(
        JobRequest(
            name=name,
            role=members["RoleArn"],
            members=_described_members(members),
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


def _resources(backend: SageMakerBackend, members: Members) -> ResourceRequest:
    resources = members["ResourceConfig"]
    subnets = members.get("VpcConfig", {}).get("Subnets", [])
    return ResourceRequest(
        instance_type=resources.get("InstanceType"),
        count=resources.get("InstanceCount"),
        groups=tuple(
            (group["InstanceType"], group["InstanceCount"])
            for group in resources.get("InstanceGroups", [])
        ),
        plan_arn=resources.get("TrainingPlanArn"),
        preferences=tuple(
            Preference(
                each["InstanceType"],
                each.get("InstanceCount"),
                next(iter(each.get("TrainingPlanArns", [])), None),
            )
            for each in resources.get("InstancePreferences", [])
        ),
        placement=_placement(resources.get("InstancePlacementConfig")),
        spot=members.get("EnableManagedSpotTraining", False),
        subnets=backend.known_subnets(subnets) if subnets else Subnets(),
    )


def _placement(config: Members | None) -> PlacementRequest | None:
    if config is None:
        return None
    return PlacementRequest(
        config.get("EnableMultipleJobs", False),
        tuple(
            (each.get("UltraServerId"), each["InstanceCount"])
            for each in config.get("PlacementSpecifications", [])
        ),
    )


def describe_training_job(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DescribeTrainingJob, of a job on a plan. source: model"""
    jobs = backend.jobs
    return job_description(jobs.describe(members["TrainingJobName"]), jobs.now)


def stop_training_job(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """StopTrainingJob. source: model"""
    name = members["TrainingJobName"]
    if name in backend.jobs:
        backend.jobs.stop(name)
        return {}
    job = _moto_job(backend, name)
    if job.training_job_status in ENDED_IN_MOTO:
        raise TrainingJobHasEnded(name, job.training_job_status)
    job.training_job_status = job.secondary_status = "Stopped"
    return {}


def update_training_job(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """UpdateTrainingJob. source: model"""
    name = members["TrainingJobName"]
    keep_alive = members.get("ResourceConfig", {}).get("KeepAlivePeriodInSeconds")
    changed = {
        member: members[member]
        for member in ("ProfilerConfig", "ProfilerRuleConfigurations", "RemoteDebugConfig")
        if member in members
    }
    if name in backend.jobs:
        period = None if keep_alive is None else timedelta(seconds=keep_alive)
        return {"TrainingJobArn": backend.jobs.update(name, period, changed).arn}
    job = _moto_job(backend, name)
    if changed:
        raise TrainingJobHasEnded(name, job.training_job_status)
    if keep_alive is not None:
        # A job of moto has ended from the beginning, so only its warm pool can change.
        if not (job.resource_config or {}).get("KeepAlivePeriodInSeconds"):
            raise NoWarmPool(name)
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
    try:
        return backend.training_jobs[name]
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
