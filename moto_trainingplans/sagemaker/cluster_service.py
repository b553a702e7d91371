"""What the operations on clusters work with."""

from __future__ import annotations

from dataclasses import dataclass

from ..simulation.cluster_registry import ClusterRegistry
from ..simulation.group_checks import SubnetZones


@dataclass(frozen=True)
class ClusterService:
    """What the operations work with: the clusters of an account and Region, and its subnets."""

    registry: ClusterRegistry
    subnet_zones: SubnetZones
