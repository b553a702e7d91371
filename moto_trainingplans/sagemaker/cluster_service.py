"""What the operations on clusters work with."""

from __future__ import annotations

from dataclasses import dataclass

from ..simulation.clusters.group_checks import KnownSubnets
from ..simulation.clusters.registry import ClusterRegistry


@dataclass(frozen=True)
class ClusterService:
    """The clusters of an account and Region, and what is known of its subnets."""

    registry: ClusterRegistry
    known_subnets: KnownSubnets
