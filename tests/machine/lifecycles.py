"""Which status may follow which, as AWS's documentation and its model tell, and not our code."""

from __future__ import annotations

Edges = dict[str | None, set[str]]
HOLDING = {"Starting", "Restarting", "Downloading", "Training", "Uploading", "Stopping"}
ENDED = {"Completed", "Failed", "Stopped", "MaxRuntimeExceeded"}
_TAKEN = {"Pending", "Restarting", "Stopping", "Stopped"}

PLAN: Edges = {
    None: {"Pending"},
    "Pending": {"Scheduled", "Failed"},
    "Scheduled": {"Active"},
    "Active": {"Scheduled", "Expired"},
    "Expired": set(),
    "Failed": set(),
}
# Of a block there is one life: it is not scheduled again.
BLOCK: Edges = {**PLAN, "Active": {"Expired"}}
JOB: Edges = {
    None: {"Pending", "Starting"},
    "Pending": {"Starting", "Stopped", "Stopping", "Failed"},
    "Starting": {"Downloading", *_TAKEN},
    "Restarting": {"Downloading", *_TAKEN},
    "Downloading": {"Training", "Failed", *_TAKEN},
    "Training": {"Uploading", "Failed", *_TAKEN},
    "Uploading": {"Completed", *_TAKEN},
    "Stopping": {"Stopped", "MaxRuntimeExceeded", "Failed"},
    **{ended: {"Deleted"} for ended in ENDED},
    "Deleted": set(),
}
WARM_POOL: Edges = {
    None: {"Available"},
    "Available": {"InUse", "Reused", "Terminated"},
    "InUse": {"Reused", "Available", "Terminated"},
    "Reused": set(),
    "Terminated": set(),
}
CLUSTER: Edges = {
    None: {"Creating"},
    "Creating": {"InService"},
    "InService": {"Updating", "SystemUpdating", "Deleting", "Deleted"},
    "Updating": {"InService"},
    "SystemUpdating": {"InService"},
    "Deleting": {"Deleted"},
    "Deleted": set(),
}
_LOST = {"Failure", "ShuttingDown", "NotFound"}
NODE: Edges = {
    None: {"Pending"},
    "Pending": {"Running", "DeepHealthCheckInProgress", *_LOST},
    "Running": {
        "Pending",
        "SystemUpdating",
        "DeepHealthCheckInProgress",
        "DetachInProgress",
        *_LOST,
    },
    "SystemUpdating": {"Running", *_LOST},
    "DeepHealthCheckInProgress": {"Running", *_LOST},
    "DetachInProgress": {"AttachInProgress", *_LOST},
    "AttachInProgress": {"Running", "DeepHealthCheckInProgress", *_LOST},
    "Failure": {"Running", "Pending", "ShuttingDown", "NotFound"},
    "ShuttingDown": {"NotFound"},
    "NotFound": set(),
}
APP: Edges = {
    None: {"Pending", "InService", "Failed"},
    "Pending": {"InService", "Failed"},
    "InService": {"Deleting", "Deleted", "Failed"},
    "Deleting": {"Deleted"},
    "Failed": {"Deleting", "Deleted"},
    "Deleted": {"Pending", "InService", "Failed"},
}
QUOTA_REQUEST: Edges = {
    None: {"PENDING"},
    "PENDING": {"CASE_OPENED", "DENIED", "APPROVED"},
    "CASE_OPENED": {"APPROVED", "DENIED"},
    "APPROVED": {"CASE_CLOSED"},
    "DENIED": {"CASE_CLOSED"},
}
ENDPOINT: Edges = {
    None: {"Creating", "InService", "Failed"},
    "Creating": {"InService", "Failed"},
    "InService": {"Updating", "Failed", "Deleting"},
    "Updating": {"InService", "Failed"},
    "Failed": {"InService", "Updating", "Deleting"},
}
OPERATION: Edges = {
    None: {"InProgress", "Done", "Superseded"},
    "InProgress": {"Done", "Superseded"},
    "Done": set(),
    "Superseded": set(),
}
# By the kind of a resource, which its ARN names; nodes have none.
OF_KIND: dict[str, Edges] = {
    "training-plan": PLAN,
    "reserved-capacity": BLOCK,
    "training-job": JOB,
    "cluster": CLUSTER,
    "app": APP,
    "sagemaker": QUOTA_REQUEST,
    "node": NODE,
}


def kind_of(resource: str) -> str:
    """The kind of a resource of the history, by its ARN or node id."""
    if not resource.startswith("arn:"):
        return "node"
    return resource.split(":", 5)[5].partition("/")[0]
