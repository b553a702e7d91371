r"""A fault is ordered after the call that it was meant for, and the test passes without it.

caught: UnusedOrders[\s\S]*test_fault_after_the_call\.py:18: faults\.error\('SearchTrainingPlanOff
"""


def names(find):
    try:
        return [each["TrainingPlanOfferingId"] for each in find()]
    except Exception:
        return []


def test_the_finder_survives_a_fault(training_plans, find):
    training_plans.clock.now()
    # right: training_plans.faults.error("SearchTrainingPlanOfferings", "InternalFailure", "No.")
    assert names(find) is not None
    training_plans.faults.error("SearchTrainingPlanOfferings", "InternalFailure", "No.")
    # right:
