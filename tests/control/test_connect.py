"""`connect()`: to a server of ours, and what it says of everything else."""

from __future__ import annotations

import socket
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from moto_trainingplans import TrainingPlansError, connect
from moto_trainingplans.control.transport import to_server as connecting
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("starts servers of its own")


def refused(url) -> str:
    with pytest.raises(TrainingPlansError) as misuse:
        connect(url)
    return str(misuse.value)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_a_server_of_ours_gives_the_control_object(frozen_server):
    plans = connect(f"{frozen_server.url}/")
    plans.reset()
    assert repr(plans) == (
        f"<TrainingPlans at {frozen_server.url}: 2025-01-21T19:08:27Z, 0 plans, 0 jobs, 0 clusters>"
    )


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (float("inf"), "not inf"),
        (float("nan"), "not nan"),
        (date(2030, 1, 1), "not datetime.date(2030, 1, 1)"),
        (b"2030", "not b'2030'"),
    ],
)
def test_what_json_cannot_hold_is_misuse_as_in_process(frozen_server, when, shown):
    plans = connect(frozen_server.url)
    with pytest.raises(TrainingPlansError) as misuse:
        plans.clock.move_to(when)
    allowed = "when must be a datetime, an ISO 8601 string or epoch seconds"
    assert str(misuse.value) == f"{allowed}, {shown}"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("127.0.0.1:5000", "must have a scheme, as 'http://127.0.0.1:5000', not '127.0.0.1:5000'"),
        ("localhost:5000", "must have a scheme, as 'http://localhost:5000'"),
        ("ftp://127.0.0.1", "must be an http or https URL"),
        ("http://", "must be an http or https URL"),
        ("http://127.0.0.1:port", "must be a URL, as 'http://127.0.0.1:5000'"),
        (None, "must be a URL, as 'http://127.0.0.1:5000', not None"),
    ],
)
def test_what_is_no_address_is_told_so(url, message):
    assert message in refused(url)


def test_nothing_there_is_told_with_the_command_that_starts_one():
    port = free_port()
    told = refused(f"http://127.0.0.1:{port}")
    assert f"no moto-trainingplans server at http://127.0.0.1:{port}: nothing answers" in told
    assert told.endswith(f"Start one with: moto-trainingplans server -p {port}")


def test_a_plain_moto_server_is_recognized():
    server = RunningServer(module="moto.server")
    try:
        told = refused(server.url)
    finally:
        server.stop()
    assert "there is a plain moto server, which has no training plans" in told
    assert "Start ours in its place: moto-trainingplans server -p" in told


def test_another_server_is_recognized():
    class Other(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def do_GET(self):
            self.do_POST()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            told = refused(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
    assert "something else answers there. Start one with: moto-trainingplans server -p" in told


def test_another_version_is_recognized(frozen_server, monkeypatch):
    monkeypatch.setattr(connecting, "__version__", "7.0.0")
    told = refused(frozen_server.url)
    assert f"the moto-trainingplans server at {frozen_server.url} is of version 0." in told
    assert "this is 7.0.0" in told


def test_a_server_that_has_gone_away_is_told_and_a_repr_survives_it():
    server = RunningServer()
    plans = connect(server.url)
    server.stop()
    with pytest.raises(TrainingPlansError, match="nothing answers there"):
        plans.clock.now()
    assert repr(plans) == f"<TrainingPlans at {server.url}, which cannot be reached>"
