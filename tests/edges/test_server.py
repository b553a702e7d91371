"""The standalone server, and the control object's HTTP twin."""

from __future__ import annotations

import inspect
import json
import math
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from threading import Barrier
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.config import Config
from moto.server import ThreadedMotoServer

from moto_trainingplans import TrainingPlansError, connect, install, uninstall
from moto_trainingplans.control.calls import CALLS
from moto_trainingplans.simulation.market.inventory import Pool
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("starts servers of its own")

GUIDE_TIME = datetime(2025, 1, 21, 19, 8, 27, 704000, timezone.utc)
ZONE, INSTANCE_TYPE = "us-west-2a", "ml.p4d.24xlarge"
THREADS = 16

# What the calls of the control object take, and what they are given by mistake.
PLAUSIBLE = {
    "zone": ZONE,
    "instance_type": INSTANCE_TYPE,
    "target": "training-job",
    "count": 5,
    "region": "us-west-2",
    "name": INSTANCE_TYPE,
    "value": 5,
    "when": GUIDE_TIME.isoformat(),
    "delta": 60,
    "n": 1,
}
AWKWARD = [
    *(True, 0, 1, -1, 2**40, 2**63, 10**400, 0.5, -0.0, 1e308, math.nan, math.inf, -math.inf),
    *("", "x", "\ud800", "\x00", [], {}, [1], {"a": 1}),
    *("2025-02-01", "9999-12-31", "8999-12-31", "0001-01-01T00:00:00+14:00", 253402300799),
]


@pytest.fixture
def plans(frozen_server):
    control = connect(frozen_server.url)
    control.reset()
    return control


def client(url, service="sagemaker"):
    config = Config(max_pool_connections=THREADS, retries={"total_max_attempts": 1})
    return boto3.client(service, region_name="us-west-2", endpoint_url=url, config=config)


def find(sagemaker):
    """The id of the offering that starts first."""
    found = sagemaker.search_training_plan_offerings(
        InstanceType=INSTANCE_TYPE, InstanceCount=1, DurationHours=24
    )
    return found["TrainingPlanOfferings"][0]["TrainingPlanOfferingId"]


def buy(sagemaker, name="plan"):
    return sagemaker.create_training_plan(
        TrainingPlanName=name, TrainingPlanOfferingId=find(sagemaker)
    )["TrainingPlanArn"]


@pytest.fixture
def call(frozen_server, plans):  # noqa: ARG001
    """Makes a call of the HTTP twin, and gives the status and the JSON of its answer."""

    def call(method: str, path: str, **sent):
        url = f"{frozen_server.url}/moto-api/training-plans/{path}"
        if "data" in sent:
            sent["headers"] = {"Content-Type": "application/json"}
        answer = requests.request(method, url, timeout=20, **sent)
        assert answer.headers["Content-Type"] == "application/json"
        return answer.status_code, answer.json()

    return call


# -- starting it ---------------------------------------------------------------------------------


def test_the_server_listens_on_this_machine_alone(frozen_server):
    port = urlsplit(frozen_server.url).port
    with socket.socket() as own, socket.socket() as other:
        own.settimeout(5)
        other.settimeout(5)
        assert own.connect_ex(("127.0.0.1", port)) == 0
        # Another address of the same machine, at which it would be if it listened on all.
        assert other.connect_ex(("127.0.0.2", port)) != 0


