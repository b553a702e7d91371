"""The door: the WSGI application that any client's request reaches, and requests of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from ..aws_json.protocol import CONTENT_TYPE
from ..aws_json.validation import target_prefix
from ..control.addresses import PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# By the header that moto has for it, any key can speak for any account.
CREDENTIALS = Credentials("console", "console")
ACCOUNT_HEADER = "x-moto-account-id"
SIGNING_NAMES = {"service-quotas": "servicequotas"}


@dataclass(frozen=True)
class Reply:
    """What came back: an HTTP status, and the body read as JSON, None if it is none."""

    status: int
    content: Any


class Door:
    """Sends requests to the application that is behind it, as an SDK would over the network."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def aws(
        self,
        endpoint: str,
        region: str,
        account: str,
        service: str,
        operation: str,
        members: Mapping[str, Any],
    ) -> Reply:
        """Make a call of a service that speaks JSON 1.1, signed, in an account and Region.

        `endpoint` is the server's address, as "http://127.0.0.1:5000".
        """
        request = AWSRequest(
            method="POST",
            url=f"{endpoint}/",
            headers={
                "Content-Type": CONTENT_TYPE,
                "X-Amz-Target": f"{target_prefix(service)}.{operation}",
                ACCOUNT_HEADER: account,
            },
            data=json.dumps(members).encode(),
        )
        signing_name = SIGNING_NAMES.get(service, service)
        SigV4Auth(CREDENTIALS, signing_name, region).add_auth(request)
        return self._send(endpoint, "/", dict(request.headers.items()), request.data)

    def control(self, endpoint: str, name: str, arguments: Mapping[str, Any]) -> Reply:
        """Make a call of the control object, as "clock/tick"."""
        headers = {"Content-Type": "application/json"}
        return self._send(endpoint, PREFIX + name, headers, json.dumps(arguments).encode())

    def _send(self, endpoint: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        builder = EnvironBuilder(
            path, base_url=endpoint, method="POST", headers=Headers(headers), data=body
        )
        try:
            answered, status, _ = run_wsgi_app(
                self._application, builder.get_environ(), buffered=True
            )
            written = b"".join(answered)
        finally:
            builder.close()
        try:
            content = json.loads(written)
        except ValueError:
            content = None
        return Reply(int(status.partition(" ")[0]), content)
