"""What the tests of quotas have in common."""

from __future__ import annotations

import pytest


@pytest.fixture
def service_quotas(client):
    """A Service Quotas client in the guide's Region."""
    return client("service-quotas")


@pytest.fixture
def value(service_quotas):
    """The value of a quota."""

    def look(code, using=service_quotas):
        quota = using.get_service_quota(ServiceCode="sagemaker", QuotaCode=code)["Quota"]
        return quota["Value"]

    return look


@pytest.fixture
def increase(service_quotas):
    """Asks for a higher value, and gives the request."""

    def ask(code, value, **settings):
        return service_quotas.request_service_quota_increase(
            ServiceCode="sagemaker", QuotaCode=code, DesiredValue=value, **settings
        )["RequestedQuota"]

    return ask
