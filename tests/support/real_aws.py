"""`pytest --aws`: the tests that only read, against AWS itself, to see where it differs.

Whoever has an account can turn choices into observations. A test marked `aws` searches, lists and
describes, all of which cost nothing, and makes no use of the simulation's controls. Without the
option it runs as every other test does; with it alone those tests run, with the credentials and
the Region that boto3 finds, and

- nothing leaves this process but these reads: `ReadsOnly` stands where requests reach the network;
- no account's id is seen, in answers, in errors, or in what a failure prints;
- each call is made in the simulation too, and what AWS answers otherwise is told at the end.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from unittest import mock

import boto3
import pytest

# As the contributor has it, before the tests put their own credentials there.
ENVIRONMENT = dict(os.environ)

NO_ACCOUNT = "123456789012"
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")
REAL_AWS = pytest.StashKey["RealAws"]()


@cache
def reads() -> frozenset[str]:
    """The operations that may be sent: they change nothing and cost nothing."""
    from moto_trainingplans.sagemaker.operations import HANDLERS

    return frozenset(name for name in HANDLERS if re.match("(Describe|List|Search)([A-Z]|$)", name))


class NotARead(Exception):
    """A request to AWS that might change something or cost something; it was not sent."""


class NoSimulation:
    """What tests against AWS get in place of the control object: nothing to move."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"a test marked aws moves no simulation: {name}")


