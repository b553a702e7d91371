r"""A fault has an empty code.

caught: code must
"""

import pytest


def test_the_tool_tells_of_an_error(training_plans, find):
    code = ""
    # right: code = "ValidationException"
    training_plans.faults.error("SearchTrainingPlanOfferings", code, "No.")
    with pytest.raises(Exception, match="No"):
        find()
