"""Requests as moto hands them over, in whichever of its forms, and as botocore has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, HeadersDict

from .protocol import CONTENT_TYPE

# What moto hands over of a request: itself, its URL and its headers.
Given = tuple[Any, Any, Any]


class Headers(Mapping[str, str]):
    """The headers of one of botocore's requests as text, found in any case.

    Each is only read when it is asked for: an answer depends on few of them, some several times.
    """

    __slots__ = ("_headers", "_read")

    def __init__(self, headers: HeadersDict) -> None:
        self._headers = headers
        self._read: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header."""
        try:
            value = self._read[name]
        except KeyError:
            value = self._read[name] = super().get(name)
        return default if value is None else value

    def __getitem__(self, name: str) -> str:
        value: str | bytes = self._headers[name]
        return value.decode() if isinstance(value, bytes) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


class DirectRequest:
    """A request of a client in this process, of which nothing of werkzeug's has been made."""

    __slots__ = ("body", "headers", "prepared", "url")

    def __init__(self, prepared: AWSPreparedRequest) -> None:
        self.prepared = prepared
        self.url: str = prepared.url
        self.body: bytes = prepared.body
        self.headers = Headers(prepared.headers)

    def for_moto(self) -> Given:
        """What moto would have handed over."""
        request, headers = self.prepared, self.prepared.headers
        for name, value in list(self.headers.items()):
            headers[name] = value  # as text
        made = as_moto_has_it(request)
        return made, self.url, made.headers


def for_moto(request: Any, full_url: Any, headers: Any) -> Given:
    """What moto hands over of a request, for a method of moto's that is to go on with it."""
    direct = isinstance(request, DirectRequest)
    given = request.for_moto() if direct else (request, full_url, headers)
    _have_read_as_json(given[0])
    return given


def as_moto_has_it(request: AWSPreparedRequest) -> Any:
    """A request as moto hands it to what answers: werkzeug's from 5.2.4 on, before botocore's."""
    try:
        from moto.core.request import Request

        made = Request.from_primitives
    except (ImportError, AttributeError):
        return request
    return made(request.method, request.url, request.headers, request.body)


def _have_read_as_json(request: Any) -> None:
    """Let moto take a body for the JSON that it is, whatever its client calls it.

    From 5.2.4 on moto fails for what a service does not speak.
    """
    if hasattr(request, "environ"):
        request.environ["CONTENT_TYPE"] = CONTENT_TYPE


def body_of(request: Any) -> bytes:
    """The bytes of a request's body.

    moto 5.2.4 and newer make every request one of werkzeug's; older ones hand over
    botocore's as it is when they run in the client's process.
    """
    if isinstance(request, DirectRequest):
        return request.body
    if not hasattr(request, "get_data"):
        body = request.body
        return body.encode() if isinstance(body, str) else body or b""
    content: bytes = request.get_data(cache=False)
    # Moto may want to read it again, and decompress it, or take it for a form; its own API
    # reads it where the server has put it.
    request.stream = request.environ["wsgi.input"] = BytesIO(content)
    return content
