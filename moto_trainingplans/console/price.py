"""What a price is made of, as far as an answer of AWS's tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.model import Shape
from moto.core.utils import get_service_model

from ..simulation.market.blocks import CUT_OFF
from ..simulation.market.catalog import Target
from .shown import minutes_of

HOUR = 60  # minutes
LARGEST = 2**31 - 1  # of an Integer


@dataclass(frozen=True)
class Breakdown:
    """What is multiplied: so many units for so many minutes; `rate` is what that makes an hour.

    The answer has no rate: it is the fee, divided. `cut_off` minutes of each of `blocks` blocks
    are not paid for, since instances are taken away then. source: documented
    """

    fee: float
    currency: str
    count: int
    unit: str
    minutes: int
    cut_off: int
    blocks: int
    rate: float

    @property
    def paid_minutes(self) -> int:
        """The minutes that are paid for."""
        return self.minutes - self.cut_off * self.blocks

    @property
    def paid_hours(self) -> str:
        """The hours that are paid for, to four places at most."""
        return f"{self.paid_minutes / HOUR:.4f}".rstrip("0").rstrip(".")


def breakdown(offering: dict[str, Any]) -> Breakdown | None:
    """What the fee of an offering consists of; None for an answer that does not say."""
    return _breakdown(offering, offering.get("ReservedCapacityOfferings", []), "InstanceCount")


def breakdown_of_plan(plan: dict[str, Any], extensions: list[dict[str, Any]]) -> Breakdown | None:
    """What the fee of a plan consists of, without the time that extensions have added since."""
    added = sum(minutes_of(each) for each in extensions if each.get("PaymentStatus") == "Completed")
    capacities = plan.get("ReservedCapacitySummaries", [])
    return _breakdown(plan, capacities, "TotalInstanceCount", added)


def _breakdown(
    bought: dict[str, Any], blocks: list[dict[str, Any]], instances: str, added: int = 0
) -> Breakdown | None:
    target = (bought.get("TargetResources") or [""])[0]
    if not blocks or target not in {each.value for each in Target}:
        return None
    first = blocks[0]
    is_server = first.get("ReservedCapacityType") == "UltraServer"
    count = first.get("UltraServerCount") if is_server else first.get(instances)
    cut_off = int(CUT_OFF[Target(target)].total_seconds() // 60)
    minutes = sum(minutes_of(block) for block in blocks) - added
    paid = minutes - cut_off * len(blocks)
    try:
        fee = float(bought.get("UpfrontFee", ""))
    except ValueError:
        return None
    if not count or paid <= 0:
        return None
    return Breakdown(
        fee=fee,
        currency=bought.get("CurrencyCode", ""),
        count=count,
        unit="UltraServer" if is_server else "instance",
        minutes=minutes,
        cut_off=cut_off,
        blocks=len(blocks),
        rate=fee / (count * paid / HOUR),
    )


def is_offering(value: Any) -> bool:
    """Whether a value is an offering by the service's model, as far as pages rely on it."""
    return _fits(value, get_service_model("sagemaker").shape_for("TrainingPlanOffering"))


def _fits(value: Any, shape: Shape) -> bool:
    kind = shape.type_name
    if kind == "structure":
        return (
            isinstance(value, dict)
            and all(name in value for name in shape.required_members)
            and all(
                _fits(value[name], member)
                for name, member in shape.members.items()
                if name in value
            )
        )
    if kind == "list":
        return isinstance(value, list) and all(_fits(each, shape.member) for each in value)
    if kind == "timestamp":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind in ("integer", "long"):
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return isinstance(value, str)
