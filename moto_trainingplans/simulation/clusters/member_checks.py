"""What the members of a cluster and its groups exclude, and what they need of each other.

Every check sees the cluster as it is to be, with the groups that a change does not name, since
a member of the cluster can be at odds with a group that was there before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .cluster import DEFAULT_IMAGE, InstanceGroup
from .errors import (
    CustomImageNeedsImageId,
    EmptyLifeCycleConfig,
    FsxWithoutVpc,
    ImmutableOrchestrator,
    IncompleteLifeCycleConfig,
    LastGroupDeleted,
    LifeCycleConfigRequired,
    MemberNeedsAnother,
    MembersExcludeEachOther,
    NotOneController,
    OnlyContinuous,
    PartitionsOfOtherNodes,
    PercentageTooLarge,
    TooManyLoginGroups,
    TwoLifeCycleScripts,
    TwoVolumesOfAKind,
)
from .specification import ClusterSpecification, GroupSpecification

Members = Mapping[str, Any]

EKS, SLURM = "Eks", "Slurm"
MOST_PERCENT = 100
SCRIPTS = ("OnCreate", "OnInitComplete")


def check_members(
    name: str, cluster: ClusterSpecification, groups: Sequence[GroupSpecification]
) -> None:
    """Raise a ServiceError where members of a cluster contradict each other. source: documented

    A cluster that names no orchestrator is judged as Slurm's where a group has a SlurmConfig,
    and else as neither's. source: choice
    """
    orchestrator = cluster.orchestrator
    if orchestrator is None and any(group.slurm_node_type for group in groups):
        orchestrator = SLURM
    _check_cluster(name, cluster)
    if orchestrator == SLURM:
        _check_slurm(groups, cluster.continuous)
    if cluster.vpc is None and any(_fsx_of(group) for group in groups):
        raise FsxWithoutVpc
    for group in groups:
        if not cluster.continuous:
            _check_not_continuous(group, name)
        _check_life_cycle(group, orchestrator)
        _check_storage(group)
        _check_patching(group, orchestrator)
        _check_deployments(group)


def _check_cluster(name: str, cluster: ClusterSpecification) -> None:
    slurm = cluster.settings.get("Orchestrator", {}).get(SLURM, {})
    if cluster.continuous and "SlurmConfigStrategy" in slurm:
        raise MembersExcludeEachOther(
            "SlurmConfigStrategy", "NodeProvisioningMode Continuous", f"cluster {name}"
        )
    if not cluster.continuous and "AccountingDatabase" in slurm:
        raise OnlyContinuous("AccountingDatabase", name)
    if cluster.autoscaling and "ClusterRole" not in cluster.settings:
        raise MemberNeedsAnother("AutoScaling", "a ClusterRole", f"cluster {name}")


def _check_slurm(groups: Sequence[GroupSpecification], continuous: bool) -> None:
    for group in groups:
        if "KubernetesConfig" in group.settings:
            raise MemberNeedsAnother("KubernetesConfig", "Orchestrator Eks", _place(group))
        node_type = group.slurm_node_type
        if node_type is None:
            if continuous and not group.restricted:
                raise MemberNeedsAnother(
                    "NodeProvisioningMode Continuous of a Slurm cluster",
                    "a SlurmConfig",
                    _place(group),
                )
            continue
        partitions = group.settings["SlurmConfig"].get("PartitionNames")
        if node_type == "Compute" and not partitions:
            raise MemberNeedsAnother(
                "SlurmConfig NodeType Compute", "PartitionNames", _place(group)
            )
        if node_type != "Compute" and partitions:
            raise PartitionsOfOtherNodes
    node_types = [group.slurm_node_type for group in groups]
    if node_types.count("Controller") != 1:
        raise NotOneController
    if node_types.count("Login") > 1:
        raise TooManyLoginGroups


def _check_not_continuous(group: GroupSpecification, cluster: str) -> None:
    if group.flexible:
        raise OnlyContinuous("InstanceRequirements", cluster)
    if group.spot:
        raise OnlyContinuous("CapacityRequirements Spot", cluster)


def _check_life_cycle(group: GroupSpecification, orchestrator: str | None) -> None:
    config = group.settings.get("LifeCycleConfig")
    if config is None:
        # Restricted groups have no such member. source: model
        if orchestrator == EKS and not group.restricted:
            raise LifeCycleConfigRequired(group.name)
        return
    if not config:
        raise EmptyLifeCycleConfig(group.name)
    scripts = [script for script in SCRIPTS if script in config]
    if len(scripts) > 1:
        raise TwoLifeCycleScripts(group.name)
    if scripts and "SourceS3Uri" not in config:
        raise IncompleteLifeCycleConfig(group.name, scripts[0])


def _check_storage(group: GroupSpecification) -> None:
    volumes = [
        each["EbsVolumeConfig"]
        for each in group.settings.get("InstanceStorageConfigs", ())
        if "EbsVolumeConfig" in each
    ]
    for volume in volumes:
        if not volume.get("RootVolume", False):
            if "VolumeSizeInGB" not in volume:
                raise MemberNeedsAnother("EbsVolumeConfig", "VolumeSizeInGB", _place(group))
            continue
        if "VolumeSizeInGB" in volume:
            raise MembersExcludeEachOther("RootVolume", "VolumeSizeInGB", _place(group))
        if "VolumeKmsKeyId" not in volume:
            raise MemberNeedsAnother("RootVolume", "VolumeKmsKeyId", _place(group))
    kinds = [
        *("root volume" if each.get("RootVolume") else "secondary volume" for each in volumes),
        *_fsx_of(group),
    ]
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise TwoVolumesOfAKind(group.name, kind)


def _fsx_of(group: GroupSpecification) -> list[str]:
    return [
        kind
        for each in group.settings.get("InstanceStorageConfigs", ())
        for kind in each
        if kind.startswith("Fsx")
    ]


def _check_patching(group: GroupSpecification, orchestrator: str | None) -> None:
    patching = group.settings.get("AutoPatchConfig")
    if patching is None:
        return
    if patching["PatchingStrategy"] != "DrainFirst":
        if "DrainPolicy" in patching:
            raise MemberNeedsAnother("DrainPolicy", "PatchingStrategy DrainFirst", _place(group))
        return
    strategy = "PatchingStrategy DrainFirst"
    if orchestrator != EKS:
        raise MemberNeedsAnother(strategy, "Orchestrator Eks", _place(group))
    if "RollingUpdatePolicy" not in patching.get("DeploymentConfig", {}):
        raise MemberNeedsAnother(
            strategy, "MaximumBatchSize in its DeploymentConfig", _place(group)
        )
    if "IdleWaitWindowInSeconds" in patching:
        raise MembersExcludeEachOther("IdleWaitWindowInSeconds", strategy, _place(group))


def _check_deployments(group: GroupSpecification) -> None:
    for member in ("AutoPatchConfig", "ScheduledUpdateConfig"):
        check_deployment(group.settings.get(member, {}).get("DeploymentConfig"))


def check_groups_left(cluster: str, deleted: Sequence[str], left: int) -> None:
    """Raise LastGroupDeleted where a deletion of groups leaves none. source: documented"""
    if deleted and not left:
        raise LastGroupDeleted(cluster)


def check_deployment(deployment: Members | None) -> None:
    """Raise PercentageTooLarge where a rollout takes more than all instances at a time."""
    for name, size in (deployment or {}).get("RollingUpdatePolicy", {}).items():
        if size["Type"] == "CAPACITY_PERCENTAGE" and size["Value"] > MOST_PERCENT:
            raise PercentageTooLarge(name, size["Value"], MOST_PERCENT)


def check_images(groups: Iterable[InstanceGroup], image_id: str | None) -> None:
    """Raise where a group's own image would be replaced by one that nobody named. source: model"""
    if image_id is not None:
        return
    for group in groups:
        if group.software.image_id not in (None, DEFAULT_IMAGE):
            raise CustomImageNeedsImageId(group.name)


def changed_orchestrator(name: str, before: Members | None, asked: Members) -> Members:
    """The Orchestrator of a cluster that is asked to have another.

    How Slurm is configured can change, and be said for the first time; which orchestrator it
    is, and which EKS cluster, cannot. source: documented
    """
    if before is None and SLURM in asked:
        return asked
    if before is None or before.keys() != asked.keys() or before.get(EKS) != asked.get(EKS):
        raise ImmutableOrchestrator(name)
    if SLURM in asked:
        return {SLURM: {**before[SLURM], **asked[SLURM]}}
    return asked


def _place(group: GroupSpecification) -> str:
    return f"instance group {group.name}"
