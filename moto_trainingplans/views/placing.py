"""Where labels go: into their bars, or beside them, or below; none is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from `start` until `end` that is to have a label; `key` says what it shows.

    A `point` lies on the bars, and has its label beside it.
    """

    start: float
    end: float
    label: str
    key: str
    point: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A label that begins at `at`: in its bar, or on line 0 beside it, or on a line below."""

    bar: Bar
    at: float
    line: int
    inside: bool


def place(
    bars: Sequence[Bar], width: float, measure: Callable[[str], float], gap: float, padding: float
) -> list[Placed]:
    """Places for the labels of the bars of one lane, the widest bars first.

    What stands in a lane once, with the same label, is not repeated where there is no room.
    """
    placed: list[Placed] = []
    seen: set[tuple[str, str]] = set()
    rest: list[Bar] = []
    points = sorted((bar.start, bar.end) for bar in bars if bar.point)
    for bar in sorted(bars, key=lambda bar: bar.start - bar.end):
        length = measure(bar.label)
        if not bar.label:
            continue
        start, end = (bar.start, bar.start) if bar.point else _clear_part(bar, points)
        if length + 2 * padding <= end - start:
            at = start + (end - start - length) / 2
            placed.append(Placed(bar, at, 0, True))
            seen.add((bar.key, bar.label))
        else:
            rest.append(bar)
    lines = [[(bar.start, bar.end) for bar in bars]]
    for bar in rest:
        if (bar.key, bar.label) in seen:
            continue
        seen.add((bar.key, bar.label))
        placed.append(_outside(bar, width, measure(bar.label), gap, lines, points))
    return placed


def _clear_part(bar: Bar, points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The longest part of a bar on which no point lies."""
    start, parts = bar.start, []
    for point_start, point_end in points:
        if bar.start < point_end and point_start < bar.end:
            parts.append((start, point_start))
            start = max(start, point_end)
    parts.append((start, bar.end))
    return max(parts, key=lambda part: part[1] - part[0])


def _outside(
    bar: Bar,
    width: float,
    length: float,
    gap: float,
    lines: list[list[tuple[float, float]]],
    points: Sequence[tuple[float, float]],
) -> Placed:
    right = bar.end + gap
    for start, end in points:
        # A point at the very end, as that of a failed job, stands between.
        if start - gap < right < end + gap:
            right = end + gap
    for at in (right, bar.start - gap - length):
        if at >= 0 and at + length <= width and _is_free(at, length, gap, lines[0]):
            lines[0].append((at, at + length))
            return Placed(bar, at, 0, False)
    at = max(0.0, min(bar.start, width - length))
    number = next(
        (n for n, line in enumerate(lines) if n and _is_free(at, length, gap, line)), len(lines)
    )
    if number == len(lines):
        lines.append([])
    lines[number].append((at, at + length))
    return Placed(bar, at, number, False)


def _is_free(at: float, length: float, gap: float, taken: Sequence[tuple[float, float]]) -> bool:
    return all(at + length + gap <= start or at - gap >= end for start, end in taken)
