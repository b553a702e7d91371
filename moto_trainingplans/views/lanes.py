"""What a simulation did over time, as lanes of spans: what is drawn, whatever draws it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A state that lasts from `start` until `end`.

    `state` is one of those in `looks`; `label` is what is written on or beside it, `detail` why
    it is so. `level`, from 0 to 1, is how much of the most there is of something counted.
    """

    start: datetime
    end: datetime
    state: str
    label: str = ""
    detail: str = ""
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at one instant, as a failed instance or the end of a job."""

    time: datetime
    state: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """What one thing did. Its spans are in the order of time and never overlap.

    `kind` is plan, zone, outage, job, instance-group, endpoint, app or count; `resource` an ARN,
    or the name of a zone.
    """

    kind: str
    resource: str
    name: str
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Lanes that belong together, as those of a plan, under a title and what is known of it."""

    title: str
    facts: str
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Everything, or one resource, from `start` until `end`, as it is known at `now`."""

    now: datetime
    start: datetime
    end: datetime
    sections: tuple[Section, ...]

    @property
    def lanes(self) -> list[Lane]:
        """The lanes of all sections."""
        return [lane for section in self.sections for lane in section.lanes]

    def to_json(self) -> dict[str, Any]:
        """The view for the wire: times ISO 8601, spans and marks as short lists."""
        return {
            "now": self.now.isoformat(),
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "sections": [
                {
                    "title": section.title,
                    "facts": section.facts,
                    "lanes": [_lane_to_json(lane) for lane in section.lanes],
                }
                for section in self.sections
            ],
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> View:
        """The view that `to_json` made it of."""
        return cls(
            datetime.fromisoformat(given["now"]),
            datetime.fromisoformat(given["start"]),
            datetime.fromisoformat(given["end"]),
            tuple(
                Section(
                    section["title"],
                    section["facts"],
                    tuple(_lane_from_json(lane) for lane in section["lanes"]),
                )
                for section in given["sections"]
            ),
        )


def _lane_to_json(lane: Lane) -> dict[str, Any]:
    return {
        "kind": lane.kind,
        "resource": lane.resource,
        "name": lane.name,
        "spans": [
            [
                span.start.isoformat(),
                span.end.isoformat(),
                span.state,
                span.label,
                span.detail,
                span.level,
            ]
            for span in lane.spans
        ],
        "marks": [
            [mark.time.isoformat(), mark.state, mark.label, mark.detail] for mark in lane.marks
        ],
    }


def _lane_from_json(given: Mapping[str, Any]) -> Lane:
    return Lane(
        given["kind"],
        given["resource"],
        given["name"],
        tuple(
            Span(datetime.fromisoformat(start), datetime.fromisoformat(end), *rest)
            for start, end, *rest in given["spans"]
        ),
        tuple(Mark(datetime.fromisoformat(time), *rest) for time, *rest in given["marks"]),
    )


def within(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The parts of spans that lie between two times; what takes no time is left out."""
    clipped = []
    for span in spans:
        since, until = max(span.start, start), min(span.end, end)
        if since < until:
            same = since == span.start and until == span.end
            clipped.append(
                span
                if same
                else Span(since, until, span.state, span.label, span.detail, span.level)
            )
    return clipped
