"""The service-linked role that the first purchase of an account makes, and metrics need.

source: documented
"""

from __future__ import annotations

import json

from ..simulation.world import World

SERVICE = "capacityreservation.sagemaker.amazonaws.com"
NAME = "AWSServiceRoleForSageMakerCapacityReservation"
# What the buyer must be allowed for it. Who is not buys all the same, and gets no metrics.
ACTION = "iam:CreateServiceLinkedRole"


def arn(account: str, partition: str) -> str:
    """The ARN of the role."""
    return f"arn:{partition}:iam::{account}:role/aws-service-role/{SERVICE}/{NAME}"


def ensure_role(world: World, account: str, partition: str) -> None:
    """Make the role in moto's IAM if it is not there; metrics are published from then on."""
    # Seldom needed, and long to import.
    from moto.iam.models import iam_backends

    iam = iam_backends[account][partition]
    if not any(role.name == NAME for role in iam.roles.values()):
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": [SERVICE]},
                    "Action": ["sts:AssumeRole"],
                }
            ],
        }
        iam.create_role(
            NAME,
            json.dumps(trust),
            f"/aws-service-role/{SERVICE}/",
            permissions_boundary=None,
            description="Publishes the utilization of reserved capacity.",
            tags=[],
            max_session_duration="3600",
            linked_service=SERVICE,
        )
    world.metrics_since.setdefault(account, world.now)
