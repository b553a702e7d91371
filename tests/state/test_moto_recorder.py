"""moto's own recorder: what it has recorded comes to the same wherever it is replayed."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest
import requests
from moto.moto_api import recorder

from moto_trainingplans import connect
from tests.support.jobs import job_request
from tests.support.rich_story import buy
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("records here, and starts servers of its own")

GUIDE_TIME = "2025-01-21T19:08:27.704Z"


def story(sagemaker, plans):
    plan = buy(sagemaker, "plan", "training-job", 2, 24)
    plans.jobs.run_for(timedelta(hours=3), "job")
    plans.clock.tick(timedelta(hours=1))
    sagemaker.create_training_job(**job_request("job", plan))
    plans.faults.fail_instances(plan)
    plans.clock.move_to("2025-01-21T23:00:00Z")
    sagemaker.describe_training_job(TrainingJobName="job")
    return plans.history(), plans.calls()


@pytest.fixture
def recording(tmp_path, monkeypatch):
    """Where this process's recorder writes to, which is off again after the test."""
    path = tmp_path / "recording"
    monkeypatch.setattr(recorder, "_location", str(path))
    yield path
    recorder.stop_recording()


def test_what_was_recorded_in_process_comes_to_the_same_there_and_on_a_server(
    plans, sagemaker, recording, frozen_server
):
    recorder.start_recording()
    told = story(sagemaker, plans)
    recorder.stop_recording()
    assert recording.read_text().count("/moto-api/training-plans/clock/") == 2
    plans.reset()
    recorder.replay_recording()
    assert (plans.history(), plans.calls()) == told
    server = connect(frozen_server.url)
    server.reset()
    recorder.replay_recording(target_host=frozen_server.url)
    assert (server.history(), server.calls()) == told


def test_what_was_recorded_on_a_server_comes_to_the_same_on_another(
    recording, frozen_server, monkeypatch
):
    monkeypatch.setenv("MOTO_RECORDER_FILEPATH", str(recording) + "-of-server")
    server = RunningServer("--now", GUIDE_TIME, "--speed", "0")
    try:
        api = f"{server.url}/moto-api/recorder"
        requests.post(f"{api}/start-recording", timeout=30).raise_for_status()
        sagemaker = boto3.client("sagemaker", "us-west-2", endpoint_url=server.url)
        told = story(sagemaker, connect(server.url))
        requests.post(f"{api}/stop-recording", timeout=30).raise_for_status()
        recording.write_bytes(requests.get(f"{api}/download-recording", timeout=30).content)
    finally:
        server.stop()
    other = connect(frozen_server.url)
    other.reset()
    recorder.replay_recording(target_host=frozen_server.url)
    assert (other.history(), other.calls()) == told
