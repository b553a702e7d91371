"""Whether an alarm on a metric of a plan is in ALARM: looked at when somebody reads it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..simulation.plans.utilization import Samples
from .metrics import UNITS, PublishedMetrics

# source: model; the operators of anomaly detection are not computed
OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
STATISTICS: dict[str, Callable[[Samples], float]] = {
    "Average": lambda samples: samples.total / samples.count,
    "Sum": lambda samples: samples.total,
    "Minimum": lambda samples: samples.minimum,
    "Maximum": lambda samples: samples.maximum,
    "SampleCount": lambda samples: samples.count,
}


@dataclass(frozen=True)
class Verdict:
    """The state of an alarm, and why."""

    state: str
    reason: str


def is_computed(alarm: Any) -> bool:
    """Whether an alarm is one on a single metric by a statistic that is computed here."""
    return alarm.comparison_operator in OPERATORS and alarm.statistic in STATISTICS


def judge(alarm: Any, metrics: PublishedMetrics, now: datetime) -> Verdict:
    """The state of an alarm at a time, by its last whole periods.

    So many of them as it evaluates must breach its threshold as it says; what is missing
    counts as it says. source: documented
    """
    period = timedelta(seconds=int(alarm.period))
    periods = int(alarm.evaluation_periods)
    needed = int(alarm.datapoints_to_alarm or periods)
    end = datetime.fromtimestamp(
        now.timestamp() // period.total_seconds() * period.total_seconds(), now.tzinfo
    )
    dimensions = {each.name: each.value for each in alarm.dimensions}
    # As where values are read: a metric is one of all its dimensions, in its own unit.
    found = [each for each in metrics.series(alarm.metric_name) if each.dimensions == dimensions]
    if alarm.unit not in (None, "") and found and alarm.unit != UNITS[found[0].measure]:
        found = []
    values = {
        at: STATISTICS[alarm.statistic](samples)
        for at, samples in metrics.periods(found, end - periods * period, end, period)
    }
    breaches = OPERATORS[alarm.comparison_operator]
    threshold = float(alarm.threshold)
    breaching = sum(breaches(value, threshold) for value in values.values())
    missing = periods - len(values)
    treatment = alarm.treat_missing_data or "missing"
    if missing and treatment == "breaching":
        breaching += missing
    if not values and treatment == "ignore":
        return Verdict(alarm.state_value, alarm.state_reason)
    if not values and treatment == "missing":
        return Verdict("INSUFFICIENT_DATA", "Insufficient Data: no datapoints were received.")
    state = "ALARM" if breaching >= needed else "OK"
    return Verdict(
        state,
        f"Threshold {'Crossed' if state == 'ALARM' else 'not crossed'}: {breaching} out of the "
        f"last {periods} datapoints were {alarm.comparison_operator} ({threshold}).",
    )
