"""A view for the terminal: lanes of characters under an axis, in colours where there are some."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator

from .axis import Axis, day_and_time, make_axis
from .lanes import Lane, Section, View
from .looks import look
from .placing import Bar, place
from .wording import columns, plain

NARROWEST = 40
INDENT = 2
GAP = 2  # between the names and the lanes
RESET = "\x1b[0m"
DIM = "\x1b[2m"
BOLD = "\x1b[1m"
LEVELS = "123456789"


def terminal_width() -> int:
    """How wide the terminal is, 80 columns where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


# Gives the escape sequence for white on a colour, which is readable whatever the terminal's own
# colours are.
Paint = Callable[[str], str]


def true_colour(colour: str) -> str:
    """White on a colour, for terminals that have 24 bits for one."""
    red, green, blue = _rgb(colour)
    return f"\x1b[38;2;255;255;255;48;2;{red};{green};{blue}m"


def nearest_colour(colour: str) -> str:
    """White on the nearest of the cube of 216 colours that other terminals have."""
    red, green, blue = (max(0, round((each - 55) / 40)) for each in _rgb(colour))
    return f"\x1b[38;5;231;48;5;{16 + 36 * red + 6 * green + blue}m"


def _rgb(colour: str) -> list[int]:
    return [int(colour[index : index + 2], 16) for index in (1, 3, 5)]


def terminal_paint() -> Paint | None:
    """The colours of standard output, by the usual variables; None if it is no terminal."""
    if os.environ.get("NO_COLOR"):
        return None
    is_terminal = getattr(sys.stdout, "isatty", lambda: False)()
    if not os.environ.get("FORCE_COLOR") and (not is_terminal or os.environ.get("TERM") == "dumb"):
        return None
    return true_colour if os.environ.get("COLORTERM") in ("truecolor", "24bit") else nearest_colour


class Row:
    """A row of characters, each with the style that it is in."""

    def __init__(self) -> None:
        self._cells: list[tuple[str, str]] = []

    def put(self, at: int, text: str, style: str = "") -> None:
        """Write a text from a column on."""
        for each in text:
            wide = columns(each)
            if not wide:
                continue
            self._cells.extend([(" ", "")] * (at + wide - len(self._cells)))
            self._cells[at : at + wide] = [(each, style), *[("", style)] * (wide - 1)]
            at += wide

    def render(self, colours: bool) -> str:
        """The row, without blanks at its end; its styles as escape sequences, or none."""
        cells = list(self._cells)
        while cells and cells[-1][0] == " " and (not colours or not cells[-1][1]):
            cells.pop()
        if not colours:
            return "".join(each for each, _ in cells)
        parts, current = [], ""
        for each, style in cells:
            if style != current:
                parts.append((RESET if current else "") + style)
                current = style
            parts.append(each)
        return "".join(parts) + (RESET if current else "")


