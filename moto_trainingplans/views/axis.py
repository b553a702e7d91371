"""Where times are drawn, and which times an axis names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STEPS = (
    *(n * timedelta(seconds=1) for n in (1, 5, 15)),
    *(n * MINUTE for n in (1, 5, 15, 30)),
    *(n * HOUR for n in (1, 3, 6, 12)),
    *(n * DAY for n in (1, 2, 7, 14, 28, 91, 182, 364, 1820, 3640, 36400, 364000)),
)
MONDAY = datetime(1970, 1, 5, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Tick:
    """A time that the axis names; `label` is empty where there is no room for it."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """Times from `start` until `end` on a line of `width`, in characters or pixels."""

    start: datetime
    end: datetime
    width: float
    ticks: tuple[Tick, ...]

    def at(self, when: datetime) -> float:
        """Where a time is; 0 before the start, and the width after the end."""
        part = (when - self.start) / (self.end - self.start)
        return min(1.0, max(0.0, part)) * self.width


def make_axis(
    start: datetime,
    end: datetime,
    width: float,
    measure: Callable[[str], float],
    whole_steps: bool = False,
) -> Axis:
    """An axis with the closest ticks that there is room for, in UTC.

    With `whole_steps` a step takes a whole number of units, so that equal times are equally wide.
    """
    span = end - start
    for step in STEPS:
        room = width * (step / span)
        widest = measure(_widest(step))
        if room >= widest:
            break
    if whole_steps and room >= 1 and span / step >= 1:
        width = int(room) * (span / step)
    axis = Axis(start, end, width, ())
    ticks = []
    for when in _ticks(start, end, step):
        label, at = _label(when, step), axis.at(when)
        ticks.append(Tick(at, label if at + measure(label) <= width else ""))
    return Axis(start, end, width, tuple(ticks))


def _ticks(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    # Steps of less than a day are counted from midnight, of days from a Monday.
    origin = MONDAY if step >= 7 * DAY else datetime.combine(start.date(), time(0), timezone.utc)
    number = -((origin - start) // step)
    with suppress(OverflowError):  # where the years that can be written end
        while (when := origin + number * step) < end:
            yield when
            number += 1


def _label(when: datetime, step: timedelta) -> str:
    if step >= 182 * DAY:
        return f"{when:%b} {when.year}"
    if step >= 7 * DAY:
        return f"{when.day} {when:%b}"
    if step >= DAY or (when.hour, when.minute, when.second) == (0, 0, 0):
        return f"{when:%a} {when.day}"
    return f"{when:%H:%M}" if step >= MINUTE else f"{when:%H:%M:%S}"


def _widest(step: timedelta) -> str:
    if step >= 182 * DAY:
        return "Sep 2025"
    if step >= MINUTE:
        return "Wed 28"
    return "00:00:00"


def day_and_time(when: datetime) -> str:
    """A time in UTC, as "Tue 21 Jan 19:08"; seconds where they are not zero."""
    when = when.astimezone(timezone.utc)
    clock = f"{when:%H:%M:%S}" if when.second or when.microsecond else f"{when:%H:%M}"
    return f"{when:%a} {when.day} {when:%b} {clock}"


def duration(length: timedelta) -> str:
    """A length of time, as "47 h 30 min" or "12 s"."""
    if length < MINUTE:
        return f"{length.total_seconds():g} s"
    hours, rest = divmod(length, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes else []
    parts += [f"{rest.seconds} s"] if rest.seconds and not hours else []
    return " ".join(parts)
