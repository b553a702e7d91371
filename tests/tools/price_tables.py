"""The tables of docs/prices.md, from the package's data.

    python -m tests.tools.price_tables            # writes them into the page

`tests/docs/test_price_tables.py` sees to it that the page has those of today's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from moto_trainingplans.simulation.market.catalog import load_catalog
from moto_trainingplans.simulation.market.data_files import read_data
from moto_trainingplans.simulation.market.prices import load_prices

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "prices.md"
BEGIN = "<!-- from here on written by tests/tools/price_tables.py -->"


def tables() -> str:
    """All that the page says after its own words."""
    return "\n".join([*_prices(), "", *_places(), ""])


def written(page: str) -> str:
    """The page with the tables of today's data."""
    return page.partition(BEGIN)[0] + BEGIN + "\n\n" + tables()


def _prices() -> Iterator[str]:
    listed = load_prices()
    yield "## Rates"
    yield ""
    yield f"{listed.currency} for an instance-hour, or for an UltraServer-hour where the type is"
    yield "an UltraServer's (`ml.u-...`). The last rate that has begun holds; of those that begin"
    yield "together the one that names the Region."
    yield ""
    yield "| type | from (UTC) | Regions | rate | certainty | source | |"
    yield "|---|---|---|---|---|---|---|"
    numbers = {name: number for number, name in enumerate(listed.sources, start=1)}
    for price in listed.prices:
        start = f"{price.start:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
        regions = "all" if price.regions is None else ", ".join(sorted(price.regions))
        rate = f"{float(price.rate):.6f}".rstrip("0")
        cells = (
            price.compute_type,
            start,
            regions,
            rate,
            price.certainty.value,
            f"[{numbers[price.source]}](#sources-of-rates)",
            price.note or "",
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "### Sources of rates"
    yield ""
    for name, number in numbers.items():
        yield f"{number}. {listed.sources[name]}"


def _places() -> Iterator[str]:
    sources = read_data("places.json")["sources"]
    yield "## Where each type is sold"
    yield ""
    yield "| type | Region or Local Zone | certainty | source | only for |"
    yield "|---|---|---|---|---|"
    catalog = load_catalog()
    numbers = {name: number for number, name in enumerate(sources, start=1)}
    for place in catalog.places:
        only = sorted(place.targets) if len(place.targets) == 1 else ()
        cells = (
            place.compute_type,
            place.name,
            place.certainty.value,
            f"[{numbers[place.source]}](#sources-of-places)",
            ", ".join(target.value for target in only),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "### Sources of places"
    yield ""
    for name, number in numbers.items():
        yield f"{number}. {sources[name]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
