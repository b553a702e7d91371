"""Control calls of this process in a recording of moto's own recorder, as a server's are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from moto.moto_api import recorder

from ..addresses import JSON, ORDERED_AT_HEADER, PREFIX
from ..sharing import LOOKING
from ..values import plain_value

# Where moto's own calls are asked for in process.
HOST = "http://motoapi.amazonaws.com"


def record(name: str, arguments: Mapping[str, Any], ordered_at: str | None) -> None:
    """Enter a call that changes something: the request that would have made it."""
    if name in LOOKING or name == "save" or name.startswith("mock/"):
        return
    headers = {"Content-Type": JSON}
    if ordered_at is not None:
        headers[ORDERED_AT_HEADER] = quote(ordered_at)
    content = {key: plain_value(value) for key, value in arguments.items()}
    url = f"{HOST}{PREFIX}{name}"
    request = SimpleNamespace(
        headers=headers,
        method="POST",
        url=url,
        raw_url=url,
        path=f"{PREFIX}{name}",
        raw_path=f"{PREFIX}{name}",
    )
    recorder._record_request(request, json.dumps(content, default=repr).encode())  # type: ignore[arg-type]
