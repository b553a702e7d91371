"""The launcher on a plan of two blocks, a day each and a day apart, in two zones."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto_trainingplans import TrainingPlans, TrainingPlansError

import launcher
import training
from launcher import Job, Launcher, Outcome, Site

pytestmark = pytest.mark.training_plans(now="2025-01-22T11:00:00Z")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)
CUT_OFF = START + DAY - timedelta(minutes=30)
SECOND_BLOCK = START + 2 * DAY
SITE = Site("pretraining", "arn:aws:iam::123456789012:role/training", "models")


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all tests: it reads botocore's large model of SageMaker once."""
    return boto3.Session(region_name="us-west-2")


@pytest.fixture
def sagemaker(session: boto3.Session) -> Any:
    return session.client("sagemaker")


@pytest.fixture
def plan(training_plans: TrainingPlans, sagemaker: Any) -> str:
    """The plan's ARN: four instances, of which there are no others."""
    training_plans.capacity.clear()
    for zone, start in (("us-west-2a", START), ("us-west-2b", SECOND_BLOCK)):
        training_plans.capacity.set(zone, "ml.p4d.24xlarge", 4, start=start, end=start + DAY)
    (offering,) = sagemaker.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge",
        InstanceCount=4,
        DurationHours=48,
        TargetResources=["training-job"],
    )["TrainingPlanOfferings"]
    arn: str = sagemaker.create_training_plan(
        TrainingPlanName=SITE.plan, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )["TrainingPlanArn"]
    return arn


def job(name: str, instances: int = 4) -> Job:
    return Job(name, "registry/train:1", instances, hours=40)


def run(training_plans: TrainingPlans, sagemaker: Any, *jobs: Job) -> list[tuple[str, Outcome]]:
    """Launch, and wait, without any waiting."""
    with training_plans.clock.sleeping():
        results = Launcher(sagemaker, SITE).run(jobs)
    return [(each.job.name, each.outcome) for each in results]


def test_a_queue_waits_for_its_plan_and_keeps_the_instances_warm(
    training_plans: TrainingPlans, sagemaker: Any, plan: str
) -> None:
    training_plans.jobs.run_for(2 * HOUR)
    assert run(training_plans, sagemaker, job("one"), job("two"), job("small", 1)) == [
        ("one", Outcome.COMPLETED),
        ("two", Outcome.COMPLETED),
        ("small", Outcome.COMPLETED),
    ]
    described = sagemaker.describe_training_job(TrainingJobName="one")
    assert described["TrainingStartTime"] == START
    assert described["WarmPoolStatus"]["ReusedByJob"] == "two"
    # What comes after it is of another size, so there is nothing to keep.
    second = training_plans.calls("CreateTrainingJob")[1].parameters["ResourceConfig"]
    assert "KeepAlivePeriodInSeconds" not in second
    assert {
        call.parameters["ResourceConfig"]["TrainingPlanArn"]
        for call in (training_plans.calls("CreateTrainingJob"))
    } == {plan}


def test_a_job_goes_on_in_the_next_block_where_it_stood(
    training_plans: TrainingPlans, sagemaker: Any, plan: str
) -> None:
    training_plans.jobs.run_for(30 * HOUR)
    assert run(training_plans, sagemaker, job("long")) == [("long", Outcome.COMPLETED)]
    described = sagemaker.describe_training_job(TrainingJobName="long")
    # 23.5 hours in the first block, the other 6.5 in the second: nothing was done twice.
    assert described["TrainingEndTime"] == SECOND_BLOCK + 6.5 * HOUR
    lost = training_plans.report(plan).parts["lost"]
    assert lost.instance_hours == 0


def test_the_end_of_the_plan_ends_the_queue(
    training_plans: TrainingPlans, sagemaker: Any, plan: str
) -> None:
    training_plans.jobs.run_for(60 * HOUR, "long")
    with training_plans.clock.sleeping():
        long, never = Launcher(sagemaker, SITE).run([Job("long", "i", 4, 100), job("never")])
    assert (long.outcome, never.outcome) == (Outcome.UNFINISHED, Outcome.UNFINISHED)
    assert "pretraining" in long.reason
    assert long.checkpoints == "s3://models/checkpoints/long"
    assert len(training_plans.calls("CreateTrainingJob")) == 1


def test_a_broken_instance_is_replaced_by_a_free_one_of_the_plan(
    training_plans: TrainingPlans, sagemaker: Any, plan: str
) -> None:
    Launcher(sagemaker, SITE).launch(job("hurt", 2))
    training_plans.clock.move_to(START + HOUR / 2)
    training_plans.faults.fail_instances(plan)
    assert run(training_plans, sagemaker, job("hurt", 2)) == [("hurt", Outcome.COMPLETED)]
    story = sagemaker.describe_training_job(TrainingJobName="hurt")["SecondaryStatusTransitions"]
    assert "Restarting" in [each["Status"] for each in story]


