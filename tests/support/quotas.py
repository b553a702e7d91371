"""What the tests of quotas have in common."""

from __future__ import annotations

from typing import Any

ACCOUNT = "123456789012"
PLANS, P4D = "L-867702E6", "L-B9718876"


def everything(client: Any, operation: str, member: str, **asked: Any) -> list[dict[str, Any]]:
    """What all pages of a listing have."""
    pages = client.get_paginator(operation).paginate(**asked)
    return [each for page in pages for each in page[member]]
