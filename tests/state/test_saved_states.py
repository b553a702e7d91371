"""A simulation that is saved and loaded goes on as if nothing had happened."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import boto3
import pytest

from moto_trainingplans import connect
from tests.support.jobs import job_request
from tests.support.rich_story import KEYS, buy, streams, tell, tell_the_rest
from tests.support.servers import RunningServer

GUIDE_TIME = "2025-01-21T19:08:27.704Z"
HOUR = timedelta(hours=1)
QUOTA = {"name": "ml.p5.48xlarge", "value": 3, "region": "us-west-2"}


def differences(told, again):
    assert len(told) == len(again)
    return [pair for pair in zip(told, again, strict=True) if pair[0] != pair[1]]


def entries_of(path):
    return json.loads(path.read_text())["chapters"][-1]["entries"]


@pytest.mark.rule("TIME-03", "TIME-06")
def test_a_story_goes_on_from_a_file_as_it_would_have_gone_on(plans, client, tmp_path):
    keys = tell(client, plans)
    plans.save(tmp_path / "state.json")
    told = tell_the_rest(client, plans, keys)
    assert {change.after for change in plans.history()} > {"Expired", "Failed", "Completed"}
    plans.load(tmp_path / "state.json")
    assert differences(told, tell_the_rest(client, plans, keys)) == []


@pytest.mark.in_process("starts a server of its own")
def test_a_story_goes_on_in_another_process(plans, client, tmp_path):
    keys = tell(client, plans)
    plans.save(tmp_path / "state.json")
    told = tell_the_rest(client, plans, keys)
    server = RunningServer("--state", str(tmp_path / "state.json"))
    try:

        def client_of_server(service, region="us-west-2", **given):
            return boto3.client(service, region, endpoint_url=server.url, **given)

        again = tell_the_rest(client_of_server, connect(server.url), keys)
    finally:
        server.stop()
    assert differences(told, again) == []


@pytest.mark.training_plans(now=GUIDE_TIME, strict=False)
def test_what_is_saved_again_is_the_same(plans, client, tmp_path):
    tell(client, plans)
    plans.save(tmp_path / "first.json")
    plans.load(tmp_path / "first.json")
    plans.save(tmp_path / "second.json")
    assert (tmp_path / "second.json").read_bytes() == (tmp_path / "first.json").read_bytes()


def test_a_scenario_that_was_loaded_is_in_the_state(plans, search, tmp_path):
    plans.load({"capacity": {"clear": True}, "quotas": {"set": [QUOTA]}})
    plans.save(tmp_path / "state.json")
    plans.reset()
    assert search() != []
    plans.load(tmp_path / "state.json")
    assert search() == []


def test_half_a_character_of_a_request_is_in_the_state(plans, buy, jobs, tmp_path):
    jobs.create("job", buy(), HyperParameters={"half": "\ud83d"})
    plans.save(tmp_path / "state.json")
    plans.reset()
    plans.load(tmp_path / "state.json")
    assert jobs.describe("job")["HyperParameters"] == {"half": "\ud83d"}


@pytest.mark.rule("TIME-03", "CAPACITY-03")
def test_who_has_only_looked_changes_nothing_for_what_befalls_several_accounts(
    plans, client, tmp_path
):
    """A zone takes the instances of all, in an order that looks, which no state holds, leave."""
    given = client("sts").assume_role(
        RoleArn="arn:aws:iam::222222222222:role/buyer", RoleSessionName="buyer"
    )["Credentials"]
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    keys = dict(zip(KEYS, (given[name] for name in names), strict=True))
    other, sagemaker = client("sagemaker", **keys), client("sagemaker")
    assert other.list_training_plans()["TrainingPlanSummaries"] == []
    for buyer in (sagemaker, other):
        plan = buy(buyer, "plan", "training-job", 1, 24)
        buyer.create_training_job(**job_request("job", plan))
    plans.clock.tick(HOUR)
    plans.faults.zone_outage("us-west-2a", plans.clock.now(), plans.clock.now() + HOUR)
    plans.clock.tick(2 * HOUR)
    history, view = plans.history(), plans.timeline().view
    plans.save(tmp_path / "state.json")
    plans.load(tmp_path / "state.json")
    assert (plans.history(), plans.timeline().view) == (history, view)


def test_a_simulation_that_was_only_looked_at_has_begun(plans, sagemaker, tmp_path):
    plans.quotas.set("ml.p4d.24xlarge", 1, region="us-west-2")
    sagemaker.list_training_plans()
    plans.quotas.set("ml.p4d.24xlarge", 2, region="us-west-2")
    plans.save(tmp_path / "first.json")
    plans.load(tmp_path / "first.json")
    plans.save(tmp_path / "second.json")
    assert (tmp_path / "second.json").read_bytes() == (tmp_path / "first.json").read_bytes()
    began = [each.get("begun", True) for each in entries_of(tmp_path / "first.json")]
    assert began == [False, True]


def test_what_the_state_manager_said_holds_for_what_was_done_then(
    plans, sagemaker, state_manager, tmp_path
):
    state_manager("sagemaker::training_plan", {"progression": "manual", "times": 3})
    buy(sagemaker, "counted", "training-job", 1, 24)
    state_manager("sagemaker::training_plan", {"progression": "time", "seconds": 600})
    buy(sagemaker, "timed", "training-job", 1, 24)
    state_manager("sagemaker::training_plan", {"progression": "immediate"})
    buy(sagemaker, "at-once", "training-job", 1, 24)

    def status(name):
        return sagemaker.describe_training_plan(TrainingPlanName=name)["Status"]

    assert [status("counted"), status("counted")] == ["Pending", "Pending"]
    plans.save(tmp_path / "state.json")
    state_manager("sagemaker::training_plan", {"progression": "time", "seconds": 9})
    plans.load(tmp_path / "state.json")
    assert [status("timed"), status("at-once")] == ["Pending", "Scheduled"]
    assert status("counted") == "Scheduled"
    plans.clock.tick(600)
    assert status("timed") == "Scheduled"
    # What holds from now on is what held when it was saved.
    buy(sagemaker, "later", "training-job", 1, 24)
    assert status("later") == "Scheduled"


def test_whoever_only_looks_or_moves_the_clock_makes_no_state_larger(plans, sagemaker, tmp_path):
    buy(sagemaker, "plan", "training-job", 1, 24)
    plans.save(tmp_path / "before.json")
    for _ in range(20):
        sagemaker.describe_training_plan(TrainingPlanName="plan")
        sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
        )
        plans.clock.tick(3600)
    plans.save(tmp_path / "after.json")
    before, after = entries_of(tmp_path / "before.json"), entries_of(tmp_path / "after.json")
    # Only the searches are kept that offered last what can be bought still.
    assert len(before) <= len(after) <= len(before) + 2


@pytest.mark.training_plans(now=GUIDE_TIME, strict=False)
def test_what_many_do_at_once_while_the_clock_flows_is_done_again_in_the_same_order(
    plans, client, tmp_path
):
    """A journal in another order would come to another history, and be refused."""
    sagemaker = client("sagemaker")
    plan = buy(sagemaker, "plan", "training-job", 8, 240)
    plans.clock.move_to("2025-01-21T20:00:00Z")
    plans.clock.speed(600)
    clients = [(client("sagemaker"), client("ec2")) for _ in range(4)]

    def work(number):
        mine, ec2 = clients[number]
        for turn in range(8):
            name = f"{number}-{turn}"
            mine.create_training_job(**job_request(f"job-{name}", plan, 1 + number % 3))
            ec2.create_security_group(GroupName=name, Description="-")
            if turn % 3 == 2:
                plans.faults.fail_instances(plan) if number else plans.faults.repair(plan)
            with suppress(mine.exceptions.ClientError):
                mine.stop_training_job(TrainingJobName=f"job-{number}-{turn // 2}")

    with ThreadPoolExecutor(len(clients)) as threads:
        list(threads.map(work, range(len(clients))))
    plans.clock.freeze()
    history, groups = plans.history(), client("ec2").describe_security_groups()["SecurityGroups"]
    plans.save(tmp_path / "state.json")
    plans.load(tmp_path / "state.json")
    assert plans.history() == history
    assert client("ec2").describe_security_groups()["SecurityGroups"] == groups


def test_a_state_takes_the_place_of_what_was_there(plans, client, buy, jobs, tmp_path):
    plans.save(tmp_path / "empty.json")
    buy("plan")
    client("ec2").create_security_group(GroupName="group", Description="-")
    client("s3").create_bucket(
        Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    jobs.create("job", None)
    plans.load(tmp_path / "empty.json")
    assert plans.history() == plans.calls() == []
    assert client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []
    groups = client("ec2").describe_security_groups()["SecurityGroups"]
    assert "group" not in {each["GroupName"] for each in groups}
    assert [each["Name"] for each in client("s3").list_buckets()["Buckets"]] == ["bucket"]


def test_what_a_search_has_offered_can_be_bought_after_it(plans, search, sagemaker, tmp_path):
    offering = search()[-1]["TrainingPlanOfferingId"]
    plans.prices.set("ml.p4d.24xlarge", 1)
    plans.save(tmp_path / "state.json")
    plans.load(tmp_path / "state.json")
    sagemaker.create_training_plan(TrainingPlanName="plan", TrainingPlanOfferingId=offering)
    fee = sagemaker.describe_training_plan(TrainingPlanName="plan")["UpfrontFee"]
    assert fee == "318.89"  # that of before the change of price


def test_jobs_have_printed_what_they_had(plans, client, buy, jobs, tmp_path):
    jobs.create("job", buy())
    plans.clock.tick(timedelta(days=2))
    plans.save(tmp_path / "state.json")
    before = client("logs").describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="job"
    )["logStreams"]
    plans.load(tmp_path / "state.json")
    assert len(streams(client, "job")) == len(before) == 1
    lines = client("logs").get_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=streams(client, "job")[0]
    )["events"]
    assert [line["message"].partition(":")[0] for line in lines].count("Training") == 1


def test_a_reset_goes_back_to_where_the_saved_simulation_began(plans, tmp_path):
    plans.clock.tick(5 * HOUR)
    plans.save(tmp_path / "state.json")
    content = json.loads((tmp_path / "state.json").read_text())
    assert content["chapters"][-1]["startup"]["now"] == "2025-01-21T19:08:27.704000+00:00"
    began = plans.clock.now() - 5 * HOUR
    plans.clock.tick(HOUR)
    plans.load(tmp_path / "state.json")
    assert plans.clock.now() == began + 5 * HOUR
    plans.reset()
    assert plans.clock.now() == began


def test_what_moto_keeps_after_a_reset_of_the_simulation_is_in_the_state(
    plans, client, sagemaker, tmp_path
):
    group = client("ec2").create_security_group(GroupName="group", Description="-")["GroupId"]
    plans.reset()
    buy(sagemaker, "plan", "training-job", 1, 24)
    plans.save(tmp_path / "state.json")
    plans.load(tmp_path / "state.json")
    found = client("ec2").describe_security_groups(GroupNames=["group"])["SecurityGroups"]
    assert [each["GroupId"] for each in found] == [group]
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Scheduled"


def test_what_a_reset_leaves_nothing_of_is_in_no_state(plans, sagemaker, tmp_path):
    sizes = []
    for _ in range(4):
        buy(sagemaker, "plan", "training-job", 1, 24)
        plans.reset()
        plans.save(tmp_path / "state.json")
        sizes.append((tmp_path / "state.json").stat().st_size)
    # The first purchase of an account makes a role in moto's IAM, which a reset keeps.
    assert sizes[0] == sizes[1] == sizes[3]


class TestClocks:
    def test_a_clock_that_stands_still_stays_so(self, plans, tmp_path):
        plans.clock.freeze("2025-02-01")
        plans.save(tmp_path / "state.json")
        plans.clock.resume()
        plans.load(tmp_path / "state.json")
        assert plans.clock.now().isoformat() == "2025-02-01T00:00:00+00:00"
        assert plans.clock.now().isoformat() == "2025-02-01T00:00:00+00:00"

    def test_a_clock_that_flows_goes_on_from_the_time_at_which_it_was_saved(self, plans, tmp_path):
        plans.clock.speed(1)
        plans.save(tmp_path / "state.json")
        saved = plans.clock.now()
        plans.clock.move_to("2026-01-01")
        plans.load(tmp_path / "state.json")
        first = plans.clock.now()
        assert saved - HOUR < first < saved + HOUR
        plans.clock.speed(3600)
        assert plans.clock.now() > first


@pytest.mark.in_process("looks at the machine's time")
@pytest.mark.training_plans
def test_a_clock_that_follows_the_machine_follows_it_again(training_plans, tmp_path):
    training_plans.save(tmp_path / "state.json")
    training_plans.clock.freeze("2000-01-01")
    training_plans.load(tmp_path / "state.json")
    shown = training_plans.clock.now()
    assert timedelta(0) <= datetime.now(timezone.utc) - shown < timedelta(minutes=1)
