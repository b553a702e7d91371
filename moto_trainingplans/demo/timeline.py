"""A timeline for the terminal: lanes of stretches of time, under an axis of days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import floor

from rich.console import Console, ConsoleOptions
from rich.style import Style
from rich.text import Text

DAY = timedelta(days=1)
BETWEEN_NAMES_AND_LANES = 2


@dataclass(frozen=True)
class Look:
    """How something is drawn: white on a colour, or, where there are no colours, a character."""

    colour: str
    character: str

    @property
    def style(self) -> Style:
        """White on the colour, which is readable whatever the terminal's own colours are."""
        return Style(color="#ffffff", bgcolor=self.colour)


@dataclass(frozen=True)
class Stretch:
    """The time from `start` until `end`; the label is left out where it does not fit."""

    start: datetime
    end: datetime
    look: Look
    label: str = ""

    def draw(self, columns: int, colours: bool) -> Text:
        """The stretch, that many columns wide."""
        label = self.label if len(self.label) <= columns else ""
        # Blanks at the very ends would hide where it begins and ends.
        if label and len(label) + 4 <= columns:
            label = f" {label} "
        if colours:
            return Text(label.center(columns), self.look.style)
        return Text(label.center(columns, self.look.character))


@dataclass(frozen=True)
class Lane:
    """A row of the timeline. Where stretches overlap, the later one of the sequence is on top."""

    name: str
    stretches: Sequence[Stretch]


@dataclass(frozen=True)
class Timeline:
    """Lanes from `start` until `end`, as wide as there is room; for `Console.print`."""

    start: datetime
    end: datetime
    lanes: Sequence[Lane]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Draw the axis, then the lanes."""
        colours = has_colours(console)
        names = max(len(lane.name) for lane in self.lanes) + BETWEEN_NAMES_AND_LANES
        days = (self.end - self.start) / DAY
        # Days that are equally wide make the length of a stretch easy to see.
        columns_of_day = max(1, floor((options.max_width - names) / days))
        yield Text(" " * names).append(self._axis(columns_of_day))
        for lane in self.lanes:
            yield Text(lane.name.ljust(names)).append(self._row(lane, columns_of_day, colours))

    def _axis(self, columns_of_day: int) -> Text:
        row = Text()
        last = self._column(self.end, columns_of_day)
        day = datetime.combine(self.start.date(), time(0), self.start.tzinfo)
        while day < self.end:
            column = self._column(day, columns_of_day)
            # The first day may begin before the start, and narrow days may not have the room.
            if column >= len(row):
                label = f"| {day:%a} {day.day} "
                fits = column + len(label) <= last
                row.append(" " * (column - len(row))).append(label if fits else "|", "dim")
            day += DAY
        return row

    def _row(self, lane: Lane, columns_of_day: int, colours: bool) -> Text:
        last = self._column(self.end, columns_of_day)
        row = Text(" " * last)
        for stretch in lane.stretches:
            end = min(last, self._column(stretch.end, columns_of_day))
            # Something short must still be seen.
            start = max(0, min(self._column(stretch.start, columns_of_day), end - 1))
            if end > start:
                drawn = stretch.draw(end - start, colours)
                row = Text.assemble(row[:start], drawn, row[end:])
        return row

    def _column(self, when: datetime, columns_of_day: int) -> int:
        return floor((when - self.start) / DAY * columns_of_day + 0.5)


def has_colours(console: Console) -> bool:
    """Whether enough colours reach the reader: of sixteen, several looks would be the same."""
    return console.color_system in ("256", "truecolor") and not console.no_color
