"""Service quotas: how many plans, and how many reserved instances, an account may have."""

from __future__ import annotations

from dataclasses import dataclass

from .catalog import Catalog
from .errors import TrainingPlansError

PLANS_PER_REGION = 25  # source: C
RESERVED_INSTANCES_PER_REGION = 256  # source: C


@dataclass(frozen=True)
class Quota:
    """One quota: the guide's limit name and display name, and the instance type it is for."""

    limit_name: str
    display_name: str
    instance_type: str | None
    default: int


def training_plan_quotas(catalog: Catalog) -> list[Quota]:
    """The quota on plans, and that on reserved instances of each type. source: G"""
    quotas = [
        Quota(
            "training-plan-total_count",
            "Number of training plans per Region",
            None,
            PLANS_PER_REGION,
        )
    ]
    for instance_type in sorted(catalog.instance_types):
        dashed = instance_type.replace(".", "-")
        # The guide's own spelling of this one has dashes. source: G
        shown = dashed if instance_type == "ml.trn1.32xlarge" else instance_type
        quotas.append(
            Quota(
                f"reserved-capacity-{dashed}",
                f"Number of {shown} instances in reserved capacity across training plans "
                "per Region",
                instance_type,
                RESERVED_INSTANCES_PER_REGION,
            )
        )
    return quotas


class Quotas:
    """The quotas of every account and Region of one AWS."""

    def __init__(self, catalog: Catalog) -> None:
        quotas = training_plan_quotas(catalog)
        self.plans = quotas[0]
        self._of_instance_type = {quota.instance_type: quota for quota in quotas}
        self._by_name = {
            name: quota
            for quota in quotas
            for name in (quota.limit_name, quota.display_name, quota.instance_type)
            if name is not None
        }
        # By quota, Region and account; None for each account that has no value of its own.
        self._values: dict[tuple[Quota, str, str | None], int] = {}

    def reserved_capacity(self, instance_type: str) -> Quota:
        """The quota on reserved instances of a type."""
        return self._of_instance_type[instance_type]

    def limit(self, quota: Quota, account: str, region: str) -> int:
        """The value of a quota for an account in a Region."""
        of_all = self._values.get((quota, region, None), quota.default)
        return self._values.get((quota, region, account), of_all)

    def set(self, name: str, value: int, region: str, account: str | None) -> None:
        """Set a quota, for one account or for all that have no value of their own.

        Raises TrainingPlansError for an unknown name.
        """
        quota = self._by_name.get(name)
        if quota is None:
            allowed = ", ".join(sorted(quota.limit_name for quota in self._by_name.values()))
            raise TrainingPlansError(f"unknown quota {name!r}: it is one of {allowed}")
        self._values[quota, region, account] = value
