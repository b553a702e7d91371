"""Invocations: those of endpoints without instances fail, all others are moto's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from moto.sagemakerruntime.responses import SageMakerRuntimeResponse as MotoSageMakerRuntimeResponse

from ..aws_json.errors import WireError
from ..aws_json.exchange import check_that_moto_has
from ..aws_json.http import body_of
from ..aws_json.journaled import Journaled, answer_in_order
from ..host.journal import mark_as_changing, mark_as_leaving_something
from .models import SageMakerRuntimeBackend

JOURNAL_NAME = "sagemakerruntime"
MODEL_ERROR = 424  # source: model
TARGET_VARIANT = "X-Amzn-SageMaker-Target-Variant"

Answer = tuple[int, dict[str, Any], str]


class SageMakerRuntimeResponse(Journaled, MotoSageMakerRuntimeResponse):
    """Answers requests to SageMaker Runtime."""

    def _dispatch(self, request: Any, full_url: Any = None, headers: Any = None) -> Any:
        # moto has one object for all requests: it may be another's before this one has ended.
        response = type(self)()
        return answer_in_order(
            JOURNAL_NAME,
            response,
            request,
            lambda _: response._respond(request, full_url, headers),
            if_marked=True,
        )

    def _respond(self, request: Any, full_url: Any, headers: Any) -> Any:
        try:
            if urlsplit(full_url or request.url).path.endswith("/invocations-response-stream"):
                check_that_moto_has("InvokeEndpointWithResponseStream", self)
        except WireError as refused:
            return _failure(refused.status, refused.code, {"Message": refused.message})
        return super()._dispatch(request, full_url, headers)

    def setup_class(self, request: Any, *given: Any, **more: Any) -> None:
        """Read a request as moto does, which takes every body for text: images are none."""
        is_text = _is_text(body_of(request))
        if not is_text:
            more["use_raw_body"] = True
        super().setup_class(request, *given, **more)
        if not is_text and isinstance(self.body, bytes):
            self.body = self.body.decode("latin-1")  # what moto knows it again by

    def invoke_endpoint(self) -> Any:
        """InvokeEndpoint. source: documented for endpoints whose plan has expired"""
        name = self._endpoint_name
        if self._backend.was_never_in_service(name):
            return self._not_found(name)
        reason = self._backend.why_not_answering(name, self.headers.get(TARGET_VARIANT))
        if reason is None:
            with self._marking_changes():
                return super().invoke_endpoint()
        return _failure(MODEL_ERROR, "ModelError", {"Message": reason, "OriginalMessage": reason})

    def invoke_endpoint_async(self) -> Any:
        """InvokeEndpointAsync, whose failures show in what it writes, if the endpoint ever ran."""
        name = self._endpoint_name
        if self._backend.was_never_in_service(name):
            return self._not_found(name)
        with self._marking_changes():
            return super().invoke_endpoint_async()

    @contextmanager
    def _marking_changes(self) -> Iterator[None]:
        """Whether moto has remembered an answer: it gives the same one from then on."""
        remembered = self._backend.remembered()
        yield
        if self._backend.remembered() != remembered:
            mark_as_changing()
            mark_as_leaving_something()

    @property
    def _endpoint_name(self) -> str:
        return unquote(self.path.split("/")[2])

    @property
    def _backend(self) -> SageMakerRuntimeBackend:
        backend = self.sagemakerruntime_backend
        assert isinstance(backend, SageMakerRuntimeBackend)
        return backend

    def _not_found(self, name: str) -> Answer:
        # source: observed, for endpoints that are not in service
        message = f"Endpoint {name} of account {self.current_account} not found."
        return _failure(400, "ValidationError", {"Message": message})


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _failure(status: int, code: str, content: dict[str, str]) -> Answer:
    headers = {
        "status": status,
        "Content-Type": "application/json",
        "x-amzn-errortype": code,
    }
    return status, headers, json.dumps(content)
