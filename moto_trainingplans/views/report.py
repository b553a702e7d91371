"""What the fee of a plan bought: the ledger that a user gets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from .axis import day_and_time
from .ledger import HOUR, MICROSECOND, NO_TAG, PARTS, USEFUL, ZERO, Entry, Ledger, Workload
from .money import usd
from .wording import columns, plain

MOST_WORKLOADS = 40  # that a table lists
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Sum:
    """Instance-time, and cents of the fee."""

    instance_time: timedelta = ZERO
    cents: int = 0

    @property
    def instance_hours(self) -> float:
        """The instance-time in hours."""
        return self.instance_time / HOUR

    def to_dict(self) -> dict[str, Any]:
        """Hours to the microsecond, USD to the cent as a decimal string."""
        return {"instance_hours": self.instance_hours, "usd": str(usd(self.cents))}


@dataclass(frozen=True)
class PlanReport:
    """What the fees of a plan and its extensions were spent on: a view, of which AWS knows nothing.

    `str()` is a table, `to_dict()` and `to_csv()` are for programs. Whatever is summed up, by part,
    by workload or by the values of a tag, adds up to the fee to the cent. Of a plan that still
    runs it tells what is so far, and what is left.
    """

    ledger: Ledger

    @property
    def fee(self) -> Decimal:
        """All that was paid for the plan and its extensions, in USD."""
        return usd(sum(fee.cents for fee in self.ledger.fees))

    @cached_property
    def parts(self) -> dict[str, Sum]:
        """Instance-time and money by part; of every part, in the order in which it is shown."""
        sums = _sums((entry.part, entry) for entry in self.ledger.entries)
        return {part: sums.get(part, Sum()) for part in PARTS}

    @cached_property
    def workloads(self) -> dict[Workload, dict[str, Sum]]:
        """The parts of each workload."""
        sums = _sums(
            ((entry.workload, entry.part), entry)
            for entry in self.ledger.entries
            if entry.workload is not None
        )
        found: dict[Workload, dict[str, Sum]] = {}
        for (workload, part), each in sums.items():
            found.setdefault(workload, {})[part] = each
        return found

    @cached_property
    def tags(self) -> dict[str, dict[str, Sum]]:
        """By tag key and value what the workloads with it used; "" is all without that key."""
        keys = sorted(
            {
                key
                for entry in self.ledger.entries
                if entry.workload
                for key, _ in entry.workload.tags
            }
        )
        return {key: self._by_value(key) for key in keys}

    def _by_value(self, key: str) -> dict[str, Sum]:
        sums = _sums((_tag(entry, key), entry) for entry in self.ledger.entries)
        return dict(sorted(sums.items()))

    @property
    def useful_instance_hours(self) -> float:
        """Hours in training that counts, and in cluster nodes, endpoints and apps."""
        return sum(self.parts[part].instance_hours for part in USEFUL)

    @property
    def usd_per_useful_instance_hour(self) -> Decimal | None:
        """What a useful hour has cost, all else included, to the cent; None without any.

        Of a plan that still runs, without what is left.
        """
        useful = sum((self.parts[part].instance_time for part in USEFUL), ZERO)
        if not useful:
            return None
        spent = self.fee - usd(self.parts["left"].cents)
        hours = Decimal(useful // MICROSECOND) / Decimal(HOUR // MICROSECOND)
        return (spent / hours).quantize(Decimal("0.01"))

    @property
    def utilization(self) -> float | None:
        """The useful share of the paid hours until now, from 0 to 1; None before the first."""
        spent = sum(
            (
                each.instance_time
                for part, each in self.parts.items()
                if part not in ("left", "cut_off")
            ),
            ZERO,
        )
        useful = sum((self.parts[part].instance_time for part in USEFUL), ZERO)
        return useful / spent if spent else None

    def to_dict(self) -> dict[str, Any]:
        """All of it, as JSON can have it: USD as decimal strings, times ISO 8601."""
        ledger = self.ledger
        rate = self.usd_per_useful_instance_hour
        return {
            "plan": ledger.plan,
            "name": ledger.name,
            "status": ledger.status,
            "target": ledger.target,
            "type": ledger.compute_type,
            "instance_count": ledger.instance_count,
            "start": ledger.start.isoformat(),
            "end": ledger.end.isoformat(),
            "now": ledger.now.isoformat(),
            "currency": "USD",
            "fee": str(self.fee),
            "fees": [{"paid_for": fee.paid_for, "usd": str(usd(fee.cents))} for fee in ledger.fees],
            "parts": {part: each.to_dict() for part, each in self.parts.items()},
            "workloads": [
                {
                    "kind": workload.kind,
                    "resource": workload.resource,
                    "name": workload.name,
                    "part": workload.part or None,
                    "tags": dict(workload.tags),
                    **_total(parts.values()).to_dict(),
                    "parts": {part: each.to_dict() for part, each in parts.items()},
                }
                for workload, parts in self.workloads.items()
            ],
            "tags": {
                key: {value: each.to_dict() for value, each in values.items()}
                for key, values in self.tags.items()
            },
            "useful_instance_hours": self.useful_instance_hours,
            "usd_per_useful_instance_hour": None if rate is None else str(rate),
            "utilization": self.utilization,
        }

    def to_csv(self) -> str:
        """A line for each part of each workload; they add up to the fee.

        The columns: plan, part, kind, resource, name, group_or_variant, instance_hours, usd, tags
        (a JSON object).
        """
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(
            [
                "plan",
                "part",
                "kind",
                "resource",
                "name",
                "group_or_variant",
                "instance_hours",
                "usd",
                "tags",
            ]
        )
        for entry in self.ledger.entries:
            who = entry.workload or Workload("", "", "")
            hours = Sum(entry.instance_time).instance_hours
            tags = json.dumps(dict(who.tags), ensure_ascii=False) if who.tags else ""
            writer.writerow(
                [
                    self.ledger.plan,
                    entry.part,
                    *(who.kind, who.resource, who.name, who.part),
                    *(repr(hours), str(usd(entry.cents)), tags),
                ]
            )
        return written.getvalue()

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def __repr__(self) -> str:
        return f"<PlanReport {self.ledger.plan}, {self.fee} USD>"

    def _lines(self) -> Iterator[str]:
        ledger = self.ledger
        yield (
            f"plan {ledger.name}, {ledger.status}: {ledger.instance_count} "
            f"{'instance' if ledger.instance_count == 1 else 'instances'} of "
            f"{ledger.compute_type} for {ledger.target}"
        )
        yield f"{day_and_time(ledger.start)} to {day_and_time(ledger.end)} {ledger.end.year} UTC"
        for fee in ledger.fees if len(ledger.fees) > 1 else ():
            yield f"  {plain(fee.paid_for)}: {usd(fee.cents)} USD"
        yield ""
        shown = [(PARTS[part], each) for part, each in self.parts.items() if each.instance_time]
        yield from _table("", [*shown, ("in all", _total(self.parts.values()))])
        by_workload = [
            (_named(who), _total(parts.values())) for who, parts in self.workloads.items()
        ]
        by_workload.sort(key=lambda row: -row[1].cents)
        if len(by_workload) > MOST_WORKLOADS:
            rest = by_workload[MOST_WORKLOADS - 1 :]
            others = _total(each for _, each in rest)
            by_workload[MOST_WORKLOADS - 1 :] = [(f"{len(rest)} others", others)]
        if by_workload:
            yield ""
            yield from _table("by workload", by_workload)
        for key, values in self.tags.items():
            yield ""
            yield from _table(
                f"by tag {plain(key)}",
                [(plain(value) if value else "(none)", each) for value, each in values.items()],
            )
        yield ""
        rate = self.usd_per_useful_instance_hour
        if rate is None:
            yield "no useful instance-hours so far"
        else:
            yield (
                f"{rate} USD for each of {self.useful_instance_hours:.2f} useful instance-hours, "
                f"{(self.utilization or 0):.0%} of what was paid for"
            )


def _sums(entries: Iterable[tuple[Key, Entry]]) -> dict[Key, Sum]:
    """The sums of entries by their keys."""
    times: dict[Key, timedelta] = {}
    amounts: dict[Key, int] = {}
    for key, entry in entries:
        times[key] = times.get(key, ZERO) + entry.instance_time
        amounts[key] = amounts.get(key, 0) + entry.cents
    return {key: Sum(time, amounts[key]) for key, time in times.items()}


def _named(workload: Workload) -> str:
    part = f"/{workload.part}" if workload.part else ""
    return plain(f"{workload.kind} {workload.name}{part}")


def _tag(entry: Entry, key: str) -> str:
    return NO_TAG if entry.workload is None else dict(entry.workload.tags).get(key, NO_TAG)


def _total(sums: Iterable[Sum]) -> Sum:
    together = list(sums)
    return Sum(
        sum((each.instance_time for each in together), ZERO), sum(each.cents for each in together)
    )


def _table(title: str, rows: list[tuple[str, Sum]]) -> Iterator[str]:
    names = max(columns(title), *(columns(name) for name, _ in rows))
    hours = [f"{each.instance_hours:.2f}" for _, each in rows]
    money = [str(usd(each.cents)) for _, each in rows]
    widths = max(14, *map(len, hours)), max(11, *map(len, money))
    head = f"{title}{' ' * (names - columns(title))}"
    yield f"{head}  {'instance-hours':>{widths[0]}}  {'USD':>{widths[1]}}"
    for (name, _), hour, amount in zip(rows, hours, money, strict=True):
        pad = " " * (names - columns(name))
        yield f"{name}{pad}  {hour:>{widths[0]}}  {amount:>{widths[1]}}"
