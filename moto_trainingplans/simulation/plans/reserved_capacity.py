"""The blocks of reserved capacity that a plan consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..kernel.events import Event
from ..kernel.tags import Taggable
from ..market.blocks import CUT_OFF, Block
from ..market.catalog import ComputeType, Target
from .instances import Instances
from .statuses import ACTIVE, OPEN_STATUSES, PlanStatus


@dataclass(frozen=True)
class UltraServer:
    """One UltraServer of a block; `number` is its place among the block's."""

    ultra_server_id: str
    number: int


class ReservedCapacity(Taggable):
    """One block of a plan, with its own status and its own instances."""

    __slots__ = (
        "block",
        "closing_events",
        "compute_type",
        "count",
        "instances",
        "is_last",
        "status",
        "target",
        "ultra_servers",
        "zone_id",
        "zone_is_down",
    )

    def __init__(
        self,
        arn: str,
        block: Block,
        compute_type: ComputeType,
        count: int,
        instances: Instances,
        ultra_servers: Sequence[UltraServer],
        zone_id: str,
        target: Target,
    ) -> None:
        super().__init__(arn)
        self.block = block
        self.target = target
        self.zone_id = zone_id
        self.compute_type = compute_type
        self.count = count
        self.instances = instances
        self.ultra_servers = ultra_servers
        self.status = PlanStatus.PENDING
        self.closing_events: tuple[Event, ...] = ()
        self.zone_is_down = False
        # Whether no block of its plan follows it.
        self.is_last = False

    @property
    def total_count(self) -> int:
        """All instances of the block."""
        return self.instances.total

    @property
    def cut_off(self) -> datetime:
        """When the block's instances are taken away from all workloads."""
        return self.block.end - CUT_OFF[self.target]

    def is_open(self, now: datetime) -> bool:
        """Whether instances can be taken: it runs, its cut-off is to come, its zone is up."""
        return self.status is ACTIVE and now < self.cut_off and not self.zone_is_down

    @property
    def is_over(self) -> bool:
        """Whether the block has ended, or failed."""
        return self.status not in OPEN_STATUSES

    def instances_of(self, plan_arn: str, resource: str) -> list[range]:
        """The numbers of its instances that a resource has: its plan, or an UltraServer."""
        if resource == plan_arn:
            return [range(self.instances.total)]
        return [
            self.instances.of_server(server.number)
            for server in self.ultra_servers
            if server.ultra_server_id == resource
        ]

    def available_count(self, now: datetime, server: int | None = None) -> int:
        """Instances that a workload could have, of one UltraServer or of all.

        None while its zone is down, and none from the plan's last cut-off on. source: choice
        """
        if self.is_over or self.zone_is_down or (self.is_last and now >= self.cut_off):
            return 0
        return self.instances.available(server)

    def spare_count(self, server: int | None = None) -> int:
        """Instances kept to stand in for ones that break; 0 once it is over."""
        return 0 if self.is_over else self.instances.spares(server)

    def unhealthy_count(self, server: int | None = None) -> int:
        """Broken instances, of one UltraServer or of all; 0 once it is over."""
        return 0 if self.is_over else self.instances.unhealthy(server)
