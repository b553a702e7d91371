"""sagemaker-core, of either major version: plans and jobs as resources."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.jobs import HOUR, MINUTE, ROLE, START

try:
    from sagemaker.core import resources, shapes
    from sagemaker.core.utils import exceptions
except ImportError:
    from sagemaker_core.main import exceptions, resources, shapes


@pytest.fixture
def create(boto_session):
    """Creates a job on a plan."""

    def run(plan, name="job", count=1):
        return resources.TrainingJob.create(
            training_job_name=name,
            role_arn=ROLE,
            algorithm_specification=shapes.AlgorithmSpecification(
                training_image="image", training_input_mode="File"
            ),
            output_data_config=shapes.OutputDataConfig(s3_output_path="s3://bucket/output"),
            resource_config=shapes.ResourceConfig(
                instance_type="ml.p4d.24xlarge",
                instance_count=count,
                volume_size_in_gb=30,
                training_plan_arn=plan,
            ),
            stopping_condition=shapes.StoppingCondition(max_runtime_in_seconds=5 * 86400),
            session=boto_session,
        )

    return run


@pytest.mark.rule("CLIENT-01", "PLAN-03")
def test_a_plan_is_created_followed_and_listed(search, boto_session, plans):
    names = [f"plan-{number:02}" for number in range(12)]
    for name in names:
        offering = search()[-1]["TrainingPlanOfferingId"]
        plan = resources.TrainingPlan.create(
            training_plan_name=name, training_plan_offering_id=offering, session=boto_session
        )
        (block,) = plan.reserved_capacity_summaries
        assert (block.instance_type, block.total_instance_count) == ("ml.p4d.24xlarge", 1)
        assert plan.available_instance_count == plan.total_instance_count == 1
        assert plan.upfront_fee == "318.89"
    plan.wait_for_status("Active")
    assert plans.clock.now() >= START
    assert plan.start_time == START
    listed = list(resources.TrainingPlan.get_all(session=boto_session))
    assert [each.training_plan_name for each in listed] == names
    assert {each.status for each in listed} == {"Active"}
    assert resources.TrainingPlan.get("plan-00", session=boto_session).refresh().status == "Active"


@pytest.mark.rule("JOB-02")
def test_a_job_is_created_awaited_and_deleted(create, plan, boto_session, plans):
    job = create(plan)
    assert (job.training_job_status, job.secondary_status) == ("InProgress", "Pending")
    job.wait()
    assert plans.clock.now() >= START + HOUR
    assert (job.training_job_status, job.training_time_in_seconds) == ("Completed", 3600)
    assert job.resource_config.training_plan_arn == plan
    (listed,) = resources.TrainingJob.get_all(
        training_plan_arn_equals=plan, status_equals="Completed", session=boto_session
    )
    assert listed.training_job_name == "job"
    if hasattr(job, "delete"):
        job.delete()
        with pytest.raises(ClientError):
            job.refresh()


@pytest.mark.rule("JOB-09")
def test_a_job_that_is_stopped_ends_a_wait_without_an_exception(create, active_plan, sagemaker):
    job = create(active_plan)
    sagemaker.stop_training_job(TrainingJobName="job")
    job.wait()
    assert job.training_job_status == "Stopped"


@pytest.mark.rule("CLIENT-03")
def test_an_algorithm_that_fails_is_told_with_its_reason(create, plan, plans, passing_time):
    passing_time.meanwhile(START + MINUTE, lambda: plans.jobs.fail("job", "no gradient"))
    with pytest.raises(exceptions.FailedStatusError, match="AlgorithmError: no gradient"):
        create(plan).wait()
