"""The demo: a training plan's life from the search to its end, told in the terminal.

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
from datetime import datetime, time, timedelta, timezone
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

WIDTH = 98
INDENT = 2
ACCENT = "bold #4189b5"

BLOCK = Look("#31618f", "=")
CUT_OFF_LOOK = Look("#b0563f", "x")
STATUS_LOOKS = {
    "Pending": Look("#86693a", "."),
    "Scheduled": Look("#5f6b7a", "-"),
    "Active": Look("#2f7351", "="),
    "Expired": Look("#454b54", "."),
}


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
            sagemaker = boto3.session.Session().client("sagemaker", region_name=REGION)
            _Story(console, plans, sagemaker).tell()


@contextmanager
def _nothing_set_up() -> Iterator[None]:
    """An environment in which neither AWS nor moto is configured: the demo needs neither."""
    settings = ("AWS_", "MOTO_", "TEST_SERVER_MODE", "TEST_PROXY_MODE", "INITIAL_NO_AUTH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    with patch.dict(os.environ, {**kept, **nowhere}, clear=True):
        yield


class _Story:
    """The steps of the demo, each shown as it is made."""

    def __init__(self, console: Console, plans: Any, sagemaker: Any) -> None:
        self._console = console
        self._plans = plans
        self._sagemaker = sagemaker

    def tell(self) -> None:
        """From the search to the end of the plan."""
        self._begin()
        offerings = self._search()
        arn = self._buy(offerings)
        self._follow(arn)
        self._draw(arn)
        self._look_back(arn)

    # -- the steps -------------------------------------------------------------------------

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
                _duration(offering),
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
        self._show(Text(self._plans.history(arn)[-1].reason))
        return arn

    def _follow(self, arn: str) -> None:
        self._head("3", "Move the clock", "to one event after the other, and describe the plan")
        table = _table("time", "status", "block 1", "block 2", "available instances")
        seen = None
        while True:
            plan = self._sagemaker.describe_training_plan(TrainingPlanName=arn)
            if plan["Status"] != seen:
                seen = plan["Status"]
                table.add_row(
                    _day_and_time(self._plans.clock.now()),
                    self._status(seen),
                    *(block["Status"] for block in plan["ReservedCapacitySummaries"]),
                    f"{plan['AvailableInstanceCount']} of {plan['TotalInstanceCount']}",
                )
            if self._plans.clock.next_event() is None:
                break
        self._show(table)

    def _draw(self, arn: str) -> None:
        plan = self._sagemaker.describe_training_plan(TrainingPlanName=arn)
        history = self._plans.history(arn)
        start = _noon_before(history[0].time)
        end = _noon_before(history[-1].time) + timedelta(days=2)
        lanes = [*_zone_lanes(plan), Lane("status", _status_stretches(history, end))]
        self._show(Timeline(start, end, lanes), space=False)
        mark = Text(" ", CUT_OFF_LOOK.style) if has_colours(self._console) else Text("x")
        cut_off = CUT_OFF[Target.TRAINING_JOB] // timedelta(minutes=1)
        legend = f" cut-off: instances are taken away {cut_off} min before a block ends"
        self._show(Text(" " * 12).append(mark).append(legend, "dim"))

    def _look_back(self, arn: str) -> None:
        self._head("4", "Look back", "at the history of the plan")
        table = _table("time", "before", "after", "reason")
        for change in self._plans.history(arn):
            table.add_row(
                _day_and_time(change.time), change.before or "", change.after, change.reason
            )
        self._show(table, space=False)

    # -- how they are shown ----------------------------------------------------------------

    def _head(self, number: str, title: str, explanation: str) -> None:
        self._console.print(
            Text.assemble((f"{number} {title}", ACCENT), (f"  {explanation}", "dim"))
        )

    def _call(self, operation: str, **members: Any) -> Any:
        """Show a call of the client, and make it."""
        self._show(_call_text(operation, members, self._console.width - INDENT), space=False)
        return getattr(self._sagemaker, operation)(**members)

    def _show(self, shown: Any, space: bool = True) -> None:
        self._console.print(Padding(shown, (0, 0, 1 if space else 0, INDENT)))

    def _status(self, status: str) -> Text:
        if not has_colours(self._console):
            return Text(status)
        return Text(f" {status} ", STATUS_LOOKS[status].style)


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
    changes = [change for change in history if change.before != change.after]
    ends = [change.time for change in changes[1:]] + [end]
    return [
        Stretch(change.time, until, STATUS_LOOKS[change.after], change.after)
        for change, until in zip(changes, ends, strict=True)
    ]


def _call_text(operation: str, members: Mapping[str, Any], width: int) -> Text:
    """A call as it is written in Python, on as many lines as it needs; ids cut short."""
    written = ", ".join(f"{name}={json.dumps(_short(value))}" for name, value in members.items())
    lines = textwrap.wrap(
        f"{operation}({written})",
        width,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return Text("\n".join(lines))


def _short(value: Any) -> Any:
    return value[:12] + "..." if isinstance(value, str) and value.startswith("tpo-") else value


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading)
    return table


def _block(block: Mapping[str, Any]) -> str:
    start = block["StartTime"].astimezone(timezone.utc)
    return f"{block['AvailabilityZone']} {_duration(block)} from {start:%a} {start.day}"


def _duration(reserved: Mapping[str, Any]) -> str:
    minutes = reserved["DurationMinutes"]
    return f"{reserved['DurationHours']} h" + (f" {minutes} min" if minutes else "")


def _day_and_time(when: datetime) -> str:
    return f"{when.astimezone(timezone.utc):%a %d %b %H:%M}"


def _noon_before(when: datetime) -> datetime:
    noon = datetime.combine(when.date(), time(12), timezone.utc)
    return noon if noon <= when else noon - timedelta(days=1)
