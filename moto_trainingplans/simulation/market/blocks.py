"""A block of reserved capacity: where and when it runs, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from fractions import Fraction
from math import ceil

from .catalog import Target

DAY = timedelta(days=1)
END_OF_BLOCKS = time(11, 30, tzinfo=timezone.utc)  # source: documented

# How long before its end a block's instances are taken away, and not paid for.
CUT_OFF = {
    Target.TRAINING_JOB: timedelta(minutes=30),  # source: documented
    Target.STUDIO_APPS: timedelta(minutes=30),  # source: documented
    Target.HYPERPOD_CLUSTER: timedelta(hours=1),  # source: documented
    Target.ENDPOINT: timedelta(0),  # source: choice
}


@dataclass(frozen=True, order=True)
class Block:
    """Capacity in one zone from `start` until `end`."""

    start: datetime
    end: datetime
    zone: str

    @property
    def duration(self) -> timedelta:
        """How long the block runs, the cut-off included."""
        return self.end - self.start


def next_block_end(when: datetime) -> datetime:
    """The first 11:30 UTC at or after `when`."""
    end = datetime.combine(when.date(), END_OF_BLOCKS)
    return end if end >= when else end + DAY


def upfront_fee(rate: Fraction, count: int, target: Target, blocks: Iterable[Block]) -> str:
    """The price of blocks of `count` units in USD, as "318.89"; `rate` is a unit's an hour."""
    paid = sum((block.duration - CUT_OFF[target] for block in blocks), timedelta(0))
    return price(rate, count, paid)


def price(rate: Fraction, count: int, paid: timedelta) -> str:
    """The price of `count` units for a time that is paid for, in USD, as "318.89".

    To the nearest cent, and half a cent down. source: observed
    """
    hours = Fraction(paid // timedelta(microseconds=1), 3_600_000_000)
    cents = ceil(rate * count * hours * 100 - Fraction(1, 2))
    return f"{cents // 100}.{cents % 100:02}"
