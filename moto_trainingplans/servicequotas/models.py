"""moto's Service Quotas backend of an account and Region, with the quotas of the simulation."""

from __future__ import annotations

from moto.servicequotas.models import ServiceQuotasBackend as MotoServiceQuotasBackend

from ..host.backend import current_world
from ..simulation.quotas.requests import AccountQuotas


class ServiceQuotasBackend(MotoServiceQuotasBackend):
    """Adds to moto's backend what lives in the simulation. It has no state of its own."""

    @property
    def quotas(self) -> AccountQuotas:
        """The SageMaker quotas of this account and Region, in the present simulation."""
        return current_world().account(self.account_id, self.region_name, self.partition).quotas
