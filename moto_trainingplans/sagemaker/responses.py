"""The way of a request: read it, check it by the model, do it, write the answer.

Operations of the simulation are answered here from the first byte to the last; all others
are moto's and go its way untouched.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from moto.sagemaker.responses import SageMakerResponse as MotoSageMakerResponse

from ..aws_json.answers import known_answer
from ..aws_json.authorization import authorize
from ..aws_json.call_record import answer_recorded, fail_on_demand
from ..aws_json.errors import SerializationException, ValidationException, WireError, answer_to
from ..aws_json.exchange import (
    backend_of,
    check_that_moto_has,
    failure,
    read_members,
    read_operation,
    success,
)
from ..aws_json.http import for_moto
from ..aws_json.iam import Permission
from ..aws_json.journaled import Journaled, answer_in_order
from ..aws_json.pagination import listing_of
from ..aws_json.validation import check_request
from ..host.backend import current_world, present_world
from ..host.journal import mark_as_leaving_something
from ..host.journaled_world import JournaledWorld
from ..simulation.kernel.errors import ServiceError
from . import service_role
from .authorization import permissions
from .endpoints import endpoint as endpoints
from .models import SageMakerBackend
from .operations import HANDLERS, SHARED, normalized
from .refusals import ANSWERS
from .without_plans import refuse_plans

SERVICE = "sagemaker"
BUYS = "CreateTrainingPlan"

Members = Mapping[str, Any]


class SageMakerResponse(Journaled, MotoSageMakerResponse):
    """Answers requests to SageMaker."""

    def _dispatch(self, request: Any, full_url: Any = None, headers: Any = None) -> Any:
        given = (request, full_url, headers)
        return answer_in_order(SERVICE, self, request, lambda world: self._respond(world, given))

    def _respond(self, world: JournaledWorld, given: tuple[Any, Any, Any]) -> Any:
        request = given[0]
        try:
            operation = read_operation(request, SERVICE)
            if operation not in HANDLERS:
                # moto may not survive what it cannot read.
                body = read_members(request)
                fail_on_demand(world, operation)
                refuse_plans(operation, body)
                check_that_moto_has(operation, self)
                return self._dispatch_to_moto(*given)
        except WireError as refused:
            return failure(refused)
        return answer_recorded(
            world, self, operation, given, lambda body: self._answer_to(given, operation, body)
        )

    def _answer_to(self, given: tuple[Any, Any, Any], operation: str, body: dict[str, Any]) -> Any:
        if not self._is_own(operation, body):
            response = type(self)()
            response._asked = (operation, body)
            try:
                return response._dispatch_to_moto(*given)
            except Exception:
                # moto takes a request for well formed: of one that is not, this says why.
                check_request(operation, normalized(operation, body))
                raise
        may_make_role = authorize(self, lambda: self._needs(operation, body), self._wish(operation))
        answer = self._answer(operation, body)
        if operation in endpoints.HANDLERS:
            mark_as_leaving_something()  # endpoints themselves are moto's
        if operation == BUYS and may_make_role:
            backend = self._own_backend
            service_role.ensure_role(current_world(), backend.account_id, backend.partition)
        return success(answer)

    # The request that moto answers, where it is one of those that are else ours to answer.
    _asked: tuple[str, dict[str, Any]] | None = None

    def _authenticate_and_authorize_normal_action(self, resource: str = "*") -> None:
        """Decide on it as on ours: moto looks at neither resources nor most conditions."""
        if self._asked is not None:
            operation, body = self._asked
            # What the model does not allow, and moto does, is moto's to decide on.
            with suppress(ValidationException, SerializationException):
                authorize(self, lambda: self._needs(operation, body))
                return
        super()._authenticate_and_authorize_normal_action(resource)

    def _dispatch_to_moto(self, request: Any, full_url: Any, headers: Any) -> Any:
        mark_as_leaving_something()
        return super()._dispatch(*for_moto(request, full_url, headers))

    def _is_own(self, operation: str, body: Members) -> bool:
        if operation not in SHARED:
            return True
        with present_world():
            return SHARED[operation](operation, self._own_backend, body)

    def _needs(self, operation: str, body: dict[str, Any]) -> list[Permission]:
        members = check_request(operation, normalized(operation, body))
        with present_world():
            return list(permissions(operation, members, self._own_backend))

    def _wish(self, operation: str) -> Permission | None:
        """What a caller should be allowed besides, to get all that an operation can do."""
        if operation != BUYS:
            return None
        backend = self._own_backend
        resource = service_role.arn(backend.account_id, backend.partition)
        keys = {"iam:awsservicename": [service_role.SERVICE]}
        return Permission(service_role.ACTION, resource, keys)

    def _answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        members = check_request(operation, normalized(operation, body))
        try:
            backend = self._own_backend
            with present_world(), listing_of(self.current_account, self.region, operation):
                answer = HANDLERS[operation](backend, members)
                return known_answer(operation, answer)
        except ServiceError as refused:
            raise answer_to(refused, ANSWERS) from refused

    @cached_property
    def _own_backend(self) -> SageMakerBackend:
        backend = backend_of(self, lambda: self.sagemaker_backend)
        assert isinstance(backend, SageMakerBackend)
        return backend
