"""Does an installed package work? Run by `nox -s wheel`, with nothing but the wheel installed."""

from __future__ import annotations

import boto3

import moto_trainingplans

with moto_trainingplans.mock_training_plans(now="2025-01-21T19:08:27Z") as plans:
    sagemaker = boto3.client("sagemaker", "us-west-2")
    offerings = sagemaker.search_training_plan_offerings(
        InstanceType="ml.p5.48xlarge", DurationHours=48
    )["TrainingPlanOfferings"]
    assert len(offerings) == 3, offerings
    sagemaker.create_training_plan(
        TrainingPlanName="plan",
        TrainingPlanOfferingId=offerings[-1]["TrainingPlanOfferingId"],
    )
    plans.clock.tick(24 * 3600)
    status = sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"]
    assert status == "Active", status
    print(f"{moto_trainingplans.__file__} works: the plan is {status} at {plans.clock.now()}")
