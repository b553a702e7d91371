"""The way of a request: read it, check it by the model, do it, write the answer.

Operations of the simulation are answered here from the first byte to the last; all others
are moto's and go its way untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.sagemaker.responses import SageMakerResponse as MotoSageMakerResponse

from ..control_api.models import present_world
from ..simulation.errors import ServiceError
from ..simulation.training_plans import TrainingPlanRegistry
from . import extension_operations, plan_operations
from .authorization import authorize, permissions
from .exceptions import WireError, answer_to
from .exchange import backend_of, failure, identify, read_request, success
from .models import SageMakerBackend, is_own_arn
from .policies import Permission
from .validation import check_request

SERVICE = "sagemaker"

Handler = Callable[[TrainingPlanRegistry, Mapping[str, Any]], dict[str, Any]]

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
TAG_HANDLERS: dict[str, Handler] = {
    "AddTags": plan_operations.add_tags,
    "ListTags": plan_operations.list_tags,
    "DeleteTags": plan_operations.delete_tags,
}


class SageMakerResponse(MotoSageMakerResponse):
    """Answers requests to SageMaker."""

    def _dispatch(self, request: Any, full_url: Any = None, headers: Any = None) -> Any:
        try:
            operation, body = read_request(request, SERVICE)
            handler = HANDLERS.get(operation)
            if handler is None and is_own_arn(body.get("ResourceArn")):
                handler = TAG_HANDLERS.get(operation)
            if handler is None:
                return super()._dispatch(request, full_url, headers)
            identify(self, request, full_url, headers)
            authorize(self, lambda: self._needs(operation, body))
            return success(self._answer(operation, handler, body))
        except WireError as refused:
            return failure(refused)

    def _needs(self, operation: str, body: dict[str, Any]) -> list[Permission]:
        members = check_request(operation, body)
        with present_world():
            return list(permissions(operation, members, self._own_backend().plans))

    def _answer(self, operation: str, handler: Handler, body: dict[str, Any]) -> dict[str, Any]:
        members = check_request(operation, body)
        backend = self._own_backend()
        try:
            with present_world():
                return handler(backend.plans, members)
        except ServiceError as refused:
            raise answer_to(refused) from refused

    def _own_backend(self) -> SageMakerBackend:
        backend = backend_of(self, lambda: self.sagemaker_backend)
        assert isinstance(backend, SageMakerBackend)
        return backend
