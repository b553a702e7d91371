"""What the rooms of an account share: the kernel, and what there is to sell and to decide."""

from __future__ import annotations

from dataclasses import dataclass

from .kernel.kernel import Kernel
from .market.catalog import Catalog
from .orders.outages import Outages
from .orders.payments import Payments
from .quotas.limits import Quotas


@dataclass(frozen=True)
class Context(Kernel):
    """The parts that every registry of a simulation works with."""

    catalog: Catalog
    quotas: Quotas
    payments: Payments
    outages: Outages
