"""The demo: the lives of a training plan, its jobs and a cluster, told in the terminal.

The calls are real ones of boto3, and what is shown is what they answered.
"""

from __future__ import annotations

import io
import json
import os
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.terminal_theme import MONOKAI
from rich.text import Text

from .simulation.blocks import CUT_OFF
from .simulation.catalog import Target
from .simulation.history import Change
from .timeline import Lane, Look, Stretch, Timeline, has_colours

NOW = "2025-01-21T19:08:27.704Z"  # the time of the guide's own sample. source: G
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

# UltraServers are sold in a Local Zone of another Region. source: G
ULTRA_SERVER_REGION = "us-east-1"
ULTRA_SERVER_TYPE = "ml.u-p6e-gb200x36"
NODE_COUNT = 8
NODE_FAILS_AFTER = timedelta(hours=6, minutes=30)

WIDTH = 98
INDENT = 2
NO_BREAK = "\xa0"
ACCENT = "bold #4189b5"

BLOCK = Look("#31618f", "=")
CUT_OFF_LOOK = Look("#b0563f", "x")
WAITING = Look("#454b54", ".")
TRAINING = Look("#5d5496", "#")
LOST = Look("#86693a", "~")
STATUS_LOOKS = {
    "Scheduled": Look("#5f6b7a", "-"),
    "Active": Look("#2f7351", "="),
    "Expired": Look("#454b54", "."),
}


@dataclass(frozen=True)
class _Job:
    """A training job of the story, and how many hours of training its work takes."""

    name: str
    instances: int
    hours: int
    has_checkpoints: bool = False


JOBS = (
    _Job("pretrain", 4, 60, has_checkpoints=True),
    _Job("tune-a", 2, 30),
    _Job("tune-b", 2, 16),
    _Job("distill", 4, 20),
    _Job("evaluate", 2, 14),
)

# The members of a job's request that say nothing of its plan.
LEFT_OUT = ("AlgorithmSpecification", "RoleArn", "OutputDataConfig", "StoppingCondition")


def run() -> None:
    """Tell the story in the terminal, or as plain text to whatever else standard output is."""
    console = Console(highlight=False)
    if console.is_terminal:
        console.width = min(console.width, WIDTH)
        _tell(console)
    else:
        print(_plain_text())


def write_picture(path: Path) -> None:
    """Write the story as the SVG picture of the README. Raises OSError if it cannot be written."""
    console = Console(
        file=io.StringIO(),
        width=WIDTH,
        record=True,
        highlight=False,
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        legacy_windows=False,
    )
    _tell(console)
    svg = console.export_svg(title="moto-trainingplans demo", theme=MONOKAI, unique_id="demo")
    # Rich has the picture load its font from elsewhere; any monospaced one will do.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    path.write_text(svg, encoding="utf-8")


def _plain_text() -> str:
    """The story for a file or a log: without the blanks that rich fills its lines with."""
    console = Console(file=io.StringIO(), width=WIDTH, highlight=False, color_system=None)
    with console.capture() as told:
        _tell(console)
    return "\n".join(line.rstrip() for line in told.get().splitlines())


def _tell(console: Console) -> None:
    with _nothing_set_up():
        # Only now, so that moto and boto3 see the environment as it is made here.
        import boto3

        from .decorator import mock_training_plans

        with mock_training_plans(now=NOW) as plans:
            session = boto3.session.Session()
            story = _Story(console, plans, session.client("sagemaker", region_name=REGION))
            story.tell()
            ultra_servers = session.client("sagemaker", region_name=ULTRA_SERVER_REGION)
            _ClusterStory(console, plans, ultra_servers).tell()


