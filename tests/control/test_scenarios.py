"""Scenarios: what a simulation begins with, and what is loaded into one that goes on."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import boto3
import pytest
import requests
from botocore.config import Config

from moto_trainingplans import TrainingPlansError, UnusedOrders, mock_training_plans
from tests.support.jobs import Jobs

START = datetime(2025, 1, 21, 19, 8, 27, tzinfo=timezone.utc)
P4D = "ml.p4d.24xlarge"
PLAN = "arn:aws:sagemaker:us-west-2:123456789012:training-plan/plan"
DEAR = {"instance_type": P4D, "rate": 40}
SERVER_MODE = os.environ.get("TEST_SERVER_MODE", "").lower() == "true"


def scarce(**more):
    """A scenario in which three instances are left, and what else is given."""
    left = {"zone": "us-west-2a", "instance_type": P4D, "count": 3, "target": "training-job"}
    return {"clock": {"now": START}, "capacity": {"clear": True, "set": [left]}, **more}


@pytest.fixture
def mock():
    """Starts mocks, which all end with the test, and gives their control objects."""
    started = []

    def start(**arguments):
        mock = mock_training_plans(**arguments)
        plans = mock.start()
        started.append(mock)
        return plans

    yield start
    for each in reversed(started):
        each.stop(failed=True)


def free(plans, **window):
    return plans.capacity.free("us-west-2a", P4D, target="training-job", **window)


def make_client(attempts=1):
    """A client for mocks that a test starts itself: the fixtures start one."""
    config = Config(retries={"total_max_attempts": attempts})
    return boto3.client("sagemaker", region_name="us-west-2", config=config)


def search(sagemaker, instance_type=P4D, target="training-job", **asked):
    asked = {"InstanceType": instance_type, "DurationHours": 24, **asked}
    found = sagemaker.search_training_plan_offerings(TargetResources=[target], **asked)
    return found["TrainingPlanOfferings"][-1]


def buy_plan(sagemaker, **asked):
    offering = search(sagemaker, **asked)["TrainingPlanOfferingId"]
    return sagemaker.create_training_plan(TrainingPlanName="plan", TrainingPlanOfferingId=offering)[
        "TrainingPlanArn"
    ]


# -- what it sets --------------------------------------------------------------------------------


def test_each_group_is_applied_before_the_first_request(mock, refusal):
    plans = mock(
        scenario=scarce(
            quotas={"set": [{"name": "ml.p5.48xlarge", "value": 0, "region": "us-west-2"}]},
            prices={"set": DEAR},
            payments={"delay": timedelta(minutes=1)},
            faults={"throttle": "ListTrainingPlans"},
        )
    )
    assert plans.clock.now() == START
    assert free(plans) == 3
    assert plans.capacity.free("us-west-2b", P4D, target="training-job") == 0
    sagemaker = make_client()
    assert search(sagemaker)["UpfrontFee"] == "940.00"
    code, text = refusal(
        sagemaker.search_training_plan_offerings,
        InstanceType="ml.p5.48xlarge",
        DurationHours=24,
    )
    assert code == "ResourceLimitExceeded"
    assert "ml.p5.48xlarge instance quota is not sufficient: it is 0 Instances" in text
    buy_plan(sagemaker)
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Pending"
    assert plans.clock.next_event() == START + timedelta(minutes=1)
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Scheduled"
    assert refusal(sagemaker.list_training_plans) == ("ThrottlingException", "Rate exceeded")


def test_a_file_and_a_dictionary_of_python_values_say_the_same(tmp_path):
    file = tmp_path / "dear.toml"
    file.write_text(
        "[clock]\nnow = 2025-01-21T20:08:27+01:00\n[prices.set]\n"
        f'instance_type = "{P4D}"\nrate = "39.99"\nafter = 60\n[capacity.set]\n'
        f'zone = "us-west-2a"\ninstance_type = "{P4D}"\ncount = 2\nend = 2025-01-23\n',
        encoding="utf-8-sig",
    )
    other = tmp_path / "dear.json"
    content = {
        "clock": {"now": START},
        "prices": {"set": {**DEAR, "rate": Decimal("39.99"), "after": timedelta(seconds=60)}},
        "capacity": {
            "set": ({"zone": "us-west-2a", "instance_type": P4D, "count": 2, "end": "2025-01-23"},)
        },
    }
    as_json = json.loads(json.dumps(content, default=str))
    as_json["prices"]["set"]["after"] = 60
    other.write_text(json.dumps(as_json), encoding="utf-8")
    told = []
    for scenario in (file, str(file), other, content):
        with mock_training_plans(scenario=scenario) as plans:
            sagemaker = make_client()
            before = search(sagemaker, target="endpoint")["UpfrontFee"]
            plans.clock.tick(60)
            after = search(sagemaker, target="endpoint")["UpfrontFee"]
            sold = free(plans, end="2025-01-23"), free(plans, start="2025-01-23")
            told.append((*sold, before, after))
    assert told[0] == (2, 64, "325.68", "959.76")
    assert told[1:] == told[:1] * 3


@pytest.mark.training_plans(scenario={"clock": {"speed": 3600}})
def test_speed_alone_lets_the_machines_time_flow_so_after_resets_too(training_plans):
    for _ in range(2):
        assert training_plans.clock.now().year > 2025
        assert training_plans._call("mock/summary", {})["speed"] == 3600
        training_plans.reset()


@pytest.mark.training_plans(scenario={"clock": {"now": "2030-01-01", "speed": 60}}, now=START)
def test_a_given_time_outweighs_the_scenarios_and_the_speed_stays(training_plans):
    now = training_plans.clock.now()
    assert START <= now < START + timedelta(days=1)
    assert training_plans._call("mock/summary", {})["speed"] == 60


# -- what happens later --------------------------------------------------------------------------

LATER = {
    "capacity": {
        "set": [
            {"zone": "us-west-2a", "instance_type": P4D, "count": 1, "after": 7200},
            {"zone": "us-west-2a", "instance_type": P4D, "count": 5, "at": "2025-01-21T20:08:27Z"},
        ]
    },
    "faults": {
        "fail_instances": [{"resource": PLAN, "count": 2, "at": "2025-01-22T12:00:00Z"}],
        "repair": [{"resource": PLAN, "at": "2025-01-22T18:00:00Z"}],
    },
    "jobs": {"fail": {"job_name": "job", "reason": "No memory.", "at": "2025-01-22T15:00:00Z"}},
}


@pytest.mark.rule("TIME-02")
@pytest.mark.training_plans(now=START, scenario=LATER)
def test_a_call_with_a_time_is_made_then(plans, sagemaker, jobs):
    def unhealthy():
        return sagemaker.describe_training_plan(TrainingPlanName="plan")["UnhealthyInstanceCount"]

    buy_plan(sagemaker, InstanceCount=4)
    plans.jobs.run_for(timedelta(hours=20))
    jobs.create("job", PLAN)
    assert free(plans, end="2025-01-22T11:30:00Z") == 64
    assert plans.clock.next_event() == START + timedelta(hours=1)
    assert free(plans, end="2025-01-22T11:30:00Z") == 5
    plans.clock.tick(timedelta(hours=1) - timedelta(microseconds=1))
    assert free(plans, end="2025-01-22T11:30:00Z") == 5
    plans.clock.tick(timedelta(microseconds=1))
    assert free(plans, end="2025-01-22T11:30:00Z") == 1
    plans.clock.move_to("2025-01-22T11:59:59Z")
    assert unhealthy() == 0
    plans.clock.tick(1)
    assert unhealthy() == 2
    plans.clock.move_to("2025-01-22T18:00:00Z")
    assert unhealthy() == 0


@pytest.mark.rule("TIME-08")
@pytest.mark.training_plans(now=START)
def test_calls_of_one_time_are_made_in_the_order_of_the_table_and_before_anybody_who_waits(
    plans, jobs
):
    quota = {
        "name": f"{P4D} for training job usage",
        "region": "us-west-2",
        "at": "2025-01-22T13:00Z",
    }
    sold = {"zone": "us-west-2a", "instance_type": P4D, "at": "2025-01-22T13:00Z"}
    plans.load(
        {
            "quotas": {"set": [{**quota, "value": 1}, {**quota, "value": 2}]},
            "capacity": {"set": {**sold, "count": 9}, "clear": {"at": "2025-01-22T13:00Z"}},
        }
    )
    plans.quotas.set(f"{P4D} for training job usage", 1, region="us-west-2")
    plans.jobs.run_for(timedelta(hours=5))
    buy_plan(jobs.client, InstanceCount=4)
    jobs.create("first", PLAN)
    jobs.create("second", PLAN)
    plans.clock.move_to("2025-01-22T12:59:59Z")
    assert jobs.states("first", "second") == ["Training", "Pending"]
    plans.clock.tick(1)
    assert jobs.states("first", "second") == ["Training", "Training"]
    assert free(plans, start="2025-02-01") == 9


@pytest.mark.rule("TIME-03", "TIME-06")
def test_one_step_of_time_or_many_leave_the_same():
    def lived(steps):
        with mock_training_plans(now=START, scenario=LATER) as plans:
            sagemaker = make_client()
            buy_plan(sagemaker, InstanceCount=4)
            plans.jobs.run_for(timedelta(hours=20))
            jobs = Jobs(sagemaker)
            jobs.create("job", PLAN)
            for _ in range(steps):
                plans.clock.tick(timedelta(days=3) / steps)
            return jobs.describe("job"), plans.history(), free(plans), plans.clock.now()

    job, *rest = lived(1)
    assert (job["TrainingJobStatus"], job["FailureReason"]) == (
        "Failed",
        "AlgorithmError: No memory.",
    )
    assert "Restarting" in [each["Status"] for each in job["SecondaryStatusTransitions"]]
    for steps in (2, 36):
        again, *others = lived(steps)
        assert (without_id(again), others) == (without_id(job), rest)


def without_id(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.mark.training_plans(now=START)
def test_what_has_passed_when_a_scenario_is_loaded_happens_now(plans, sagemaker):
    sagemaker.list_training_plans()
    plans.load({"capacity": {"clear": {"at": "2025-01-20"}}})
    assert free(plans, start="2025-01-22") == 0


@pytest.mark.training_plans(scenario={"capacity": {"clear": {"at": "2025-01-21T19:30:00Z"}}})
def test_until_time_has_begun_nothing_has_passed(plans, sagemaker):
    plans.clock.freeze(START)
    assert free(plans) == 64
    sagemaker.list_training_plans()
    assert free(plans) == 64
    plans.clock.tick(timedelta(hours=1))
    assert free(plans) == 0


# -- strict --------------------------------------------------------------------------------------


def test_what_a_scenario_orders_nobody_waits_for():
    orders = {
        "payments": {"fail_next": 3},
        "quotas": {"deny_next": True},
        "jobs": {"run_for": {"duration": 60, "job_name": "nobody"}, **LATER["jobs"]},
        "faults": {"throttle": "ListTrainingPlans"},
    }
    with mock_training_plans(now=START, scenario=orders) as plans:
        plans.load(orders)
        search(make_client())


def test_what_was_due_and_could_not_be_done_is_told_at_the_end(tmp_path, caplog):
    file = tmp_path / "broken.toml"
    file.write_text(
        f'[[faults.fail_instances]]\nresource = "{PLAN}"\nat = 2025-01-22T12:00:00Z\n'
        f'[[faults.fail_instances]]\nresource = "{PLAN}"\nat = 2026-01-22T12:00:00Z\n',
        encoding="utf-8",
    )
    mock = mock_training_plans(now=START, scenario=file)
    plans = mock.start()
    make_client().list_training_plans()
    plans.clock.move_to("2025-02-01")
    with pytest.raises(UnusedOrders) as told:
        mock.stop()
    (order,) = told.value.orders
    assert order.ordered_at == f"{file}: faults.fail_instances[1]"
    assert order.call == f"faults.fail_instances({PLAN!r})"
    assert order.awaits.startswith(
        f"what it names, at 2025-01-22T12:00:00+00:00: {PLAN!r} names nothing that has instances"
    )
    logged = [each.getMessage() for each in caplog.records if each.name == "moto_trainingplans"]
    assert SERVER_MODE or [each.partition(" could not")[0] for each in logged] == [order.ordered_at]


# -- resets, nesting -----------------------------------------------------------------------------


def test_reset_goes_back_to_time_and_scenario_of_the_start(mock):
    plans = mock(scenario=scarce(payments={"fail_next": True}))
    buy_plan(make_client())
    plans.load({"capacity": {"clear": True}})
    plans.clock.tick(timedelta(days=1))
    plans.reset()
    assert (plans.clock.now(), free(plans), plans.history()) == (START, 3, [])
    plan = buy_plan(make_client())
    assert plans.history(plan)[-1].after == "Failed"


def test_a_mock_within_another_adds_its_scenario_to_the_simulation_of_both(mock):
    plans = mock(scenario=scarce())
    within = mock(
        scenario={
            "payments": {"delay": 60},
            "capacity": {"set": {"zone": "us-west-2b", "instance_type": P4D, "count": 7}},
        }
    )
    for each in (plans, within):
        assert each.capacity.free("us-west-2b", P4D, target="endpoint") == 7
        assert (free(each), each.clock.now()) == (3, START)
    plans.reset()
    assert (free(plans), plans.capacity.free("us-west-2b", P4D, target="endpoint")) == (3, 7)
    make_client().list_training_plans()
    with pytest.warns(UserWarning, match="now=2020-01-01T00:00:00.00:00 is ignored"):
        mock(scenario={"clock": {"now": "2020-01-01"}, "capacity": {"clear": True}})
    assert (plans.clock.now(), free(plans)) == (START, 0)


# -- load ----------------------------------------------------------------------------------------


@pytest.mark.training_plans(now=START)
def test_load_moves_the_clock_first_and_then_sets_the_rest(plans, sagemaker, buy):
    plan = buy()
    plans.load({"clock": {"now": "2025-01-23", "speed": 0}, "prices": {"set": DEAR}})
    assert plans.history(plan)[-1].after == "Active"
    offering = sagemaker.search_training_plan_offerings(
        InstanceType=P4D, DurationHours=24, TargetResources=["endpoint"]
    )["TrainingPlanOfferings"][-1]
    assert offering["UpfrontFee"] == "960.00"


@pytest.mark.training_plans(now=START)
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"clock": {"now": "2025-01-20"}},
            "clock.now: the clock cannot go back: it shows 2025-01-21",
        ),
        (
            {"faults": {"zone_outage": {"zone": "us-west-2a", "start": 0, "end": 1}}},
            "faults.zone_outage: the outage must end in the future",
        ),
        (
            {"quotas": {"set": [{"name": "a", "value": 1, "region": "us-west-2"}]}},
            r"quotas.set\[1\]: "
            "unknown quota 'a'",
        ),
        (
            {"faults": {"throttle": [{"operation": "Search"}, {"operation": "Serach"}]}},
            r"faults.throttle\[2\].operation: operation must be .*; did you mean 'Search'",
        ),
    ],
)
def test_a_scenario_with_a_mistake_changes_nothing(plans, sagemaker, wrong, message):
    sagemaker.list_training_plans()
    scenario = {"capacity": {"clear": True}, "payments": {"delay": 60}, **wrong}
    with pytest.raises(TrainingPlansError, match=f"^{message}"):
        plans.load(scenario)
    assert (free(plans), plans.clock.now(), plans.clock.next_event()) == (64, START, None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"capasity": {}},
            "capasity: there is no such key; did you mean 'capacity'? there are clock, ",
        ),
        (
            {"capacity": {"sett": 1}},
            "capacity.sett: there is no such key; did you mean 'set'? there are clear, set",
        ),
        ({"capacity": {"free": {}}}, "capacity.free: there is no such key; there are clear, set"),
        ({"clock": {"tick": 60}}, "clock.tick: there is no such key; there are now, speed"),
        (
            {"clock": {"now": "soon"}},
            "clock.now: now must be a datetime, an ISO 8601 string or epoch",
        ),
        ({"clock": {"now": "9001-01-01"}}, "clock.now: the clock can show times from 1970 to 9000"),
        ({"clock": {"speed": -1}}, "clock.speed: speed must be from 0 (frozen)"),
        ({"capacity": 3}, "capacity must be a table of clear, set, not 3"),
        (
            {"capacity": {"set": {"zone": "us-west-2a", "instance_type": P4D}}},
            "capacity.set: count is missing; it takes zone, instance_type, count, target, start, "
            "end, at, after",
        ),
        (
            {"capacity": {"set": [{"zone": "us-west-9a", "instance_type": P4D, "count": 1}]}},
            "capacity.set[1].zone: unknown zone 'us-west-9a'",
        ),
        ({"prices": {"set": {**DEAR, "at": "then"}}}, "prices.set.at: at must be a datetime"),
        (
            {"prices": {"set": {**DEAR, "after": -1}}},
            "prices.set.after: after must be a timedelta or",
        ),
        ({"prices": {"set": {**DEAR, "after": 1e12}}}, "prices.set: the clock never gets there"),
        (
            {"prices": {"set": {**DEAR, "at": START, "after": 1}}},
            "prices.set: give at (a time) or after (a duration), not both",
        ),
        (
            {"clock": {"now": START}, "prices": {"set": {**DEAR, "at": "2025-01-21"}}},
            "prices.set: at must not be before the scenario's own clock.now, which is 2025-01-21",
        ),
        (
            {"jobs": {"fail": {"job_name": "job", "reason": "x"}}},
            "jobs.fail: what it names is not there when a scenario begins: say when it happens, ",
        ),
        ({"jobs": {"run_for": True}}, "jobs.run_for: duration is missing"),
        (
            {"payments": {"fail_next": False}},
            "payments.fail_next.times: times must be a whole number",
        ),
        ({3: {}}, "3: there is no such key"),
        (
            {"payments": {"delay": [1] * 10_001}},
            "a scenario can make 10,000 calls at most, not 10,001",
        ),
        ([], "a scenario is the path of a file, or a dictionary, not list"),
    ],
)
@pytest.mark.in_process("decorates")
def test_a_decorator_tells_where_it_decorates_what_is_wrong(content, message):
    with pytest.raises(TrainingPlansError) as told:
        mock_training_plans(scenario=content)
    assert str(told.value).startswith(message)


@pytest.mark.in_process("decorates")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"\xff", "cannot be read: it is not UTF-8 text"),
        (b"[clock]\nnow == 3\n", "is not TOML: Invalid value (at line 2, column 6)"),
        (b'{"clock": }', "is not JSON: Expecting value: line 1 column 11 (char 10)"),
        (b"[prices.set]\nrate = 1\n", ": prices.set: instance_type is missing"),
        (b"a = " + b"[" * 5000, "cannot be read: "),
    ],
)
def test_a_file_that_is_wrong_is_told_by_its_name(tmp_path, monkeypatch, content, message):
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "wrong.toml").write_bytes(content)
    for name in ("wrong.toml", tmp_path / "wrong.toml"):
        with pytest.raises(TrainingPlansError) as told:
            mock_training_plans(scenario=name)
        assert str(told.value).removeprefix("wrong.toml").lstrip().startswith(message)


# -- over HTTP -----------------------------------------------------------------------------------


@pytest.mark.training_plans(now=START)
def test_over_http_the_scenario_itself_is_sent_and_no_path_is_read(plans, tmp_path):
    file = tmp_path / "scarce.toml"
    file.write_text("[capacity]\nclear = true\n", encoding="utf-8")
    server = os.environ.get("TEST_SERVER_MODE_ENDPOINT", "http://motoapi.amazonaws.com")

    def load(**body):
        url = f"{server}/moto-api/training-plans/load"
        answer = requests.post(url, json=body, timeout=10)
        return answer.status_code, answer.json()

    status, told = load(source=str(file))
    assert status == 400
    assert told["message"].startswith("source must be the scenario itself, as a JSON object, not ")
    assert told["message"].endswith("no file but those that were named when it was started")
    assert free(plans) == 64
    assert load(source={"capasity": {}}, name="scarce.toml")[1]["message"].startswith(
        "scarce.toml: capasity: there is no such key; did you mean 'capacity'?"
    )
    assert load(source={"capacity": {"clear": True}}) == (200, None)
    assert free(plans) == 0
