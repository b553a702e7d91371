"""A shorter way through moto for requests of this process that are answered here.

moto compares a URL with those of all its services, and makes a request of werkzeug's of one of
botocore's: that costs as much as the answer. What it would find is found once for each URL; and
where it would do more than hand the request over, it is left to do so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from moto.backend_index import backend_url_patterns
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.config import default_user_config
from moto.core.utils import get_equivalent_url_in_aws_domain
from moto.moto_api import recorder
from moto.settings import get_s3_custom_endpoints
from werkzeug.exceptions import HTTPException

from ..aws_json.http import DirectRequest

Dispatch = Callable[[DirectRequest, str, Any], Any]

ANSWERED_HERE = ("sagemaker", "servicequotas")
FEW_URLS = 256  # one for each Region that somebody asks


class Stubber(BotocoreStubber):
    """moto's stubber, to be in the place of it. It has no state of its own."""

    def process_request(self, request: Any) -> Any:
        """The status, headers and body of the answer; None for what is to be sent."""
        dispatch = _dispatch_of(request)
        if dispatch is None:
            return super().process_request(request)
        direct = DirectRequest(request)
        try:
            return dispatch(direct, direct.url, direct.headers)
        except HTTPException as refused:
            return refused.code, refused.get_headers(), refused.get_body()


def _dispatch_of(request: Any) -> Dispatch | None:
    """What answers a request that nobody but that is to see; None where moto has to see to it."""
    if not (
        isinstance(request, AWSPreparedRequest)
        and request.method == "POST"
        and isinstance(request.body, bytes)
        and isinstance(request.headers, HeadersDict)
    ):
        return None
    service = _service_at(request.url)
    if service is None or _moto_does_more():
        return None
    backends, ours, dispatch = _answering(service)
    # Others may have put something in the place of ours.
    return dispatch if backends.backend is ours else None


def _moto_does_more() -> bool:
    """Whether moto has been told to record requests, or to let some of them through."""
    core = default_user_config.get("core", {})
    passed: Any = core.get("passthrough", {})
    return bool(
        recorder._user_enabled
        or passed.get("urls")
        or passed.get("services")
        or core.get("service_whitelist") is not None
        or get_s3_custom_endpoints()
    )


@lru_cache(FEW_URLS)
def _service_at(url: str) -> str | None:
    """The service at the root of a host in AWS's usual domain, if it is answered here."""
    parsed, is_other_domain = get_equivalent_url_in_aws_domain(url)
    if is_other_domain or url != f"{parsed.scheme}://{parsed.netloc}/":
        return None
    found = (name for name, pattern in backend_url_patterns if pattern.match(url))
    service = next(found, None)
    return service if service in ANSWERED_HERE else None


@cache
def _answering(service: str) -> tuple[Any, type, Dispatch]:
    """A service's backends, of which class they are while they are ours, and what answers.

    What answers is imported with the first request, as it is by moto.
    """
    if service == "sagemaker":
        from moto.sagemaker.models import sagemaker_backends

        from ..sagemaker.models import SageMakerBackend
        from ..sagemaker.responses import SageMakerResponse

        return sagemaker_backends, SageMakerBackend, SageMakerResponse.dispatch
    from moto.servicequotas.models import servicequotas_backends

    from ..servicequotas.models import ServiceQuotasBackend
    from ..servicequotas.responses import ServiceQuotasResponse

    return servicequotas_backends, ServiceQuotasBackend, ServiceQuotasResponse.dispatch
