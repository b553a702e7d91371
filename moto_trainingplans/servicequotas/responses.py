"""One Service Quotas request: read it, check it by the model, do it, write the answer.

Requests about SageMaker are answered here; those about other services are moto's.
"""

from __future__ import annotations

from typing import Any

from moto.servicequotas.responses import ServiceQuotasResponse as MotoServiceQuotasResponse

from ..control_api.models import present_world
from ..sagemaker.exceptions import WireError, answer_to
from ..sagemaker.exchange import authorize, backend_of, failure, identify, read_request, success
from ..sagemaker.validation import check_request
from ..simulation.errors import ServiceError
from .exceptions import ANSWERS
from .models import ServiceQuotasBackend
from .operations import HANDLERS, SERVICE_CODE, Handler

SERVICE = "service-quotas"


class ServiceQuotasResponse(MotoServiceQuotasResponse):
    """Answers requests to Service Quotas."""

    def _dispatch(self, request: Any, full_url: Any = None, headers: Any = None) -> Any:
        try:
            operation, body = read_request(request, SERVICE)
            handler = HANDLERS.get(operation)
            if handler is None or _is_of_another_service(body):
                return super()._dispatch(request, full_url, headers)
            identify(self, request, full_url, headers)
            authorize(self)
            return success(self._answer(operation, handler, body))
        except WireError as refused:
            return failure(refused)

    def _answer(self, operation: str, handler: Handler, body: dict[str, Any]) -> dict[str, Any]:
        members = check_request(operation, body, SERVICE)
        backend = backend_of(self, lambda: self.backend)
        assert isinstance(backend, ServiceQuotasBackend)
        try:
            with present_world():
                return handler(backend.quotas, members)
        except ServiceError as refused:
            raise answer_to(refused, ANSWERS) from refused


def _is_of_another_service(body: dict[str, Any]) -> bool:
    code = body.get("ServiceCode")
    return isinstance(code, str) and code != SERVICE_CODE
