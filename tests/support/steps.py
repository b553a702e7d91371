"""Steps of a story, which can be done again: requests to AWS, and calls of the control object."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from moto_trainingplans import TrainingPlansError
from tests.support.clusters import group
from tests.support.conformance import CHECKED_SERVICES
from tests.support.jobs import job_request
from tests.support.refusals import check_refusal

Step = tuple[Any, ...]
ACCOUNTS = ("123456789012", "222222222222")
OTHER_ROLE = f"arn:aws:iam::{ACCOUNTS[1]}:role/other"


class Steps:
    """Does steps in the mock that runs, in two accounts, and gives the whole answers."""

    def __init__(self, plans: Any) -> None:
        self.plans = plans
        self._clients: dict[Any, Any] = {}
        self._keys: list[dict[str, str]] = [{}]

    def enter_other_account(self) -> None:
        """Have a second account, whose keys moto has given out."""
        answer = self._client("sts", "us-east-1", 0).assume_role(
            RoleArn=OTHER_ROLE, RoleSessionName="other"
        )
        given = answer["Credentials"]
        self._keys.append(
            {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        )

    def _client(self, service: str, region: str, account: int) -> Any:
        key = (service, region, account)
        if key not in self._clients:
            client = self._clients[key] = boto3.client(
                service,
                region_name=region,
                config=Config(retries={"max_attempts": 0}),
                **self._keys[account],
            )
            if service in CHECKED_SERVICES:
                # A random story meets refusals of every kind, those too that no page tells of.
                client.meta.events.unregister(f"after-call.{service}", check_refusal)
        return self._clients[key]

    def do(self, step: Step) -> Any:
        """What a step gives: an answer of AWS's or its error, or what a control call returns."""
        kind, *rest = step
        try:
            if kind == "control":
                name, arguments = rest
                return self.plans._call(name, arguments)
            if kind == "manager":
                from moto.moto_api import state_manager

                return getattr(state_manager, rest[0])(*rest[1])
            account, region, service, operation, members = rest
            return _whole(getattr(self._client(service, region, account), operation)(**members))
        except ClientError as refused:
            return _whole(refused.response)
        except TrainingPlansError as misuse:
            return str(misuse)

    def aws(self, account: int, region: str, operation: str, /, **members: Any) -> Any:
        """A request to SageMaker."""
        return self.do(("aws", account, region, "sagemaker", operation, members))


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer, its ids and all, without the machine's time."""
    answer["ResponseMetadata"].get("HTTPHeaders", {}).pop("date", None)
    return answer


def a_job(name: str, plan: str, count: int, **members: Any) -> dict[str, Any]:
    """The members of a request for a job."""
    return job_request(name, plan, count, **members)


def a_cluster(name: str, plan: str | None, count: int) -> dict[str, Any]:
    """The members of a request for a cluster of one group."""
    return {"ClusterName": name, "InstanceGroups": [group("workers", plan, count)]}
