"""A server that keeps its state in a file."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import boto3
import pytest
import requests

from moto_trainingplans import TrainingPlansError, connect
from tests.support.rich_story import buy
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("starts servers of its own")

GUIDE_TIME = "2025-01-21T19:08:27.704Z"
KILLS = 3


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.json"


@pytest.fixture
def start(path):
    """Starts a server with the state; those that run still are killed at the end."""
    running = []

    def run(*arguments):
        running.append(RunningServer("--state", str(path), *arguments))
        return running[-1]

    yield run
    for server in running:
        server.kill()


def sagemaker_of(server):
    return boto3.client("sagemaker", "us-west-2", endpoint_url=server.url)


def command(path):
    """What the command line says and how it ends, with a state that it cannot have."""
    done = subprocess.run(
        [sys.executable, "-m", "moto_trainingplans", "server", "-p", "0", "--state", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Running on" not in done.stderr
    return done.returncode, done.stderr.splitlines()[-1]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_what_a_server_had_at_its_stop_the_next_one_has(start, path, how):
    server = start("--now", GUIDE_TIME, "--speed", "0")
    arn = buy(sagemaker_of(server), "plan", "training-job", 1, 24)
    connect(server.url).clock.tick(3600)
    before = connect(server.url).history()
    server.signal(how)
    assert not path.with_name("state.json.lock").exists()
    again = start()
    assert connect(again.url).history() == before
    described = sagemaker_of(again).describe_training_plan(TrainingPlanName="plan")
    assert (described["TrainingPlanArn"], described["Status"]) == (arn, "Active")
    assert connect(again.url).clock.now().isoformat() == "2025-01-21T20:08:27.704000+00:00"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another thing there")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_stopped_while_it_begins_ends_cleanly_and_keeps_the_file(start, path, how):
    start("--now", GUIDE_TIME, "--speed", "0").signal(signal.SIGTERM)
    before, lock = json.loads(path.read_text()), path.with_name("state.json.lock")
    command = [sys.executable, "-m", "moto_trainingplans", "server", "-p", "0", "--state"]
    beginning = subprocess.Popen([*command, str(path)], stderr=subprocess.PIPE, text=True)
    while not lock.exists():
        assert beginning.poll() is None
        time.sleep(0.01)
    beginning.send_signal(how)
    told = beginning.communicate(timeout=60)[1]
    assert beginning.returncode == 0
    assert "Traceback" not in told
    assert json.loads(path.read_text()) == before
    assert not lock.exists()


def test_a_server_saves_when_it_is_asked_to_and_says_where(start, path):
    server = start("--now", GUIDE_TIME)
    buy(sagemaker_of(server), "plan", "training-job", 1, 24)
    control = f"{server.url}/moto-api/training-plans"
    answer = requests.post(f"{control}/save", json={}, timeout=30)
    assert answer.json() == {"file": str(path), "bytes": path.stat().st_size}
    assert json.loads(path.read_text())["history"]["changes"] > 0
    path.unlink()
    connect(server.url).save()
    assert path.exists()
    state = requests.get(f"{control}/state", timeout=30).json()
    assert state["format"] == "moto-trainingplans state"


def test_a_server_without_a_file_saves_nowhere_and_answers_its_state_all_the_same(
    frozen_server, tmp_path
):
    plans = connect(frozen_server.url)
    with pytest.raises(TrainingPlansError, match="started with --state"):
        plans.save()
    plans.save(tmp_path / "mine.json")
    plans.clock.tick(60)
    plans.load(tmp_path / "mine.json")
    assert plans.clock.now().isoformat() == "2025-01-21T19:08:27.704000+00:00"
    # By HTTP there is no way to have a server read or write a file.
    for arguments in ({"path": "/tmp/x"}, {"source": str(tmp_path / "mine.json")}):
        for call in ("save", "load"):
            answer = requests.post(
                f"{frozen_server.url}/moto-api/training-plans/{call}", json=arguments, timeout=30
            )
            assert answer.status_code == 400


def test_a_second_server_is_refused_the_file_of_the_first(start, path):
    server = start()
    status, said = command(path)
    assert status == 2
    assert said.endswith(f"another server has {path} as its state: give this one another file")
    server.kill()
    start()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"format": "moto-trainingplans state", "version": 1, "chap', "it is no JSON"),
        ('{"format": "moto-trainingplans state", "version": 7}', "has version 7 of the format"),
        ('{"name": "something else"}', "this is no saved state"),
        ('{"format": "moto-trainingplans state", "version": 1}', "is damaged"),
    ],
)
def test_a_file_that_is_no_state_is_refused_before_it_listens_and_left_alone(path, content, why):
    path.write_text(content)
    status, said = command(path)
    assert status == 2
    assert why in said
    assert str(path) in said
    assert path.read_text() == content
    assert os.listdir(path.parent) == ["state.json"]


def test_a_server_whose_state_cannot_be_saved_says_so_and_leaves_the_old_one(start, path):
    start("--now", GUIDE_TIME).signal(signal.SIGTERM)
    before = path.read_bytes()
    server = start()
    path.unlink()
    path.mkdir()
    assert server.signal(signal.SIGTERM) == 1
    path.rmdir()
    path.write_bytes(before)


def test_a_server_that_is_killed_loses_at_most_what_came_after_its_last_save(start, path):
    """Whenever it is killed, while it saves above all, the file is one of those it saved."""
    server = start("--now", GUIDE_TIME, "--speed", "0")
    dice, known = random.Random(13), 0
    for round_ in range(KILLS):
        plans, asked, saved = connect(server.url), threading.Event(), []

        def save_on_and_on(plans=plans, asked=asked, saved=saved):
            with suppress(TrainingPlansError, OSError):
                while True:
                    plans.quotas.set("ml.p4d.24xlarge", 256, region="us-west-2")
                    plans.clock.tick(1)
                    now = plans.clock.now()
                    plans.save()
                    saved.append(now)
                    asked.set()

        saver = threading.Thread(target=save_on_and_on)
        saver.start()
        assert asked.wait(30)
        time.sleep(dice.uniform(0, 0.1))
        server.kill()
        saver.join()
        server = start()
        shown = connect(server.url).clock.now()
        assert shown >= saved[-1], round_
        known += len(saved)
    assert known >= KILLS
    assert sorted(os.listdir(path.parent)) == ["state.json", "state.json.lock"]
