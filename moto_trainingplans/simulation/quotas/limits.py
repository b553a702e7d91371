"""Service quotas: what an account may have in a Region, and how much of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from hashlib import sha256

from ..kernel.errors import TrainingPlansError, in_short
from ..kernel.scope import Scope
from ..market.catalog import Catalog
from .errors import QuotaExceeded

PLANS_PER_REGION = 25  # source: choice
RESERVED_INSTANCES_PER_REGION = 256  # source: choice
INSTANCES_IN_USE = 10_000  # source: choice

# source: observed, the codes of all other quotas are a choice
KNOWN_CODES = {
    "Number of training plans per Region": "L-867702E6",
    "Number of ml.p5.48xlarge instances in reserved capacity across training plans per Region": (
        "L-9EF527CA"
    ),
    "Number of ml.p4d.24xlarge instances in reserved capacity across training plans per Region": (
        "L-B9718876"
    ),
    "Number of ml.p4de.24xlarge instances in reserved capacity across training plans per Region": (
        "L-95C2C3D0"
    ),
    "ml.p5.48xlarge for cluster usage": "L-8762A75F",
    "ml.p4d.24xlarge for cluster usage": "L-47E0BC8F",
    "ml.p4de.24xlarge for cluster usage": "L-BEF3120E",
    "ml.p5e.48xlarge for cluster usage": "L-FD431820",
    "ml.p5en.48xlarge for cluster usage": "L-6EF3AE05",
    "ml.p6-b200.48xlarge for cluster usage": "L-44097F05",
    "ml.p6-b300.48xlarge for cluster usage": "L-9883FE68",
    "ml.p6e-gb200.36xlarge for cluster usage": "L-5DB70460",
}


class Usage(str, Enum):
    """What instances are in use for, as the names of usage quotas say it."""

    TRAINING_JOB = "training job"
    TRAINING_WARM_POOL = "training warm pool"
    CLUSTER = "cluster"


@dataclass(frozen=True)
class Quota:
    """One quota: the guide's limit name and display name, and its default value.

    Those on what is in use have one name only.
    """

    limit_name: str
    display_name: str
    default: int

    @property
    def code(self) -> str:
        """The code by which Service Quotas knows it, the same in every Region."""
        digest = sha256(self.display_name.encode()).hexdigest()
        return KNOWN_CODES.get(self.display_name, f"L-{digest[:8].upper()}")


PLANS = Quota(
    "training-plan-total_count", "Number of training plans per Region", PLANS_PER_REGION
)  # source: documented


@lru_cache(4096)
def reserved_capacity_quota(instance_type: str) -> Quota:
    """The quota on reserved instances of a type. source: documented"""
    dashed = instance_type.replace(".", "-")
    # The guide's own spelling of this one has dashes. source: documented
    shown = dashed if instance_type == "ml.trn1.32xlarge" else instance_type
    return Quota(
        f"reserved-capacity-{dashed}",
        f"Number of {shown} instances in reserved capacity across training plans per Region",
        RESERVED_INSTANCES_PER_REGION,
    )


@lru_cache(4096)
def usage_quota(instance_type: str, usage: Usage) -> Quota:
    """The quota on instances of a type that jobs, or clusters, hold at once. source: observed"""
    name = f"{instance_type} for {usage.value} usage"
    return Quota(name, name, INSTANCES_IN_USE)


class Quotas:
    """The quotas of every account and Region of one AWS.

    `instance_types` gives the types that jobs, or clusters, can use.
    """

    def __init__(self, catalog: Catalog, instance_types: Callable[[Usage], Iterable[str]]) -> None:
        self._reserved_capacity = {
            instance_type: reserved_capacity_quota(instance_type)
            for instance_type in sorted(catalog.instance_types)
        }
        self._instance_types = instance_types
        # By quota, Region and account; None for each account that has no value of its own.
        self._values: dict[tuple[Quota, str, str | None], int] = {}
        # Are told when a value has changed, whichever it is.
        self.changed: list[Callable[[], None]] = []

    @cached_property
    def every(self) -> tuple[Quota, ...]:
        """Every quota there is."""
        usages = [
            usage_quota(instance_type, usage)
            for usage in Usage
            for instance_type in sorted(self._instance_types(usage))
        ]
        return (PLANS, *self._reserved_capacity.values(), *usages)

    @cached_property
    def by_code(self) -> dict[str, Quota]:
        """Every quota by its code."""
        return {quota.code: quota for quota in self.every}

    @cached_property
    def _of_plans(self) -> dict[str, Quota]:
        """The quotas on plans and their instances, by each of their names."""
        quotas = (PLANS, *self._reserved_capacity.values())
        names = {name: each for each in quotas for name in (each.limit_name, each.display_name)}
        return {**names, **self._reserved_capacity}

    def _named(self, name: str) -> Quota | None:
        """The quota of a name, None if there is none; without making all that there are."""
        for usage in Usage:
            instance_type = name.removesuffix(f" for {usage.value} usage")
            if instance_type != name and instance_type in self._instance_types(usage):
                return usage_quota(instance_type, usage)
        return self._of_plans.get(name)

    def reserved_capacity(self, instance_type: str) -> Quota:
        """The quota on reserved instances of a type."""
        return self._reserved_capacity[instance_type]

    def limit(self, quota: Quota, scope: Scope) -> int:
        """The value of a quota for an account in a Region."""
        of_all = self._values.get((quota, scope.region, None), quota.default)
        return self._values.get((quota, scope.region, scope.account), of_all)

    def check_usage(
        self,
        usage: Usage,
        scope: Scope,
        instance_type: str,
        *,
        held: int,
        requested: int,
    ) -> None:
        """Whether `requested` instances may come to the `held` ones of a type.

        `held` is what all jobs, or the targets of all instance groups, of the account have in
        the Region. Raises QuotaExceeded where they may not.
        """
        quota = usage_quota(instance_type, usage)
        limit = self.limit(quota, scope)
        if held + requested > limit:
            raise QuotaExceeded(quota.display_name, limit, held, requested, "Instances")

    def set(self, name: str, value: int, region: str, account: str | None) -> None:
        """Set a quota, for one account or for all that have no value of their own.

        Raises TrainingPlansError for an unknown name.
        """
        quota = self._named(name)
        if quota is None:
            plan_quotas = ", ".join(
                each.limit_name for each in (PLANS, *self._reserved_capacity.values())
            )
            usages = " or ".join(f"'<instance type> for {usage.value} usage'" for usage in Usage)
            raise TrainingPlansError(
                f"unknown quota {in_short(name)}: it is one of {plan_quotas}, {usages}"
            )
        self._change((quota, region, account), value)

    def raise_to(self, quota: Quota, value: int, scope: Scope) -> None:
        """Raise a quota for an account; one that is higher meanwhile stays."""
        key = (quota, scope.region, scope.account)
        self._change(key, max(value, self.limit(quota, scope)))

    def _change(self, key: tuple[Quota, str, str | None], value: int) -> None:
        self._values[key] = value
        for tell in self.changed:
            tell()
