"""moto's CloudWatch backend of an account and Region, with the metrics of plans in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue
from moto.cloudwatch.metric_data_expression_parser import parse_expression
from moto.cloudwatch.models import CloudWatchBackend as MotoCloudWatchBackend
from moto.cloudwatch.models import MetricAggregatedDatum, MetricDatumBase, Statistics

from ..host.backend import present_world
from ..simulation.plans.utilization import Measure
from .alarms import STATISTICS, is_computed, judge
from .metrics import NAMESPACE, UNITS, PublishedMetrics, Series

# The most points of GetMetricStatistics, and of GetMetricData. source: documented
MOST_POINTS = 1440
MOST_POINTS_OF_DATA = 100_800


class CloudWatchBackend(MotoCloudWatchBackend):
    """Adds to moto's backend what is computed of plans. It has no state of its own."""

    @contextmanager
    def _published(self) -> Iterator[tuple[PublishedMetrics, datetime]]:
        with present_world() as world:
            plans = world.account(self.account_id, self.region_name, self.partition).plans
            since = world.metrics_since.get(self.account_id)
            yield PublishedMetrics(world, plans.plans(), since), world.now

    # -- which there are -------------------------------------------------------------------

    def get_filtered_metrics(
        self, metric_name: str, namespace: str, dimensions: list[dict[str, str]]
    ) -> list[MetricDatumBase]:
        """What ListMetrics lists."""
        found = super().get_filtered_metrics(metric_name, namespace, dimensions)
        if namespace not in (None, "", NAMESPACE):
            return found
        # A dimension without a value asks for any.
        wanted = {each["Name"]: each.get("Value") for each in dimensions or ()}
        with self._published() as (metrics, _):
            listed: dict[tuple[str, ...], Series] = {}
            for series in metrics.series(metric_name or None):
                own = series.dimensions
                if all(
                    name in own and value in (None, own[name]) for name, value in wanted.items()
                ):
                    listed.setdefault((series.measure.value, *own.values()), series)
        return found + [
            MetricDatumBase(NAMESPACE, each.measure.value, _listed(each.dimensions), None)
            for each in listed.values()
        ]

    # -- their values ----------------------------------------------------------------------

    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: datetime,
        end_time: datetime,
        scan_by: str = "TimestampAscending",
    ) -> list[dict[str, Any]]:
        """The answers to queries, those on plans among them."""
        own = [query for query in queries if _is_own(query)]
        answers = super().get_metric_data(
            [query for query in queries if not _is_own(query)], start_time, end_time, scan_by
        )
        if not own:
            return answers
        found = [self._data(query, start_time, end_time, scan_by) for query in own]
        # moto's expressions name another query, and have seen none of ours.
        by_id = {answer["id"]: answer for answer in answers}
        for query in queries:
            if "Expression" in query and not query["Expression"].startswith("SELECT"):
                values, timestamps = parse_expression(query["Expression"], found)
                by_id[query["Id"]]["values"] += values
                by_id[query["Id"]]["timestamps"] += timestamps
        shown = {query["Id"] for query in own if query.get("ReturnData", True)}
        by_id |= {answer["id"]: answer for answer in found if answer["id"] in shown}
        return [by_id[query["Id"]] for query in queries if query["Id"] in by_id]

    def _data(
        self, query: dict[str, Any], start: datetime, end: datetime, scan_by: str
    ) -> dict[str, Any]:
        asked = query["MetricStat"]
        if asked["Stat"] not in STATISTICS:
            # AWS has percentiles and more, which are not computed here. source: choice
            raise InvalidParameterValue(
                f"The parameter Stat must be one of {', '.join(STATISTICS)} for metrics of "
                f"{NAMESPACE}, not {asked['Stat']}."
            )
        points = self._statistics(
            asked["Metric"]["MetricName"],
            asked["Metric"].get("Dimensions", []),
            start,
            end,
            int(asked["Period"]),
            [asked["Stat"]],
            asked.get("Unit"),
        )
        if scan_by == "TimestampDescending":
            points.reverse()
        return {
            "id": query["Id"],
            "label": query.get("Label") or f"{asked['Metric']['MetricName']} {asked['Stat']}",
            "values": [point.get_statistics_for_type(asked["Stat"]) for point in points],
            "timestamps": [point.timestamp for point in points],
            "status_code": "Complete",
        }

    def get_metric_statistics(
        self,
        namespace: str,
        metric_name: str,
        start_time: datetime,
        end_time: datetime,
        period: int,
        stats: list[str],
        dimensions: list[dict[str, str]],
        unit: str | None = None,
    ) -> list[Statistics]:
        """The statistics of a metric, those on plans among them."""
        if namespace != NAMESPACE or start_time >= end_time:
            return super().get_metric_statistics(
                namespace, metric_name, start_time, end_time, period, stats, dimensions, unit
            )
        asked = -((start_time - end_time) // timedelta(seconds=max(1, period)))
        if asked > MOST_POINTS:
            raise InvalidParameterCombination(
                f"You have requested up to {asked:,} datapoints, which exceeds the limit of "
                f"{MOST_POINTS:,}. You may reduce the datapoints requested by increasing Period, "
                "or decreasing the time range."
            )
        return self._statistics(
            metric_name, dimensions or [], start_time, end_time, period, stats, unit
        )

    def _statistics(
        self,
        name: str,
        dimensions: list[dict[str, str]],
        start: datetime,
        end: datetime,
        period: int,
        stats: list[str],
        unit: str | None,
    ) -> list[Statistics]:
        """As on AWS, a metric is one of all its dimensions: with fewer there is none."""
        if period < 1 or period % 60:
            raise InvalidParameterValue("The parameter Period must be a multiple of 60.")
        wanted = {each["Name"]: each["Value"] for each in dimensions}
        points: list[Statistics] = []
        with self._published() as (metrics, _):
            found = [each for each in metrics.series(name) if each.dimensions == wanted]
            own_unit = UNITS[Measure(name)] if found else None
            if unit is not None and unit != own_unit:
                return points
            periods = metrics.periods(found, _aware(start), _aware(end), timedelta(seconds=period))
            for at, samples in islice(periods, MOST_POINTS_OF_DATA):
                point = Statistics(stats, at if start.tzinfo else at.replace(tzinfo=None), own_unit)
                point.metric_data.append(
                    MetricAggregatedDatum(
                        NAMESPACE,
                        name,
                        samples.minimum,
                        samples.maximum,
                        samples.count,
                        samples.total,
                        dimensions,
                        point.timestamp,
                        own_unit,
                    )
                )
                points.append(point)
        return points

    # -- alarms ----------------------------------------------------------------------------

    def describe_alarms(self) -> Iterable[Any]:
        """Every alarm, as it is now."""
        self._judge_alarms()
        return super().describe_alarms()

    def get_alarms_by_action_prefix(self, action_prefix: str) -> Iterable[Any]:
        """The alarms with such an action, as they are now."""
        self._judge_alarms()
        return super().get_alarms_by_action_prefix(action_prefix)

    def get_alarms_by_alarm_name_prefix(self, name_prefix: str) -> Iterable[Any]:
        """The alarms of such names, as they are now."""
        self._judge_alarms()
        return super().get_alarms_by_alarm_name_prefix(name_prefix)

    def get_alarms_by_alarm_names(self, alarm_names: list[str]) -> Iterable[Any]:
        """The alarms of these names, as they are now."""
        self._judge_alarms()
        return super().get_alarms_by_alarm_names(alarm_names)

    def get_alarms_by_state_value(self, target_state: str) -> Iterable[Any]:
        """The alarms that are in a state now."""
        self._judge_alarms()
        return super().get_alarms_by_state_value(target_state)

    def _judge_alarms(self) -> None:
        """Bring the alarms on plans to the state that they have now."""
        own = [
            alarm
            for alarm in self.alarms.values()
            if alarm.namespace == NAMESPACE and is_computed(alarm)
        ]
        if not own:
            return
        with self._published() as (metrics, now):
            for alarm in own:
                verdict = judge(alarm, metrics, now)
                if verdict.state != alarm.state_value:
                    alarm.update_state(verdict.reason, "{}", verdict.state)
                    alarm.state_updated_timestamp = now.replace(tzinfo=None)


def _is_own(query: dict[str, Any]) -> bool:
    metric = query.get("MetricStat", {}).get("Metric", {})
    return bool(metric.get("Namespace") == NAMESPACE)


def _listed(dimensions: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc)