class ReadsOnly:
    """Lets no request out of this process but SageMaker's reads, whoever makes it.

    It stands in urllib3, by which botocore and Requests reach the network.
    """

    def start(self) -> None:
        """Stand in the way from now on."""
        from urllib3.connectionpool import HTTPConnectionPool

        send = HTTPConnectionPool.urlopen

        def send_reads(pool: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            headers = kwargs.get("headers") or (args[1] if len(args) > 1 else {})
            check_is_read(pool.host, dict(headers or {}))
            return send(pool, method, url, *args, **kwargs)

        self._patch = mock.patch.object(HTTPConnectionPool, "urlopen", send_reads)
        self._patch.start()

    def stop(self) -> None:
        """Be gone."""
        self._patch.stop()


def check_is_read(host: str, headers: dict[Any, Any]) -> None:
    """Raise NotARead for what is no read of SageMaker's."""
    named = {_text(name).lower(): _text(value) for name, value in headers.items()}
    target = named.get("x-amz-target", "")
    service, _, operation = target.partition(".")
    if service != "SageMaker" or operation not in reads():
        raise NotARead(f"{target or 'a request'} to {host} is no read of SageMaker's: not sent")


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def scrub(value: Any) -> Any:
    """The same without the ids of accounts; tokens of pages stay, as AWS wants them back."""
    if isinstance(value, str):
        return _ACCOUNT.sub(NO_ACCOUNT, value)
    if isinstance(value, dict):
        return {key: each if key == "NextToken" else scrub(each) for key, each in value.items()}
    if isinstance(value, list):
        return [scrub(each) for each in value]
    return value


class RealAws:
    """A run's connection to AWS, and what it has learnt there."""

    def __init__(self) -> None:
        with mock.patch.dict(os.environ, ENVIRONMENT, clear=True):
            session = boto3.Session()
            credentials = session.get_credentials()
            if credentials is None or session.region_name is None:
                raise pytest.UsageError("--aws needs credentials and a Region that boto3 can find")
            # Fixed now: from here on nothing but SageMaker's reads leaves the process.
            frozen = credentials.get_frozen_credentials()
        self.region: str = session.region_name
        self._keys = {
            "aws_access_key_id": frozen.access_key,
            "aws_secret_access_key": frozen.secret_key,
            "aws_session_token": frozen.token,
        }
        self.asked = 0
        self.differences: dict[str, None] = {}

    def client(self, service: str, **settings: Any) -> Any:
        """A client of AWS's, in the contributor's Region."""
        with mock.patch.dict(os.environ, ENVIRONMENT, clear=True):
            client = boto3.Session(**self._keys).client(
                service, region_name=self.region, **settings
            )
        client.meta.events.register("before-parameter-build.sagemaker", self._remember)
        client.meta.events.register_last("after-call.sagemaker", self._compare)
        return client

    def _remember(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = copy.deepcopy(params)

    def _compare(
        self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any
    ) -> None:
        answer = scrub(parsed)
        parsed.clear()
        parsed.update(answer)
        self.asked += 1
        simulated = self._simulate(model.name, context["asked"])
        for difference in differences(answer, simulated):
            self.differences[f"{model.name}: {difference}"] = None

    def _simulate(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The simulation's answer to the same call."""
        from botocore import xform_name
        from botocore.exceptions import ClientError

        from moto_trainingplans import mock_training_plans

        # Wherever AWS is said to be, the simulation is here.
        here = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
        with mock.patch.dict(os.environ, here), mock_training_plans():
            client = boto3.client("sagemaker", region_name=self.region)
            try:
                answer: dict[str, Any] = getattr(client, xform_name(operation))(**asked)
            except ClientError as refused:
                answer = dict(refused.response)
        return answer


def differences(real: dict[str, Any], simulated: dict[str, Any]) -> Iterator[str]:
    """Where AWS's answer is another one: the refusal, or the members, but not their values."""
    refusals = [_refusal(answer) for answer in (real, simulated)]
    if refusals[0] != refusals[1]:
        yield f"AWS answers {refusals[0]}, the simulation {refusals[1]}"
        return
    found, expected = dict(_members(real)), dict(_members(simulated))
    for path in sorted(found.keys() | expected.keys()):
        above = path.rpartition(".")[0]
        if above and not (above in found and above in expected):
            continue  # told already, or there was nothing to look into
        if path.endswith("[]") and not (path in found and path in expected):
            continue  # a list is empty
        kinds = [each.get(path, "absent") for each in (found, expected)]
        if kinds[0] != kinds[1]:
            yield f"{path} is {kinds[0]} in AWS, {kinds[1]} here"


def _refusal(answer: dict[str, Any]) -> str:
    error = answer.get("Error")
    return f"{error.get('Code')}: {error.get('Message')}" if error else "no error"


def _members(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The members of an answer with their types, a list's as those of all in it."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name not in ("ResponseMetadata", "Error"):
                below = f"{path}.{name}".lstrip(".")
                yield below, type(each).__name__
                yield from _members(each, below)
    elif isinstance(value, list):
        for each in value:
            yield f"{path}[]", type(each).__name__
            yield from _members(each, f"{path}[]")


# -- pytest ----------------------------------------------------------------------------------------


def add_option(parser: pytest.Parser) -> None:
    """Add `--aws`."""
    parser.getgroup("real AWS").addoption(
        "--aws",
        action="store_true",
        help="run the tests marked aws, which only read, against AWS itself, and nothing else",
    )


def configure(config: pytest.Config) -> None:
    """With `--aws`, have the run be against AWS, and let nothing but reads out from now on."""
    if config.getoption("aws"):
        config.stash[REAL_AWS] = real = RealAws()
        reads_only = ReadsOnly()
        reads_only.start()
        config.add_cleanup(reads_only.stop)
        config.pluginmanager.register(RunAgainstAws(real))


def of(config: pytest.Config) -> RealAws | None:
    """AWS itself, if this run is against it."""
    return config.stash.get(REAL_AWS, None)


class RunAgainstAws:
    """What pytest does otherwise in a run against AWS."""

    def __init__(self, real: RealAws) -> None:
        self._real = real

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out all tests but those that only read."""
        left_out = [item for item in items if item.get_closest_marker("aws") is None]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self) -> Iterator[None]:
        """A failure may print what was in no answer, as the words of an exception."""
        outcome: Any = yield
        report = outcome.get_result()
        if report.failed:
            report.longrepr = scrub(str(report.longrepr))
            report.sections = [(title, scrub(text)) for title, text in report.sections]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell where AWS differs."""
        terminalreporter.section(f"AWS in {self._real.region}")
        for difference in self._real.differences or ("nothing",):
            terminalreporter.line(f"differs: {difference}")
        terminalreporter.line(f"{self._real.asked} reads were made, and nothing else was sent.")
