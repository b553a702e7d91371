"""Who is attacked, in this process or a server; and what must hold of each answer."""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests
from moto.core.utils import get_service_model

from moto_trainingplans import connect, mock_training_plans
from moto_trainingplans.aws_json.validation import target_prefix
from moto_trainingplans.sagemaker.refusals import ANSWERS
from moto_trainingplans.servicequotas.refusals import ANSWERS as QUOTA_ANSWERS
from tests.support.hostile import story
from tests.support.servers import RunningServer

REGION = "us-west-2"
NOW = "2025-01-21T19:08:27.704Z"
CONTROL = "/moto-api/training-plans"
SLOWEST = 1.0  # seconds of processor time
# No refusal says more than what it refuses, cut where that is long; and nothing here is large.
LONGEST_ANSWER = 512 * 1024
# How long the story goes on, to see that nothing has been left that would be done later.
FUTURE = 20 * 86_400
LOOKS = re.compile("Describe|List|Get|Search")
# What is refused before it is known what a request is for; and what moto refuses with, of its own.
CODES_OF_ANY = {
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "RequestEntityTooLargeException",
    "SerializationException",
    "UnknownOperationException",
    "ValidationException",
}
CODES_OF_MOTO = {"ValidationError"}
CODES = {code for table in (ANSWERS, QUOTA_ANSWERS) for code, _ in table.values()}


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> str:
        """Its beginning, for whoever reads of a failure."""
        return f"{self.status}: {self.body[:1000]!r}"


