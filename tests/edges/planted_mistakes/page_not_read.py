r"""The report reads the first page of the plans alone.

caught: assert 10 == 12
"""


def names(sagemaker):
    found = sagemaker.list_training_plans()["TrainingPlanSummaries"]
    token = None
    # right: token = sagemaker.list_training_plans().get("NextToken")
    while token:
        page = sagemaker.list_training_plans(NextToken=token)
        found += page["TrainingPlanSummaries"]
        token = page.get("NextToken")
    return [plan["TrainingPlanName"] for plan in found]


def test_all_are_reported(sagemaker, buy):
    for number in range(12):
        buy(f"plan-{number}")
    assert len(names(sagemaker)) == 12
