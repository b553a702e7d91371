"""Keeps an instance group of a HyperPod cluster whole, from one training plan to the next.

At each look it has failed nodes replaced, and moves the group to the next plan when the present
one is nearly over. It remembers nothing: it may be killed, and started anywhere.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

import boto3
from botocore.exceptions import ClientError

# A request can replace so many nodes.
BATCH = 25
# A plan's nodes are shut down so long before its last block ends.
CUT_OFF = timedelta(hours=1)
# Of what DescribeCluster tells of a group, what UpdateCluster takes: all of it is sent back as it
# is, so that a change of plan changes nothing else.
KEPT = (
    "InstanceGroupName",
    "InstanceType",
    "ExecutionRole",
    "LifeCycleConfig",
    "ThreadsPerCore",
    "InstanceStorageConfigs",
    "OnStartDeepHealthChecks",
    "OverrideVpcConfig",
    "ScheduledUpdateConfig",
    "KubernetesConfig",
)


class Kind(str, Enum):
    """What was done, or could not be."""

    REPLACED = "replaced"
    NOT_REPLACED = "not replaced"
    MOVED = "moved"
    BUSY = "busy"
    NO_PLAN_LEFT = "no plan left"


@dataclass(frozen=True)
class Action:
    """One line of the operator's log."""

    kind: Kind
    subject: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.subject} {self.kind.value}" + (f": {self.detail}" if self.detail else "")


@dataclass(frozen=True)
class Plan:
    """What of a plan counts here."""

    name: str
    arn: str
    status: str
    end: datetime
    instances: int

    @property
    def is_over(self) -> bool:
        """Whether it will have no instances any more."""
        return self.status in ("Expired", "Failed")


class Operator:
    """Looks after one group of one cluster, on plans in the order in which they are to be used."""

    def __init__(
        self,
        sagemaker: Any,
        cluster: str,
        group: str,
        plans: Sequence[str],
        *,
        overlap: timedelta = timedelta(hours=2),
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        """Say how long before the end of a plan the next is used, if that is Active by then.

        A move ends the nodes that run, and what is left of the plan is lost: the `overlap` is the
        time that the work needs to be saved and begun anew, and not less than the cut-off.
        """
        if overlap < CUT_OFF:
            raise ValueError(f"overlap must be at least {CUT_OFF}, when nodes are shut down")
        self._sagemaker = sagemaker
        self._cluster = cluster
        self._group = group
        self._plans = plans
        self._overlap = overlap
        self._now = now

    def step(self) -> list[Action]:
        """Look once, and do what has to be done."""
        try:
            return [*self._change_plan(), *self._replace_failed_nodes()]
        except ClientError as error:
            # The cluster is being changed by somebody else; it will be time at the next look.
            if error.response["Error"]["Code"] != "ConflictException":
                raise
            return [Action(Kind.BUSY, self._cluster, error.response["Error"]["Message"])]

    def watch(self, every: timedelta, until: datetime) -> Iterator[Action]:
        """Look again and again."""
        while self._now() < until:
            yield from self.step()
            time.sleep(every.total_seconds())

    def _change_plan(self) -> Iterator[Action]:
        described = self._sagemaker.describe_cluster(ClusterName=self._cluster)
        (group,) = (
            each for each in described["InstanceGroups"] if each["InstanceGroupName"] == self._group
        )
        plans = [self._plan(name) for name in self._plans]
        present = next((each for each in plans if each.arn == group.get("TrainingPlanArn")), None)
        if present is not None and not self._is_nearly_over(present):
            return
        ahead = plans[plans.index(present) + 1 :] if present else plans
        following = next((each for each in ahead if not each.is_over), None)
        if following is None:
            if present is None or present.is_over:
                yield Action(Kind.NO_PLAN_LEFT, self._group)
            return
        if present and not self._has_been_cut_off(present) and following.status != "Active":
            return
        wanted = group.get("TargetCount", group["CurrentCount"])
        count = min(wanted, following.instances)
        kept = {key: group[key] for key in KEPT if key in group}
        self._sagemaker.update_cluster(
            ClusterName=self._cluster,
            InstanceGroups=[{**kept, "InstanceCount": count, "TrainingPlanArn": following.arn}],
        )
        detail = f"{count} of {wanted} instances" if count < wanted else f"{count} instances"
        yield Action(Kind.MOVED, self._group, f"to {following.name}, {detail}")

    def _is_nearly_over(self, plan: Plan) -> bool:
        return plan.is_over or self._now() >= plan.end - self._overlap

    def _has_been_cut_off(self, plan: Plan) -> bool:
        return plan.is_over or self._now() >= plan.end - CUT_OFF

    def _replace_failed_nodes(self) -> Iterator[Action]:
        failed = [
            node["InstanceId"]
            for page in self._sagemaker.get_paginator("list_cluster_nodes").paginate(
                ClusterName=self._cluster, InstanceGroupNameContains=self._group
            )
            for node in page["ClusterNodeSummaries"]
            if node["InstanceGroupName"] == self._group
            and node["InstanceStatus"]["Status"] == "Failure"
        ]
        for first in range(0, len(failed), BATCH):
            answer = self._sagemaker.batch_replace_cluster_nodes(
                ClusterName=self._cluster, NodeIds=failed[first : first + BATCH]
            )
            for node in answer.get("Successful", []):
                yield Action(Kind.REPLACED, node)
            for each in answer.get("Failed", []):
                reason = f"{each['ErrorCode']}, {each['Message']}"
                yield Action(Kind.NOT_REPLACED, each["NodeId"], reason)

    def _plan(self, name: str) -> Plan:
        plan = self._sagemaker.describe_training_plan(TrainingPlanName=name)
        return Plan(
            name,
            plan["TrainingPlanArn"],
            plan["Status"],
            plan["EndTime"],
            plan["TotalInstanceCount"],
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: looks after a group for so many hours, and says what it does."""
    parser = argparse.ArgumentParser(prog="hyperpod-operator", description=main.__doc__)
    parser.add_argument("cluster")
    parser.add_argument("group")
    parser.add_argument("--plan", action="append", required=True, help="in order of their use")
    parser.add_argument("--region", required=True)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--every", type=float, default=60, help="seconds")
    asked = parser.parse_args(arguments)
    sagemaker = boto3.client("sagemaker", region_name=asked.region)
    operator = Operator(sagemaker, asked.cluster, asked.group, asked.plan)
    until = datetime.now(timezone.utc) + timedelta(hours=asked.hours)
    for action in operator.watch(timedelta(seconds=asked.every), until):
        print(f"{datetime.now(timezone.utc):%d %b %H:%M:%S}  {action}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
