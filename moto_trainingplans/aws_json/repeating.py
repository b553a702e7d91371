"""Doing a request of a journal again: through the class that answers every request to a service."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from werkzeug.exceptions import HTTPException

from ..host.journal import RequestEntry, repeated
from ..simulation.kernel.errors import TrainingPlansError
from .http import as_moto_has_it

MOTO_API = "moto_api"
# By the name of a service in the journal: where its URLs are, and the host that is asked.
SERVICES = {
    "sagemaker": ("moto_trainingplans.sagemaker.urls", "api.sagemaker.{}.amazonaws.com"),
    "sagemakerruntime": (
        "moto_trainingplans.sagemakerruntime.urls",
        "runtime.sagemaker.{}.amazonaws.com",
    ),
    "servicequotas": ("moto_trainingplans.servicequotas.urls", "servicequotas.{}.amazonaws.com"),
    "sagemakermetrics": ("moto.sagemakermetrics.urls", "metrics.sagemaker.{}.amazonaws.com"),
    "resourcegroupstaggingapi": ("moto.resourcegroupstaggingapi.urls", "tagging.{}.amazonaws.com"),
    "cloudformation": ("moto.cloudformation.urls", "cloudformation.{}.amazonaws.com"),
    "ec2": ("moto.ec2.urls", "ec2.{}.amazonaws.com"),
    "iam": ("moto.iam.urls", "iam.amazonaws.com"),
    "sts": ("moto.sts.urls", "sts.{}.amazonaws.com"),
    # moto's own calls, of which those alone are repeated that say what invocations answer.
    MOTO_API: ("moto.moto_api._internal.urls", "motoapi.amazonaws.com"),
}
RESULTS = tuple(
    f"/moto-api/static/sagemaker/{each}" for each in ("endpoint-results", "async-endpoint-results")
)
NO_SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential={}/20250101/{}/{}/aws4_request, SignedHeaders=, Signature="
)


def repeat(entry: RequestEntry) -> Any:
    """The answer, as moto has it: a status, headers and a body."""
    module, host = SERVICES[entry.service]
    headers = HTTPHeaders()
    for name, value in entry.headers:
        headers[name] = value
    headers["Authorization"] = NO_SIGNATURE.format(entry.access_key, entry.region, entry.service)
    headers["Content-Length"] = str(len(entry.body))
    request = AWSPreparedRequest(
        method="POST",
        url=f"https://{host.format(entry.region)}{entry.path}",
        headers=headers,
        body=entry.body,
        stream_output=False,
    )
    given = as_moto_has_it(request)
    token = repeated.set(entry)
    try:
        url_paths = import_module(module).url_paths
        if entry.service == MOTO_API:
            if entry.path not in RESULTS:
                raise TrainingPlansError(f"{entry.path} is no request that a state has")
            handler = url_paths[f"{{0}}{entry.path}"]
        else:
            handler = next(iter(url_paths.values()))
        return handler(given, request.url, given.headers)
    except HTTPException as refused:
        return refused.code, refused.get_headers(), refused.get_body()
    finally:
        repeated.reset(token)
