"""The services of moto that plans live beside, whose requests enter the journal too."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, ClassVar

from ..host.journal import repeated_request, under_way
from ..simulation.kernel.errors import TrainingPlansError
from .http import body_of
from .journaled import Journaled, answer_in_order

# Resources for which moto calls a function of the user's, which nobody wants to be called again.
_CALLS_OUT = re.compile(rb"Custom(%3A%3A|::)|CustomResource")
_STACK = re.compile(rb"(?:^|&)StackName=(?:arn[^&]*?stack%2F)?([^&%]+)")
_TOKEN = re.compile(r"<SessionToken>(.*?)</SessionToken>")
_KEY = re.compile(r"<AccessKeyId>(.*?)</AccessKeyId>")


@cache
def journaled_class(service: str, moto_class: Any) -> Any:
    """A class of moto's responses, whose requests enter the journal."""
    base = KINDS.get(service, Neighbour)
    # A server takes the names of its routes from the class.
    members = {"__module__": moto_class.__module__, "service_in_journal": service}
    return type(moto_class.__name__, (base, moto_class), members)


class Neighbour(Journaled):
    """Answers as moto does."""

    service_in_journal: str

    def _dispatch(self, request: Any, *args: Any, **more: Any) -> Any:
        return answer_in_order(
            self.service_in_journal, self, request, lambda _: self._answer(request, args, more)
        )

    def _answer(self, request: Any, args: Any, more: Any) -> Any:
        answered = super()._dispatch(request, *args, **more)  # type: ignore[misc]
        request_under_way = under_way.get()
        if request_under_way is not None:
            request_under_way.leaves_something = True
        return answered


class Tokens(Neighbour):
    """STS, whose session tokens are the machine's own chance and are asked for again."""

    def _answer(self, request: Any, args: Any, more: Any) -> Any:
        answered = super()._answer(request, args, more)
        request_under_way = under_way.get()
        if request_under_way is None:
            return answered
        text = str(answered[2])
        token, key = _TOKEN.search(text), _KEY.search(text)
        if token is None or key is None:
            return answered
        if request_under_way.replayed is None:
            request_under_way.found = token[1]
        else:
            _set_token(key[1], request_under_way.found)
        return answered


def _set_token(access_key: str, token: str | None) -> None:
    from moto.sts.models import sts_backends

    for account in list(sts_backends.values()):
        for backend in list(account.values()):
            role = backend.get_assumed_role_from_access_key(access_key)
            if role is not None and token is not None:
                role.session_token = token


class Stacks(Neighbour):
    """CloudFormation, which reads templates elsewhere, and may call functions of the user's."""

    # Of stacks that call out nothing is repeated; and what they call may ask for something
    # itself, so that no request can wait until one of CloudFormation's has ended.
    _calling_out: ClassVar[set[bytes]] = set()

    def _dispatch(self, request: Any, *args: Any, **more: Any) -> Any:
        body = body_of(request)
        stack = _STACK.search(body)
        if _CALLS_OUT.search(body) and stack is not None:
            self._calling_out.add(stack[1])
        return answer_in_order(
            self.service_in_journal,
            self,
            request,
            lambda _: self._answer_unless_unfit(body, request, args, more),
            alone=not (self._calling_out or b"TemplateURL=" in body),
        )

    def _answer_unless_unfit(self, body: bytes, request: Any, args: Any, more: Any) -> Any:
        self._check(body)
        stack, request_under_way = _STACK.search(body), under_way.get()
        if request_under_way is not None and stack is not None:
            request_under_way.unfit = stack[1] in self._calling_out
        return self._answer(request, args, more)

    def _get_stack_from_s3_url(self, template_url: str) -> str:
        request_under_way = under_way.get()
        entry = repeated_request()
        if entry is not None:
            found = entry.effects.found or ""
            self._check(found.encode())
            return found
        template: str = super()._get_stack_from_s3_url(template_url)  # type: ignore[misc]
        if request_under_way is not None:
            request_under_way.found = template
            request_under_way.unfit |= _CALLS_OUT.search(template.encode()) is not None
        return template

    def _check(self, text: bytes) -> None:
        if repeated_request() is not None and _CALLS_OUT.search(text):
            raise TrainingPlansError("a stack whose resources call functions is not repeated")


KINDS: dict[str, type[Neighbour]] = {"sts": Tokens, "cloudformation": Stacks}
