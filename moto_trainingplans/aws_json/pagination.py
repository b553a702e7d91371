"""NextToken: where a listing goes on.

A token holds the last position that was shown, not an offset, so that pages stay stable
while resources are added; and what was asked for, and of which account, Region and operation,
so that it cannot go on with another question.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from hashlib import sha256
from typing import Any

from .errors import ValidationException

# Whose tokens are made and read in the request under way.
_listing: ContextVar[tuple[str, ...]] = ContextVar("listing", default=())


@contextmanager
def listing_of(*listing: str) -> Iterator[None]:
    """Have all tokens be those of one account, Region and operation."""
    token = _listing.set(listing)
    try:
        yield
    finally:
        _listing.reset(token)


def encode_token(position: Sequence[Any], question: object) -> str:
    """The token that goes on after a position, in the answer to a question."""
    parts = [part.isoformat() if isinstance(part, datetime) else part for part in position]
    content = json.dumps([_fingerprint(question), parts], separators=(",", ":"))
    # The alphabet that every service's model allows in a token.
    return base64.b64encode(content.encode()).decode()


def decode_token(token: str | None, question: object, kinds: Sequence[type]) -> Any:
    """The position, of those kinds of parts, that a token goes on after; None without one.

    Raises ValidationException for a token that is none, or another question's or listing's.
    """
    if token is None:
        return None
    try:
        fingerprint, parts = json.loads(base64.b64decode(token.encode("ascii"), validate=True))
        if fingerprint != _fingerprint(question) or len(parts) != len(kinds):
            raise ValueError("a token of something else")
        return tuple(_part(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (ValueError, TypeError, RecursionError):
        raise ValidationException("Invalid NextToken.") from None


def _part(part: Any, kind: type) -> Any:
    if kind is datetime:
        parsed = datetime.fromisoformat(part)
        if parsed.tzinfo is None:
            raise ValueError("a time without a zone")
        return parsed
    if type(part) is not kind:
        raise ValueError("a part of another kind")
    return part


def _fingerprint(question: object) -> str:
    return sha256(repr((_listing.get(), question)).encode()).hexdigest()[:16]
