r"""The throttle is for an operation that the tool does not call.

caught: UnusedOrders[\s\S]*ListTrainingPlans
"""


def test_the_tool_stands_a_throttle(training_plans, sagemaker, buy):
    training_plans.faults.throttle("ListTrainingPlans")
    # right: training_plans.faults.throttle("DescribeTrainingPlan")
    buy()
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Scheduled"
