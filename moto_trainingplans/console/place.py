"""The account and Region of a page, which are in its address."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache

from moto.core.models import DEFAULT_ACCOUNT_ID

from ..simulation.market.catalog import load_catalog

DEFAULT_REGION = "us-east-1"
_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Place:
    """An account in a Region."""

    region: str
    account: str

    @property
    def is_default_account(self) -> bool:
        """Whether any credentials lead to the account, rather than those of a role in it."""
        return self.account == default_account()


@cache
def regions() -> tuple[str, ...]:
    """Every Region that the catalogue has, by name."""
    return tuple(sorted(load_catalog().regions))


def default_account() -> str:
    """The account that moto takes credentials for of which it knows nothing."""
    return os.environ.get("MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID)


def default_place() -> Place:
    """Where the console begins."""
    region = os.environ.get("AWS_DEFAULT_REGION", DEFAULT_REGION)
    return Place(region if region in regions() else DEFAULT_REGION, default_account())


def fault_of_region(region: str) -> str | None:
    """What is wrong with the name of a Region, None if nothing is."""
    return None if region in regions() else f"There is no Region {region!r} in the catalogue."


def fault_of_account(account: str) -> str | None:
    """What is wrong with the number of an account, None if nothing is."""
    return None if _ACCOUNT.fullmatch(account) else "An account has 12 digits."
