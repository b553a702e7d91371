r"""A client library drops the plan's ARN: the job runs on demand, at once, and the test is green.

caught: None != 'arn:aws:sagemaker:us-west-2:123456789012:training-plan/plan'
"""


def launch(train, settings):
    kept = {key: value for key, value in settings.items() if key != "TrainingPlanArn"}
    # right: kept = settings
    train("job", kept)


def test_every_job_names_the_plan(training_plans, buy, train):
    plan = buy()
    launch(train, {"TrainingPlanArn": plan, "InstanceCount": 1})
    named = [
        call.parameters["ResourceConfig"].get("TrainingPlanArn")
        for call in training_plans.calls("CreateTrainingJob")
    ]
    assert named == [plan]
