"""What the tests of clusters have in common."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from tests.support.model_history import has

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# When the plans of the `reserve` fixture start, and when the nodes of a day's plan are taken.
START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)
CUT_OFF = START + DAY - HOUR

ROLE = "arn:aws:iam::123456789012:role/cluster"
PLAN_TYPE = "ml.p4d.24xlarge"
SCRIPTS = {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}
WITHOUT_SCRIPTS = "CreateCluster.input.InstanceGroups[].LifeCycleConfig"
CONTINUOUS = {"NodeProvisioningMode": "Continuous"}


def group(name: str, plan: str | None = None, count: int = 1, **members: Any) -> dict[str, Any]:
    """The members of an instance group, on a plan or on demand."""
    asked = {
        "InstanceGroupName": name,
        "InstanceType": PLAN_TYPE,
        "InstanceCount": count,
        "ExecutionRole": ROLE,
        **({} if plan is None else {"TrainingPlanArn": plan}),
        # Of older models each group must have them.
        **({} if has(WITHOUT_SCRIPTS) else {"LifeCycleConfig": SCRIPTS}),
        **members,
    }
    return {key: value for key, value in asked.items() if value is not None}


class Clusters:
    """Clusters through a client."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def create(self, name: str, *groups: dict[str, Any], **members: Any) -> str:
        """Create a cluster, and give its ARN."""
        arn: str = self.client.create_cluster(
            ClusterName=name, InstanceGroups=list(groups), **members
        )["ClusterArn"]
        return arn

    def update(self, name: str, *groups: dict[str, Any], **members: Any) -> None:
        if groups:
            members["InstanceGroups"] = list(groups)
        self.client.update_cluster(ClusterName=name, **members)

    def delete(self, name: str) -> None:
        self.client.delete_cluster(ClusterName=name)

    def describe(self, name: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.describe_cluster(ClusterName=name)
        return answer

    def group(self, name: str, group_name: str) -> dict[str, Any]:
        """The description of one group."""
        (found,) = (
            each
            for each in self.describe(name)["InstanceGroups"]
            if each["InstanceGroupName"] == group_name
        )
        return found

    def counts(self, name: str) -> dict[str, tuple[int, int]]:
        """The current and target count of each group."""
        return {
            each["InstanceGroupName"]: (each["CurrentCount"], each["TargetCount"])
            for each in self.describe(name)["InstanceGroups"]
        }

    def statuses(self, name: str) -> tuple[str, list[str]]:
        """The status of a cluster, and of its groups."""
        described = self.describe(name)
        return described["ClusterStatus"], [each["Status"] for each in described["InstanceGroups"]]

    def nodes(self, name: str, **asked: Any) -> list[dict[str, Any]]:
        """A page of the nodes of a cluster."""
        nodes: list[dict[str, Any]] = self.client.list_cluster_nodes(ClusterName=name, **asked)[
            "ClusterNodeSummaries"
        ]
        return nodes

    def ids(self, name: str, **asked: Any) -> list[str]:
        """The instance ids of a page of nodes."""
        return [node["InstanceId"] for node in self.nodes(name, **asked)]

    def node(self, name: str, node_id: str) -> dict[str, Any]:
        """The description of a node, by its instance id or logical id."""
        key = "NodeId" if node_id.startswith("i-") else "NodeLogicalId"
        details: dict[str, Any] = self.client.describe_cluster_node(
            ClusterName=name, **{key: node_id}
        )["NodeDetails"]
        return details

    def events(self, name: str, **asked: Any) -> list[dict[str, Any]]:
        """A page of the events of a cluster, the earliest first."""
        events: list[dict[str, Any]] = self.client.list_cluster_events(
            ClusterName=name, SortOrder="Ascending", **asked
        )["Events"]
        return events


def plan_counts(sagemaker: Any, plan: str) -> tuple[int, int]:
    """How many instances of a plan are in use, and how many available."""
    name = plan.rpartition("/")[2]  # older models take no ARN
    described = sagemaker.describe_training_plan(TrainingPlanName=name)
    return described["InUseInstanceCount"], described["AvailableInstanceCount"]
