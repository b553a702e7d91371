"""What two looks must have in common: after refusals, after the end, and on another path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import islice, zip_longest
from typing import Any

from tests.machine.observation import OVER, Observation, is_over


def refusals_change_nothing(before: Observation, seen: Observation) -> None:
    """After calls that were all refused, or only looked, everything is as it was."""
    # Not every look is at the events.
    _is_as_it_was(_without_events(before), _without_events(seen))


def _without_events(seen: Observation) -> Observation:
    clusters = {arn: replace(cluster, events=[]) for arn, cluster in seen.clusters.items()}
    return replace(seen, clusters=clusters)


def _is_as_it_was(before: Observation, seen: Observation) -> None:
    for part, value in vars(seen).items():
        earlier = vars(before)[part]
        assert value == earlier, (part, *islice(_differences(earlier, value), 3))


def _differences(before: Any, after: Any, path: str = "") -> Iterator[Any]:
    """What of two things differs, for who reads of the failure."""
    if is_dataclass(before) and is_dataclass(after):
        names = [each.name for each in fields(before)]
        before, after = ({name: getattr(each, name) for name in names} for each in (before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield from _differences(before.get(key), after.get(key), f"{path}.{key}")
    elif isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        for number, (one, other) in enumerate(zip_longest(before, after)):
            if one != other:
                yield from _differences(one, other, f"{path}[{number}]")
    else:
        yield path, before, after


def what_is_over_stays_as_it_was(last: Observation, whole: Observation) -> None:
    """What was looked at when it was over is the same in the end."""
    for arn, job in whole.jobs.items():
        assert not is_over(job) or last.jobs[arn] == job
    for arn, plan in whole.plans.items():
        if plan.described["Status"] in OVER:
            assert last.plans[arn].described == plan.described


def path_makes_no_difference(whole: Observation, again: Observation) -> None:
    """The same calls, with the clock moved otherwise between them, leave the same behind."""
    _is_as_it_was(whole, again)
