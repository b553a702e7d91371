"""Version 2 of the SageMaker Python SDK: fit, wait, logs, attach and stop."""

from __future__ import annotations

import pytest
import sagemaker
from sagemaker.estimator import Estimator
from sagemaker.exceptions import CapacityError, UnexpectedStatusException

from tests.support.jobs import CUT_OFF, HOUR, MINUTE, ROLE, START


@pytest.fixture
def session(boto_session, bucket):
    return sagemaker.Session(boto_session=boto_session, default_bucket=bucket)


@pytest.fixture
def estimator(session):
    """Makes an estimator whose jobs are on a plan."""

    def make(plan, count=1, **settings):
        return Estimator(
            image_uri="123456789012.dkr.ecr.us-west-2.amazonaws.com/image:latest",
            role=ROLE,
            instance_count=count,
            instance_type="ml.p4d.24xlarge",
            sagemaker_session=session,
            training_plan=plan,
            disable_profiler=True,
            **settings,
        )

    return make


@pytest.mark.rule("CLIENT-03", "JOB-02")
@pytest.mark.parametrize("logs", ["All", "None", True, False])
def test_fit_waits_for_the_plan_and_ends_with_the_job(estimator, plan, plans, logs):
    trainer = estimator(plan)
    trainer.fit(logs=logs)
    job = trainer.latest_training_job.describe()
    assert job["TrainingJobStatus"] == "Completed"
    assert job["TrainingStartTime"] == START
    assert plans.clock.now() >= START + HOUR


@pytest.mark.rule("CLIENT-04")
def test_fit_prints_each_change_of_state_once_for_each_instance(estimator, plan, capsys):
    trainer = estimator(plan, count=2)
    trainer.fit(logs="All")
    printed = capsys.readouterr().out
    transitions = trainer.latest_training_job.describe()["SecondaryStatusTransitions"]
    assert [each["Status"] for each in transitions] == [
        *("Pending", "Starting", "Downloading", "Training", "Uploading", "Completed")
    ]
    for transition in transitions:
        status, message = transition["Status"], transition["StatusMessage"]
        assert printed.count(f"{status}: {message}") == 2
        assert printed.count(f"{status} - {message}") == 1


@pytest.mark.rule("CLIENT-03", "CLIENT-04", "JOB-05")
def test_a_fit_over_a_gap_in_the_plan_prints_the_whole_story(
    estimator, buy_two_blocks, plans, capsys
):
    plans.jobs.run_for(30 * HOUR)
    trainer = estimator(buy_two_blocks(), max_run=5 * 86400, checkpoint_s3_uri="s3://bucket/saved")
    trainer.fit()
    assert trainer.latest_training_job.describe()["TrainingTimeInSeconds"] == 30 * 3600
    printed = capsys.readouterr().out
    assert printed.count("Training: ") == 2
    # For the plan, and for its next block.
    assert printed.count("Pending: The training job is waiting") == 2
    assert printed.count("Completed: ") == 1


@pytest.mark.rule("CLIENT-03", "JOB-06")
@pytest.mark.parametrize("logs", ["All", "None"])
def test_the_end_of_the_plan_stops_a_job_without_an_exception(estimator, plan, plans, caplog, logs):
    plans.jobs.run_for(48 * HOUR)
    trainer = estimator(plan, max_run=3 * 86400)
    trainer.fit(logs=logs)
    job = trainer.latest_training_job.describe()
    assert job["TrainingJobStatus"] == "Stopped"
    assert job["TrainingEndTime"] == CUT_OFF
    assert "FailureReason" not in job
    assert "Job ended with status 'Stopped' rather than 'Completed'" in caplog.text


@pytest.mark.rule("CLIENT-03", "JOB-06")
@pytest.mark.parametrize("logs", ["All", "None"])
def test_a_job_that_never_got_instances_is_a_capacity_error(estimator, plan, plans, logs):
    plans.jobs.run_for(48 * HOUR)
    estimator(plan, count=2, max_run=3 * 86400).fit(wait=False, job_name="first")
    with pytest.raises(CapacityError, match="CapacityError: Unable to provision"):
        estimator(plan).fit(logs=logs)


@pytest.mark.rule("CLIENT-03")
@pytest.mark.parametrize("logs", ["All", "None"])
def test_an_algorithm_that_fails_is_no_capacity_error(estimator, plan, plans, passing_time, logs):
    passing_time.meanwhile(START + MINUTE, lambda: plans.jobs.fail("job", "no gradient"))
    with pytest.raises(UnexpectedStatusException, match="AlgorithmError: no gradient") as raised:
        estimator(plan).fit(job_name="job", logs=logs)
    assert raised.type is UnexpectedStatusException


@pytest.mark.rule("JOB-09", "CLIENT-03")
def test_a_job_can_be_stopped_while_somebody_waits(estimator, plan, session, passing_time):
    passing_time.meanwhile(START + MINUTE, lambda: session.stop_training_job("job"))
    trainer = estimator(plan)
    trainer.fit(job_name="job", logs="None")
    job = trainer.latest_training_job.describe()
    assert job["TrainingJobStatus"] == "Stopped"
    assert job["SecondaryStatusTransitions"][-1]["StartTime"] == START + 3 * MINUTE


@pytest.mark.rule("CLIENT-03")
def test_attach_waits_for_a_job_and_knows_its_plan(estimator, plan, session, plans):
    plans.jobs.run_for(2 * HOUR)
    estimator(plan, count=2).fit(wait=False, job_name="job")
    attached = Estimator.attach("job", sagemaker_session=session)
    assert plans.clock.now() >= START + 2 * HOUR
    assert (attached.training_plan, attached.instance_count) == (plan, 2)
    assert attached.output_kms_key == ""
    assert attached.latest_training_job.describe()["TrainingJobStatus"] == "Completed"


@pytest.mark.rule("JOB-02")
def test_a_script_is_uploaded_and_runs_on_the_plan(estimator, plan, tmp_path, client, bucket):
    (tmp_path / "train.py").write_text("print('training')")
    trainer = estimator(plan, source_dir=str(tmp_path), entry_point="train.py")
    trainer.fit(logs=False)
    (source,) = client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert source["Key"].endswith("/source/sourcedir.tar.gz")
    assert trainer.latest_training_job.describe()["TrainingJobStatus"] == "Completed"


@pytest.mark.rule("PLAN-07", "PLAN-09")
def test_a_session_describes_and_lists_plans(session, active_plan):
    assert session.describe_training_plan("plan")["TrainingPlanArn"] == active_plan
    (listed,) = session.list_training_plans(
        filters=[{"Name": "Status", "Value": "Active"}], start_time_after=START - MINUTE
    )["TrainingPlanSummaries"]
    assert listed["TrainingPlanName"] == "plan"


@pytest.mark.real_time
@pytest.mark.rule("JOB-02", "CLIENT-04")
def test_fit_ends_in_real_time_on_a_clock_that_is_faster(estimator, active_plan, plans, capsys):
    plans.clock.speed(600)
    trainer = estimator(active_plan)
    trainer.fit(logs="All")
    assert trainer.latest_training_job.describe()["TrainingJobStatus"] == "Completed"
    assert capsys.readouterr().out.count("Completed: ") == 1
