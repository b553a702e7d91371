"""What the environment of containers looks like, as far as AWS's documentation leaves it open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ExpirationUnit(str, Enum):
    """The unit in which a container is told when its instances will be taken."""

    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


@dataclass
class EnvironmentOrders:
    """Seconds unless a test has said otherwise: the pages of the guide do not agree."""

    expiration_unit: ExpirationUnit = ExpirationUnit.SECONDS
