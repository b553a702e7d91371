"""One account in one Region: whose a resource is, and how its ARN begins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """An account id, a Region, and the partition that it is in."""

    account: str
    region: str
    partition: str

    def arn(self, resource: str) -> str:
        """The ARN of a resource of SageMaker's here, as "training-plan/name"."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:{resource}"
