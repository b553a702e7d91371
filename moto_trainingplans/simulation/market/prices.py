"""What AWS asks for an hour of each type: a book of dated prices, in `data/prices.json`.

Nothing here asks for the time: who looks up a rate says when.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache

from ..kernel.errors import TrainingPlansError
from .catalog import Catalog, load_catalog
from .data_files import Certainty, Entry, read_data

EVERYWHERE = "*"
ENTRY_MEMBERS = frozenset({"type", "from", "regions", "rate", "certainty", "source", "note"})
# In USD an hour. The fee of the longest and largest plan then still fits into the model's.
HIGHEST_RATE = 1_000_000


@dataclass(frozen=True)
class Price:
    """What a unit of a type costs an hour, in USD, from `start` on; `regions` None are all."""

    compute_type: str
    start: datetime
    regions: frozenset[str] | None
    rate: Fraction

    @property
    def rank(self) -> tuple[datetime, bool]:
        """Of the prices in force the one that ranks last holds: a named Region before all."""
        return self.start, self.regions is not None

    def is_for(self, region: str) -> bool:
        """Whether it is a Region's."""
        return self.regions is None or region in self.regions


@dataclass(frozen=True)
class ListedPrice(Price):
    """A price of the book, and where it is from: `source` is one of the book's."""

    certainty: Certainty
    source: str
    note: str | None


@dataclass(frozen=True)
class PriceList:
    """The package's prices, oldest first for each type, and the sources that they name."""

    prices: tuple[ListedPrice, ...]
    sources: dict[str, str]
    currency: str


@cache
def load_prices() -> PriceList:
    """The prices in the package's data file; raises ValueError for a file that is damaged."""
    data, catalog = read_data("prices.json"), load_catalog()
    places = {*catalog.regions, EVERYWHERE}
    prices: list[ListedPrice] = []
    taken: set[tuple[str, datetime, str]] = set()
    for members in data["rates"]:
        entry = Entry("prices.json", members, ENTRY_MEMBERS)
        compute_type, start = entry.text("type", catalog.compute_types), entry.time("from")
        regions = entry.texts("regions", places)
        entry.check(EVERYWHERE not in regions or len(regions) == 1, "* stands for every Region")
        for region in regions:
            key = (compute_type, start, region)
            entry.check(key not in taken, f"{region} has another price from then on")
            taken.add(key)
        prices.append(
            ListedPrice(
                compute_type,
                start,
                None if regions == (EVERYWHERE,) else frozenset(regions),
                entry.rate(),
                entry.certainty(),
                entry.text("source", data["sources"]),
                entry.text("note") if entry.has("note") else None,
            )
        )
    prices.sort(key=lambda price: (price.compute_type, *price.rank))
    for compute_type in catalog.compute_types:
        first = next((each for each in prices if each.compute_type == compute_type), None)
        if first is None or first.regions is not None:
            raise ValueError(f"prices.json: {compute_type} has no first price for every Region")
    return PriceList(tuple(prices), data["sources"], data["currency"])


class PriceBook:
    """The prices of one simulation: the package's, and those that a test has set over them."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._listed: defaultdict[str, list[Price]] = defaultdict(list)
        for price in load_prices().prices:
            self._listed[price.compute_type].append(price)
        self._set: defaultdict[str, list[Price]] = defaultdict(list)

    def rate(self, compute_type: str, region: str, when: datetime) -> Fraction:
        """USD an hour for a unit of a type in a Region at a time.

        Any time has a rate: before the first price of a type that one holds.
        """
        price = _in_force(self._set[compute_type], region, when)
        if price is None:
            listed = self._listed[compute_type]
            price = _in_force(listed, region, when) or listed[0]
        return price.rate

    def set(self, compute_type: str, rate: Fraction, region: str | None, start: datetime) -> None:
        """Have a unit of a type cost `rate` USD an hour from `start` on, in a Region or in all.

        It outweighs every listed price, and of those that were set the one that starts last
        holds. Raises TrainingPlansError for an unknown type or Region, and for a rate that
        cannot be.
        """
        self._catalog.compute_type(compute_type)
        regions = None if region is None else frozenset({self._catalog.region(region)})
        if not 0 <= rate <= HIGHEST_RATE:
            raise TrainingPlansError(
                f"rate must be from 0 to {HIGHEST_RATE} USD an hour, not {float(rate)}"
            )
        price = Price(compute_type, start, regions, rate)
        others = [
            each
            for each in self._set[compute_type]
            if (each.start, each.regions) != (start, regions)
        ]
        # Behind those that rank alike: the later call holds.
        insort(others, price, key=lambda each: each.rank)
        self._set[compute_type] = others


def _in_force(prices: Sequence[Price], region: str, when: datetime) -> Price | None:
    for price in reversed(prices):
        if price.start <= when and price.is_for(region):
            return price
    return None
