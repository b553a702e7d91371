"""Which paths there are below the control API's, and with which methods."""

from __future__ import annotations

from ..addresses import HTML, JSON, PICTURE
from ..calls import CALLS
from ..perform import PUBLIC_CALLS, WITHOUT_WORLD

# Calls that only look, and so can be fetched: by path, with their arguments in the query.
READABLE = {
    "calls": "calls",
    "clock": "clock/now",
    "health": "health",
    "history": "history",
    PICTURE: "timeline",
    "state": "state",
}
# What is fetched and is no call, with its type.
INDEX, DESCRIPTION = "", "openapi.json"
PAGES = {INDEX: HTML, DESCRIPTION: JSON}
# Calls that move the clock answer with the new time.
MOVING = {"clock/move_to", "clock/tick", "clock/freeze"}


def methods(path: str) -> list[str]:
    """The methods with which a path below PREFIX can be asked for; none where there is none."""
    allowed = []
    if path in READABLE or path in PAGES:
        allowed += ["GET", "HEAD"]
    if path in CALLS or path in WITHOUT_WORLD:
        allowed.append("POST")
    return [*allowed, "OPTIONS"] if allowed else []


def public_paths() -> list[str]:
    """Every path that is for users."""
    return sorted({*READABLE, *PAGES, *PUBLIC_CALLS})
