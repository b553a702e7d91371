"""Every request to an emulated operation, put into the simulation's log of calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..host.journal import mark_as_changing
from ..simulation.world import World
from .errors import CallFailed, WireError
from .exchange import Answer, failure, identify, read_members


def fail_on_demand(world: World, operation: str) -> None:
    """Fail a call as the control object has asked, before it changes anything."""
    with world.lock:
        fault = world.call_faults.next(operation)
    if fault is not None:
        mark_as_changing()
        raise CallFailed(fault.code, fault.message)


def answer_recorded(
    world: World,
    response: Any,
    operation: str,
    request: tuple[Any, Any, Any],
    answer: Callable[[dict[str, Any]], Any],
) -> Any:
    """The answer to a request, which is in the log of calls from then on.

    `response` is moto's object that answers; `request` is what moto hands it: the request, its
    URL and its headers; `answer` is given the members. Refusals are answers too.
    """
    # Until it is known better.
    code: str | None = "InternalFailure"
    members: dict[str, Any] = {}
    try:
        members = read_members(request[0])
        identify(response, *request)
        fail_on_demand(world, operation)
        answered = answer(members)
        code = _code_of(answered)
    except WireError as refused:
        code = refused.code
        answered = failure(refused)
    finally:
        with world.lock:
            world.calls.record(
                world.bring_to_now(),
                operation,
                getattr(response, "region", ""),
                getattr(response, "current_account", ""),
                members,
                code,
            )
    return answered


def _code_of(answer: Answer) -> str | None:
    """The code of an error, None of what is none; moto's answers are of the same form."""
    status, headers, body = answer
    if status < 400:
        return None
    code = headers.get("x-amzn-errortype")
    if code is None:
        try:
            code = json.loads(body)["__type"]
        except (ValueError, KeyError, TypeError):
            code = str(status)
    return str(code).rpartition("#")[2]
