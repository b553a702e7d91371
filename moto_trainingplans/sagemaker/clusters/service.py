"""What the operations on clusters work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...simulation.clusters.group_checks import KnownSubnets
from ...simulation.clusters.registry import ClusterRegistry


@dataclass(frozen=True)
class ClusterService:
    """The clusters of an account and Region, and what other services know of theirs.

    `controller_of` tells which group the lifecycle scripts in a place in S3 say is the
    controller's of a Slurm cluster, None where they do not say.
    """

    registry: ClusterRegistry
    known_subnets: KnownSubnets
    controller_of: Callable[[str], str | None]