def render(view: View, width: int, paint: Paint | None) -> str:
    """The view on as many columns; labels that do not fit into a bar stand beside it.

    Without `paint` it is plain text.
    """
    colour_of = paint or _no_colour
    width = max(width, NARROWEST)
    names = [columns(plain(lane.name)) for lane in view.lanes]
    # A name that is longer stands on a line of its own.
    most = max(10, (width - INDENT) // 3)
    column = INDENT + max((each for each in names if each <= most), default=10) + GAP
    axis = make_axis(view.start, view.end, width - column, _tick_room, whole_steps=True)
    rows = _header(view, width)
    if not view.sections:
        rows.append(Row())
        rows[-1].put(0, "Nothing has happened.")
    for section in view.sections:
        rows += [Row(), *_title_rows(section, width), _axis_row(axis, column)]
        for lane in section.lanes:
            rows += _lane_rows(lane, axis, column, colour_of)
    rows += _legend(view, width, colour_of)
    return "\n".join(row.render(paint is not None) for row in rows)


def _no_colour(_colour: str) -> str:
    return ""


def _header(view: View, width: int) -> list[Row]:
    year = "" if view.start.year == view.end.year else f" {view.start.year}"
    times = f"{day_and_time(view.start)}{year} to {day_and_time(view.end)} {view.end.year} UTC"
    return _wrapped(f"{times}, now {day_and_time(view.now)}", width, DIM)


def _title_rows(section: Section, width: int) -> list[Row]:
    """The title with the facts behind it, or below it where there is no room."""
    title, facts = plain(section.title), plain(section.facts)
    if facts and columns(title) + 2 + columns(facts) <= width:
        row = Row()
        row.put(0, title, BOLD)
        row.put(columns(title) + 2, facts, DIM)
        return [row]
    return [*_wrapped(title, width, BOLD), *_wrapped(facts, width, DIM)]


def _wrapped(text: str, width: int, style: str) -> list[Row]:
    rows = []
    for line in textwrap.wrap(text, width):
        rows.append(Row())
        rows[-1].put(0, line, style)
    return rows


def _tick_room(label: str) -> int:
    return len(label) + 3


def _axis_row(axis: Axis, column: int) -> Row:
    row = Row()
    free = 0
    for tick in axis.ticks:
        at = round(tick.at)
        if at >= free:
            text = f"| {tick.label}" if tick.label else "|"
            text = text if at + len(text) <= axis.width else "|"
            row.put(column + at, text, DIM)
            free = at + len(text) + 1
    return row


def _lane_rows(lane: Lane, axis: Axis, column: int, paint: Paint) -> list[Row]:
    rows = [Row()]
    name = plain(lane.name)
    rows[0].put(INDENT, name)
    if INDENT + columns(name) + GAP > column:
        rows.append(Row())
    drawn = rows[-1]
    bars = []
    for span in lane.spans:
        start, end = _columns_of(axis.at(span.start), axis.at(span.end), axis)
        if end > start:
            appearance = look(span.state)
            character = appearance.character
            if span.level is not None:
                character = LEVELS[min(8, max(0, round(span.level * 9) - 1))]
            drawn.put(column + start, character * (end - start), paint(appearance.colour))
            bars.append(Bar(start, end, plain(span.label), span.state))
    for mark in lane.marks:
        at = min(round(axis.at(mark.time)), int(axis.width) - 1)
        appearance = look(mark.state)
        drawn.put(column + at, appearance.character, paint(appearance.colour))
        bars.append(Bar(at, at + 1, plain(mark.label), mark.state, point=True))
    for placed in place(bars, int(axis.width), columns, gap=1, padding=0):
        while len(rows) <= placed.line + rows.index(drawn):
            rows.append(Row())
        line = rows[rows.index(drawn) + placed.line]
        at = column + int(placed.at)
        if placed.inside:
            _write_inside(line, placed.bar, at, paint)
        else:
            line.put(at, placed.bar.label, DIM)
    return rows


def _columns_of(start: float, end: float, axis: Axis) -> tuple[int, int]:
    """The columns of a span: something short must still be seen."""
    last = min(int(end + 0.5), int(axis.width))
    return max(0, min(int(start + 0.5), last - 1)), last


def _write_inside(row: Row, bar: Bar, at: int, paint: Paint) -> None:
    label = bar.label
    # Blanks at the very ends would hide where the bar begins and ends.
    if columns(label) + 4 <= bar.end - bar.start:
        label, at = f" {label} ", at - 1
    row.put(at, label, paint(look(bar.key).colour))


def _legend(view: View, width: int, paint: Paint) -> Iterator[Row]:
    """What the characters mean, as far as they are used."""
    used: dict[str, None] = {}
    for lane in view.lanes:
        used.update(dict.fromkeys(span.state for span in lane.spans if span.level is None))
        used.update(dict.fromkeys(mark.state for mark in lane.marks))
    entries = list(
        dict.fromkeys(
            (look(each).character, look(each).meaning, paint(look(each).colour)) for each in used
        )
    )
    if any(span.level is not None for lane in view.lanes for span in lane.spans):
        entries.append(("1-9", "share of the most at once", ""))
    if not entries:
        return
    yield Row()
    row, at = Row(), 0
    for character, meaning, style in entries:
        if at and at + len(character) + 1 + len(meaning) > width:
            yield row
            row, at = Row(), 0
        row.put(at, character, style)
        row.put(at + len(character) + 1, meaning, DIM)
        at += len(character) + len(meaning) + 4
    yield row
