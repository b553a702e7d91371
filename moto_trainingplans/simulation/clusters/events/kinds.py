"""The kinds of events that clusters have, in the words of AWS's reference of cluster events.

What the reference names and nothing here can bring about is not among them: starts of
operations that fail, network interfaces and images that cannot be had, rollbacks of software
updates, drift of Slurm's configuration.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..statuses import EventLevel, ResourceType

CLUSTER, GROUP, INSTANCE = ResourceType.CLUSTER, ResourceType.INSTANCE_GROUP, ResourceType.INSTANCE
INFO, WARN, ERROR = EventLevel.INFO, EventLevel.WARN, EventLevel.ERROR


@dataclass(frozen=True)
class EventKind:
    """One kind: what it is about, how bad it is, and the pattern of its description.

    AWS documents the texts; which level and resource each has is our choice where no sample
    shows it.
    """

    resource: ResourceType
    level: EventLevel
    pattern: str


# source: documented, for every text that is not marked otherwise. Their spelling differs from
# line to line, as AWS prints it.

CLUSTER_STARTED = EventKind(CLUSTER, INFO, "Cluster {cluster} {operation} started successfully")
CLUSTER_COMPLETED = EventKind(CLUSTER, INFO, "Cluster {cluster} {operation} completed successfully")
CLUSTER_FAILED = EventKind(CLUSTER, ERROR, "Cluster {cluster} {operation} failed")

GROUP_STARTED = EventKind(
    GROUP, INFO, "InstanceGroup {group} {operation} started successfully in Cluster {cluster}"
)
GROUP_COMPLETED = EventKind(
    GROUP, INFO, "Instance Group {group} {operation} in Cluster {cluster} completed successfully"
)
GROUP_FAILED = EventKind(
    GROUP, ERROR, "Instance Group {group} {operation} in Cluster {cluster} failed"
)

# AWS names these three events and does not print their texts. source: choice
MINIMUM_REACHED = EventKind(
    GROUP, INFO, "Minimum capacity reached for Instance Group {group} in Cluster {cluster}"
)
MINIMUM_MISSED = EventKind(
    GROUP, ERROR, "Minimum capacity not reached for Instance Group {group} in Cluster {cluster}"
)
ROLLBACK_INITIATED = EventKind(
    GROUP, WARN, "Rollback initiated for Instance Group {group} in Cluster {cluster}"
)

SUBNET_FOUND = EventKind(
    GROUP,
    INFO,
    "Found Subnet {subnet} in AZ {zone} with SecurityGroupIds {security_groups} for IG {group} "
    "in Cluster {cluster}",
)
PLATFORM_NETWORK = EventKind(
    GROUP,
    INFO,
    "Using HyperPod Platform provided network configuration for IG {group} in Cluster {cluster}",
)
NETWORK_DETERMINED = EventKind(
    GROUP,
    INFO,
    "Instance Group network configuration successfully determined for IG {group} in Cluster "
    "{cluster}",
)
CUSTOM_IMAGE = EventKind(
    GROUP, INFO, "Found Custom AMI Override {image} for IG {group} in Cluster {cluster}"
)
RESERVATION_FOUND = EventKind(
    GROUP,
    INFO,
    "Found CapacityReservation ID {reservation} for Cluster {cluster} and IG {group}, using "
    "reserved capacity",
)
NO_RESERVATION = EventKind(
    GROUP,
    INFO,
    "No CapacityReservation found for Cluster {cluster} and IG {group}, using on-demand pool",
)

INSTANCE_STARTED = EventKind(
    INSTANCE,
    INFO,
    "Instance {operation} started successfully in Cluster {cluster} and IG {group}",
)
ENI_CREATED = EventKind(
    INSTANCE,
    INFO,
    "Successfully created Customer ENI for instance in Cluster {cluster} and IG {group}",
)
ENI_DELETED = EventKind(
    INSTANCE,
    INFO,
    "Customer ENI successfully deleted for EC2 Instance {instance} in Cluster {cluster} and IG "
    "{group}",
)
PROVISIONED = EventKind(
    INSTANCE,
    INFO,
    "EC2 Instance {instance} successfully provisioned in Cluster {cluster} and IG {group}",
)
# A failed launch is told in these two, the one after the other. source: observed
NOT_PROVISIONED = EventKind(
    INSTANCE, ERROR, "Failed to provision EC2 Instance in Cluster {cluster} and IG {group}"
)
CREATION_FAILED = EventKind(
    INSTANCE, ERROR, "Instance creation in Cluster {cluster} and InstanceGroup {group} failed"
)
LIFECYCLE_SCRIPT = EventKind(
    INSTANCE, INFO, "Instance lifecycle script execution for EC2 Instance {instance} has {status}"
)
TERMINATING = EventKind(
    INSTANCE,
    INFO,
    "Termination of EC2 Instance {instance} is currently in progress in Cluster {cluster} and IG "
    "{group}",
)
REBOOTING = EventKind(
    INSTANCE,
    INFO,
    "Reboot of EC2 Instance {instance} is currently in progress on Cluster {cluster} and IG "
    "{group}",
)
INSTANCE_COMPLETED = EventKind(
    INSTANCE,
    INFO,
    "Instance {operation} {instance} in Cluster {cluster} and IG {group} completed successfully",
)
INSTANCE_FAILED = EventKind(
    INSTANCE, ERROR, "Instance {operation} {instance} in Cluster {cluster} and IG {group} failed"
)
REPLACEMENT_STARTED = EventKind(
    INSTANCE,
    INFO,
    "Instance {instance} is starting as part of instance replacement in Cluster {cluster} and IG "
    "{group}",
)
REPLACEMENT_NOT_STARTED = EventKind(
    INSTANCE,
    ERROR,
    "Instance {instance} failed to start as part of instance replacement in Cluster {cluster} "
    "and IG {group}",
)
REPLACEMENT_COMPLETED = EventKind(
    INSTANCE,
    INFO,
    "Instance {instance} {operation} completed successfully as part of instance replacement in "
    "Cluster {cluster} and IG {group}",
)
REPLACEMENT_FAILED = EventKind(
    INSTANCE,
    ERROR,
    "Instance {instance} {operation} failed as part of instance replacement in Cluster {cluster} "
    "and IG {group}",
)

FSX_STARTED = EventKind(GROUP, INFO, "FSx {operation} started for IG {group} in Cluster {cluster}")
FSX_COMPLETED = EventKind(
    GROUP, INFO, "FSx {operation} successfully completed for IG {group} in Cluster {cluster}"
)

PATCHING_SCHEDULED = EventKind(
    GROUP,
    INFO,
    "InstanceGroup {group} in Cluster {cluster} has been scheduled for UpdateClusterSoftware to "
    "latest.",
)
PATCHING_STARTED = EventKind(
    GROUP,
    INFO,
    "UpdateClusterSoftware initiated for IG {group} in Cluster {cluster} using {strategy} "
    "strategy.",
)
PATCHING_BATCH = EventKind(
    GROUP, INFO, "Next update batch selected for IG {group} in Cluster {cluster}."
)
PATCHING_COMPLETED = EventKind(
    GROUP, INFO, "UpdateClusterSoftware completed successfully for IG {group} in Cluster {cluster}."
)
ROOT_VOLUME = EventKind(
    INSTANCE, INFO, "Root volume replacement started for Instance {instance} in IG {group}."
)
INSTANCE_PATCHED = EventKind(
    INSTANCE, INFO, "Instance {instance} in IG {group} updated successfully."
)

SERVICE_ROLE_ACCESS = EventKind(
    CLUSTER, INFO, "SLR Access Entry {operation} successful for Cluster {cluster}"
)
ROLE_ACCESS = EventKind(
    CLUSTER, INFO, "EKS Access Entries {operation} successful for Cluster {cluster}"
)
KUBERNETES_UPDATED = EventKind(
    INSTANCE,
    INFO,
    "Successfully updated Kubernetes config for instance {instance} in Cluster {cluster} and IG "
    "{group}",
)
KARPENTER_INSTALLED = EventKind(
    CLUSTER,
    INFO,
    "CustomResourceDefinition installation completed successfully in EKS Cluster {cluster}",
)
AUTOSCALING = EventKind(
    CLUSTER, INFO, "AutoScaling {operation} {status} successfully in Cluster {cluster}"
)

PARAMETERS_FOUND = EventKind(
    GROUP,
    INFO,
    "Found provisioning_parameters.json in LifeCycleScript S3 Path for controller group {group}",
)
NO_PARAMETERS = EventKind(
    GROUP,
    INFO,
    "No provisioning_parameters.json found in LifeCycleScript S3 Path for controller group {group}",
)
MUNGE_KEY = EventKind(CLUSTER, INFO, "Successfully created and stored munge key")
NO_DRIFT = EventKind(CLUSTER, INFO, "Slurm configuration drift validation passed")
SLURM_RECONFIGURED = EventKind(
    CLUSTER,
    INFO,
    "Slurm was reconfigured successfully. Slurm config updated to match desired state",
)
