"""The tables of docs/instance-types.md, from the package's data.

    python -m tests.tools.instance_type_table     # writes them into the page

`tests/docs/test_instance_types.py` sees to it that the page has those of today's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from moto_trainingplans.simulation.market.catalog import Catalog, ComputeType, Target, load_catalog

PAGE = Path(__file__).resolve().parents[2] / "docs" / "instance-types.md"
BEGIN = "<!-- from here on written by tests/tools/instance_type_table.py -->"


def written(page: str) -> str:
    """The page with the tables of today's data."""
    catalog = load_catalog()
    lines = [*_types(catalog), "", *_zones(catalog)]
    return page.partition(BEGIN)[0] + BEGIN + "\n\n" + "\n".join(lines) + "\n"


def _types(catalog: Catalog) -> Iterator[str]:
    yield "## Types"
    yield ""
    yield "| type | accelerators of an instance | instances | by default in a zone | targets |"
    yield "|---|---|---|---|---|"
    for each in catalog.compute_types.values():
        accelerators = f"{each.accelerators.count} {each.accelerators.name}"
        stock = f"{each.count_per_zone} {'servers' if each.is_ultra_server else 'instances'}"
        targets = ", ".join(target.value for target in Target if _on_offer(each, target))
        yield f"| `{each.name}` | {accelerators} | {each.instances} | {stock} | {targets} |"
    for name, servers in catalog.sold_only_in.items():
        yield f"| `{name}` | | | only in {' and '.join(f'`{each}`' for each in servers)} | |"


def _zones(catalog: Catalog) -> Iterator[str]:
    yield "## Where a type is on offer by default"
    yield ""
    yield "| type | Region | zones |"
    yield "|---|---|---|"
    for each in catalog.compute_types.values():
        regions: dict[str, list[str]] = {}
        for zone in catalog.zones.values():
            for_what = [target for target in Target if zone.name in _on_offer(each, target)]
            if for_what:
                everything = [target for target in Target if _on_offer(each, target)]
                only = "" if for_what == everything else f" (only {', '.join(for_what)})"
                regions.setdefault(zone.region, []).append(f"{zone.name}{only}")
        for region, zones in regions.items():
            yield f"| `{each.name}` | {region} | {', '.join(zones)} |"


def _on_offer(compute_type: ComputeType, target: Target) -> frozenset[str]:
    """The zones in which a type is on offer for a target."""
    return compute_type.zones[target]


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
