"""What moto's endpoints and their configurations have beyond moto.

That is current instance types, capacity of plans, and the members of the model that moto
leaves out. The objects stay moto's, in moto's places, so that its listings, tags and
CloudFormation go on working with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore import xform_name
from moto.sagemaker.models import FakeEndpointConfig

from ..aws_json.validation import shape_allows
from ..simulation.endpoints.errors import ReservationWithoutType, VariantNamedTwice
from ..simulation.endpoints.shares import Demand

Variant = Mapping[str, Any]

IN_SERVICE, FAILED, CREATING, UPDATING = "InService", "Failed", "Creating", "Updating"
IN_PROGRESS = (CREATING, UPDATING)

PROVISION_TIMEOUT = "VariantInstanceProvisionTimeoutInSeconds"
# Members of a variant that the summary of the deployed variant has as they were sent.
AS_SENT = (
    "AcceleratorPartitionLayouts",
    "CapacityReservationConfig",
    "ManagedInstanceScaling",
    "RoutingConfig",
)
# Members of a configuration, as moto's objects name them, that its endpoints have too.
OF_CONFIG = (
    "async_inference_config",
    "cross_region_traffic_config",
    "data_capture_config",
    "explainer_config",
    "metrics_config",
)


class EndpointConfig(FakeEndpointConfig):
    """moto's endpoint configuration, which accepts the instance types of the model."""

    def validate_instance_type(self, instance_type: str) -> None:
        """Have moto refuse what the model does not have: its own list ends before p4d."""
        if not shape_allows("ProductionVariantInstanceType", instance_type):
            super().validate_instance_type(instance_type)

    def describe_too(self, members: Mapping[str, Any]) -> None:
        """Have members described that moto does not know."""
        for name, value in members.items():
            setattr(self, xform_name(name), value)


class EndpointTags(Mapping[str, str]):
    """The tags of moto's endpoint, whatever becomes of them."""

    def __init__(self, endpoint: Any) -> None:
        self._endpoint = endpoint

    def _now(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self._endpoint.tags}

    def __getitem__(self, key: str) -> str:
        return self._now()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


def variants_of(config: Any) -> list[Variant]:
    """The variants of a configuration, the shadow variants too."""
    return [*config.production_variants, *(getattr(config, "shadow_production_variants", ()))]


def demands_of(
    variants: Iterable[Variant], counts: Mapping[str, int] | None = None
) -> list[Demand]:
    """What variants of a configuration want of plans; `counts` by variant win over theirs."""
    demands: dict[str, Demand] = {}
    for variant in variants:
        name = variant["VariantName"]
        plan_arn = variant.get("CapacityReservationConfig", {}).get("MlReservationArn")
        if plan_arn is None:
            continue
        if name in demands:
            raise VariantNamedTwice(name)
        if "InstanceType" not in variant:
            raise ReservationWithoutType(name)
        count = (counts or {}).get(name, int(variant.get("InitialInstanceCount", 1)))
        patience = timedelta(seconds=variant.get(PROVISION_TIMEOUT, 0))
        demands[name] = Demand(name, plan_arn, variant["InstanceType"], count, patience)
    return list(demands.values())


def deployed(variant: Variant) -> dict[str, Any]:
    """A variant of a configuration as that of an endpoint. source: model"""
    summary = {"VariantName": variant["VariantName"]}
    has_instances = "CapacityReservationConfig" in variant and "ServerlessConfig" not in variant
    if variant.get("InitialInstanceCount") or has_instances:
        _set(summary, "InstanceCount", int(variant.get("InitialInstanceCount", 1)))
    if variant.get("InitialVariantWeight"):
        _set(summary, "Weight", float(variant["InitialVariantWeight"]))
    if variant.get("ServerlessConfig"):
        _set(summary, "ServerlessConfig", variant["ServerlessConfig"])
    return {**summary, **{name: variant[name] for name in AS_SENT if name in variant}}


def _set(summary: dict[str, Any], member: str, value: Any) -> None:
    summary[f"Current{member}"] = summary[f"Desired{member}"] = value


def set_up(
    endpoint: Any,
    config: Any,
    production: Sequence[Variant],
    shadow: Sequence[Variant],
    now: datetime,
) -> None:
    """Have moto's endpoint be what a configuration says, with these variants."""
    endpoint.endpoint_config_name = config.endpoint_config_name
    endpoint.production_variants = list(production)
    endpoint.shadow_production_variants = list(shadow) or None
    for name in OF_CONFIG:
        setattr(endpoint, name, getattr(config, name, None))
    endpoint.last_modified_time = as_moto_has_it(now)


def settle(endpoint: Any, status: str, reason: str | None, now: datetime) -> None:
    """Have moto's endpoint be in a status from now on, with the reason for a failure."""
    endpoint.endpoint_status = status
    endpoint.failure_reason = reason
    endpoint.last_modified_time = as_moto_has_it(now)


def as_moto_has_it(now: datetime) -> datetime:
    """A time in UTC, without saying so."""
    return now.replace(tzinfo=None)
