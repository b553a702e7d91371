"""The look that conftest.py takes at every answer."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

PLAN = {"TrainingPlanArn": "arn:aws:sagemaker:us-west-2:123456789012:training-plan/plan"}


@pytest.mark.rule("VALIDATE-03")
@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({}, "TrainingPlanArn is missing"),
        ({"TrainingPlanArn": 7}, "7 is no string"),
        ({"TrainingPlanArn": "plan"}, "'plan' does not match"),
        ({**PLAN, "Status": "Scheduled"}, "Status is not in the model"),
    ],
)
def test_an_answer_that_its_model_does_not_allow_fails_the_test(sagemaker, answer, fault):
    with pytest.raises(AssertionError, match=fault):
        sagemaker.meta.events.emit(
            "after-call.sagemaker.CreateTrainingPlan",
            http_response=SimpleNamespace(status_code=200, content=json.dumps(answer)),
            parsed=answer,
            model=sagemaker.meta.service_model.operation_model("CreateTrainingPlan"),
            context={},
        )
