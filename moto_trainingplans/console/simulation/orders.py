"""What the simulation can be ordered to do or to be: each control call as a form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..fields import Fields


@dataclass(frozen=True)
class Input:
    """One field of an order: an argument of the control call, and how it is asked for.

    `kind` is text, long, whole, number, duration, time, or what is chosen from: zone, region,
    type, target, unit, operation.
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    first: str = ""
    required: bool = False


@dataclass(frozen=True)
class OrderForm:
    """One control call: its name, and the fields that are its arguments."""

    call: str
    title: str
    about: str
    button: str
    inputs: tuple[Input, ...]

    @property
    def key(self) -> str:
        """Its name as part of an address or an id."""
        return self.call.replace("/", "-")


@dataclass(frozen=True)
class OrderGroup:
    """Orders about one thing."""

    title: str
    orders: tuple[OrderForm, ...]


_TIMES = Input("times", "How many times", "whole", first="1")
_ZONE = Input("zone", "Availability Zone", "zone", required=True)
_RESOURCE = Input(
    "resource",
    "Resource",
    hint="The ARN of a plan, of a job on one or of a cluster; the id of a node or an UltraServer.",
    required=True,
)
_REGION = Input("region", "Region", "region", hint="All Regions where none is chosen.")

GROUPS = (
    OrderGroup(
        "Instances and zones",
        (
            OrderForm(
                "faults/fail_instances",
                "Fail instances",
                "Running instances break, the lowest first. A spare or a free instance of the "
                "plan takes over where there is one.",
                "Fail them",
                (_RESOURCE, Input("count", "How many", "whole", first="1")),
            ),
            OrderForm(
                "faults/repair",
                "Repair instances",
                "The broken instances are whole again; for a job or a cluster those of its plans.",
                "Repair them",
                (_RESOURCE,),
            ),
            OrderForm(
                "faults/zone_outage",
                "Zone outage",
                "A zone is down for a while: the instances of its blocks are gone, jobs wait.",
                "Order the outage",
                (
                    _ZONE,
                    Input("start", "Start", "time", required=True),
                    Input("end", "End", "time", required=True),
                ),
            ),
        ),
    ),
    OrderGroup(
        "Payments",
        (
            OrderForm(
                "payments/fail_next",
                "Decline the next payments",
                "The payments of the next purchases of plans and extensions fail when due.",
                "Decline them",
                (_TIMES, Input("message", "StatusMessage of the plan", hint="Optional.")),
            ),
            OrderForm(
                "payments/delay",
                "Delay payments",
                "Payments of coming purchases take so long, until set anew. One that comes later "
                "than five minutes before the plan's start fails the plan.",
                "Delay them",
                (Input("delta", "Duration", "duration", first="2", required=True),),
            ),
        ),
    ),
    OrderGroup(
        "Capacity and prices",
        (
            OrderForm(
                "capacity/set",
                "Set capacity",
                "How many instances, or UltraServers, there are to sell in a zone. What is sold "
                "already stays sold.",
                "Set it",
                (
                    _ZONE,
                    Input(
                        "instance_type",
                        "Type",
                        "type",
                        hint="Of instances or UltraServers.",
                        required=True,
                    ),
                    Input("count", "Count", "whole", required=True),
                    Input("target", "Target", "target", hint="Each target where none is chosen."),
                    Input("start", "From", "time", hint="Optional."),
                    Input("end", "Until", "time", hint="Optional."),
                ),
            ),
            OrderForm(
                "capacity/clear",
                "Sell out",
                "There is nothing to sell until it is set anew: searches find nothing.",
                "Sell out",
                (_REGION,),
            ),
            OrderForm(
                "prices/set",
                "Set a price",
                "What an instance-hour, or an UltraServer-hour, costs in searches from a time on.",
                "Set it",
                (
                    Input(
                        "instance_type",
                        "Type",
                        "type",
                        hint="Of instances or UltraServers.",
                        required=True,
                    ),
                    Input("rate", "USD an hour", hint="As 39.7992.", required=True),
                    _REGION,
                    Input("start", "From", "time", hint="Now where no time is given."),
                ),
            ),
        ),
    ),
    OrderGroup(
        "Quotas",
        (
            OrderForm(
                "quotas/set",
                "Set a quota",
                "How many plans, reserved instances, or instances in use an account may have.",
                "Set it",
                (
                    Input(
                        "name",
                        "Quota",
                        hint="An instance type for its reserved instances, or the name of a "
                        "quota, as training-plan-total_count.",
                        required=True,
                    ),
                    Input("value", "Value", "whole", required=True),
                    Input("region", "Region", "region", required=True),
                    Input("account", "Account", hint="All accounts where none is given."),
                ),
            ),
            OrderForm(
                "quotas/deny_next",
                "Deny the next quota requests",
                "The next requests to increase a quota are denied; others are approved at once.",
                "Deny them",
                (_TIMES,),
            ),
        ),
    ),
    OrderGroup(
        "Training jobs",
        (
            OrderForm(
                "jobs/run_for",
                "How long jobs train",
                "For training that starts after this. Of several that match a job the last counts.",
                "Set it",
                (
                    Input("duration", "Duration", "duration", first="6", required=True),
                    Input("job_name", "Jobs", hint="A name, an ARN or a pattern.", first="*"),
                ),
            ),
            OrderForm(
                "jobs/fail",
                "Fail a job",
                "The algorithm of a job that trains fails now.",
                "Fail it",
                (
                    Input("job_name", "Job", hint="Its name or ARN.", required=True),
                    Input("reason", "FailureReason", required=True, first="AlgorithmError: "),
                ),
            ),
            OrderForm(
                "jobs/expiration_in",
                "Unit of the expiration timestamp",
                "In which unit containers are told when their instances will be taken.",
                "Set it",
                (Input("unit", "Unit", "unit", required=True),),
            ),
        ),
    ),
    OrderGroup(
        "Calls",
        (
            OrderForm(
                "faults/error",
                "Fail the next calls",
                "The next calls of an operation fail, in any Region and account, before anything "
                "changes.",
                "Fail them",
                (
                    Input("operation", "Operation", "operation", required=True),
                    Input("code", "Error code", hint="As ResourceLimitExceeded.", required=True),
                    Input("message", "Message", first="Ordered in the console.", required=True),
                    _TIMES,
                ),
            ),
            OrderForm(
                "faults/throttle",
                "Throttle the next calls",
                "SDKs repeat a throttled call by themselves, five times by default.",
                "Throttle them",
                (Input("operation", "Operation", "operation", required=True), _TIMES),
            ),
        ),
    ),
)
ORDERS = {order.call: order for group in GROUPS for order in group.orders}


def arguments(order: OrderForm, fields: Fields) -> dict[str, Any]:
    """The arguments of an order, of which those that were left empty are not given.

    What was typed wrong is in `fields.mistakes`.
    """
    asked = {
        each.name: _readers(fields).get(each.kind, fields.text)(each.name) for each in order.inputs
    }
    return {name: value for name, value in asked.items() if value is not None}


def _readers(fields: Fields) -> dict[str, Callable[[str], Any]]:
    return {
        "whole": fields.whole,
        "number": fields.number,
        "duration": fields.seconds,
        "time": fields.iso_time,
    }
