"""Other software for the groups of clusters: UpdateClusterSoftware."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .cluster import InstanceGroup
from .provisioning.upkeep import NodeUpkeep
from .specification import Software
from .statuses import GroupStatus


@dataclass(frozen=True)
class SoftwareChange:
    """New software for groups, each with its release or None; all groups where none is named."""

    groups: Mapping[str, str | None]
    image_id: str | None
    deployment: Mapping[str, Any] | None


def begin_update(
    groups: Iterable[InstanceGroup], change: SoftwareChange, upkeep: NodeUpkeep
) -> None:
    """Have groups begin to get other software, all nodes of each at once."""
    for group in groups:
        group.phase = GroupStatus.SYSTEM_UPDATING
        group.software = replace(
            group.software,
            desired_image_id=change.image_id or group.software.image_id,
            desired_release=change.groups.get(group.name) or group.software.release,
            update_status="InProgress",
            deployment=change.deployment,
        )
        upkeep.begin_software_update(group)


def finish_update(groups: Iterable[InstanceGroup], upkeep: NodeUpkeep) -> None:
    """Groups have their other software."""
    for group in groups:
        software = group.software
        group.software = Software(
            software.desired_image_id,
            software.desired_image_id,
            software.desired_release,
            software.desired_release,
            "Succeeded",
        )
        upkeep.finish_software_update(group)
