"""What a plan's fees have bought, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...views.ledger import PARTS
from ...views.report import PlanReport, Sum

MOST_ROWS = 40  # of a table


Row = tuple[
    str, str, Sum
]  # the second is the kind of what the first names, where there are several


@dataclass(frozen=True)
class Table:
    """Sums by something, the largest first where the order says nothing else."""

    caption: str
    label: str
    rows: list[Row]
    left_out: int = 0


def tables(report: PlanReport) -> list[Table]:
    """The report by part, by workload and by each tag."""
    parts = [(PARTS[part], "", each) for part, each in report.parts.items() if each.instance_time]
    found = [Table("By part", "Part", parts)]
    workloads = sorted(
        (
            ("/".join(filter(None, (who.name, who.part))), who.kind, _total(of.values()))
            for who, of in report.workloads.items()
        ),
        key=lambda row: (-row[2].cents, row[0]),
    )
    if workloads:
        found.append(_cut("By workload", "Workload", workloads))
    for key, values in report.tags.items():
        rows = [(value or "(none)", "", each) for value, each in values.items()]
        found.append(_cut(f"By tag {key}", "Value", rows))
    return found


def _cut(caption: str, label: str, rows: list[Row]) -> Table:
    return Table(caption, label, rows[:MOST_ROWS], max(0, len(rows) - MOST_ROWS))


def _total(sums: Iterable[Sum]) -> Sum:
    together = list(sums)
    time = sum((each.instance_time for each in together), Sum().instance_time)
    return Sum(time, sum(each.cents for each in together))
