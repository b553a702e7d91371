"""What a refused request on clusters is answered."""

from __future__ import annotations

from ...simulation.clusters import errors
from ...simulation.clusters.requests.batches import NoNodeDeleted
from .codes import CONFLICT, IN_USE, NOT_FOUND, VALIDATION, Answers

# source: choice for every text that is not marked otherwise
ANSWERS: Answers = {
    # source: observed
    errors.ClusterNameTaken: (
        IN_USE,
        "Resource Already Exists: Cluster with name {name} already exists. "
        "Choose a different name.",
    ),
    errors.UnknownCluster: (NOT_FOUND, "Could not find cluster '{cluster}'."),
    errors.UnknownNode: (NOT_FOUND, "Could not find node '{node}' in cluster '{cluster}'."),
    errors.UnknownClusterEvent: (
        NOT_FOUND,
        "Could not find event '{event_id}' in cluster '{cluster}'.",
    ),
    errors.UnknownClusterOperation: (
        NOT_FOUND,
        "Could not find operation '{operation_id}' in cluster '{cluster}'.",
    ),
    errors.ClusterBusy: (
        CONFLICT,
        "Cluster {name} is {status}; it can only be changed while it is InService.",
    ),
    errors.ClusterNotInService: (
        VALIDATION,
        "{what} needs a cluster that is InService: {cluster} is {status}.",
    ),
    # The operations' models have no ConflictException.
    errors.NodesOfBusyCluster: (
        VALIDATION,
        "Cluster {name} is {status}; its nodes can only be deleted or replaced while it is "
        "InService.",
    ),
    errors.GroupBusy: (CONFLICT, "Instance group {group} is {status} and cannot be changed."),
    errors.NothingToUpdate: (VALIDATION, "The update of cluster {name} changes nothing."),
    errors.RoleInUseByAutoscaling: (
        VALIDATION,
        "ClusterRole of cluster {name} cannot be updated while autoscaling is enabled.",
    ),
    errors.GroupNamedTwice: (VALIDATION, "Instance group {group} is named more than once."),
    errors.UnknownGroup: (VALIDATION, "Cluster {cluster} has no instance group {group}."),
    errors.GroupOfOtherKind: (
        VALIDATION,
        "Instance group {group} cannot be both a restricted instance group and another one.",
    ),
    errors.NotOneKindOfType: (
        VALIDATION,
        "Instance group {group} needs an InstanceType or InstanceRequirements.",
    ),
    errors.ImmutableMember: (
        VALIDATION,
        "{member} of instance group {group} cannot be changed.",
    ),
    errors.MinimumTooLarge: (
        VALIDATION,
        "MinInstanceCount {minimum} of instance group {group} is more than its InstanceCount "
        "{count}.",
    ),
    errors.OnlyContinuous: (
        VALIDATION,
        "{what} needs NodeProvisioningMode Continuous, which cluster {cluster} does not have.",
    ),
    errors.TooManyInGroup: (
        VALIDATION,
        "Instance group {group} can have at most {allowed} instances, not {count}.",
    ),
    errors.TooManyAdditions: (
        VALIDATION,
        "At most {allowed} nodes can be added in one request, not {count}.",
    ),
    errors.ClientTokenReused: (
        VALIDATION,
        "ClientToken {token} has been used with other parameters.",
    ),
    errors.NoNodesNamed: (VALIDATION, "At least one of NodeIds and NodeLogicalIds is required."),
    errors.TooManyNodesNamed: (
        VALIDATION,
        "At most {allowed} nodes can be named in one request, not {count}.",
    ),
    # What it says of each node follows it.
    NoNodeDeleted: (VALIDATION, "None of the nodes can be deleted from cluster {cluster}"),
    errors.MemberNeedsAnother: (VALIDATION, "{member} of {place} needs {needed}."),
    errors.MembersExcludeEachOther: (
        VALIDATION,
        "{one} of {place} cannot be combined with {other}.",
    ),
    # source: documented
    errors.NotOneController: (
        VALIDATION,
        "Cluster must have exactly one InstanceGroup with Controller node type",
    ),
    # source: documented
    errors.TooManyLoginGroups: (
        VALIDATION,
        "Cluster can have at most one InstanceGroup with Login node type",
    ),
    # source: documented
    errors.PartitionsOfOtherNodes: (
        VALIDATION,
        "Partitions can only be assigned to Compute node types",
    ),
    # source: documented
    errors.FsxWithoutVpc: (VALIDATION, "FSx configurations are only supported for Custom VPC"),
    # source: documented, the beginning
    errors.LifeCycleConfigRequired: (
        VALIDATION,
        "LifeCycleConfig is required for instance group {group} of an EKS cluster.",
    ),
    # source: documented, the beginning
    errors.TwoLifeCycleScripts: (
        VALIDATION,
        "OnCreate and OnInitComplete in LifeCycleConfig are mutually exclusive in instance group "
        "{group}.",
    ),
    # source: documented, the beginning
    errors.IncompleteLifeCycleConfig: (
        VALIDATION,
        "LifeCycleConfig for instance group is incomplete: {script} of {group} needs a "
        "SourceS3Uri.",
    ),
    # source: documented, the beginning
    errors.EmptyLifeCycleConfig: (
        VALIDATION,
        "LifeCycleConfig for instance group is provided but contains no configuration: {group}.",
    ),
    errors.TwoVolumesOfAKind: (
        VALIDATION,
        "Instance group {group} can have at most one {kind} in InstanceStorageConfigs.",
    ),
    errors.PercentageTooLarge: (
        VALIDATION,
        "{member} can be at most {allowed} with Type CAPACITY_PERCENTAGE, not {value}.",
    ),
    errors.CustomImageNeedsImageId: (
        VALIDATION,
        "Instance group {group} uses a custom AMI: ImageId is required to update its software.",
    ),
    errors.ImmutableOrchestrator: (
        VALIDATION,
        "Orchestrator of cluster {name} cannot be changed.",
    ),
    errors.LastGroupDeleted: (
        VALIDATION,
        "Cluster {name} must keep at least one instance group.",
    ),
    errors.SpotOnPlan: (
        VALIDATION,
        "Instance group {group} cannot have Spot instances of a training plan.",
    ),
    errors.OnlyOnEks: (
        VALIDATION,
        "{what} needs Amazon EKS orchestration, which cluster {cluster} does not have.",
    ),
    errors.NodesNotNamedInOneWay: (
        VALIDATION,
        "Exactly one of InstanceCount, NodeIds and NodeLogicalIds is required.",
    ),
    errors.GroupsDoNotFit: (
        VALIDATION,
        "Nodes of instance group {source} cannot move to instance group {target}: {why}.",
    ),
    errors.NoNodeCanBeMoved: (
        VALIDATION,
        "No node of instance group {group} can be moved: {reasons}.",
    ),
    errors.TooFewNodesToMove: (
        VALIDATION,
        "Instance group {group} has {eligible} nodes that can be moved, fewer than {count}.",
    ),
    errors.BelowMinimum: (
        VALIDATION,
        "Instance group {group} would have {remaining} instances, fewer than its minimum of "
        "{minimum}.",
    ),
    errors.NodeNotInGroup: (VALIDATION, "Node {node} is not in instance group {group}."),
    errors.NodeNotRunning: (
        VALIDATION,
        "Node {node} is {status}; only nodes that are Running can be checked.",
    ),
}
