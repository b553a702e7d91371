"""In moto's server mode each process that runs tests has a server, or says what it shares."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlsplit

import boto3
import pytest

from moto_trainingplans import connect
from moto_trainingplans.own_server import OwnServer
from tests.support.servers import RunningServer

pytestmark = [
    pytest.mark.in_process("starts servers of its own"),
    pytest.mark.usefixtures("models_shared_below"),
]

BUYS_THE_LAST = """
import os

import boto3
import pytest
from moto import mock_aws
from moto_trainingplans import mock_training_plans


def buy_all_that_there_is():
    sagemaker = boto3.client("sagemaker", region_name="us-west-2")
    assert sagemaker.list_training_plans()["TrainingPlanSummaries"] == []
    for count in (64, 64):
        offering = sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", InstanceCount=count, DurationHours=24,
            TargetResources=["training-job"],
        )["TrainingPlanOfferings"][-1]
        sagemaker.create_training_plan(
            TrainingPlanName=f"plan-{len(sagemaker.list_training_plans()['TrainingPlanSummaries'])}",
            TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
        )
    print("server", os.environ["TEST_SERVER_MODE_ENDPOINT"])
"""


@pytest.fixture
def server_mode(monkeypatch):
    """The environment of a run in server mode that no server was started for."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = str(unused.getsockname()[1])
    monkeypatch.setenv("TEST_SERVER_MODE", "true")
    monkeypatch.setenv("MOTO_PORT", port)
    for name in ("TEST_SERVER_MODE_ENDPOINT", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def servers(output):
    """Those that were used; each must have ended within a moment."""
    found = set(re.findall(r"server (http://127\.0\.0\.1:\d+)", output))
    for url in found:
        give_up = time.monotonic() + 10
        while answers(url):
            assert time.monotonic() < give_up, f"{url} still answers"
            time.sleep(0.05)
    return found


def answers(url):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", urlsplit(url).port)) == 0


def test_each_worker_of_xdist_has_a_server_that_ends_with_it(pytester, server_mode):  # noqa: ARG001
    pytester.makepyfile(
        BUYS_THE_LAST
        + """
@pytest.mark.parametrize("number", range(3))
def test_with_the_fixture(training_plans, number):
    buy_all_that_there_is()


@mock_training_plans
def test_with_the_decorator():
    buy_all_that_there_is()


@mock_aws
def test_moto_s_own_mock_uses_it_too():
    assert boto3.client("s3").list_buckets()["Buckets"] == []
"""
    )
    result = pytester.runpytest_subprocess("-n", "2", "-rP")
    result.assert_outcomes(passed=5)
    assert len(servers(result.stdout.str())) == 2


@pytest.mark.parametrize("end", ["", "os._exit(3)"], ids=["in order", "killed"])
def test_a_process_of_unittest_has_a_server_that_ends_with_it(tmp_path, server_mode, end):  # noqa: ARG001
    (tmp_path / "test_unit.py").write_text(
        BUYS_THE_LAST
        + f"""
import unittest

@mock_training_plans
class TestBuying(unittest.TestCase):
    def test_one(self):
        buy_all_that_there_is()

    def test_two(self):
        buy_all_that_there_is()
        import sys
        sys.stdout.flush()
        {end}
"""
    )
    run = subprocess.run(
        [sys.executable, "-m", "unittest", "-v"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == (3 if end else 0), run.stderr
    assert len(servers(run.stdout)) == 1


def test_a_server_that_runs_already_is_used_by_a_single_process(pytester, server_mode):
    server = RunningServer()
    try:
        server_mode.setenv("MOTO_PORT", str(urlsplit(server.url).port))
        pytester.makepyfile(
            """
            def test_it(training_plans):
                training_plans.clock.freeze("2025-01-21")
                assert training_plans.clock.now().year == 2025

            def test_where(training_plans):
                from moto import settings
                print("server", settings.test_server_mode_endpoint())
            """
        )
        result = pytester.runpytest_subprocess("-rP")
        result.assert_outcomes(passed=2)
        (used,) = re.findall(r"server (\S+)", result.stdout.str())
        assert urlsplit(used).port == urlsplit(server.url).port
    finally:
        server.stop()


def test_a_server_that_cannot_start_says_what_it_lacks(tmp_path, monkeypatch):
    (tmp_path / "flask.py").write_text('raise ImportError("no flask")', encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(RuntimeError, match=r"pip install 'moto-trainingplans\[server\]'"):
        OwnServer()


def test_something_else_at_moto_s_port_is_left_alone(server_mode):
    from moto import settings

    from moto_trainingplans import server_mode as choice

    server_mode.setattr(settings, "TEST_SERVER_MODE", True)
    server_mode.setattr(choice, "_start", lambda: "one of its own")
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        server_mode.setenv("MOTO_PORT", str(other.server_port))
        assert choice.endpoint() == "one of its own"
        other.shutdown()


def test_a_test_that_shares_a_server_says_what_and_resets_nothing(pytester, server, server_mode):
    boto3.client(
        "sagemaker", region_name="us-west-2", endpoint_url=server.url
    ).search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
    )
    connect(server.url).clock.freeze("2090-01-01")
    server_mode.setenv("TEST_SERVER_MODE_ENDPOINT", server.url)
    pytester.makepyfile(
        """
        import boto3
        import pytest
        from moto_trainingplans import TrainingPlansError, mock_training_plans

        def test_that_says_nothing(training_plans):
            pass

        @pytest.mark.shares_training_plans("weather")
        def test_that_shares_what_there_is_not(training_plans):
            pass

        @pytest.mark.shares_training_plans("clock")
        def test_that_shares_the_clock(training_plans):
            training_plans.clock.tick(3600)
            with pytest.raises(TrainingPlansError, match="shares_training_plans.'capacity'"):
                training_plans.capacity.clear()
            with pytest.raises(TrainingPlansError, match="clock of it: this cannot be shared"):
                training_plans.reset()
            training_plans.load({"clock": {"speed": 0}})
            with pytest.raises(TrainingPlansError, match="shares_training_plans.'capacity'"):
                training_plans.load({"clock": {"speed": 9}, "capacity": {"clear": True}})

        @pytest.mark.shares_training_plans()
        @mock_training_plans
        def test_that_shares_nothing_but_the_server():
            sagemaker = boto3.client("sagemaker", region_name="us-west-2")
            offering = sagemaker.search_training_plan_offerings(
                InstanceType="ml.p4d.24xlarge", DurationHours=24,
                TargetResources=["training-job"],
            )["TrainingPlanOfferings"][-1]
            sagemaker.create_training_plan(
                TrainingPlanName="mine", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
            )
        """
    )
    result = pytester.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(
        [
            f"*2 workers share the server at {server.url}, and this test would reset it*",
        ]
    )
    result.stdout.fnmatch_lines(["*clock, capacity, payments, prices, quotas, jobs, faults; not*"])
    plans = connect(server.url)
    assert [change.after for change in plans.history()][-1] == "Scheduled"
    assert plans.clock.now().hour == 1
