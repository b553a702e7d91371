"""What AWS has to sell, where, and at which rate. The figures are in `data/catalog.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from ..kernel.errors import TrainingPlansError


class Target(str, Enum):
    """What a plan's capacity can be used for."""

    TRAINING_JOB = "training-job"
    HYPERPOD_CLUSTER = "hyperpod-cluster"
    ENDPOINT = "endpoint"
    STUDIO_APPS = "studio-apps"


@dataclass(frozen=True)
class Accelerators:
    """The accelerators of one instance."""

    name: str
    count: int


@dataclass(frozen=True)
class ComputeType:
    """A unit of sale: one instance, or one whole UltraServer of several.

    `hourly_rate` is in USD per unit; `zones` are those in which it is on offer by default.
    """

    name: str
    instance_type: str
    instances: int
    accelerators: Accelerators
    hourly_rate: Fraction
    targets: frozenset[Target]
    zones: frozenset[str]
    count_per_zone: int

    @property
    def is_ultra_server(self) -> bool:
        """Whether the unit is a whole UltraServer."""
        return self.name != self.instance_type


@dataclass(frozen=True)
class Zone:
    """An Availability Zone or Local Zone."""

    name: str
    zone_id: str
    region: str


@dataclass(frozen=True)
class Catalog:
    """Instance types, UltraServer types and zones.

    `sold_only_in` names the UltraServer types of an instance type that is not sold alone;
    `never_sold` are UltraServer types that a search accepts and never finds.
    """

    compute_types: Mapping[str, ComputeType]
    sold_only_in: Mapping[str, tuple[str, ...]]
    never_sold: frozenset[str]
    zones: Mapping[str, Zone]

    @property
    def instance_types(self) -> frozenset[str]:
        """Every instance type that a plan can consist of."""
        return frozenset(each.instance_type for each in self.compute_types.values())

    def ultra_server(self, name: str) -> ComputeType | None:
        """The UltraServer type of that name, if there is one."""
        found = self.compute_types.get(name)
        return found if found is not None and found.is_ultra_server else None

    def zone(self, name: str) -> Zone:
        """The zone of that name; raises TrainingPlansError if there is none."""
        try:
            return self.zones[name]
        except (KeyError, TypeError):
            raise TrainingPlansError(
                f"unknown zone {name!r}: name an Availability Zone such as 'us-west-2a'"
            ) from None

    @property
    def regions(self) -> frozenset[str]:
        """Every Region that has a zone."""
        return frozenset(zone.region for zone in self.zones.values())

    def region(self, name: str) -> str:
        """The name itself; raises TrainingPlansError if it is no Region's."""
        if name not in self.regions:
            allowed = ", ".join(sorted(self.regions))
            raise TrainingPlansError(f"unknown Region {name!r}: it is one of {allowed}")
        return name

    def compute_type(self, name: str) -> ComputeType:
        """The type of that name; raises TrainingPlansError if it cannot be sold."""
        try:
            return self.compute_types[name]
        except (KeyError, TypeError):
            allowed = ", ".join(sorted(self.compute_types))
            raise TrainingPlansError(
                f"unknown instance type {name!r}: it is one of {allowed}"
            ) from None


@cache
def load_catalog() -> Catalog:
    """The catalogue in the package's data files."""
    data = _read("catalog.json")
    zones = _zones(_read("zones.json"))
    ultra_servers = data["ultra_server_types"]
    accelerators = {
        each["name"]: Accelerators(**each["accelerators"]) for each in data["instance_types"]
    }
    offered = _first_zones(zones, data["zones_per_region"])
    compute_types = {}
    for each in (*data["instance_types"], *ultra_servers):
        if "sold_only_in" in each:
            continue
        instance_type = each.get("instance_type", each["name"])
        is_ultra_server = "instance_type" in each
        compute_types[each["name"]] = ComputeType(
            name=each["name"],
            instance_type=instance_type,
            instances=each.get("instances", 1),
            accelerators=accelerators[instance_type],
            hourly_rate=Fraction(each["hourly_rate"]),
            targets=frozenset(Target(target) for target in each["targets"]),
            zones=frozenset(
                each["zones"]
                if is_ultra_server
                else (zone for region in each["regions"] for zone in offered[region])
            ),
            count_per_zone=data["count_per_zone"]["UltraServer" if is_ultra_server else "Instance"],
        )
    return Catalog(
        compute_types=compute_types,
        sold_only_in={
            each["name"]: tuple(each["sold_only_in"])
            for each in data["instance_types"]
            if "sold_only_in" in each
        },
        never_sold=frozenset(data["accepted_but_never_sold"]),
        zones=zones,
    )


def _read(name: str) -> dict[str, Any]:
    content = files("moto_trainingplans").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(content)
    return loaded


def _zones(data: dict[str, Any]) -> dict[str, Zone]:
    return {
        name: Zone(name, zone_id, region)
        for part in ("regions", "local_zones")
        for region, names in data[part].items()
        for name, zone_id in names.items()
    }


def _first_zones(zones: Mapping[str, Zone], count: int) -> dict[str, list[str]]:
    first: dict[str, list[str]] = {}
    for zone in zones.values():
        of_region = first.setdefault(zone.region, [])
        if len(of_region) < count:
            of_region.append(zone.name)
    return first