@pytest.mark.parametrize(
    ("reason", "outcome", "attempts"),
    [
        ("AlgorithmError: the loss is not a number", Outcome.FAILED, ["bad"]),
        (
            "InternalServerError: We encountered an internal error.",
            Outcome.COMPLETED,
            ["bad", "bad-2"],
        ),
    ],
)
def test_only_what_is_not_the_jobs_own_fault_is_tried_again(
    training_plans: TrainingPlans,
    sagemaker: Any,
    plan: str,
    reason: str,
    outcome: Outcome,
    attempts: list[str],
) -> None:
    Launcher(sagemaker, SITE).launch(job("bad"))
    training_plans.clock.move_to(START + HOUR / 2)
    training_plans.jobs.fail("bad", reason)
    assert run(training_plans, sagemaker, job("bad"), job("good")) == [
        ("bad", outcome),
        ("good", Outcome.COMPLETED),
    ]
    made = [call for call in training_plans.calls("CreateTrainingJob") if call.error is None]
    names = [call.parameters["TrainingJobName"] for call in made]
    assert names == [*attempts, "good"]
    folders = {call.parameters["CheckpointConfig"]["S3Uri"] for call in made[:-1]}
    assert folders == {"s3://models/checkpoints/bad"}


def test_a_launcher_that_is_started_again_finds_its_jobs(
    training_plans: TrainingPlans, sagemaker: Any, plan: str
) -> None:
    queue = [job("one"), job("two")]
    first = run(training_plans, sagemaker, *queue)
    assert run(training_plans, sagemaker, *queue) == first
    assert len(sagemaker.list_training_jobs()["TrainingJobSummaries"]) == 2


def test_the_command_reads_a_queue_and_tells_how_it_went(
    training_plans: TrainingPlans, plan: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = tmp_path / "queue.json"
    queue.write_text(json.dumps([{"name": "one", "image": "i", "instances": 4, "hours": 2}]))
    arguments = [str(queue), "--plan", SITE.plan, "--region", "us-west-2"]
    with training_plans.clock.sleeping():
        assert launcher.main([*arguments, "--role", SITE.role, "--bucket", SITE.bucket]) == 0
    assert capsys.readouterr().out == "one: completed\n"


class Container:
    """The container of a job: it lives for as long as the plan lets it, and sees what it would."""

    def __init__(self, training_plans: TrainingPlans, job_name: str, folder: Path) -> None:
        self._plans = training_plans
        self._job_name = job_name
        self._folder = folder
        self.steps: list[int] = []

    def run(self, **settings: Any) -> None:
        training.train(
            self._step,
            1000,
            self._folder,
            environment=self._plans.jobs.environment(self._job_name),
            now=self._plans.clock.now,
            **settings,
        )

    def _step(self, number: int) -> None:
        self.steps.append(number)
        self._plans.clock.tick(timedelta(minutes=7))
        self._plans.jobs.environment(self._job_name)  # Fails once the instances are gone.


@pytest.mark.parametrize("unit", ["seconds", "milliseconds"])
def test_the_script_saves_before_its_block_ends_and_goes_on_in_the_next(
    training_plans: TrainingPlans, sagemaker: Any, plan: str, tmp_path: Path, unit: Any
) -> None:
    training_plans.jobs.expiration_in(unit)
    training_plans.jobs.run_for(40 * HOUR)
    Launcher(sagemaker, SITE).launch(job("long"))
    training_plans.clock.move_to(START)
    first = Container(training_plans, "long", tmp_path)
    with pytest.raises(TrainingPlansError):
        first.run()
    assert training_plans.clock.now() >= CUT_OFF
    # All but the step in which it was killed is in the checkpoint.
    assert training.steps_done(tmp_path) == len(first.steps) - 1
    training_plans.clock.move_to(SECOND_BLOCK)
    second = Container(training_plans, "long", tmp_path)
    with pytest.raises(TrainingPlansError):
        second.run()
    assert second.steps[0] == first.steps[-1]


def test_without_the_margin_a_block_would_end_in_lost_work(
    training_plans: TrainingPlans, sagemaker: Any, plan: str, tmp_path: Path
) -> None:
    training_plans.jobs.run_for(40 * HOUR)
    Launcher(sagemaker, SITE).launch(job("long"))
    training_plans.clock.move_to(START)
    careless = Container(training_plans, "long", tmp_path)
    with pytest.raises(TrainingPlansError):
        careless.run(margin=timedelta(0), every=150)
    assert len(careless.steps) - training.steps_done(tmp_path) > 50


def test_a_container_without_a_plan_saves_now_and_then(tmp_path: Path) -> None:
    assert training.instances_taken_at({}) is None
    training.train(lambda _: None, 150, tmp_path, environment={})
    assert training.steps_done(tmp_path) == 150
