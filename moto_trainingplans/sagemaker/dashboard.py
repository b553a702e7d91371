"""What moto's dashboard shows of the simulation.

The dashboard goes through the classes of moto's models by name, and through the attributes of
the objects that each has tracked. Here nothing is tracked: what there is is read when it is
asked for, so no simulation that has ended is kept alive, and no object knows of a dashboard.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from moto.sagemaker.models import sagemaker_backends

from ..host.backend import serving_world
from ..simulation.account import Account
from .apps import app_description
from .clusters.cluster import cluster_description
from .clusters.nodes import node_description
from .endpoints.descriptions import description as endpoint_description
from .extensions import extension_description
from .jobs.descriptions import job_description
from .plans import plan_description, reserved_capacity_description, ultra_server_description

MOST_SHOWN = 1000  # of each kind: the newest
Description = dict[str, Any]


class ShownKind:
    """One kind of resource as a class of moto's models, as far as the dashboard looks at it."""

    def __init__(self, describe: Callable[[Account, datetime], Iterable[Description]]) -> None:
        self._describe = describe

    @property
    def instances_tracked(self) -> list[SimpleNamespace]:
        """What there is of the kind now, each an object with the members that AWS tells."""
        with serving_world() as world, world.undisturbed():
            now = world.look()
            found = (
                _as_object(account, description)
                for account in world.accounts()
                for description in self._describe(account, now)
            )
            return list(islice(found, MOST_SHOWN))

    @instances_tracked.setter
    def instances_tracked(self, nothing: list[Any]) -> None:
        """Moto empties the list when it is reset. So is the simulation, by its own backend."""


def _as_object(account: Account, description: Description) -> SimpleNamespace:
    """A description with names as moto's objects have them, of values that JSON has."""
    told = json.loads(json.dumps(description, default=datetime.isoformat))
    members = {xform_name(name): value for name, value in told.items()}
    return SimpleNamespace(
        account_id=account.scope.account, region_name=account.scope.region, **members
    )


def _plans(account: Account, now: datetime) -> Iterator[Description]:
    for plan in reversed(account.plans.plans()):
        yield plan_description(plan, now)


def _reserved_capacities(account: Account, now: datetime) -> Iterator[Description]:
    for plan in reversed(account.plans.plans()):
        for capacity in plan.reserved_capacities:
            yield reserved_capacity_description(capacity, now)


def _ultra_servers(account: Account, now: datetime) -> Iterator[Description]:
    for plan in reversed(account.plans.plans()):
        for capacity in plan.reserved_capacities:
            for server in capacity.ultra_servers:
                told = ultra_server_description(capacity, server, now)
                yield {"ReservedCapacityArn": capacity.arn, **told}


def _extensions(account: Account, _now: datetime) -> Iterator[Description]:
    for plan in reversed(account.plans.plans()):
        for extension in reversed(account.extensions.bought(plan)):
            yield {"TrainingPlanArn": plan.arn, **extension_description(extension)}


def _jobs(account: Account, now: datetime) -> Iterator[Description]:
    for job in reversed(account.jobs.jobs()):
        yield job_description(job, now)


def _clusters(account: Account, _now: datetime) -> Iterator[Description]:
    for cluster in reversed(account.clusters.clusters()):
        yield cluster_description(cluster)


def _nodes(account: Account, _now: datetime) -> Iterator[Description]:
    for cluster in reversed(account.clusters.clusters()):
        for group in cluster.groups.values():
            for node in group.nodes:
                yield {"ClusterArn": cluster.arn, **node_description(node)}


def _endpoints(account: Account, now: datetime) -> Iterator[Description]:
    """Those that hold instances of plans; all of them are among moto's own."""
    of_moto = sagemaker_backends[account.scope.account][account.scope.region].endpoints
    for name, endpoint in reversed(of_moto.items()):
        if shares := account.endpoints.shares(name):
            yield endpoint_description(endpoint, shares, now)


def _apps(account: Account, _now: datetime) -> Iterator[Description]:
    for app in reversed(account.studio_apps.apps()):
        yield app_description(app)


# By the names under which the dashboard has them.
SHOWN = {
    "TrainingPlan": ShownKind(_plans),
    "ReservedCapacity": ShownKind(_reserved_capacities),
    "UltraServer": ShownKind(_ultra_servers),
    "TrainingPlanExtension": ShownKind(_extensions),
    "TrainingJob": ShownKind(_jobs),
    "Cluster": ShownKind(_clusters),
    "ClusterNode": ShownKind(_nodes),
    "Endpoint": ShownKind(_endpoints),
    "App": ShownKind(_apps),
}
