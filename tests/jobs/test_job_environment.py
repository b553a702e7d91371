"""The environment that the containers of a job see."""

from __future__ import annotations

import pytest

from tests.support.jobs import CHECKPOINTS, CUT_OFF, DAY, HOUR, START

RUN = ["Starting", "Downloading", "Training", "Uploading", "Completed"]
EXPIRATION = "SAGEMAKER_CURRENT_CAPACITY_BLOCK_EXPIRATION_TIMESTAMP"


@pytest.mark.rule("JOB-07", "MONITOR-02")
def test_containers_see_their_job_and_when_the_instances_of_their_block_are_taken(
    plans, jobs, buy_two_blocks
):
    plan = buy_two_blocks()
    plans.jobs.run_for(30 * HOUR)
    # What the service sets wins over what the request says.
    environment = {"MODE": "test", "TRAINING_JOB_NAME": "mine", "TRAINING_JOB_ARN": "mine"}
    arn = jobs.create("job", plan, Environment=environment, **CHECKPOINTS)
    with pytest.raises(ValueError, match="no container that runs"):
        plans.jobs.environment("job")
    plans.clock.move_to(START)
    assert plans.jobs.environment("job") == {
        "MODE": "test",
        "TRAINING_JOB_NAME": "job",
        "TRAINING_JOB_ARN": arn,
        EXPIRATION: str(int(CUT_OFF.timestamp())),
    }
    plans.clock.move_to(START + 2 * DAY)
    second = CUT_OFF + 2 * DAY
    assert plans.jobs.environment(arn)[EXPIRATION] == str(int(second.timestamp()))


@pytest.mark.rule("JOB-07")
def test_the_unit_in_which_containers_see_it_can_be_chosen_for_a_simulation(plans, jobs, buy):
    seconds = str(int(CUT_OFF.timestamp()))
    jobs.create("job", buy())
    plans.clock.move_to(START)
    plans.jobs.expiration_in("milliseconds")
    assert plans.jobs.environment("job")[EXPIRATION] == seconds + "000"
    with pytest.raises(ValueError, match="unit must be one of seconds, milliseconds, not 'hours'"):
        plans.jobs.expiration_in("hours")
    assert plans.jobs.environment("job")[EXPIRATION] == seconds + "000"
    plans.jobs.expiration_in("seconds")
    assert plans.jobs.environment("job")[EXPIRATION] == seconds
    plans.jobs.expiration_in("milliseconds")
    plans.reset()
    jobs.create("job", buy())
    plans.clock.move_to(START)
    assert plans.jobs.environment("job")[EXPIRATION] == seconds


@pytest.mark.rule("JOB-05", "JOB-07", "EXTEND-03")
def test_an_extension_moves_the_cut_off_of_a_running_job(plans, jobs, buy, sagemaker):
    plan = buy()
    plans.jobs.run_for(40 * HOUR)
    jobs.create("job", plan)
    plans.clock.move_to(CUT_OFF - HOUR)
    (offering,) = sagemaker.search_training_plan_offerings(TrainingPlanArn=plan, DurationHours=24)[
        "TrainingPlanExtensionOfferings"
    ]
    sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=offering["TrainingPlanExtensionOfferingId"]
    )
    assert int(plans.jobs.environment("job")[EXPIRATION]) == (CUT_OFF + DAY).timestamp()
    plans.clock.move_to(START + 40 * HOUR)
    assert jobs.states("job") == ["Completed"]
    assert jobs.story("job") == ["Pending", *RUN]
    jobs.create("late", plan)
    plans.clock.move_to(CUT_OFF + DAY)
    assert jobs.states("late") == ["Stopped"]
