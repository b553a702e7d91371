"""How large a request may be, by what it is for: looked at before its body is read."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from ..aws_json.validation import target_prefix

MEBIBYTE = 1024 * 1024

# What all headers together may have, the URL among them. source: choice
LARGEST_HEADERS = 64 * 1024
# Nothing that the simulation's services or the control calls take comes near it. source: choice
LARGEST_JSON = 8 * MEBIBYTE
# S3's objects and all else that moto serves. source: choice
LARGEST_BODY = 1024 * MEBIBYTE
# Chunks are announced by a line each, which needs a dozen characters. source: choice
LONGEST_CHUNK_LINE = 1024

JSON_SERVICES = ("sagemaker", "service-quotas")
MOTO_API = "/moto-api"
CONTROL = f"{MOTO_API}/training-plans"

_STEP = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How many bytes a body may have. `whole_states`: paths that take a saved simulation."""

    body: int = LARGEST_BODY
    json: int = LARGEST_JSON
    whole_states: frozenset[str] = frozenset({f"{CONTROL}/load"})

    def of(self, path: str, headers: Mapping[str, str]) -> int:
        """The most that a request's body may have; `headers` by their names in WSGI."""
        if path in self.whole_states:
            return self.body
        prefix = headers.get("X_AMZ_TARGET", "").partition(".")[0]
        if path.startswith(CONTROL) or prefix in _json_prefixes():
            return min(self.json, self.body)
        return self.body


def _json_prefixes() -> set[str]:
    return {target_prefix(service) for service in JSON_SERVICES}


class TooLargeError(Exception):
    """A body that would be larger than is allowed, once it is decompressed."""


def check_expansion(body: BinaryIO, most: int) -> None:
    """Raise TooLargeError for a gzip body that expands to more bytes than that.

    Nothing of it is kept: who needs it decompresses it again. One that is damaged passes, for the
    service to refuse in its own words. The stream is left at its beginning.
    """
    expanded = 0
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        waiting = body.read(_STEP)
        while waiting:
            expanded += len(decompressor.decompress(waiting, _STEP))
            if expanded > most:
                raise TooLargeError
            waiting = decompressor.unconsumed_tail
            if decompressor.eof:
                # Members follow each other.
                waiting, decompressor = decompressor.unused_data, _next_member()
            waiting = waiting or body.read(_STEP)
    except zlib.error:
        pass
    finally:
        body.seek(0)


def _next_member() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)
