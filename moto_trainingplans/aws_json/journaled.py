"""The door of every request that may change what a simulation lives in: it enters the journal.

Requests to a simulation come through one by one, so that the journal has them in the order in
which they were done; each sees one time from its beginning to its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache
from typing import Any

from moto.core.responses import BaseResponse

from ..host.backend import serving_alone, serving_world
from ..host.draws import drawing
from ..host.journal import Effects, RequestEntry, UnderWay, repeated, repeated_request, under_way
from ..host.journaled_world import JournaledWorld
from ..simulation.kernel.pacing import Countdown
from .http import body_of

# Whose simulation is ours: what they read is told by its clock.
OWN = ("sagemaker", "servicequotas")
_READING = re.compile(
    "Describe|List|Get|Search|BatchGet|BatchDescribe|Query|Simulate|Validate|Estimate|Detect"
    "|Decode|Preview"
)
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
# The headers that answers depend on, besides those of which moto makes account and Region.
_KEPT_HEADERS = ("x-amz-target", "content-type", "content-encoding", "accept")
_KEPT_PREFIX = "x-amzn-sagemaker-"
MANY_CALLERS = 1024

Answer = Callable[[JournaledWorld], Any]


def answer_in_order(
    service: str,
    response: Any,
    request: Any,
    answer: Answer,
    *,
    if_marked: bool = False,
    alone: bool = True,
) -> Any:
    """The answer to a request, which is in the journal from then on if it has changed something.

    `response` is moto's object that answers, by which account and Region are known afterwards.
    With `if_marked` it has changed something only if it says so itself; `alone` is False for
    what may wait for other requests.
    """
    reads = _READING.match(operation_of(request)) is not None
    if reads and service not in OWN:
        with serving_world() as world:
            return answer(world)
    if_marked = if_marked or reads
    underway = UnderWay(repeated.get())
    unrepeated, token = repeated.set(None), under_way.set(underway)
    body = b"" if if_marked else body_of(request)
    try:
        with serving_alone() if alone else serving_world() as world:
            held = alone and world.clock.hold()
            try:
                world.notice_settings()
                # What is done meanwhile, by whom this calls, comes after it.
                journal, counted = world.journal, Countdown.counted
                moment, number = world.moment, journal.number()
                # What a look draws is forgotten.
                with nullcontext() if reads else drawing(underway.draws):
                    answered = answer(world)
            finally:
                if held:
                    world.clock.let_go()
            refused = status_of(answered) >= 400
            matters = underway.matters or Countdown.counted != counted
            changes = matters or not (if_marked or refused)
            if underway.unfit or not (changes or underway.offers):
                return answered
            entry = RequestEntry(
                moment,
                service,
                response.current_account,
                response.region,
                response.access_key,
                _path_of(request),
                _kept_headers(request),
                body or body_of(request),
                Effects(underway.draws.seed, refused, underway.denied, underway.found),
            )
            if changes:
                journal.add(number if alone else journal.number(), entry, underway.bought)
            else:
                journal.add_search(number, entry, underway.offers)
            if changes and (underway.leaves_something or underway.draws.seed is not None):
                journal.beginning.left_something = True
            return answered
    finally:
        under_way.reset(token)
        repeated.reset(unrepeated)


def operation_of(request: Any) -> str:
    """The operation that a request names, in its header or its form; "" where none is named."""
    target = request.headers.get("X-Amz-Target")
    if target:
        return str(target).rpartition(".")[2]
    action = _ACTION.search(body_of(request))
    return action[1].decode() if action else ""


@lru_cache(MANY_CALLERS)
def _key_of(scope: str) -> str:
    """The access key that moto finds in an Authorization header, but for its signature.

    moto's pattern takes long, and there is nothing for it in the digits of a signature.
    """
    signed = BaseResponse()
    signed.headers, signed.querystring = {"Authorization": scope}, {}
    return signed.get_access_key()


def status_of(answered: Any) -> int:
    """The status of an answer of moto's."""
    return int(answered[0]) if isinstance(answered, tuple) and len(answered) == 3 else 200


def _path_of(request: Any) -> str:
    path = getattr(request, "raw_path", None)
    if path is None:  # of botocore's requests
        path = "/" + request.url.partition("//")[2].partition("/")[2].partition("?")[0]
    return str(path)


def _kept_headers(request: Any) -> tuple[tuple[str, str], ...]:
    kept = (
        (name.lower(), value.decode() if isinstance(value, bytes) else str(value))
        for name, value in request.headers.items()
        if name.lower() in _KEPT_HEADERS or name.lower().startswith(_KEPT_PREFIX)
    )
    return tuple(sorted(kept))


class Journaled:
    """What a class of moto's responses needs so that its requests can be done again."""

    def get_region_from_url(self, request: Any, full_url: str) -> str:
        """The Region of a request, or of the one that it repeats."""
        entry = repeated_request()
        if entry is not None:
            return entry.region
        return super().get_region_from_url(request, full_url)  # type: ignore[misc,no-any-return]

    def get_current_account(self) -> str:
        """The account of a request, or of the one that it repeats."""
        entry = repeated_request()
        if entry is not None:
            return entry.account
        return super().get_current_account()  # type: ignore[misc,no-any-return]

    def get_access_key(self) -> str:
        """The key that a request was signed with, or the one that it repeats."""
        entry = repeated_request()
        if entry is not None:
            return entry.access_key
        headers, given = self.headers, self.querystring  # type: ignore[attr-defined]
        scope, _, signature = headers.get("Authorization", "").partition(", Signature=")
        if given or not signature.isalnum():
            return super().get_access_key()  # type: ignore[misc,no-any-return]
        return _key_of(scope)

    def _authenticate_and_authorize_action(self, *args: Any, **more: Any) -> None:
        """Decide whether a caller may; of what is repeated that was decided then."""
        if repeated_request() is None:
            super()._authenticate_and_authorize_action(*args, **more)  # type: ignore[misc]
