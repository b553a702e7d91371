"""One request to a JSON service: what it asks for, who asks, and the bytes of the answer."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from gzip import GzipFile
from typing import Any, TypeVar

from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import camelcase_to_underscores

from ..host.backend import current_world
from ..host.journal import is_replaying
from .errors import UnknownOperationException, WireError
from .http import body_of, for_moto
from .protocol import CONTENT_TYPE, read_json, write_json
from .validation import is_operation, target_prefix

Answer = tuple[int, dict[str, str], str]
Backend = TypeVar("Backend")

# What Signature Version 4 looks like. moto takes the Region from it, where it expects it.
_SIGNATURE = re.compile(r"AWS4-[A-Z0-9-]+\s+Credential=[^/,\s]+/\d+/[^/,\s]+/[^/,\s]+/aws4_request")


def is_signature(authorization: str) -> bool:
    """Whether an Authorization header says who signed, and for which Region and service."""
    return _SIGNATURE.match(authorization) is not None


def read_operation(request: Any, service: str) -> str:
    """The operation that a request is for."""
    asked: str = request.headers.get("X-Amz-Target", "")
    prefix, _, operation = asked.partition(".")
    if prefix != target_prefix(service) or not is_operation(operation, service):
        raise UnknownOperationException(operation)
    return operation


def read_members(request: Any) -> dict[str, Any]:
    """The members of a request."""
    encoding = request.headers.get("Content-Encoding", "")
    if isinstance(getattr(request, "stream", None), GzipFile):
        encoding = ""  # before 5.2.4 moto's server has decompressed it, and left the header
    return read_json(body_of(request), encoding)


def check_that_moto_has(operation: str, response: Any) -> None:
    """Raise UnknownOperationException on a server for an operation that a class of moto's lacks.

    Else moto would answer with an internal failure, after which clients wait and try again. In
    process moto raises NotImplementedError, which nobody tries again.
    """
    if _on_a_server() and not hasattr(response, camelcase_to_underscores(operation)):
        raise UnknownOperationException(operation)


def _on_a_server() -> bool:
    """Whether the request under way came to moto's server, rather than from this process."""
    flask = sys.modules.get("flask")
    return flask is not None and bool(flask.has_app_context() and flask.current_app.name == "moto")


def identify(response: Any, request: Any, full_url: Any, headers: Any) -> None:
    """Let a response of moto's find the account and Region."""
    authorization = request.headers.get("Authorization", "")
    # Unsigned requests pass, as they do in moto.
    if authorization and not is_signature(authorization):
        raise WireError(
            "IncompleteSignatureException", "Authorization header requires a Credential."
        )
    if authorization_is_on():
        # The body has been read already, and is only looked at to check its signature.
        response.automated_parameter_parsing = False
        response.allow_request_decompression = False
        response.setup_class(*for_moto(request, full_url, headers), use_raw_body=True)
        return
    # Of all that moto sets up for a request, this is what ours need: the rest costs as much as
    # the answer.
    response.headers = request.headers
    response.querystring = {}
    response.region = response.get_region_from_url(request, full_url or request.url)
    response.access_key = response.get_access_key()
    if _may_know_the_caller(response):
        from moto.iam.models import mark_account_as_visited

        response.current_account = response.get_current_account()
        mark_account_as_visited(
            account_id=response.current_account,
            access_key=response.access_key,
            service=response.service_name,
            region=response.region,
        )
    else:
        response.current_account = DEFAULT_ACCOUNT_ID


def _may_know_the_caller(response: Any) -> bool:
    """Whether moto can know more of a caller than nothing, or has to remember their visit.

    Nobody has an access key before moto's IAM has been imported, which takes longer than
    SageMaker.
    """
    if "MOTO_ACCOUNT_ID" in os.environ or "x-moto-account-id" in response.headers:
        return True
    return "moto.iam.models" in sys.modules and _somebody_has_a_key()


def _somebody_has_a_key() -> bool:
    from moto.iam.models import iam_backends

    # Others may ask for one more meanwhile.
    accounts = list(iam_backends.values())
    return any(backend.access_keys for account in accounts for backend in list(account.values()))


def authorization_is_on() -> bool:
    """Whether moto looks at who may do what; of what is done again that was decided then."""
    if is_replaying():
        return False
    count: int = ActionAuthenticatorMixin.request_count
    return count >= settings.INITIAL_NO_AUTH_ACTION_COUNT


def backend_of(response: Any, look_up: Callable[[], Backend]) -> Backend:
    """The backend of the Region that a request was signed for."""
    try:
        return look_up()
    except KeyError:
        raise WireError(
            "InvalidSignatureException",
            f"Credential should be scoped to a valid region, not '{response.region}'.",
        ) from None


def success(answer: Mapping[str, Any]) -> Answer:
    """What was asked for."""
    return 200, _headers(), write_json(answer)


def failure(refused: WireError) -> Answer:
    """Why it was refused."""
    body = write_json({"__type": refused.code, "message": refused.message})
    return refused.status, {**_headers(), "x-amzn-errortype": refused.code}, body


def _headers() -> dict[str, str]:
    world = current_world()
    with world.lock:
        return {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": world.next_request_id()}
