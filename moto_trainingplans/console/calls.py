"""The calls of one page: made through the door, and remembered, for the page to show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g, request

from ..control.addresses import PREFIX
from . import equivalents
from .door import Door, Reply
from .place import Place

NOT_UNDERSTOOD = "InvalidAnswer"
_FAULT = re.compile(r"at '([A-Za-z0-9.]+)' failed to satisfy constraint: (.*?)(?=; Value |$)", re.S)


@dataclass(frozen=True)
class Refusal:
    """Why a call was refused: AWS's code and message; a control call has no code."""

    status: int
    code: str
    message: str

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong with which member, by its path in AWS's words, as "instanceCount"."""
        return {path: text.strip() for path, text in _FAULT.findall(self.message)}

    def fault(self, member: str) -> str | None:
        """What is wrong with a member, as "InstanceCount", None if it is not that one."""
        wanted = member[:1].lower() + member[1:]
        for path, text in self.faults.items():
            if path == wanted or path.startswith(f"{wanted}."):
                return text
        return None


@dataclass(frozen=True)
class Answer:
    """What a call was answered: its result (a dict, for AWS's), or why it was refused.

    `has_more`, whether a list goes on beyond what was asked for.
    """

    result: Any
    refusal: Refusal | None = None
    has_more: bool = False

    @property
    def ok(self) -> bool:
        """Whether it was not refused."""
        return self.refusal is None


@dataclass(frozen=True)
class Sent:
    """A call that was made: what the panel 'What was sent' shows of it."""

    name: str
    where: str
    sent: Mapping[str, Any]
    status: int
    answer: Any
    # By label, as "AWS CLI": a text that makes the same call.
    same: Mapping[str, str] = field(default_factory=dict)


class Calls:
    """Makes the calls of one request of the console, in the account and Region of its address."""

    def __init__(self, door: Door, endpoint: str, place: Place) -> None:
        self._door = door
        self._endpoint = endpoint
        self._place = place
        self.sent: list[Sent] = []

    def aws(
        self, operation: str, members: Mapping[str, Any], *, service: str = "sagemaker"
    ) -> Answer:
        """Call AWS, with members as JSON has them; times as ISO 8601 or epoch seconds."""
        place = self._place
        reply = self._door.aws(
            self._endpoint, place.region, place.account, service, operation, members
        )
        written = equivalents.of_aws(self._endpoint, place, service, operation, members)
        self.sent.append(
            Sent(
                operation,
                f"{service}, {place.region}, account {place.account}",
                members,
                reply.status,
                reply.content,
                written,
            )
        )
        return _answer(reply)

    def control(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Make a call of the control object, as "clock/tick", with its arguments as JSON."""
        reply = self._door.control(self._endpoint, name, arguments)
        written = equivalents.of_control(self._endpoint, name, arguments)
        self.sent.append(
            Sent(name, f"POST {PREFIX}{name}", arguments, reply.status, reply.content, written)
        )
        return _answer(reply)

    def every(
        self,
        operation: str,
        members: Mapping[str, Any],
        listed: str,
        *,
        service: str = "sagemaker",
        most: int = 10,
    ) -> Answer:
        """Call a paginated operation for at most so many pages; the result is all of `listed`."""
        found: list[Any] = []
        asked = dict(members)
        answer = Answer({})
        for _ in range(most):
            answer = self.aws(operation, asked, service=service)
            if not answer.ok:
                return answer
            found += answer.result.get(listed, [])
            if not answer.result.get("NextToken"):
                break
            asked["NextToken"] = answer.result["NextToken"]
        return Answer(found, has_more="NextToken" in answer.result)


def calls() -> Calls:
    """The calls of the request that is being answered."""
    made: Calls | None = g.get("calls")
    if made is None:
        door: Door = current_app.extensions["door"]
        made = g.calls = Calls(door, request.host_url.rstrip("/"), g.place)
    return made


def _answer(reply: Reply) -> Answer:
    content = reply.content
    if reply.status == 200:
        return Answer(content)
    content = content if isinstance(content, dict) else {}
    code = content.get("__type", "" if "message" in content else NOT_UNDERSTOOD)
    message = content.get("message", content.get("Message", f"HTTP status {reply.status}"))
    return Answer(None, Refusal(reply.status, str(code).rpartition("#")[2], str(message)))
