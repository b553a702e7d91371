"""One Service Quotas request: read it, check it by the model, do it, write the answer.

Requests about SageMaker are answered here; those about other services are moto's.
"""

from __future__ import annotations

from typing import Any

from moto.servicequotas.responses import ServiceQuotasResponse as MotoServiceQuotasResponse

from ..aws_json.answers import known_answer
from ..aws_json.authorization import authorize
from ..aws_json.call_record import answer_recorded
from ..aws_json.errors import WireError, answer_to
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
from ..host.backend import present_world
from ..host.journal import mark_as_leaving_something
from ..host.journaled_world import JournaledWorld
from ..simulation.kernel.errors import ServiceError
from .models import ServiceQuotasBackend
from .operations import HANDLERS, SERVICE_CODE, Handler
from .refusals import ANSWERS

SERVICE = "service-quotas"
JOURNAL_NAME = "servicequotas"


class ServiceQuotasResponse(Journaled, MotoServiceQuotasResponse):
    """Answers requests to Service Quotas."""

    def _dispatch(self, request: Any, full_url: Any = None, headers: Any = None) -> Any:
        given = (request, full_url, headers)
        return answer_in_order(
            JOURNAL_NAME, self, request, lambda world: self._respond(world, given)
        )

    def _respond(self, world: JournaledWorld, given: tuple[Any, Any, Any]) -> Any:
        try:
            operation = read_operation(given[0], SERVICE)
            if operation not in HANDLERS:
                read_members(given[0])
                check_that_moto_has(operation, self)
                return self._dispatch_to_moto(*given)
        except WireError as refused:
            return failure(refused)
        return answer_recorded(
            world, self, operation, given, lambda body: self._answer_to(given, operation, body)
        )

    def _answer_to(self, given: tuple[Any, Any, Any], operation: str, body: dict[str, Any]) -> Any:
        if _is_of_another_service(body):
            check_that_moto_has(operation, self)
            return type(self)()._dispatch_to_moto(*given)
        authorize(self, lambda: [self._need(operation, body)])
        return success(self._answer(operation, HANDLERS[operation], body))

    def _dispatch_to_moto(self, request: Any, full_url: Any, headers: Any) -> Any:
        mark_as_leaving_something()
        return super()._dispatch(*for_moto(request, full_url, headers))

    def _need(self, operation: str, body: dict[str, Any]) -> Permission:
        members = check_request(operation, body, SERVICE)
        resource = "*"
        if operation == "RequestServiceQuotaIncrease":
            resource = self._own_backend().quotas.arn_of(members["QuotaCode"])
        return Permission(f"servicequotas:{operation}", resource)

    def _answer(self, operation: str, handler: Handler, body: dict[str, Any]) -> dict[str, Any]:
        members = check_request(operation, body, SERVICE)
        try:
            backend = self._own_backend()
            with present_world(), listing_of(self.current_account, self.region, operation):
                return known_answer(operation, handler(backend.quotas, members), SERVICE)
        except ServiceError as refused:
            raise answer_to(refused, ANSWERS) from refused

    def _own_backend(self) -> ServiceQuotasBackend:
        backend = backend_of(self, lambda: self.backend)
        assert isinstance(backend, ServiceQuotasBackend)
        return backend


def _is_of_another_service(body: dict[str, Any]) -> bool:
    code = body.get("ServiceCode")
    return isinstance(code, str) and code != SERVICE_CODE
