"""Instance groups in forms: any number of them, each with its fields behind a prefix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..fields import Fields, given, merged

Members = Mapping[str, Any]

MOST_GROUPS = 100  # source: model
ADD, REMOVE = "add-group", "remove-group"
SCRIPTS = ("OnCreate", "OnInitComplete")
NODE_TYPES = ("Controller", "Login", "Compute")
FIRST = {
    "name": "workers",
    "type": "ml.p4d.24xlarge",
    "count": "1",
    "role": "arn:aws:iam::123456789012:role/cluster",
}
# Members that a change of a group sends as its description has them.
KEPT = (
    "LifeCycleConfig",
    "ThreadsPerCore",
    "InstanceStorageConfigs",
    "OnStartDeepHealthChecks",
    "OverrideVpcConfig",
    "SlurmConfig",
)


def numbers(fields: Fields) -> list[int]:
    """The numbers of the groups that a form has, as its field `groups` lists them."""
    found = [int(each) for each in fields.items("groups") if each.isascii() and each.isdigit()]
    return list(dict.fromkeys(found))[:MOST_GROUPS]


def changed_numbers(fields: Fields) -> list[int] | None:
    """The numbers of the groups once one was added or taken away; None where neither was asked."""
    asked = fields.text("change")
    if asked is None:
        return None
    have = numbers(fields)
    if asked == ADD:
        return [*have, max(have, default=-1) + 1][:MOST_GROUPS]
    return [each for each in have if asked != f"{REMOVE}-{each}"]


def groups_of(fields: Fields) -> list[Fields]:
    """The fields of each group of a form."""
    return [fields.within(prefix(number)) for number in numbers(fields)]


def prefix(number: int) -> str:
    """What the names of a group's fields begin with."""
    return f"group-{number}-"


def specification(group: Fields) -> dict[str, Any]:
    """A ClusterInstanceGroupSpecification, as the fields of a new group ask for it."""
    script = group.text("script")
    spot = group.text("capacity") == "Spot"
    asked = {
        "InstanceGroupName": group.text("name"),
        "InstanceType": group.text("type"),
        "InstanceCount": group.whole("count"),
        "MinInstanceCount": group.whole("minimum"),
        "ExecutionRole": group.text("role"),
        "LifeCycleConfig": given(
            {
                "SourceS3Uri": group.text("scripts"),
                _one_of(group, "script-kind", SCRIPTS): script,
            }
        ),
        "ThreadsPerCore": group.whole("threads"),
        "TrainingPlanArn": group.text("plan"),
        "SlurmConfig": given(
            {
                "NodeType": group.text("node-type"),
                "PartitionNames": group.items("partition"),
            }
        ),
        "OverrideVpcConfig": vpc(group),
    }
    members = given(asked)
    if spot:
        members["CapacityRequirements"] = {"Spot": {}}
    return merged(members, group.members("more"))


def vpc(fields: Fields) -> dict[str, Any]:
    """A VpcConfig, empty where no subnet and no security group was typed."""
    return given(
        {
            "SecurityGroupIds": fields.items("security-groups"),
            "Subnets": fields.items("subnets"),
        }
    )


def changed_specification(group: Members, fields: Fields) -> dict[str, Any]:
    """A group that exists, as its description has it but for its counts and its plan.

    A group that is named without a plan loses the one it has. source: documented
    """
    requirements = group.get("InstanceRequirements")
    asked = {
        "InstanceGroupName": group["InstanceGroupName"],
        "InstanceType": group.get("InstanceType"),
        "InstanceRequirements": None
        if requirements is None
        else {"InstanceTypes": requirements["DesiredInstanceTypes"]},
        "InstanceCount": fields.whole("count"),
        "MinInstanceCount": fields.whole("minimum"),
        "ExecutionRole": group.get("ExecutionRole"),
        "TrainingPlanArn": fields.text("plan"),
        **{name: group.get(name) for name in KEPT},
    }
    return given(asked)


def _one_of(fields: Fields, name: str, allowed: tuple[str, ...]) -> str:
    typed = fields.text(name)
    return typed if typed in allowed else allowed[0]
