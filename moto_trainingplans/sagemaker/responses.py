"""The way of a request: read it, check it by the model, do it, write the answer.

Operations of the simulation are answered here from the first byte to the last; all others
are moto's and go its way untouched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.sagemaker.responses import SageMakerResponse as MotoSageMakerResponse
from werkzeug.exceptions import HTTPException

from ..control_api.http import body_of
from ..control_api.models import current_world, present_world
from ..simulation.errors import ServiceError
from ..simulation.training_plans import TrainingPlanRegistry
from . import job_operations, plan_operations
from .cluster_handlers import CLUSTER_HANDLERS, in_the_models_words
from .exceptions import CallFailed, UnknownOperationException, WireError, answer_to
from .models import SageMakerBackend, is_own_arn
from .protocol import CONTENT_TYPE, read_json, write_json
from .validation import check_request, is_operation

Answer = tuple[int, dict[str, str], str]
Handler = Callable[[TrainingPlanRegistry, Mapping[str, Any]], dict[str, Any]]
JobHandler = Callable[[SageMakerBackend, Mapping[str, Any]], dict[str, Any]]
TagHandler = Callable[[plan_operations.Registry, Mapping[str, Any]], dict[str, Any]]

HANDLERS: dict[str, Handler] = {
    "SearchTrainingPlanOfferings": plan_operations.search_training_plan_offerings,
    "CreateTrainingPlan": plan_operations.create_training_plan,
    "DescribeTrainingPlan": plan_operations.describe_training_plan,
    "ListTrainingPlans": plan_operations.list_training_plans,
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

# What a Credential of Signature Version 4 looks like; anything else has no Region.
_CREDENTIAL = re.compile(r"Credential=[^/,\s]+/\d+/[^/,\s]+/[^/,\s]+/aws4_request")


class SageMakerResponse(MotoSageMakerResponse):
    """Answers requests to SageMaker."""

    def _dispatch(self, request: Any, full_url: Any = None, headers: Any = None) -> Any:
        try:
            operation, body = _read(request)
            _fail_on_demand(operation)
            if (
                operation in HANDLERS
                or operation in CLUSTER_HANDLERS
                or self._is_own_tag_request(operation, body)
            ):
                self._set_up(request, full_url, headers)
            elif operation not in JOB_HANDLERS:
                return super()._dispatch(request, full_url, headers)
            else:
                self._set_up(request, full_url, headers)
                with present_world():
                    backend = self._own_backend()
                    is_own = job_operations.is_own_job_request(operation, backend, body)
                if not is_own:
                    self._set_up_as_moto()
                    return super()._dispatch(request, full_url, headers)
            self._authorize()
            return _success(self._answer(operation, body))
        except WireError as refused:
            return _failure(refused)

    @staticmethod
    def _is_own_tag_request(operation: str, body: Mapping[str, Any]) -> bool:
        return operation in TAG_HANDLERS and is_own_arn(body.get("ResourceArn"))

    def _set_up(self, request: Any, full_url: Any, headers: Any) -> None:
        """Let moto find the account and Region."""
        authorization = request.headers.get("Authorization", "")
        if "AWS4" in authorization and not _CREDENTIAL.search(authorization):
            raise WireError(
                "IncompleteSignatureException", "Authorization header requires a Credential."
            )
        # The body has been read already, and is only looked at to check its signature.
        self.automated_parameter_parsing = False
        self.allow_request_decompression = False
        self.setup_class(request, full_url, headers, use_raw_body=True)

    def _set_up_as_moto(self) -> None:
        """Undo what `_set_up` has changed for a request that moto will answer."""
        self.automated_parameter_parsing = True
        self.allow_request_decompression = True

    def _authorize(self) -> None:
        """Let moto decide whether the caller may."""
        try:
            self._authenticate_and_authorize_normal_action("*")
        except HTTPException as denied:
            # moto answers in XML what a JSON service must answer in JSON.
            raise WireError(
                re.sub(r"^AccessDenied$", "AccessDeniedException", denied.error_type),  # type: ignore[attr-defined]
                denied.message,  # type: ignore[attr-defined]
            ) from None

    def _answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        members = check_request(operation, in_the_models_words(operation, body))
        try:
            with present_world():
                backend = self._own_backend()
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
        try:
            backend = self.sagemaker_backend
        except KeyError:
            raise WireError(
                "InvalidSignatureException",
                f"Credential should be scoped to a valid region, not '{self.region}'.",
            ) from None
        assert isinstance(backend, SageMakerBackend)
        return backend


def _read(request: Any) -> tuple[str, dict[str, Any]]:
    """The operation and the members of a request."""
    operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    if not is_operation(operation):
        raise UnknownOperationException
    return operation, read_json(body_of(request), request.headers.get("Content-Encoding", ""))


def _fail_on_demand(operation: str) -> None:
    """Fail a call as the control object has asked, before it changes anything."""
    world = current_world()
    with world.lock:
        fault = world.call_faults.next(operation)
    if fault is not None:
        raise CallFailed(fault.code, fault.message)


def _success(answer: dict[str, Any]) -> Answer:
    return 200, _headers(), write_json(answer)


def _failure(refused: WireError) -> Answer:
    body = write_json({"__type": refused.code, "message": refused.message})
    return refused.status, {**_headers(), "x-amzn-errortype": refused.code}, body


def _headers() -> dict[str, str]:
    world = current_world()
    with world.lock:
        return {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": world.next_request_id()}
