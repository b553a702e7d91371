"""Which service a request is for."""

from __future__ import annotations

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from ..aws_json.validation import target_prefix

# They only name the services: the Region is read from the signature later.
HOSTS = {
    "sagemaker": "api.sagemaker.us-east-1.amazonaws.com",
    "service-quotas": "servicequotas.us-east-1.amazonaws.com",
}
# moto knows its other operations by their paths.
RUNTIME_HOST = "runtime.sagemaker.us-east-1.amazonaws.com"


class Dispatcher(DomainDispatcherApplication):
    """Finds the service that a request is for, as moto does, and ours by their operations.

    moto looks for the service in the signature, and fails where that is none.
    """

    def infer_service_region_host(self, environ: dict[str, Any], path: str) -> str | None:
        """The host that the request would have been sent to."""
        prefix = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")[0]
        for service, host in HOSTS.items():
            if prefix == target_prefix(service):
                return host
        if path.endswith("/invocations-response-stream"):
            return RUNTIME_HOST
        return super().infer_service_region_host(environ, path)