def test_the_server_serves_the_rest_of_moto_too(frozen_server, plans):  # noqa: ARG001
    s3 = client(frozen_server.url, "s3")
    s3.create_bucket(
        Bucket="results", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["results"]


@pytest.mark.rule("TIME-01")
@pytest.mark.parametrize("now", ["2025-01-21T19:08:27.704Z", "1737486507.704"])
def test_the_clock_starts_when_the_command_says_and_stands_still_at_speed_0(now):
    server = RunningServer("--now", now, "--speed", "0")
    try:
        clock = connect(server.url).clock
        assert [clock.now(), clock.now()] == [GUIDE_TIME, GUIDE_TIME]
    finally:
        server.stop()


@pytest.mark.rule("TIME-02", "PLAN-03")
def test_a_plan_becomes_active_by_itself_on_a_fast_clock():
    server = RunningServer("--now", GUIDE_TIME.isoformat(), "--speed", "3600")
    try:
        sagemaker = client(server.url)
        buy(sagemaker)
        give_up = time.monotonic() + 20
        statuses = []
        while time.monotonic() < give_up and statuses[-1:] != ["Active"]:
            statuses.append(sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"])
            time.sleep(0.05)
        assert statuses[-1] == "Active"
        start = sagemaker.describe_training_plan(TrainingPlanName="plan")["StartTime"]
        assert connect(server.url).history()[-1].time == start
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--now", "yesterday"), "--now must be a datetime, an ISO 8601 string or epoch seconds"),
        (("--speed", "-1"), r"speed must be from 0 \(frozen\)"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_wrong_arguments_are_told(arguments, message):
    with pytest.raises(RuntimeError, match=message):
        RunningServer(*arguments)


# -- connecting to it ----------------------------------------------------------------------------


def test_connecting_to_nothing_is_an_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(TrainingPlansError, match=f"no moto-trainingplans server at {url}"):
            connect(url)


def test_connecting_to_plain_moto_is_an_error():
    server = RunningServer(module="moto.server")
    try:
        with pytest.raises(TrainingPlansError, match="no moto-trainingplans server"):
            connect(server.url)
    finally:
        server.stop()


def test_the_control_object_of_a_server_is_the_same_as_in_process(frozen_server, plans):
    arn = buy(client(frozen_server.url))
    with pytest.raises(TrainingPlansError, match="the clock cannot go back"):
        plans.clock.move_to("2025-01-01")
    plans.clock.tick(timedelta(hours=1))
    assert plans.clock.now() == GUIDE_TIME + timedelta(hours=1)
    assert [change.after for change in plans.history(arn)][-2:] == ["Scheduled", "Active"]
    assert plans.history(arn)[-1].time.tzinfo is timezone.utc
    assert plans.capacity.free(ZONE, INSTANCE_TYPE, target="training-job") == 63


@pytest.mark.rule("CLIENT-08")
def test_several_clients_see_one_simulation(frozen_server, plans):
    buy(client(frozen_server.url))
    plans.clock.tick(3600)
    other = connect(frozen_server.url)
    assert other.clock.now() == plans.clock.now()
    assert other.history() == plans.history()
    found = client(frozen_server.url).list_training_plans()["TrainingPlanSummaries"]
    assert [plan["TrainingPlanName"] for plan in found] == ["plan"]
    other.reset()
    assert client(frozen_server.url).list_training_plans()["TrainingPlanSummaries"] == []


@pytest.mark.rule("CLIENT-08")
def test_motos_reset_begins_a_new_simulation_as_at_the_start(frozen_server, plans):
    sagemaker = client(frozen_server.url)
    offering = find(sagemaker)
    buy(sagemaker)
    plans.capacity.clear()
    plans.quotas.set(INSTANCE_TYPE, 0, region="us-west-2")
    plans.payments.fail_next()
    plans.clock.move_to("2025-03-01")
    plans.clock.resume()
    requests.post(f"{frozen_server.url}/moto-api/reset", timeout=20).raise_for_status()
    assert [plans.clock.now(), plans.clock.now()] == [GUIDE_TIME, GUIDE_TIME]
    assert plans.history() == []
    assert sagemaker.list_training_plans()["TrainingPlanSummaries"] == []
    with pytest.raises(sagemaker.exceptions.ResourceNotFound):
        sagemaker.create_training_plan(TrainingPlanName="a", TrainingPlanOfferingId=offering)
    buy(sagemaker)
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert plan["Status"] == "Scheduled"


# -- the HTTP twin -------------------------------------------------------------------------------


def test_the_clock_is_read_and_moved_over_http(call):
    assert call("GET", "clock") == (200, {"now": "2025-01-21T19:08:27.704000+00:00"})
    moved = (200, "2025-01-21T20:08:27.704000+00:00")
    assert call("POST", "clock/tick", json={"delta": 3600}) == moved
    assert call("GET", "clock") == (200, {"now": "2025-01-21T20:08:27.704000+00:00"})
    midnight = (200, "2025-01-22T00:00:00+00:00")
    assert call("POST", "clock/move_to", json={"when": "2025-01-22T00:00:00Z"}) == midnight
    assert call("POST", "clock/freeze", json={"at": 1737504001})[1] == "2025-01-22T00:00:01+00:00"
    assert call("POST", "clock/now") == (200, "2025-01-22T00:00:01+00:00")
    assert call("POST", "reset") == (200, None)
    assert call("GET", "clock") == (200, {"now": "2025-01-21T19:08:27.704000+00:00"})


def test_the_history_is_read_over_http(call, frozen_server):
    assert call("GET", "history") == (200, [])
    arn = buy(client(frozen_server.url))
    status, changes = call("GET", "history", params={"resource": arn})
    assert status == 200
    assert changes[0] == {
        "time": "2025-01-21T19:08:27.704000+00:00",
        "resource": arn,
        "before": None,
        "after": "Pending",
        "reason": "Training plan created.",
    }
    assert {change["resource"] for change in changes} == {arn}
    assert len(call("GET", "history")[1]) > len(changes)


@pytest.mark.parametrize(
    ("path", "sent", "message"),
    [
        ("clock/tick", {"json": {"delta": -1}}, "delta must be"),
        ("clock/tick", {"json": {"delta": "an hour"}}, "delta must be"),
        ("clock/tick", {"json": {}}, "delta"),
        ("clock/tick", {"json": {"delta": 1, "twice": True}}, "twice"),
        ("clock/tick", {"json": {"delta": 1, "world": 1}}, "world"),
        ("clock/tick", {"json": [3600]}, "JSON object"),
        ("clock/tick", {"data": b"\xff"}, "JSON object"),
        ("clock/tick", {"data": b"[" * 100_000}, "JSON object"),
        ("clock/tick", {"json": {"delta": 1e300}}, "delta"),
        ("clock/tick", {"data": b'{"delta": NaN}'}, "delta must be"),
        ("clock/move_to", {"json": {"when": "1969-12-31"}}, "times from 1970 to 9000"),
        ("clock/speed", {"data": b'{"n": NaN}'}, "speed must be"),
        ("clock/speed", {"json": {"n": 10**400}}, "n must be a number"),
        ("capacity/free", {"json": {"zone": 1, "instance_type": "", "target": ""}}, "zone"),
        ("history", {"json": {"resource": 1}}, "resource must be a string"),
    ],
)
def test_misuse_over_http_is_a_400_that_says_what_is_wrong(call, path, sent, message):
    now = call("GET", "clock")
    status, answer = call("POST", path, **sent)
    assert status == 400
    assert message in answer["message"]
    assert call("GET", "clock") == now


@pytest.mark.parametrize("path", sorted(CALLS))
def test_no_argument_of_a_call_breaks_the_server(call, frozen_server, path):
    sagemaker = client(frozen_server.url)
    names = [name for name in inspect.signature(CALLS[path]).parameters if name != "world"]
    plausible = {name: PLAUSIBLE[name] for name in names if name in PLAUSIBLE}
    for name in names:
        for value in AWKWARD:
            status, answer = call("POST", path, data=json.dumps({**plausible, name: value}))
            assert status == 200 or (status == 400 and answer["message"])
            if status == 200:
                # It may be sold out now, or the quota too small.
                with suppress(IndexError, sagemaker.exceptions.ResourceLimitExceeded):
                    buy(sagemaker)
                call("POST", "reset")


def test_only_looking_is_possible_with_get(call):
    status, answer = call("GET", "reset")
    assert status == 405
    assert "POST" in answer["message"]


# -- many at once --------------------------------------------------------------------------------


@pytest.fixture
def slow_look(monkeypatch):
    """Whoever looks how much is free is interrupted before acting on it.

    So the first round fails where purchases are not one after the other.
    """
    look = Pool.free

    def look_and_wait(pool, start, end):
        free = look(pool, start, end)
        time.sleep(0.01)
        return free

    monkeypatch.setattr(Pool, "free", look_and_wait)


@pytest.fixture
def hasty_server(slow_look):  # noqa: ARG001
    """A server in this process, whose threads are interrupted all the time, and its control."""
    plans = install()
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    interval = sys.getswitchinterval()
    server.start()
    sys.setswitchinterval(1e-6)
    try:
        yield "http://{}:{}".format(*server.get_host_and_port()), plans
    finally:
        sys.setswitchinterval(interval)
        server.stop()
        uninstall()


@pytest.mark.rule("CAPACITY-02", "PLAN-06")
def test_of_many_who_buy_the_last_instance_at_once_one_gets_it(hasty_server, rounds):
    turns = [f"turn-{number}" for number in range(1, rounds(5) + 1)]
    url, plans = hasty_server
    sagemaker = client(url)
    plans.clock.freeze(GUIDE_TIME)
    plans.capacity.clear()
    plans.quotas.set(INSTANCE_TYPE, len(turns) * THREADS, region="us-west-2")
    plans.quotas.set("training-plan-total_count", len(turns) * THREADS, region="us-west-2")
    together = Barrier(THREADS)

    def purchase(name, offering):
        together.wait()
        sagemaker.create_training_plan(TrainingPlanName=name, TrainingPlanOfferingId=offering)

    with ThreadPoolExecutor(THREADS) as buyers:
        for sold, turn in enumerate(turns):
            # One more than has been sold.
            plans.capacity.set(ZONE, INSTANCE_TYPE, sold + 1, target="training-job")
            offering = find(sagemaker)
            names = [f"{turn}-buyer-{buyer}" for buyer in range(THREADS)]
            list(buyers.map(purchase, names, [offering] * THREADS))
            assert plans.capacity.free(ZONE, INSTANCE_TYPE, target="training-job") == 0

    outcomes = {"Scheduled": [], "Failed": []}
    for change in plans.history():
        kind, _, name = change.resource.rpartition(":")[2].partition("/")
        if kind == "training-plan" and change.before == "Pending" != change.after:
            outcomes[change.after].append(name.partition("-buyer-")[0])
    assert outcomes["Scheduled"] == turns
    assert outcomes["Failed"] == [turn for turn in turns for _ in range(THREADS - 1)]


@pytest.mark.rule("CLIENT-06", "SEARCH-04")
def test_a_sweep_of_eight_threads_over_regions_finds_what_one_by_one_would(frozen_server, plans):  # noqa: ARG001
    regions = ("us-east-1", "us-east-2", "us-west-2", "eu-north-1", "eu-central-1", "sa-east-1")
    types = ("ml.p4d.24xlarge", "ml.p5.48xlarge", "ml.p5en.48xlarge", "ml.trn1.32xlarge")
    midnight = GUIDE_TIME.replace(hour=0, minute=0, second=0, microsecond=0)

    def look(asked):
        region, instance_type = asked
        sweeper = boto3.client("sagemaker", region, endpoint_url=frozen_server.url)
        try:
            found = sweeper.search_training_plan_offerings(
                InstanceType=instance_type, DurationHours=24, StartTimeAfter=midnight
            )
        except sweeper.exceptions.ClientError as refused:
            return str(refused)
        return [each["TrainingPlanOfferingId"] for each in found["TrainingPlanOfferings"]]

    sweep = [(region, instance_type) for region in regions for instance_type in types]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(look, sweep))
    assert together == [look(asked) for asked in sweep]
    # 3, 5, 5 and 4 of these Regions sell the types.
    assert sum(isinstance(each, list) for each in together) == 17
