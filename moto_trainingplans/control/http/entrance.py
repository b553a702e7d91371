"""Where requests to the control API come in: what answers them is loaded with the first of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ...aws_json.journaled import answer_in_order
from ...aws_json.repeating import MOTO_API
from ...host.backend import set_seed
from ...host.journal import mark_as_leaving_something
from ..addresses import PREFIX, Answer


def respond(request: Any, full_url: str, headers: Any) -> Answer:
    """Answer a request below PREFIX."""
    from .responses import respond as answer

    return answer(request, full_url, headers)


def respond_without_slash(request: Any, full_url: str, headers: Any) -> Answer:
    """Answer a request for PREFIX itself, or for it without its slash, which leads there."""
    if urlsplit(request.url).path.endswith("/"):
        return respond(request, full_url, headers)
    return 308, {"Location": PREFIX.split("/")[-2] + "/"}, ""


def respond_to_seed(moto_respond: Callable[..., Any]) -> Callable[..., Any]:
    """Moto's seed API, that lets the simulation know of the seed too."""

    # Named as moto's own: a server takes the names of its routes from the functions.
    def seed(request: Any, full_url: str, headers: Any) -> Any:
        answer = moto_respond(request, full_url, headers)
        query = dict(parse_qsl(urlsplit(request.url).query))
        set_seed(query.get("a", ""))
        return answer

    return seed


class _Nobody:
    """Who asks moto's own API, which knows no accounts."""

    current_account = region = access_key = ""


def respond_in_order(moto_respond: Callable[..., Any]) -> Callable[..., Any]:
    """One of moto's own calls that say what invocations will answer, in the journal too."""

    def answers(request: Any, full_url: str, headers: Any) -> Any:
        def answer(_: Any) -> Any:
            mark_as_leaving_something()
            return moto_respond(request, full_url, headers)

        return answer_in_order(MOTO_API, _Nobody(), request, answer)

    return answers
