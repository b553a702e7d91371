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
from . import extension_operations, plan_operations
from .exceptions import UnknownOperationException, WireError, answer_to
from .models import SageMakerBackend, is_own_arn
from .protocol import CONTENT_TYPE, read_json, write_json
from .validation import check_request, is_operation

Answer = tuple[int, dict[str, str], str]
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

TARGET_PREFIX = "SageMaker"  # source: M

# What Signature Version 4 looks like. moto takes the Region from it, where it expects it.
_SIGNATURE = re.compile(r"AWS4-[A-Z0-9-]+\s+Credential=[^/,\s]+/\d+/[^/,\s]+/[^/,\s]+/aws4_request")


class SageMakerResponse(MotoSageMakerResponse):
    """Answers requests to SageMaker."""

    def _dispatch(self, request: Any, full_url: Any = None, headers: Any = None) -> Any:
        try:
            operation, body = _read(request)
            handler = HANDLERS.get(operation)
            if handler is None and is_own_arn(body.get("ResourceArn")):
                handler = TAG_HANDLERS.get(operation)
            if handler is None:
                return super()._dispatch(request, full_url, headers)
            self._identify(request, full_url, headers)
            return _success(self._answer(operation, handler, body))
        except WireError as refused:
            return _failure(refused)

    def _identify(self, request: Any, full_url: Any, headers: Any) -> None:
        """Let moto find the account and Region, and decide whether the caller may."""
        authorization = request.headers.get("Authorization", "")
        # Unsigned requests pass, as they do in moto.
        if authorization and not _SIGNATURE.match(authorization):
            raise WireError(
                "IncompleteSignatureException", "Authorization header requires a Credential."
            )
        # The body has been read already, and is only looked at to check its signature.
        self.automated_parameter_parsing = False
        self.allow_request_decompression = False
        self.setup_class(request, full_url, headers, use_raw_body=True)
        try:
            self._authenticate_and_authorize_normal_action("*")
        except HTTPException as denied:
            # moto answers in XML what a JSON service must answer in JSON.
            raise WireError(
                re.sub(r"^AccessDenied$", "AccessDeniedException", denied.error_type),  # type: ignore[attr-defined]
                denied.message,  # type: ignore[attr-defined]
            ) from None

    def _answer(self, operation: str, handler: Handler, body: dict[str, Any]) -> dict[str, Any]:
        members = check_request(operation, body)
        try:
            with present_world():
                return handler(self._own_backend().plans, members)
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
    prefix, _, operation = request.headers.get("X-Amz-Target", "").partition(".")
    if prefix != TARGET_PREFIX or not is_operation(operation):
        raise UnknownOperationException
    return operation, read_json(body_of(request), request.headers.get("Content-Encoding", ""))


def _success(answer: dict[str, Any]) -> Answer:
    return 200, _headers(), write_json(answer)


def _failure(refused: WireError) -> Answer:
    body = write_json({"__type": refused.code, "message": refused.message})
    return refused.status, {**_headers(), "x-amzn-errortype": refused.code}, body


def _headers() -> dict[str, str]:
    world = current_world()
    with world.lock:
        return {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": world.next_request_id()}
