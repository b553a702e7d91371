"""The instance that a node has: where it is, and how it is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..market.catalog import Zone
from ..plans.allocation import Allocation

FIRST_ADDRESS = 10 << 24 | 4  # 10.0.0.4: AWS keeps the first four of a subnet
ADDRESSES = 1 << 24


@dataclass(slots=True)  # not frozen: made twice as fast, and nobody changes one
class NodeInstance:
    """The instance of a node; `allocation` None is on demand.

    `launch_number` counts all launches; `address` is the number of its private address.
    """

    instance_id: str
    launch_number: int
    address: int
    launched_at: datetime
    instance_type: str
    zone: Zone
    allocation: Allocation | None

    @property
    def private_ip(self) -> str:
        """Its private address."""
        address = FIRST_ADDRESS + self.address % (ADDRESSES - 8)
        return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))

    @property
    def private_dns_name(self) -> str:
        """Its private host name."""
        # Only this Region's names do not tell the Region. source: documented
        region = self.zone.region
        domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
        return f"ip-{self.private_ip.replace('.', '-')}.{domain}"
