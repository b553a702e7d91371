"""The HTTP twin of the control object, as whoever types `curl` sees it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from importlib.metadata import version

import pytest
import requests

from moto_trainingplans.control.perform import PUBLIC_CALLS

START = datetime.fromisoformat("2025-01-21T19:08:27.704+00:00")


@pytest.mark.rule("TIME-09")
def test_health_tells_the_versions_and_the_clock_and_changes_nothing(plans, ask):
    answer = ask("GET", "health")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == {
        "status": "ok",
        "version": version("moto-trainingplans"),
        "moto": version("moto"),
        "botocore": version("botocore"),
        "now": START.isoformat(),
        "speed": 0.0,
    }
    plans.clock.move_to("2024-01-01")  # nobody has asked AWS for anything yet
    plans.clock.speed(60)
    assert ask("GET", "health").json()["speed"] == 60


@pytest.mark.in_process("holds the simulation's lock")
def test_health_waits_for_nobody(plans, ask):
    from threading import Event, Thread

    from moto_trainingplans.host.backend import current_world

    held, let_go = Event(), Event()

    def hold():
        with current_world().lock:
            held.set()
            let_go.wait(20)

    holder = Thread(target=hold)
    holder.start()
    try:
        assert held.wait(20)
        assert ask("GET", "health").json()["status"] == "ok"
    finally:
        let_go.set()
        holder.join()
    assert plans.clock.now() == START


def test_a_path_that_there_is_not_is_a_404_that_lists_those_there_are(ask):
    for method in ("GET", "POST", "DELETE"):
        answer = ask(method, "clock/turn_back")
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
        told = answer.json()["message"]
        assert told.startswith("there is no call 'clock/turn_back': there are calls, capacity/")
        assert set(PUBLIC_CALLS) <= set(told.partition("there are ")[2].split(", "))
        assert "mock/" not in told


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "reset", "POST, OPTIONS"),
        ("HEAD", "clock/tick", "POST, OPTIONS"),
        ("PUT", "clock/tick", "POST, OPTIONS"),
        ("POST", "clock", "GET, HEAD, OPTIONS"),
        ("POST", "timeline.svg", "GET, HEAD, OPTIONS"),
        ("DELETE", "history", "GET, HEAD, POST, OPTIONS"),
    ],
)
def test_a_method_that_a_path_has_not_is_a_405_that_says_which_it_has(
    plans, ask, method, path, allowed
):
    answer = ask(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    if method != "HEAD":
        used = allowed.removesuffix(", OPTIONS").replace(", ", " or ")
        assert answer.json() == {"message": f"{method} is not for {path}: use {used}"}
    assert plans.clock.now() == START


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("clock/tick", "POST, OPTIONS"), ("history", "GET, HEAD, POST, OPTIONS")],
)
def test_options_tells_the_methods_and_makes_no_call(plans, ask, path, allowed):
    answer = ask("OPTIONS", path, json={"delta": 60})
    assert answer.ok
    assert answer.content == b""
    assert answer.headers["Allow"] == allowed
    assert plans.clock.now() == START


@pytest.mark.in_process("starts a server of its own")
def test_head_answers_as_get_does_without_the_content(frozen_server):
    url = f"{frozen_server.url}/moto-api/training-plans/clock"
    got, head = requests.get(url, timeout=20), requests.head(url, timeout=20)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Cache-Control", "Content-Length"):
        assert head.headers[name] == got.headers[name]
    assert got.headers["Cache-Control"] == "no-store"
    assert int(head.headers["Content-Length"]) == len(got.content)


def test_times_and_numbers_of_a_query_are_read_as_such(plans, ask, buy):
    plan = buy()
    plans.clock.tick(timedelta(hours=1))
    start = {"resource": plan, "start": "1737486507", "end": "2025-01-23T00:00:00Z"}
    drawn = ask("GET", "timeline.svg", params=start)
    assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/svg+xml")
    assert drawn.text.startswith("<svg")
    (newest,) = ask("GET", "history", params={"resource": plan, "last": "1"}).json()
    assert newest["after"] == plans.history(plan)[-1].after
    for wrong in ({"last": "0"}, {"last": "one"}, {"resources": plan}):
        refused = ask("GET", "history", params=wrong)
        assert refused.status_code == 400
        assert next(iter(wrong)) in refused.json()["message"]


@pytest.mark.parametrize("body", ["", "{}"])
def test_a_call_that_needs_no_arguments_needs_no_body(plans, ask, body):
    plans.clock.move_to("2025-01-22")
    answer = ask("POST", "reset", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (200, None)
    assert plans.clock.now() == START


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("capacity/set", {"count": 1.5}, "count must be a whole number from 0 up, not 1.5"),
        ("capacity/set", {"zone": "us-west-2"}, "unknown zone 'us-west-2'"),
        ("capacity/set", {"instance_type": "p4d"}, "unknown instance type 'p4d': it is one of"),
        ("capacity/clear", {"region": "us-west-9"}, "unknown Region 'us-west-9': it is one of"),
        ("payments/delay", {"delta": -1e-9}, "not negative; it is -1e-09"),
        ("prices/set", {"rate": "1_000"}, "rate must be a price such as 39.7992"),
        ("prices/set", {"rate": " 1"}, "rate must be a price such as 39.7992"),
        ("prices/set", {"rate": "1e-99"}, "rate must be a price such as 39.7992"),
        ("calls", {"last": 0}, "last must be a whole number from 1 up, not 0"),
    ],
)
def test_what_is_not_allowed_is_told_and_changes_nothing(ask, unchanged, name, arguments, message):
    complete = {
        "capacity/set": {"zone": "us-west-2a", "instance_type": "ml.p4d.24xlarge", "count": 0},
        "prices/set": {"instance_type": "ml.p4d.24xlarge"},
    }
    before = unchanged()
    answer = ask("POST", name, json={**complete.get(name, {}), **arguments})
    assert answer.status_code == 400
    assert message in answer.json()["message"]
    assert unchanged() == before


def test_a_whole_number_is_one_however_json_writes_it(plans, ask):
    sent = {"zone": "us-west-2a", "instance_type": "ml.p4d.24xlarge", "count": 3.0}
    headers = {"Content-Type": "application/json"}
    assert ask("POST", "capacity/set", data=json.dumps(sent), headers=headers).ok
    assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="endpoint") == 3


def test_a_message_does_not_show_all_of_a_long_value(ask):
    for name, sent in (
        ("clock/tick", {"delta": "x" * 1_000_000}),
        ("load", {"source": {"x" * 1_000_000: 1}}),
    ):
        answer = ask("POST", name, json=sent)
        assert answer.status_code == 400
        assert len(answer.content) < 5100
