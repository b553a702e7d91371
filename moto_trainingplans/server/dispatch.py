"""Which service a request is for."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from moto.backend_index import backend_url_patterns
from moto.backends import list_of_moto_modules
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from ..aws_json.exchange import is_signature
from ..aws_json.validation import target_prefix

# They only name the services: the Region is read from the signature later.
HOSTS = {
    "sagemaker": "api.sagemaker.us-east-1.amazonaws.com",
    "service-quotas": "servicequotas.us-east-1.amazonaws.com",
}
# moto knows its other operations by their paths.
RUNTIME_HOST = "runtime.sagemaker.us-east-1.amazonaws.com"


class UnreadableError(Exception):
    """A request that does not say in any way known to AWS what it is for."""


class UnknownServiceError(Exception):
    """A request for a service that moto does not have."""


class Dispatcher(DomainDispatcherApplication):
    """Finds the service that a request is for, as moto does, and ours by their operations.

    moto looks for the service in the signature, and fails where that is none.
    """

    def __init__(self, create_service: Callable[[Any], Any]) -> None:
        super().__init__(create_service)
        # moto looks through the directory that it is installed in, for each request.
        self._service_at = lru_cache(maxsize=1024)(_service_at)

    def get_backend_for_host(self, host: str | None) -> Any:
        """The service at a host of AWS's. Raises UnknownServiceError where moto has none."""
        if host is None:
            return None
        service = self._service_at(host)
        if service is None:
            raise UnknownServiceError(host)
        return service

    def infer_service_region_host(self, environ: dict[str, Any], path: str) -> str | None:
        """The host that the request would have been sent to."""
        prefix = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")[0]
        for service, host in HOSTS.items():
            if prefix == target_prefix(service):
                return host
        # Our own services refuse it themselves, in AWS's form.
        authorization = environ.get("HTTP_AUTHORIZATION", "")
        if authorization.startswith("AWS4-HMAC") and not is_signature(authorization):
            raise UnreadableError
        if path.endswith("/invocations-response-stream"):
            return RUNTIME_HOST
        try:
            return super().infer_service_region_host(environ, path)
        except (LookupError, ValueError) as unreadable:
            raise UnreadableError from unreadable


@lru_cache(maxsize=1)
def _modules() -> frozenset[str]:
    return frozenset(("moto_api", *list_of_moto_modules()))


def _service_at(host: str) -> str | None:
    if host in _modules():
        return host
    url = f"http://{host}"
    return next((service for service, at in backend_url_patterns if at.match(url)), None)
