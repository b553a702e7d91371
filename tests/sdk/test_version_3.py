"""Version 3 of the SageMaker Python SDK: ModelTrainer trains, waits and prints logs."""

from __future__ import annotations

import logging

import pytest
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.training.configs import Compute, SourceCode, StoppingCondition
from sagemaker.core.utils.exceptions import FailedStatusError
from sagemaker.train import ModelTrainer

from tests.support.jobs import CUT_OFF, HOUR, MINUTE, ROLE, START


@pytest.fixture
def trainer(boto_session, bucket):
    """Makes a trainer whose jobs are on a plan."""

    def make(plan, count=1, **settings):
        return ModelTrainer(
            sagemaker_session=Session(boto_session=boto_session, default_bucket=bucket),
            training_image="123456789012.dkr.ecr.us-west-2.amazonaws.com/image:latest",
            role=ROLE,
            compute=Compute(
                instance_type="ml.p4d.24xlarge", instance_count=count, training_plan_arn=plan
            ),
            stopping_condition=StoppingCondition(max_runtime_in_seconds=5 * 86400),
            # Two jobs of a name within a second would have the same name.
            **{"base_job_name": "job", **settings},
        )

    return make


@pytest.fixture
def logged(caplog):
    """How often each message of the job's containers was logged."""
    caplog.set_level(logging.INFO)
    return lambda message: sum(record.getMessage().endswith(message) for record in caplog.records)


@pytest.mark.rule("JOB-02", "CLIENT-04")
def test_train_waits_for_the_plan_and_logs_each_change_once_for_each_instance(
    trainer, plan, plans, logged
):
    model = trainer(plan, count=2)
    model.train()
    job = model._latest_training_job
    assert job.training_job_status == "Completed"
    assert job.training_start_time == START
    assert plans.clock.now() >= START + HOUR
    for transition in job.secondary_status_transitions:
        assert logged(f"\n{transition.status}: {transition.status_message}") == 2


@pytest.mark.rule("JOB-02")
@pytest.mark.parametrize("logs", [True, False])
def test_a_script_is_uploaded_and_runs_on_the_plan(trainer, plan, tmp_path, client, bucket, logs):
    (tmp_path / "train.py").write_text("print('training')")
    source = SourceCode(source_dir=str(tmp_path), entry_script="train.py")
    model = trainer(plan, source_code=source)
    model.train(logs=logs)
    assert model._latest_training_job.training_job_status == "Completed"
    uploaded = client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert any(each["Key"].endswith("/code/train.py") for each in uploaded)


@pytest.mark.rule("JOB-06")
def test_the_end_of_the_plan_stops_a_job_without_an_exception(trainer, plan, plans):
    plans.jobs.run_for(48 * HOUR)
    model = trainer(plan)
    model.train()
    job = model._latest_training_job
    assert job.training_job_status == "Stopped"
    assert job.training_end_time == CUT_OFF


@pytest.mark.rule("JOB-06", "CLIENT-03")
def test_a_job_that_never_got_instances_fails_for_capacity(trainer, plan, plans):
    plans.jobs.run_for(48 * HOUR)
    trainer(plan, count=2, base_job_name="first").train(wait=False)
    with pytest.raises(FailedStatusError, match="CapacityError: Unable to provision"):
        trainer(plan).train()


@pytest.mark.rule("CLIENT-03")
def test_an_algorithm_that_fails_is_told_with_its_reason(trainer, plan, plans, passing_time):
    model = trainer(plan)

    def fail():
        plans.jobs.fail(plans.history()[-1].resource, "no gradient")

    passing_time.meanwhile(START + MINUTE, fail)
    with pytest.raises(FailedStatusError, match="AlgorithmError: no gradient"):
        model.train()


@pytest.mark.real_time
@pytest.mark.rule("JOB-02")
def test_train_ends_in_real_time_on_a_clock_that_is_faster(trainer, active_plan, plans):
    plans.clock.speed(3600)
    model = trainer(active_plan)
    model.train()
    assert model._latest_training_job.training_job_status == "Completed"
