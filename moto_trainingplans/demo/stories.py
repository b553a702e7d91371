"""What the demo tells: a plan of two blocks with its training jobs, then a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Any

from rich.table import Table
from rich.text import Text

from ..simulation.market.blocks import CUT_OFF
from ..simulation.market.catalog import Target
from ..views.timeline import Timeline
from .narration import INDENT, Telling, day_and_time, duration, has_colours, table

REGION = "us-west-2"
INSTANCE_TYPE = "ml.p5.48xlarge"
INSTANCE_COUNT = 8
HOURS = 72
# What AWS has to sell of it, while everything else in its Region is sold out.
FREE = (
    ("us-west-2a", "2025-01-23T11:30Z", "2025-01-25T11:30Z"),
    ("us-west-2b", "2025-01-26T11:30Z", "2025-01-28T11:30Z"),
    ("us-west-2b", "2025-01-31T11:30Z", None),
)
PAYMENT_TAKES = timedelta(hours=18)
ROLE = "arn:aws:iam::123456789012:role/training"

# UltraServers are sold in a Local Zone of another Region. source: documented
ULTRA_SERVER_REGION = "us-east-1"
ULTRA_SERVER_TYPE = "ml.u-p6e-gb200x36"
NODE_COUNT = 8
NODE_FAILS_AFTER = timedelta(hours=6, minutes=30)


@dataclass(frozen=True)
class _Job:
    """A training job of the story, and how many hours of training its work takes."""

    name: str
    instances: int
    hours: int
    has_checkpoints: bool = False

    @property
    def title(self) -> str:
        """Its name, and how many instances it takes."""
        return f"{self.name} x{self.instances}"


JOBS = (
    _Job("pretrain", 4, 60, has_checkpoints=True),
    _Job("tune-a", 2, 30),
    _Job("tune-b", 2, 16),
    _Job("distill", 4, 20),
    _Job("evaluate", 2, 14),
)

# The members of a job's request that say nothing of its plan.
LEFT_OUT = ("AlgorithmSpecification", "RoleArn", "OutputDataConfig", "StoppingCondition")


class PlanStory(Telling):
    """A plan of two blocks, and the training jobs on it."""

    def tell(self) -> Timeline:
        """From the search to the end of the plan, whose timeline it gives."""
        self._begin()
        offerings = self._search()
        arn = self._buy(offerings)
        self._queue(arn)
        timeline = self._draw(arn)
        self._look_back(arn)
        return timeline

    def _begin(self) -> None:
        self.plans.capacity.clear(REGION)
        for zone, start, end in FREE:
            self.plans.capacity.set(zone, INSTANCE_TYPE, INSTANCE_COUNT, start=start, end=end)
        self.plans.payments.delay(PAYMENT_TAKES)
        self.console.print(
            Text.assemble(
                ("Amazon SageMaker training plans, simulated", "bold"),
                (f"  {REGION}, {self.plans.clock.now():%a %d %b %Y %H:%M} UTC", "dim"),
            )
        )
        self.console.print()

    def _search(self) -> list[dict[str, Any]]:
        self.head(
            "1",
            "Search",
            f"{HOURS} hours of {INSTANCE_COUNT} instances, while AWS is short of them",
        )
        offerings: list[dict[str, Any]] = self.call(
            "search_training_plan_offerings",
            TargetResources=["training-job"],
            InstanceType=INSTANCE_TYPE,
            InstanceCount=INSTANCE_COUNT,
            DurationHours=HOURS,
        )["TrainingPlanOfferings"]
        self.console.print()
        shown = table("", "starts", "ends", "duration", "blocks", "upfront")
        shown.columns[-1].justify = "right"
        for number, offering in enumerate(offerings, start=1):
            blocks = offering["ReservedCapacityOfferings"]
            shown.add_row(
                f"{number}",
                day_and_time(blocks[0]["StartTime"]),
                day_and_time(blocks[-1]["EndTime"]),
                duration(_length(offering)),
                "\n".join(_block(block) for block in blocks),
                f"{offering['UpfrontFee']} {offering['CurrencyCode']}",
                style="bold" if offering is _first_to_end(offerings) else "",
            )
        self.show(shown)
        return offerings

    def _buy(self, offerings: list[dict[str, Any]]) -> str:
        chosen = _first_to_end(offerings)
        number = offerings.index(chosen) + 1
        self.head("2", "Buy", f"offering {number}, which ends first")
        arn: str = self.call(
            "create_training_plan",
            TrainingPlanName="pretraining",
            TrainingPlanOfferingId=chosen["TrainingPlanOfferingId"],
        )["TrainingPlanArn"]
        self.plans.clock.tick(PAYMENT_TAKES)
        shown = table()
        for change in self.plans.history(arn)[1:]:
            shown.add_row(day_and_time(change.time), change.reason)
        self.show(shown)
        return arn

    def _queue(self, arn: str) -> None:
        self.head("3", "Queue", f"{len(JOBS)} training jobs on the plan, before it starts")
        for job in JOBS:
            self.plans.jobs.run_for(timedelta(hours=job.hours), job.name)
            request = _job_request(job, arn)
            if job is JOBS[0]:
                self.call("create_training_job", left_out=LEFT_OUT, **request)
            else:
                self.sagemaker.create_training_job(**request)
        self.show(Text(f"... and {len(JOBS) - 1} more, none of which has checkpoints", "dim"))

    def _draw(self, arn: str) -> Timeline:
        self.head("4", "Move the clock", "from one event to the next, until nothing more is due")
        start = _noon_before(self.plans.clock.now())
        while self.plans.clock.next_event():
            pass
        end = _noon_before(self.plans.history(arn)[-1].time) + timedelta(hours=36)
        timeline: Timeline = self.plans.timeline(arn, start=start, end=end)
        width = self.console.width - INDENT
        self.show(Text.from_ansi(timeline.text(width, has_colours(self.console))), space=False)
        cut_off = CUT_OFF[Target.TRAINING_JOB] // timedelta(minutes=1)
        explained = (
            f"the cut-off is {cut_off} min before a block ends; lost is what has no checkpoints"
        )
        self.show(Text(explained, "dim"))
        return timeline

    def _look_back(self, arn: str) -> None:
        shown = table("job", "work", "checkpoints", "trained", "ended", "status")
        for job in JOBS:
            described = self.sagemaker.describe_training_job(TrainingJobName=job.name)
            shown.add_row(
                job.title,
                f"{job.hours} h",
                "yes" if "CheckpointConfig" in described else "no",
                duration(timedelta(seconds=described["TrainingTimeInSeconds"])),
                day_and_time(described["TrainingEndTime"]),
                described["TrainingJobStatus"],
            )
        self.show(shown)
        self.show(Text(str(self.plans.report(arn))))


class ClusterStory(Telling):
    """A HyperPod cluster on a plan of one UltraServer."""

    def tell(self) -> None:
        """From the purchase to the end of the plan."""
        (offering,) = self.sagemaker.search_training_plan_offerings(
            TargetResources=["hyperpod-cluster"],
            UltraServerType=ULTRA_SERVER_TYPE,
            UltraServerCount=1,
            DurationHours=24,
        )["TrainingPlanOfferings"]
        (block,) = offering["ReservedCapacityOfferings"]
        self.head(
            "5",
            "Run a cluster",
            f"a day on an UltraServer of {block['InstanceCount']} instances in Dallas, "
            f"{offering['UpfrontFee']} {offering['CurrencyCode']}",
        )
        self.plans.payments.delay(0)
        arn = self.sagemaker.create_training_plan(
            TrainingPlanName="ultra", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )["TrainingPlanArn"]
        group = {
            "InstanceGroupName": "workers",
            "InstanceType": block["InstanceType"],
            "InstanceCount": NODE_COUNT,
            "ExecutionRole": ROLE,
            "TrainingPlanArn": arn,
        }
        self.call("create_cluster", ClusterName="ultra", InstanceGroups=[group])
        self.show(Text(""), space=False)
        shown = table("time", "plan", "nodes", "spares", "server", "")
        self._look(shown, "waits for the plan")
        self.plans.clock.move_to(block["StartTime"])
        self._look(shown, "scales up")
        self.plans.clock.tick(NODE_FAILS_AFTER)
        node = self.sagemaker.list_cluster_nodes(ClusterName="ultra")["ClusterNodeSummaries"][0]
        self.plans.faults.fail_instances(node["InstanceId"])
        self._look(shown, "a node is replaced")
        self.plans.clock.move_to(block["EndTime"] - CUT_OFF[Target.HYPERPOD_CLUSTER])
        self._look(shown, "the last hour")
        self.plans.clock.move_to(block["EndTime"])
        self._look(shown, "the cluster stays")
        self.show(shown, space=False)

    def _look(self, shown: Table, happened: str) -> None:
        """Add what the plan, the cluster and the UltraServer say now."""
        plan = self.sagemaker.describe_training_plan(TrainingPlanName="ultra")
        (group,) = self.sagemaker.describe_cluster(ClusterName="ultra")["InstanceGroups"]
        (server,) = self.sagemaker.list_ultra_servers_by_reserved_capacity(
            ReservedCapacityArn=plan["ReservedCapacitySummaries"][0]["ReservedCapacityArn"]
        )["UltraServers"]
        shown.add_row(
            day_and_time(self.plans.clock.now()),
            self.status(plan["Status"]),
            f"{group['CurrentCount']} of {group['TargetCount']}",
            f"{server['AvailableSpareInstanceCount']}",
            server["HealthStatus"],
            Text(happened, "dim"),
        )


def _first_to_end(offerings: list[dict[str, Any]]) -> dict[str, Any]:
    return min(offerings, key=lambda offering: offering["ReservedCapacityOfferings"][-1]["EndTime"])


def _job_request(job: _Job, plan: str) -> dict[str, Any]:
    """The members of a request for a job on a plan."""
    checkpoints = {"CheckpointConfig": {"S3Uri": "s3://demo/checkpoints"}}
    return {
        "TrainingJobName": job.name,
        "AlgorithmSpecification": {"TrainingImage": "demo", "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://demo/output"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 7 * 24 * 3600},
        "ResourceConfig": {
            "TrainingPlanArn": plan,
            "InstanceType": INSTANCE_TYPE,
            "InstanceCount": job.instances,
            "VolumeSizeInGB": 500,
        },
        **(checkpoints if job.has_checkpoints else {}),
    }


def _block(block: Mapping[str, Any]) -> str:
    start = block["StartTime"].astimezone(timezone.utc)
    length = duration(_length(block))
    return f"{block['AvailabilityZone']} {length} from {start:%a} {start.day}"


def _length(reserved: Mapping[str, Any]) -> timedelta:
    return timedelta(hours=reserved["DurationHours"], minutes=reserved["DurationMinutes"])


def _noon_before(when: datetime) -> datetime:
    noon = datetime.combine(when.date(), time(12), timezone.utc)
    return noon if noon <= when else noon - timedelta(days=1)
