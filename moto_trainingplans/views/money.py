"""Money in whole cents, split so that the parts add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def cents(amount: str | Decimal) -> int:
    """An amount of USD, as "318.89", in cents."""
    return int(Decimal(amount) * 100)


def usd(amount: int) -> Decimal:
    """Cents as USD, with two places."""
    return Decimal(amount).scaleb(-2)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of an amount, by weights: the largest remainders get what rounding leaves.

    They add up to the amount, and none is a whole unit from its exact share. Without any weight
    nothing is split, and all parts are 0.
    """
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    shares = [divmod(amount * weight, total) for weight in weights]
    parts = [whole for whole, _ in shares]
    # Of equal remainders the first ones win.
    largest = sorted(range(len(weights)), key=lambda index: -shares[index][1])
    for index in largest[: amount - sum(parts)]:
        parts[index] += 1
    return parts