class Attacked:
    """A simulation with the story in it, to which requests are sent as they are.

    What is accepted may change it; `restore` has it as it was. What is refused must not have:
    `check_unchanged` looks at all that it tells, and at all that it would come to.
    """

    def __init__(self, plans: Any, url: str | None, log: Callable[[], str], pid: int | None):
        self.plans = plans
        self.url = url
        self._log = log
        self._pid = pid
        self._session = requests.Session()
        story.tell(plans, self.client)
        self.requests = story.requests(plans, self.client)
        self.texts = story.texts(self.requests)
        self.state: dict[str, Any] = plans._call("state", {})
        self._logged = log()
        # Whatever is loaded by the first that needs it is loaded now.
        for (service, operation), of_it in self.requests.items():
            for each in of_it:
                self.send(service, operation, json.dumps(each).encode(), hurry=False)
        self.restore()
        self._changes = plans.history()
        self._told = self.told()
        self._future = self.future()

    def client(self, service: str) -> Any:
        """A client of a service."""
        return boto3.client(service, region_name=REGION, endpoint_url=self.url)

    # -- sending ---------------------------------------------------------------------------------

    def send(
        self,
        service: str,
        operation: str,
        body: bytes,
        headers: Mapping[str, Any] | None = None,
        *,
        hurry: bool = True,
    ) -> Answer:
        """Send a request to a service, and look at how it is answered; not how soon, if told so."""
        scope = f"20250121/{REGION}/{service.replace('-', '')}/aws4_request"
        given: dict[str, Any] = {
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{scope}, "
            "SignedHeaders=host;x-amz-date, Signature=0000",
            "X-Amz-Target": f"{target_prefix(service)}.{operation}",
            **(headers or {}),
        }
        host = "api.sagemaker" if service == "sagemaker" else "servicequotas"
        url = self.url or f"https://{host}.{REGION}.amazonaws.com"
        return self._looked_at(url, body, given, hurry)

    def control(self, path: str, body: bytes, *, quietly: bool = True) -> Answer:
        """Make a control call over HTTP, and look at how it is answered.

        Unless `quietly` it may take its time and log something, as a load that repeats a story.
        """
        url = (self.url or "http://motoapi.amazonaws.com") + f"{CONTROL}/{path}"
        return self._looked_at(url, body, {"Content-Type": "application/json"}, quietly)

    def _looked_at(
        self, url: str, body: bytes, headers: Mapping[str, Any], hurry: bool = True
    ) -> Answer:
        named = {name: value for name, value in headers.items() if value is not None}
        encoded = {
            name: value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
            for name, value in named.items()
        }
        before = self._processor_time()
        try:
            sent = self._session.post(url, data=body, headers=encoded, timeout=60)
        except NotImplementedError as nobodys:
            # moto's own way in a process, of another service's quotas. rule: CLIENT-09
            assert self.url is None
            told = {"__type": "UnknownOperationException", "message": str(nobodys)}
            return Answer(404, {}, json.dumps(told).encode())
        taken = self._processor_time() - before
        answer = Answer(sent.status_code, sent.headers, sent.content)
        assert taken < SLOWEST or not hurry, f"{taken:.1f} s for {answer.told}"
        assert len(answer.body) <= LONGEST_ANSWER, f"{len(answer.body)} bytes: {answer.told}"
        assert answer.status < 500, answer.told
        logged = self.new_in_log()
        assert logged == "" or not hurry, answer.told
        return answer

    def _processor_time(self) -> float:
        if self._pid is None:
            return time.process_time()
        try:
            fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # not on this system: what is seen from here, on an idle machine
            return time.monotonic()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def new_in_log(self) -> str:
        """What has been logged since somebody looked last."""
        logged = self._log()
        new, self._logged = logged[len(self._logged) :], logged
        return new

    # -- looking ---------------------------------------------------------------------------------

    def told(self) -> list[tuple[str, int, str]]:
        """All that the operations tell that only look."""
        answers = [
            (operation, self.send(service, operation, json.dumps(each).encode()))
            for (service, operation), of_it in self.requests.items()
            for each in of_it
            if LOOKS.match(operation)
        ]
        return [(operation, each.status, each.body.decode()) for operation, each in answers]

    def future(self) -> list[Any]:
        """All that happens in the next weeks; then it is restored."""
        self.plans.clock.tick(FUTURE)
        happened: list[Any] = self.plans.history()
        self.restore()
        return happened

    def live_with_it(self) -> None:
        """What was accepted can be told, saved, loaded and lived with to its end; then restored."""
        told = self.told()
        self.plans._call("load", {"source": self.plans._call("state", {})})
        assert self.told() == told
        self.plans.clock.tick(FUTURE)
        self.told()
        self.plans.timeline().svg()
        assert self.new_in_log() == ""
        self.restore()

    def restore(self) -> None:
        """Have it as the story has left it."""
        self.plans._call("load", {"source": self.state})

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """One attempt, after which it is restored if the attempt found a fault: others follow."""
        try:
            yield
        except Exception:
            self.new_in_log()
            self.restore()
            raise

    def changed_nothing(self) -> bool:
        """Whether nothing has happened since: quickly, and not the whole truth."""
        return self.plans.history() == self._changes

    def check_unchanged(self) -> None:
        """Assert that all is as the story has left it, and will be as it would have been."""
        assert self.plans.history() == self._changes
        assert self.told() == self._told
        assert self.future() == self._future


def check_refusal(answer: Answer, service: str, operation: str) -> None:
    """Assert that a request was refused in AWS's form, with a code of AWS's."""
    assert 400 <= answer.status < 500, answer.told
    told = json.loads(answer.body)
    message = told.get("message") or told.get("Message")
    assert message, answer.told
    code = told["__type"].rpartition("#")[2]
    assert code in known_codes(service, operation), answer.told


def known_codes(service: str, operation: str) -> set[str]:
    """The codes that an operation may be refused with."""
    shapes = get_service_model(service).operation_model(operation).error_shapes
    return CODES | CODES_OF_ANY | CODES_OF_MOTO | {each.name for each in shapes}


class Lines(logging.Handler):
    """All that is logged in this process that a user would see without asking for it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += self.format(record) + "\n"


@contextmanager
def attacked_in_process() -> Iterator[Attacked]:
    """A mock in this process."""
    lines = Lines()
    logging.getLogger().addHandler(lines)
    try:
        with mock_training_plans(now=NOW, strict=False) as plans:
            yield Attacked(plans, None, lambda: lines.text, None)
    finally:
        logging.getLogger().removeHandler(lines)


@contextmanager
def attacked_server() -> Iterator[Attacked]:
    """A server of its own."""
    server = RunningServer("--now", NOW, "--speed", "0")
    try:
        yield Attacked(connect(server.url), server.url, server.log, server.pid)
    finally:
        server.stop()
