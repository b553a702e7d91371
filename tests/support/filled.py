"""Requests with every member that the model has, and with none that it lacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from moto.core.utils import get_service_model

from moto_trainingplans.sagemaker.operations import CLUSTER_HANDLERS
from tests.support.clusters import PLAN_TYPE, ROLE

MODEL = get_service_model("sagemaker")
# Older models lack some.
CLUSTER_OPERATIONS = [each for each in CLUSTER_HANDLERS if each in MODEL.operation_names]
# What satisfies the patterns of members, by their names.
EXAMPLES = {
    "ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks",
    "ClusterName": "cluster",
    "ClusterRole": ROLE,
    "DnsName": "fs-01234567.fsx.us-west-2.amazonaws.com",
    "ExecutionRole": ROLE,
    "ImageId": "ami-12345678",
    "ImageReleaseVersion": "1.2.3",
    "InstanceIds": "i-0123456789abcdef0",
    "InstanceType": PLAN_TYPE,
    "InstanceTypes": PLAN_TYPE,
    "MountPath": "/mount",
    "NodeId": "i-0123456789abcdef0",
    "NodeIds": "i-0123456789abcdef0",
    "EventId": "01234567-89ab-cdef-0123-456789abcdef",
    "OperationId": "01234567-89ab-cdef-0123-456789abcdef",
    "AvailabilityZones": "us-west-2a",
    "ScheduleExpression": "cron(0 0 * * ? *)",
    "SecretArn": "arn:aws:secretsmanager:us-west-2:123456789012:secret:secret",
    "SourceClusterArn": "arn:aws:sagemaker:us-west-2:123456789012:cluster/0123456789ab",
    "TargetClusterArn": "arn:aws:sagemaker:us-west-2:123456789012:cluster/0123456789ab",
    "SourceS3Uri": "s3://sagemaker-scripts",
    "TrainingPlanArn": "arn:aws:sagemaker:us-west-2:123456789012:training-plan/of-nobody",
}


def filled(shape: Any, name: str = "") -> Any:
    """A value of a shape that has all that it can have."""
    if shape.type_name == "structure":
        return {key: filled(member, key) for key, member in shape.members.items()}
    if shape.type_name == "list":
        whole = filled(shape.member, name)
        # Of a union's members each has one.
        is_union = getattr(shape.member, "is_tagged_union", False)
        return [{key: whole[key]} for key in whole] if is_union else [whole]
    if shape.type_name == "map":
        return {"key": filled(shape.value, name)}
    if shape.type_name == "string":
        return EXAMPLES.get(name) or shape.metadata.get("enum", ["text"])[0]
    number = max(1, shape.metadata.get("min", 1))
    simple = {"timestamp": datetime(2025, 2, 1, tzinfo=timezone.utc), "boolean": True}
    return simple.get(shape.type_name, number)


def cluster_request(operation: str, orchestrator: str) -> dict[str, Any]:
    """CreateCluster or UpdateCluster with everything, but what excludes each other in one group.

    The second group has InstanceRequirements in place of an InstanceType, where there are such.
    """
    request: dict[str, Any] = filled(MODEL.operation_model(operation).input_shape)
    if "Orchestrator" in request:
        request["Orchestrator"] = {orchestrator: request["Orchestrator"][orchestrator]}
    (group,), (restricted,) = request["InstanceGroups"], request["RestrictedInstanceGroups"]
    flexible = {**group, "InstanceGroupName": "flexible"}
    restricted["InstanceGroupName"] = "restricted"
    for each in (group, flexible, restricted):
        del each["TrainingPlanArn"]
    if group.pop("InstanceRequirements", None) is not None:
        del flexible["InstanceType"]
        request["InstanceGroups"].append(flexible)
    return request


def refused_requests() -> dict[str, dict[str, Any]]:
    """JSON requests of every operation on clusters, of which none can change anything.

    They are about the cluster `cluster`, and a group, node, event or plan that there is not.
    """
    requests = {
        operation: filled(MODEL.operation_model(operation).input_shape)
        for operation in CLUSTER_OPERATIONS
    }
    for operation in ("CreateCluster", "UpdateCluster"):
        request = requests[operation] = cluster_request(operation, "Eks")
        request["InstanceGroups"][-1]["TrainingPlanArn"] = EXAMPLES["TrainingPlanArn"]
        request.pop("InstanceGroupsToDelete", None)
    for operation in ("CreateCluster", "DeleteCluster"):
        requests[operation]["ClusterName"] = "another"
    as_json: dict[str, dict[str, Any]] = json.loads(json.dumps(requests, default=str))
    return as_json


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """All that a request or description says, as paths of member names and values.

    What a description tells as current and desired is one.
    """
    if isinstance(value, dict) and value:
        for key, member in value.items():
            name = key.removeprefix("Current").removeprefix("Desired")
            yield from leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, path)
    else:
        yield path, str(value)


def known(value: Any, shape: Any) -> Any:
    """A value without the members and choices that an older model does not have."""
    if shape.type_name == "structure":
        members = shape.members
        return {name: known(value[name], members[name]) for name in value if name in members}
    if shape.type_name == "list":
        return [known(member, shape.member) for member in value]
    choices = shape.metadata.get("enum", [value])
    return value if value in choices else choices[0]
