"""The way of a request: read it, check it by the model, do it, write the answer.

Operations of the simulation are answered here from the first byte to the last; all others
are moto's and go its way untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.sagemaker.responses import SageMakerResponse as MotoSageMakerResponse

from ..control_api.models import current_world, present_world
from ..simulation.errors import ServiceError
from ..simulation.training_plans import TrainingPlanRegistry
from . import extension_operations, job_operations, plan_operations
from .authorization import authorize, permissions
from .cluster_handlers import CLUSTER_HANDLERS, in_the_models_words
from .exceptions import CallFailed, WireError, answer_to
from .exchange import backend_of, failure, identify, read_request, success
from .models import SageMakerBackend, is_own_arn
from .policies import Permission
from .validation import check_request

SERVICE = "sagemaker"

Handler = Callable[[TrainingPlanRegistry, Mapping[str, Any]], dict[str, Any]]
JobHandler = Callable[[SageMakerBackend, Mapping[str, Any]], dict[str, Any]]
TagHandler = Callable[[plan_operations.Registry, Mapping[str, Any]], dict[str, Any]]

HANDLERS: dict[str, Handler] = {
    "SearchTrainingPlanOfferings": plan_operations.search_training_plan_offerings,
    "CreateTrainingPlan": plan_operations.create_training_plan,
    "DescribeTrainingPlan": plan_operations.describe_training_plan,
    "ListTrainingPlans": plan_operations.list_training_plans,
    "ExtendTrainingPlan": extension_operations.extend_training_plan,
    "DescribeTrainingPlanExtensionHistory": (
        extension_operations.describe_training_plan_extension_history
    ),
    "DescribeReservedCapacity": plan_operations.describe_reserved_capacity,
    "ListUltraServersByReservedCapacity": plan_operations.list_ultra_servers_by_reserved_capacity,
}
# Operations on resources of any kind: ours where the ARN is, else moto's.
TAG_HANDLERS: dict[str, TagHandler] = {
    "AddTags": plan_operations.add_tags,
    "ListTags": plan_operations.list_tags,
    "DeleteTags": plan_operations.delete_tags,
}
# Operations on training jobs: ours where the job is on a plan, or where moto lacks them.
JOB_HANDLERS: dict[str, JobHandler] = {
    "CreateTrainingJob": job_operations.create_training_job,
    "DescribeTrainingJob": job_operations.describe_training_job,
    "ListTrainingJobs": job_operations.list_training_jobs,
    "StopTrainingJob": job_operations.stop_training_job,
    "UpdateTrainingJob": job_operations.update_training_job,
    "DeleteTrainingJob": job_operations.delete_training_job,
}


class SageMakerResponse(MotoSageMakerResponse):
    """Answers requests to SageMaker."""

    def _dispatch(self, request: Any, full_url: Any = None, headers: Any = None) -> Any:
        try:
            operation, body = read_request(request, SERVICE)
            _fail_on_demand(operation)
            is_own = (
                operation in HANDLERS
                or operation in CLUSTER_HANDLERS
                or _is_own_tag_request(operation, body)
            )
            if not is_own and operation not in JOB_HANDLERS:
                return super()._dispatch(request, full_url, headers)
            identify(self, request, full_url, headers)
            if not is_own and not self._is_own_job_request(operation, body):
                return super()._dispatch(request, full_url, headers)
            authorize(self, lambda: self._needs(operation, body))
            return success(self._answer(operation, body))
        except WireError as refused:
            return failure(refused)

    def _is_own_job_request(self, operation: str, body: Mapping[str, Any]) -> bool:
        with present_world():
            if job_operations.is_own_job_request(operation, self._own_backend(), body):
                return True
        # As moto wants its requests, which `identify` has changed.
        self.automated_parameter_parsing = True
        self.allow_request_decompression = True
        return False

    def _needs(self, operation: str, body: dict[str, Any]) -> list[Permission]:
        members = check_request(operation, in_the_models_words(operation, body))
        with present_world():
            return list(permissions(operation, members, self._own_backend()))

    def _answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        members = check_request(operation, in_the_models_words(operation, body))
        backend = self._own_backend()
        try:
            with present_world():
                if operation in HANDLERS:
                    return HANDLERS[operation](backend.plans, members)
                if operation in CLUSTER_HANDLERS:
                    return CLUSTER_HANDLERS[operation](backend.cluster_service, members)
                if operation in JOB_HANDLERS:
                    return JOB_HANDLERS[operation](backend, members)
                registry = backend.registry(members["ResourceArn"])
                return TAG_HANDLERS[operation](registry, members)
        except ServiceError as refused:
            raise answer_to(refused) from refused

    def _own_backend(self) -> SageMakerBackend:
        backend = backend_of(self, lambda: self.sagemaker_backend)
        assert isinstance(backend, SageMakerBackend)
        return backend


def _is_own_tag_request(operation: str, body: Mapping[str, Any]) -> bool:
    return operation in TAG_HANDLERS and is_own_arn(body.get("ResourceArn"))


def _fail_on_demand(operation: str) -> None:
    """Fail a call as the control object has asked, before it changes anything."""
    world = current_world()
    with world.lock:
        fault = world.call_faults.next(operation)
    if fault is not None:
        raise CallFailed(fault.code, fault.message)
