"""What AWS has to sell, and where: `catalog.json`, `places.json` and `zones.json` in `data`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from typing import Any

from ..kernel.errors import TrainingPlansError, in_short
from .data_files import Certainty, Entry, read_data

PLACE_MEMBERS = frozenset({"type", "place", "targets", "certainty", "source"})


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

    `zones` are those in which it is on offer by default, by what it is on offer for there;
    `count_per_zone` is how many units there are then.
    """

    name: str
    instance_type: str
    instances: int
    accelerators: Accelerators
    zones: Mapping[Target, frozenset[str]]
    count_per_zone: int

    @property
    def is_ultra_server(self) -> bool:
        """Whether the unit is a whole UltraServer."""
        return self.name != self.instance_type

    def is_on_offer(self, zone: str, target: Target) -> bool:
        """Whether it is on offer in a zone for a target, by default."""
        return zone in self.zones[target]


@dataclass(frozen=True)
class Place:
    """A Region or Local Zone in which a type is sold, and how sure that is.

    `targets` are those for which it is sold there.
    """

    compute_type: str
    name: str
    targets: frozenset[Target]
    certainty: Certainty
    source: str


@dataclass(frozen=True)
class Zone:
    """An Availability Zone or Local Zone."""

    name: str
    zone_id: str
    region: str


@dataclass(frozen=True)
class Catalog:
    """Instance types, UltraServer types, zones, and the places in which each type is sold.

    `sold_only_in` names the UltraServer types of an instance type that is not sold alone;
    `never_sold` are UltraServer types that a search accepts and never finds.
    """

    compute_types: Mapping[str, ComputeType]
    sold_only_in: Mapping[str, tuple[str, ...]]
    never_sold: frozenset[str]
    zones: Mapping[str, Zone]
    places: tuple[Place, ...]

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
                f"unknown zone {in_short(name)}: name an Availability Zone such as 'us-west-2a'"
            ) from None

    @cached_property
    def regions(self) -> frozenset[str]:
        """Every Region that has a zone."""
        return frozenset(zone.region for zone in self.zones.values())

    def region(self, name: str) -> str:
        """The name itself; raises TrainingPlansError if it is no Region's."""
        if name not in self.regions:
            allowed = ", ".join(sorted(self.regions))
            raise TrainingPlansError(f"unknown Region {in_short(name)}: it is one of {allowed}")
        return name

    def compute_type(self, name: str) -> ComputeType:
        """The type of that name; raises TrainingPlansError if it cannot be sold."""
        try:
            return self.compute_types[name]
        except (KeyError, TypeError):
            allowed = ", ".join(sorted(self.compute_types))
            raise TrainingPlansError(
                f"unknown instance type {in_short(name)}: it is one of {allowed}"
            ) from None


@cache
def load_catalog() -> Catalog:
    """The catalogue in the package's data files; raises ValueError for one that is damaged."""
    data = read_data("catalog.json")
    zones = _zones(read_data("zones.json"))
    targets = {
        each["name"]: frozenset(Target(target) for target in each["targets"])
        for each in (*data["instance_types"], *data["ultra_server_types"])
        if "targets" in each
    }
    places = _places(read_data("places.json"), targets, zones)
    on_offer = _zones_on_offer(places, zones, data["zones_per_region"])
    accelerators = {
        each["name"]: Accelerators(**each["accelerators"]) for each in data["instance_types"]
    }
    compute_types = {}
    for each in (*data["instance_types"], *data["ultra_server_types"]):
        if "sold_only_in" in each:
            continue
        instance_type = each.get("instance_type", each["name"])
        unit = "UltraServer" if "instance_type" in each else "Instance"
        compute_types[each["name"]] = ComputeType(
            name=each["name"],
            instance_type=instance_type,
            instances=each.get("instances", 1),
            accelerators=accelerators[instance_type],
            zones={target: frozenset(on_offer[each["name"], target]) for target in Target},
            count_per_zone=data["count_per_zone"][unit],
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
        places=places,
    )


def _zones(data: dict[str, Any]) -> dict[str, Zone]:
    return {
        name: Zone(name, zone_id, region)
        for part in ("regions", "local_zones")
        for region, names in data[part].items()
        for name, zone_id in names.items()
    }


def _places(
    data: dict[str, Any],
    targets: Mapping[str, frozenset[Target]],
    zones: Mapping[str, Zone],
) -> tuple[Place, ...]:
    """Where each type is sold; for all its targets, where an entry names none."""
    known = {*zones, *(zone.region for zone in zones.values())}
    places: dict[tuple[str, str], Place] = {}
    for members in data["places"]:
        entry = Entry("places.json", members, PLACE_MEMBERS)
        compute_type = entry.text("type", targets)
        name = entry.text("place", known)
        entry.check((compute_type, name) not in places, "this type has this place already")
        here = targets[compute_type]
        if entry.has("targets"):
            names = entry.texts("targets", {target.value for target in here})
            here = frozenset(Target(target) for target in names)
        source = entry.text("source", data["sources"])
        place = Place(compute_type, name, here, entry.certainty(), source)
        places[compute_type, name] = place
    return tuple(places.values())


def _zones_on_offer(
    places: Iterable[Place], zones: Mapping[str, Zone], per_region: int
) -> Mapping[tuple[str, Target], set[str]]:
    """The zones of each type and target: the first ones of a Region, a Local Zone itself."""
    of_region: defaultdict[str, list[str]] = defaultdict(list)
    for zone in zones.values():
        of_region[zone.region].append(zone.name)
    on_offer: defaultdict[tuple[str, Target], set[str]] = defaultdict(set)
    for place in places:
        names = [place.name] if place.name in zones else of_region[place.name][:per_region]
        for target in place.targets:
            on_offer[place.compute_type, target].update(names)
    return on_offer
