"""The SageMaker Python SDKs against jobs on plans: run by `nox -s sdks`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import boto3
import pytest

from conftest import REGION, SERVER_MODE
from tests.support.jobs import MINUTE, START


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "real_time: waits in real time, against a server alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In process nobody needs to wait."""
    if not SERVER_MODE:
        left_out = [item for item in items if item.get_closest_marker("real_time")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _major(package: str) -> str:
    try:
        return version(package).partition(".")[0]
    except PackageNotFoundError:
        return ""


# No environment can hold all of them, and most have none: each runs what it can.
collect_ignore = [
    file
    for file, is_there in {
        "test_version_2.py": _major("sagemaker") == "2",
        "test_version_3.py": _major("sagemaker-train") == "1",
        "test_core.py": bool(_major("sagemaker-core")) and not _major("sagemaker-hyperpod"),
        "test_hyperpod_cli.py": bool(_major("sagemaker-hyperpod")),
    }.items()
    if not is_there
]


class PassingTime:
    """Time that passes as soon as somebody sleeps: five minutes of the simulation a second."""

    def __init__(self, plans: Any) -> None:
        self._clock = plans.clock
        self._machine_time = time.time
        self._slept = 0.0
        self._sleeps = 0
        self._meanwhile: tuple[datetime, Callable[[], None]] | None = None

    def time(self) -> float:
        """What `time.time` says."""
        return self._machine_time() + self._slept

    def sleep(self, seconds: float) -> None:
        """What `time.sleep` does."""
        self._sleeps += 1
        assert self._sleeps < 500, "this would wait for ever"
        self._slept += seconds
        if self._meanwhile is not None:
            when, action = self._meanwhile
            if when <= self._clock.now() + seconds * 5 * MINUTE:
                self._meanwhile = None
                self._clock.move_to(when)
                action()
        self._clock.tick(seconds * 5 * MINUTE)

    def meanwhile(self, when: datetime, action: Callable[[], None]) -> None:
        """Have something happen while somebody waits."""
        self._meanwhile = when, action


@pytest.fixture(autouse=True)
def passing_time(
    request: pytest.FixtureRequest, plans: Any, monkeypatch: pytest.MonkeyPatch
) -> PassingTime | None:
    """The SDKs' sleeps move the simulation, except where a test says that it really waits."""
    if request.node.get_closest_marker("real_time"):
        return None
    passing = PassingTime(plans)
    monkeypatch.setattr(time, "sleep", passing.sleep)
    monkeypatch.setattr(time, "time", passing.time)
    return passing


@pytest.fixture(autouse=True)
def settings(plans: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """What the SDKs must be told so that they work with moto, and with nothing else."""
    if SERVER_MODE:
        # They make clients of their own, of which moto's server mode does not know.
        monkeypatch.setenv("AWS_ENDPOINT_URL", os.environ["TEST_SERVER_MODE_ENDPOINT"])
    # moto has no policy simulator, which version 3 would ask about the role.
    monkeypatch.setenv("SAGEMAKER_VALIDATE_ROLE", "false")
    # They would tell AWS of each call. What opts out makes version 2 take seconds for each job.
    for telemetry in (
        "sagemaker.telemetry",
        "sagemaker.core.telemetry",
        "sagemaker.hyperpod.common.telemetry",
    ):
        with suppress(ImportError):
            logging_of = import_module(f"{telemetry}.telemetry_logging")
            monkeypatch.setattr(logging_of, "_requests_helper", lambda *_, **__: None)


@pytest.fixture
def boto_session(settings: None) -> Any:  # noqa: ARG001
    return boto3.Session(region_name=REGION)


@pytest.fixture
def bucket(client: Callable[..., Any]) -> str:
    """A bucket for what the SDKs upload. To make one they would ask AWS's own STS."""
    place = {"LocationConstraint": REGION}
    client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration=place)
    return "bucket"


@pytest.fixture
def plan(buy: Callable[..., str]) -> str:
    """A plan of one day of two instances, which starts at 11:30 UTC."""
    return buy(InstanceCount=2)


@pytest.fixture
def active_plan(plan: str, plans: Any) -> str:
    """The plan once it has started."""
    plans.clock.move_to(START)
    return plan