@contextmanager
def _nothing_set_up() -> Iterator[None]:
    """An environment in which neither AWS nor moto is configured: the demo needs neither."""
    settings = ("AWS_", "MOTO_", "TEST_SERVER_MODE", "TEST_PROXY_MODE", "INITIAL_NO_AUTH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    with patch.dict(os.environ, {**kept, **nowhere}, clear=True):
        yield


class _Part:
    """A part of the demo, whose steps are shown as they are made."""

    def __init__(self, console: Console, plans: Any, sagemaker: Any) -> None:
        self._console = console
        self._plans = plans
        self._sagemaker = sagemaker

    def _head(self, number: str, title: str, explanation: str) -> None:
        self._console.print(
            Text.assemble((f"{number} {title}", ACCENT), (f"  {explanation}", "dim"))
        )

    def _call(self, operation: str, _left_out: Sequence[str] = (), **members: Any) -> Any:
        """Show a call of the client, without some of its members, and make it."""
        shown = {name: value for name, value in members.items() if name not in _left_out}
        more = len(shown) < len(members)
        text = _call_text(operation, shown, more, self._console.width - INDENT)
        self._show(text, space=False)
        return getattr(self._sagemaker, operation)(**members)

    def _show(self, shown: Any, space: bool = True) -> None:
        self._console.print(Padding(shown, (0, 0, 1 if space else 0, INDENT)))

    def _status(self, status: str) -> Text:
        if not has_colours(self._console):
            return Text(status)
        return Text(f" {status} ", STATUS_LOOKS[status].style)

    def _mark(self, look: Look) -> Text:
        """A look in a legend."""
        if not has_colours(self._console):
            return Text(look.character)
        return Text(" ", look.style)


class _Story(_Part):
    """A plan of two blocks, and the training jobs on it."""

    def tell(self) -> None:
        """From the search to the end of the plan."""
        self._begin()
        offerings = self._search()
        arn = self._buy(offerings)
        self._queue(arn)
        self._draw(arn)
        self._look_back()

    def _begin(self) -> None:
        self._plans.capacity.clear(REGION)
        for zone, start, end in FREE:
            self._plans.capacity.set(zone, INSTANCE_TYPE, INSTANCE_COUNT, start=start, end=end)
        self._plans.payments.delay(PAYMENT_TAKES)
        self._console.print(
            Text.assemble(
                ("Amazon SageMaker training plans, simulated", "bold"),
                (f"  {REGION}, {self._plans.clock.now():%a %d %b %Y %H:%M} UTC", "dim"),
            )
        )
        self._console.print()

    def _search(self) -> list[dict[str, Any]]:
        self._head(
            "1",
            "Search",
            f"{HOURS} hours of {INSTANCE_COUNT} instances, while AWS is short of them",
        )
        offerings: list[dict[str, Any]] = self._call(
            "search_training_plan_offerings",
            TargetResources=["training-job"],
            InstanceType=INSTANCE_TYPE,
            InstanceCount=INSTANCE_COUNT,
            DurationHours=HOURS,
        )["TrainingPlanOfferings"]
        self._console.print()
        table = _table("", "starts", "ends", "duration", "blocks", "upfront")
        table.columns[-1].justify = "right"
        for number, offering in enumerate(offerings, start=1):
            blocks = offering["ReservedCapacityOfferings"]
            table.add_row(
                f"{number}",
                _day_and_time(blocks[0]["StartTime"]),
                _day_and_time(blocks[-1]["EndTime"]),
                _duration(_length(offering)),
                "\n".join(_block(block) for block in blocks),
                f"{offering['UpfrontFee']} {offering['CurrencyCode']}",
                style="bold" if offering is _first_to_end(offerings) else "",
            )
        self._show(table)
        return offerings

    def _buy(self, offerings: list[dict[str, Any]]) -> str:
        chosen = _first_to_end(offerings)
        number = offerings.index(chosen) + 1
        self._head("2", "Buy", f"offering {number}, which ends first")
        arn: str = self._call(
            "create_training_plan",
            TrainingPlanName="pretraining",
            TrainingPlanOfferingId=chosen["TrainingPlanOfferingId"],
        )["TrainingPlanArn"]
        self._plans.clock.tick(PAYMENT_TAKES)
        table = _table()
        for change in self._plans.history(arn)[1:]:
            table.add_row(_day_and_time(change.time), change.reason)
        self._show(table)
        return arn

    def _queue(self, arn: str) -> None:
        self._head("3", "Queue", f"{len(JOBS)} training jobs on the plan, before it starts")
        for job in JOBS:
            self._plans.jobs.run_for(timedelta(hours=job.hours), job.name)
            request = _job_request(job, arn)
            if job is JOBS[0]:
                self._call("create_training_job", _left_out=LEFT_OUT, **request)
            else:
                self._sagemaker.create_training_job(**request)
        self._show(Text(f"... and {len(JOBS) - 1} more, none of which has checkpoints", "dim"))

    def _draw(self, arn: str) -> None:
        self._head("4", "Move the clock", "from one event to the next, until nothing more is due")
        start = _noon_before(self._plans.clock.now())
        while self._plans.clock.next_event():
            pass
        plan = self._sagemaker.describe_training_plan(TrainingPlanName=arn)
        history = self._plans.history(arn)
        end = _noon_before(history[-1].time) + timedelta(hours=36)
        lanes = [*_zone_lanes(plan), Lane("plan", _status_stretches(history, end))]
        for job in JOBS:
            described = self._sagemaker.describe_training_job(TrainingJobName=job.name)
            lanes.append(Lane(f"{job.name} x{job.instances}", _job_stretches(described)))
        self._show(Timeline(start, end, lanes), space=False)
        cut_off = CUT_OFF[Target.TRAINING_JOB] // timedelta(minutes=1)
        legend = Text(" " * 13).append(self._mark(CUT_OFF_LOOK))
        legend.append(f" cut-off, {cut_off} min before a block ends   ", "dim")
        legend.append(self._mark(LOST)).append(" lost: without checkpoints it begins anew", "dim")
        self._show(legend)

    def _look_back(self) -> None:
        table = _table("job", "instances", "work", "checkpoints", "trained", "ended", "status")
        for job in JOBS:
            described = self._sagemaker.describe_training_job(TrainingJobName=job.name)
            table.add_row(
                job.name,
                f"{job.instances}",
                f"{job.hours} h",
                "yes" if "CheckpointConfig" in described else "no",
                _duration(timedelta(seconds=described["TrainingTimeInSeconds"])),
                _day_and_time(described["TrainingEndTime"]),
                described["TrainingJobStatus"],
            )
        self._show(table)


class _ClusterStory(_Part):
    """A HyperPod cluster on a plan of one UltraServer."""

    def tell(self) -> None:
        """From the purchase to the end of the plan."""
        (offering,) = self._sagemaker.search_training_plan_offerings(
            TargetResources=["hyperpod-cluster"],
            UltraServerType=ULTRA_SERVER_TYPE,
            UltraServerCount=1,
            DurationHours=24,
        )["TrainingPlanOfferings"]
        (block,) = offering["ReservedCapacityOfferings"]
        self._head(
            "5",
            "Run a cluster",
            f"for a day on an UltraServer of {block['InstanceCount']} instances in Dallas, "
            f"{offering['UpfrontFee']} {offering['CurrencyCode']}",
        )
        self._plans.payments.delay(0)
        arn = self._sagemaker.create_training_plan(
            TrainingPlanName="ultra", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )["TrainingPlanArn"]
        group = {
            "InstanceGroupName": "workers",
            "InstanceType": block["InstanceType"],
            "InstanceCount": NODE_COUNT,
            "ExecutionRole": ROLE,
            "TrainingPlanArn": arn,
        }
        self._call("create_cluster", ClusterName="ultra", InstanceGroups=[group])
        self._show(Text(""), space=False)
        table = _table("time", "plan", "nodes", "spares", "UltraServer", "")
        self._look(table, "the group waits for the plan")
        self._plans.clock.move_to(block["StartTime"])
        self._look(table, "the block starts: scale-up")
        self._plans.clock.tick(NODE_FAILS_AFTER)
        node = self._sagemaker.list_cluster_nodes(ClusterName="ultra")["ClusterNodeSummaries"][0]
        self._plans.faults.fail_instances(node["InstanceId"])
        self._look(table, "a node fails, a spare replaces it")
        self._plans.clock.move_to(block["EndTime"] - CUT_OFF[Target.HYPERPOD_CLUSTER])
        self._look(table, "the last hour: the group goes to 0")
        self._plans.clock.move_to(block["EndTime"])
        self._look(table, "the end; the cluster stays")
        self._show(table, space=False)

    def _look(self, table: Table, happened: str) -> None:
        """Add what the plan, the cluster and the UltraServer say now."""
        plan = self._sagemaker.describe_training_plan(TrainingPlanName="ultra")
        (group,) = self._sagemaker.describe_cluster(ClusterName="ultra")["InstanceGroups"]
        (server,) = self._sagemaker.list_ultra_servers_by_reserved_capacity(
            ReservedCapacityArn=plan["ReservedCapacitySummaries"][0]["ReservedCapacityArn"]
        )["UltraServers"]
        table.add_row(
            _day_and_time(self._plans.clock.now()),
            self._status(plan["Status"]),
            f"{group['CurrentCount']} of {group['TargetCount']}",
            f"{server['AvailableSpareInstanceCount']}",
            server["HealthStatus"],
            Text(happened, "dim"),
        )


def _first_to_end(offerings: list[dict[str, Any]]) -> dict[str, Any]:
    return min(offerings, key=lambda offering: offering["ReservedCapacityOfferings"][-1]["EndTime"])


def _zone_lanes(plan: Mapping[str, Any]) -> list[Lane]:
    """A lane for each zone, with the plan's blocks in it, each with its cut-off."""
    stretches: dict[str, list[Stretch]] = {}
    for number, block in enumerate(plan["ReservedCapacitySummaries"], start=1):
        start, end = block["StartTime"], block["EndTime"]
        stretches.setdefault(block["AvailabilityZone"], []).extend(
            [
                Stretch(start, end, BLOCK, f"block {number}"),
                Stretch(end - CUT_OFF[Target.TRAINING_JOB], end, CUT_OFF_LOOK),
            ]
        )
    return [Lane(zone, stretches[zone]) for zone in sorted(stretches)]


def _status_stretches(history: Sequence[Change], end: datetime) -> list[Stretch]:
    changes = [change for change in history if change.after in STATUS_LOOKS]
    ends = [change.time for change in changes[1:]] + [end]
    return [
        Stretch(change.time, until, STATUS_LOOKS[change.after], change.after)
        for change, until in zip(changes, ends, strict=True)
    ]


def _job_stretches(job: Mapping[str, Any]) -> list[Stretch]:
    """When a job waited, when it trained, and which training was in vain."""
    stretches = []
    for state, following in pairwise(job["SecondaryStatusTransitions"]):
        if state["Status"] == "Pending":
            look, label = WAITING, "waiting"
        elif state["Status"] != "Training":
            continue
        elif following["Status"] == "Pending" and "CheckpointConfig" not in job:
            look, label = LOST, "lost"
        else:
            look, label = TRAINING, "training"
        stretches.append(Stretch(state["StartTime"], state["EndTime"], look, label))
    return stretches


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


def _call_text(operation: str, members: Mapping[str, Any], more: bool, width: int) -> Text:
    """A call as it is written in Python, on as many lines as it needs; ids cut short."""
    # A name stays on the line of its value, or of where that begins.
    separators = (", ", f":{NO_BREAK}")
    written = ", ".join(
        f"{name}={json.dumps(_short(value), separators=separators)}"
        for name, value in members.items()
    )
    if more:
        written += ", ..."
    lines = textwrap.wrap(
        f"{operation}({written})",
        width,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return Text("\n".join(lines).replace(NO_BREAK, " "))


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_short(member) for member in value]
    if isinstance(value, str) and value.startswith("tpo-"):
        return value[:12] + "..."
    if isinstance(value, str) and value.startswith("arn:"):
        return "arn:..." + value[value.rindex("/") :]
    return value


def _table(*headings: str) -> Table:
    table = Table(
        box=None,
        show_header=bool(headings),
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    for heading in headings:
        table.add_column(heading)
    return table


def _block(block: Mapping[str, Any]) -> str:
    start = block["StartTime"].astimezone(timezone.utc)
    length = _duration(_length(block))
    return f"{block['AvailabilityZone']} {length} from {start:%a} {start.day}"


def _length(reserved: Mapping[str, Any]) -> timedelta:
    return timedelta(hours=reserved["DurationHours"], minutes=reserved["DurationMinutes"])


def _duration(length: timedelta) -> str:
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    return f"{hours} h" + (f" {minutes} min" if minutes else "")


def _day_and_time(when: datetime) -> str:
    return f"{when.astimezone(timezone.utc):%a %d %b %H:%M}"


def _noon_before(when: datetime) -> datetime:
    noon = datetime.combine(when.date(), time(12), timezone.utc)
    return noon if noon <= when else noon - timedelta(days=1)
