"""What every test gets: credentials, and a look at each answer.

In server mode the plugin itself gives each process a server of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.support import real_aws  # first: it keeps the environment that the tests change

os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-west-2")
os.environ.pop("AWS_PROFILE", None)
# No test runs an instance of EC2, and moto would load 1,300 images for each Region.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

import boto3
import pytest
from botocore.handlers import BUILTIN_HANDLERS

from tests.support.clusters import Clusters
from tests.support.conformance import (
    CHECKED_SERVICES,
    check_answer,
    fail_for_what_no_model_has,
)
from tests.support.examples import PAGES, Page
from tests.support.jobs import DAY, START, Jobs
from tests.support.refusals import check_refusal
from tests.support.servers import RunningServer

SERVER_MODE = os.environ.get("TEST_SERVER_MODE", "").lower() == "true"
# How often races are run, and nothing but races; a few times each without it.
RACE_ROUNDS = int(os.environ.get("RACE_ROUNDS", "0"))
# The time and place of the developer guide's sample search.
GUIDE_TIME = "2025-01-21T19:08:27.704Z"
REGION = "us-west-2"

pytest_plugins = ["pytester", "tests.support.shared_models", "tests.support.older_models"]

# Every session that is made from now on has every answer of ours checked. rule: VALIDATE-03
for service in CHECKED_SERVICES:
    BUILTIN_HANDLERS.append((f"after-call.{service}", check_answer))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--aws`, for tests against AWS itself."""
    real_aws.add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """What refusals say is looked at too, but for those of AWS itself."""
    real_aws.configure(config)
    if real_aws.of(config) is None:
        for service in CHECKED_SERVICES:
            BUILTIN_HANDLERS.append((f"after-call.{service}", check_refusal))


fail_for_what_no_model_has()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about this process against a server, and all but races for RACE_ROUNDS."""
    left_out = [
        item
        for item in items
        if (SERVER_MODE and item.get_closest_marker("in_process"))
        or (RACE_ROUNDS and "rounds" not in getattr(item, "fixturenames", ()))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let neighbours run in one process as far as possible: they share a module's server."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The examples of the README and of docs/ are tests."""
    return Page.from_parent(parent, path=file_path) if file_path in PAGES else None


@pytest.fixture
def plans(request: pytest.FixtureRequest) -> Any:
    """The control object, its clock frozen at the guide's sample time, or as the marker says.

    In a run against AWS itself there is nothing to control.
    """
    if real_aws.of(request.config) is not None:
        return real_aws.NoSimulation()
    if request.node.get_closest_marker("training_plans") is None:
        request.node.add_marker(pytest.mark.training_plans(now=GUIDE_TIME))
    return request.getfixturevalue("training_plans")


@pytest.fixture
def client(request: pytest.FixtureRequest, plans: Any) -> Callable[..., Any]:  # noqa: ARG001
    """Makes a client of a service."""
    real = real_aws.of(request.config)
    if real is not None:
        return real.client

    def make(service: str, region: str = REGION, **settings: Any) -> Any:
        return boto3.client(service, region_name=region, **settings)

    return make


@pytest.fixture
def stranger(client: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a client of a service for another account than that of the tests."""

    def make(service: str, region: str = REGION) -> Any:
        other = client(service, region)
        other.meta.events.register(
            "before-sign",
            lambda request, **_: request.headers.add_header("x-moto-account-id", "111122223333"),
        )
        return other

    return make


@pytest.fixture
def sagemaker(client: Callable[..., Any]) -> Any:
    """A SageMaker client in the guide's Region."""
    return client("sagemaker")


@pytest.fixture
def search(sagemaker: Any) -> Callable[..., list[dict[str, Any]]]:
    """Searches for a day of one ml.p4d.24xlarge, or what is asked for, and gives the offerings."""

    def run(using: Any = sagemaker, **asked: Any) -> list[dict[str, Any]]:
        if "UltraServerType" not in asked:
            asked = {"InstanceType": "ml.p4d.24xlarge", **asked}
        asked = {"DurationHours": 24, "TargetResources": ["training-job"], **asked}
        offerings: list[dict[str, Any]] = using.search_training_plan_offerings(**asked)[
            "TrainingPlanOfferings"
        ]
        return offerings

    return run


@pytest.fixture
def buy(search: Callable[..., Any], sagemaker: Any) -> Callable[..., str]:
    """Buys the last offering of a search, which starts at 11:30 UTC, and gives the plan's ARN."""

    def run(name: str = "plan", using: Any = sagemaker, which: int = -1, **asked: Any) -> str:
        purchase = {
            key: asked.pop(key)
            for key in ("Tags", "SpareInstanceCountPerUltraServer")
            if key in asked
        }
        offering = search(using=using, **asked)[which]
        arn: str = using.create_training_plan(
            TrainingPlanName=name,
            TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
            **purchase,
        )["TrainingPlanArn"]
        return arn

    return run


@pytest.fixture
def refusal() -> Callable[..., tuple[str, str]]:
    """Makes a call that must be refused, and gives the error's code and message."""

    def run(call: Callable[..., Any], **members: Any) -> tuple[str, str]:
        from botocore.exceptions import ClientError

        with pytest.raises(ClientError) as refused:
            call(**members)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]

    return run


