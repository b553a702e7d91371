"""What was asked for in clusters and their instance groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..market.catalog import Zone


@dataclass(frozen=True)
class Vpc:
    """Where instances are put: subnets and security groups."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]


@dataclass(frozen=True)
class Location:
    """The zone and subnet in which a group's instances are; no subnet without a VPC."""

    zone: Zone
    subnet: str | None


@dataclass(frozen=True)
class GroupSpecification:
    """What was asked for in an instance group.

    `instance_types` are several only where the group is `flexible`, and none where a change
    does not name any. `settings` are the members that are only given back, as they came.
    `has_parameters` tells whether there are provisioning parameters of Slurm beside its
    lifecycle scripts; None where it has none.
    """

    name: str
    restricted: bool
    instance_types: tuple[str, ...]
    flexible: bool
    count: int
    minimum: int | None
    role: str
    plan_arn: str | None
    vpc: Vpc | None
    spot: bool | None
    controller: bool | None
    has_parameters: bool | None
    image_id: str | None
    release: str | None
    settings: Mapping[str, Any]

    @property
    def slurm_node_type(self) -> str | None:
        """What its nodes are to Slurm: `Controller`, `Login` or `Compute`; None if not said."""
        node_type: str | None = self.settings.get("SlurmConfig", {}).get("NodeType")
        return node_type


@dataclass(frozen=True)
class ClusterSpecification:
    """What was asked for in a cluster, but for its groups.

    `settings` as in GroupSpecification.
    """

    continuous: bool
    automatic_recovery: bool
    autoscaling: bool
    vpc: Vpc | None
    settings: Mapping[str, Any]

    @property
    def orchestrator(self) -> str | None:
        """`Eks` or `Slurm`; None where the cluster does not say."""
        return next(iter(self.settings.get("Orchestrator", ())), None)

    @property
    def on_eks(self) -> bool:
        """Whether Amazon EKS orchestrates it."""
        return self.orchestrator == "Eks"

    @property
    def on_slurm(self) -> bool:
        """Whether Slurm orchestrates it."""
        return self.orchestrator == "Slurm"


@dataclass(frozen=True)
class Software:
    """The image of a group: what its nodes run, what they should run, and how it is rolled out.

    `update_status` is None until the software has been updated.
    """

    image_id: str | None
    desired_image_id: str | None
    release: str | None
    desired_release: str | None
    update_status: str | None = None
    deployment: Mapping[str, Any] | None = None

    @cached_property
    def of_new_nodes(self) -> Software:
        """What a node that is launched now runs: always what it should. source: model"""
        return Software(
            self.desired_image_id,
            self.desired_image_id,
            self.desired_release,
            self.desired_release,
        )
