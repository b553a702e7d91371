"""Thousands of lanes as a few: how many of them were in which state, over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from .lanes import Lane, Section, Span, View

MOST_LANES_OF_A_KIND = 24  # in one section; more are counted instead of drawn
MOST_LANES = 120  # in all sections
PARTS = 120  # of the time, in each of which the average is drawn
ZERO = timedelta(0)

KINDS = {
    "plan": "plans",
    "zone": "blocks",
    "outage": "zones",
    "job": "jobs",
    "instance-group": "instance groups",
    "endpoint": "endpoint variants",
    "app": "apps",
}


def fold(view: View) -> View:
    """The view itself, or one with lanes that count where there are too many to be read."""
    sections = tuple(_fold_section(section, view) for section in view.sections)
    if sum(len(section.lanes) for section in sections) > MOST_LANES:
        everything = Section("everything", "", tuple(view.lanes))
        sections = (_fold_section(everything, view),)
    return replace(view, sections=sections)


def _fold_section(section: Section, view: View) -> Section:
    by_kind: dict[str, list[Lane]] = {}
    for lane in section.lanes:
        by_kind.setdefault(lane.kind, []).append(lane)
    lanes: list[Lane] = []
    for kind, of_kind in by_kind.items():
        if len(of_kind) > MOST_LANES_OF_A_KIND:
            lanes += _counted(kind, of_kind, view)
        else:
            lanes += of_kind
    return replace(section, lanes=tuple(lanes))


def _counted(kind: str, lanes: Sequence[Lane], view: View) -> list[Lane]:
    """A lane for each state, whose level is how many lanes are in it, of the most that were."""
    by_state: dict[str, list[Span]] = {}
    for lane in lanes:
        for span in lane.spans:
            by_state.setdefault(span.state, []).append(span)
    things = KINDS.get(kind, kind)
    ends: dict[str, int] = {}
    for lane in lanes:
        for mark in lane.marks:
            ends[mark.label] = ends.get(mark.label, 0) + 1
    told = ", ".join(f"{count} {label}" for label, count in sorted(ends.items()))
    counted = []
    for state, spans in by_state.items():
        name = f"{len(lanes)} {things}: {state}"
        drawn = _levels(spans, state, view, told)
        if drawn:
            counted.append(Lane("count", "", name, tuple(drawn)))
    return counted


def _levels(spans: Iterable[Span], state: str, view: View, told: str) -> list[Span]:
    part = (view.end - view.start) / PARTS
    time = [0.0] * (PARTS + 1)  # how long, in parts, spans were in each of the parts
    whole = [0] * (PARTS + 2)  # how many began to fill whole parts, less those that ended
    changes: dict[float, int] = {}
    for span in spans:
        start, end = (span.start - view.start) / part, (span.end - view.start) / part
        start, end = max(0.0, start), min(float(PARTS), end)
        if start >= end:
            continue
        changes[start] = changes.get(start, 0) + 1
        changes[end] = changes.get(end, 0) - 1
        first, last = int(start), int(end)
        if first == last:
            time[first] += end - start
            continue
        time[first] += first + 1 - start
        time[last] += end - last
        whole[first + 1] += 1
        whole[last] -= 1
    most = now = 0
    for at in sorted(changes):
        now += changes[at]
        most = max(most, now)
    drawn: list[Span] = []
    filled = 0
    for index in range(PARTS):
        filled += whole[index]
        average = time[index] + filled
        if average <= 0:
            continue
        since, until = view.start + part * index, view.start + part * (index + 1)
        level = round(average / most, 2)
        detail = f"{average:.1f} of at most {most} at once. {told}".rstrip(". ") + "."
        before = drawn[-1] if drawn else None
        if before is not None and before.end == since and before.level == level:
            drawn[-1] = replace(before, end=until)
        else:
            drawn.append(Span(since, until, state, "", detail, level))
    if drawn:
        tallest = max(range(len(drawn)), key=lambda index: drawn[index].level or 0)
        drawn[tallest] = replace(drawn[tallest], label=f"at most {most}")
    return drawn
