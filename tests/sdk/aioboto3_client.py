"""aioboto3 against a server: run by `tests/tools/server_clients.py`, in one environment.

Its botocore knows plans as they were in 2025: without extensions, and only by their names.
"""

from __future__ import annotations

import asyncio
import json
import os
import unittest
import urllib.request
from collections.abc import Awaitable
from datetime import datetime, timezone
from typing import Any

import aioboto3
from botocore.exceptions import ClientError

ENDPOINT = os.environ["ENDPOINT"]
START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)
SEARCH = {
    "InstanceType": "ml.p4d.24xlarge",
    "InstanceCount": 1,
    "DurationHours": 24,
    "TargetResources": ["training-job"],
}


def control(call: str, **members: Any) -> Any:
    request = urllib.request.Request(
        f"{ENDPOINT}/moto-api/training-plans/{call}",
        json.dumps(members).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


async def refusal(call: Awaitable[Any]) -> ClientError:
    try:
        await call
    except ClientError as refused:
        return refused
    raise AssertionError("it was not refused")


class AsyncClient(unittest.IsolatedAsyncioTestCase):
    """Many calls at once, pages, waiters and errors."""

    async def asyncSetUp(self) -> None:
        # unittest switches it on, and it reports each slow moment of a busy machine.
        asyncio.get_running_loop().set_debug(False)
        await asyncio.to_thread(control, "reset")
        session = aioboto3.Session(
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            region_name="us-west-2",
        )
        client = session.client("sagemaker", endpoint_url=ENDPOINT)
        self.sagemaker = await self.enterAsyncContext(client)

    async def buy(self, name: str) -> str:
        found = await self.sagemaker.search_training_plan_offerings(**SEARCH)
        bought = await self.sagemaker.create_training_plan(
            TrainingPlanName=name,
            TrainingPlanOfferingId=found["TrainingPlanOfferings"][-1]["TrainingPlanOfferingId"],
        )
        arn: str = bought["TrainingPlanArn"]
        return arn

    async def test_plans_bought_at_once_are_all_there_on_the_pages(self) -> None:
        names = [f"plan-{number:02}" for number in range(25)]
        arns = await asyncio.gather(*map(self.buy, names))
        assert len(set(arns)) == 25
        pages = self.sagemaker.get_paginator("list_training_plans").paginate(MaxResults=10)
        found = [
            each["TrainingPlanName"]
            async for page in pages
            for each in page["TrainingPlanSummaries"]
        ]
        assert sorted(found) == names

    async def test_a_waiter_ends_with_the_job_on_a_plan(self) -> None:
        arn = await self.buy("plan")
        await self.sagemaker.create_training_job(
            TrainingJobName="job",
            AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
            RoleArn="arn:aws:iam::123456789012:role/training",
            OutputDataConfig={"S3OutputPath": "s3://bucket/output"},
            ResourceConfig={
                "InstanceType": "ml.p4d.24xlarge",
                "InstanceCount": 1,
                "VolumeSizeInGB": 30,
                "TrainingPlanArn": arn,
            },
            StoppingCondition={"MaxRuntimeInSeconds": 3600},
        )
        await asyncio.to_thread(control, "clock/move_to", when=START.isoformat())
        waiter = self.sagemaker.get_waiter("training_job_completed_or_stopped")
        waiting = asyncio.create_task(
            waiter.wait(TrainingJobName="job", WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})
        )
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await asyncio.to_thread(control, "clock/tick", delta=3600)
        await waiting
        job = await self.sagemaker.describe_training_job(TrainingJobName="job")
        assert job["TrainingJobStatus"] == "Completed"

    async def test_what_is_refused_is_told_by_its_class(self) -> None:
        await self.buy("plan")
        exceptions = self.sagemaker.exceptions
        assert isinstance(await refusal(self.buy("plan")), exceptions.ResourceInUse)
        unknown = await refusal(self.sagemaker.describe_training_plan(TrainingPlanName="other"))
        assert isinstance(unknown, exceptions.ResourceNotFound)
        wrong = {**SEARCH, "InstanceCount": 3}
        invalid = await refusal(self.sagemaker.search_training_plan_offerings(**wrong))
        error = invalid.response["Error"]
        assert error["Code"] == "ValidationException"
        assert error["Message"] == "Invalid instance count 3 for instance type ml.p4d.24xlarge"


if __name__ == "__main__":
    unittest.main()
