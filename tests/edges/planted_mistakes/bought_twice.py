r"""The buyer answers a throttled search by buying again under another name.

caught: assert \['plan-0', 'plan-1'\] == \['plan-0'\]
"""


def purchase(sagemaker, buy, attempts):
    for attempt in range(attempts):
        buy(f"plan-{attempt}")
        plan = sagemaker.describe_training_plan(TrainingPlanName=f"plan-{attempt}")
        if plan["Status"] == "Active":
            # right: if plan["Status"] in ("Scheduled", "Active"):
            return


def test_one_plan_is_enough(sagemaker, buy):
    purchase(sagemaker, buy, attempts=2)
    plans = sagemaker.list_training_plans()["TrainingPlanSummaries"]
    assert sorted(plan["TrainingPlanName"] for plan in plans) == ["plan-0"]