@pytest.fixture
def unchanged(plans: Any) -> Callable[[], Any]:
    """What a refused call must leave as it was: the history, and what is free."""

    def look() -> Any:
        free = [
            plans.capacity.free(zone, "ml.p4d.24xlarge", target=target)
            for zone in ("us-west-2a", "us-west-2b")
            for target in ("training-job", "hyperpod-cluster", "endpoint", "studio-apps")
        ]
        return plans.history(), free

    return look


@pytest.fixture
def server() -> Iterator[RunningServer]:
    """A server of its own for one test."""
    running = RunningServer()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def frozen_server() -> Iterator[RunningServer]:
    """A server for the tests of a module, its clock frozen at the guide's sample time."""
    running = RunningServer("--now", GUIDE_TIME, "--speed", "0")
    yield running
    running.stop()


@pytest.fixture
def rounds() -> Callable[[int], int]:
    """How often a race is to be run: so many times, unless RACE_ROUNDS says how many."""
    return lambda few: RACE_ROUNDS or few


@pytest.fixture
def models_shared_below(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the pytest processes that a test starts share models as this one does."""
    monkeypatch.setenv("PYTEST_PLUGINS", "tests.support.shared_models")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)


@pytest.fixture
def jobs(sagemaker: Any) -> Jobs:
    """Training jobs through the SageMaker client."""
    return Jobs(sagemaker)


@pytest.fixture
def buy_two_blocks(plans: Any, buy: Callable[..., str]) -> Callable[..., str]:
    """Buys a plan of two days in two blocks, a day apart, in two zones; gives its ARN."""

    def run(name: str = "plan", count: int = 1, target: str = "training-job") -> str:
        plans.capacity.clear()
        for zone, start in (("us-west-2a", START), ("us-west-2b", START + 2 * DAY)):
            plans.capacity.set(
                zone, "ml.p4d.24xlarge", count, target=target, start=start, end=start + DAY
            )
        return buy(name, DurationHours=48, InstanceCount=count, TargetResources=[target])

    return run


@pytest.fixture
def state_manager(plans: Any) -> Iterator[Callable[[str, dict[str, Any]], None]]:  # noqa: ARG001
    """Sets moto's state manager, here or in the server, for one test."""
    models: list[str] = []

    def call(path: str, content: dict[str, Any]) -> None:
        if SERVER_MODE:
            import requests

            url = os.environ["TEST_SERVER_MODE_ENDPOINT"] + "/moto-api/state-manager/" + path
            requests.post(url, json=content, timeout=10).raise_for_status()
        else:
            from moto.moto_api import state_manager as manager

            getattr(manager, path.replace("-", "_"))(**content)

    def set_transition(model_name: str, transition: dict[str, Any]) -> None:
        models.append(model_name)
        call("set-transition", {"model_name": model_name, "transition": transition})

    yield set_transition
    for model_name in models:
        call("unset-transition", {"model_name": model_name})


@pytest.fixture
def clusters(sagemaker: Any) -> Clusters:
    """Clusters through the SageMaker client."""
    return Clusters(sagemaker)


@pytest.fixture
def reserve(buy: Callable[..., str]) -> Callable[..., str]:
    """As `buy`, for clusters."""

    def run(name: str = "plan", count: int = 4, **asked: Any) -> str:
        if "UltraServerType" not in asked:
            asked["InstanceCount"] = count
        return buy(name, TargetResources=["hyperpod-cluster"], **asked)

    return run
