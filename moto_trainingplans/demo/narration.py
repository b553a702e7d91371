"""How the demo is told: heads, calls, tables, and the looks of statuses."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from ..views.looks import LOOKS

INDENT = 2
NO_BREAK = "\xa0"
ACCENT = "bold #4189b5"


class Telling:
    """A part of the demo, whose steps are shown as they are made."""

    def __init__(self, console: Console, plans: Any, sagemaker: Any) -> None:
        self.console = console
        self.plans = plans
        self.sagemaker = sagemaker

    def head(self, number: str, title: str, explanation: str) -> None:
        """Begin a step."""
        self.console.print(
            Text.assemble((f"{number} {title}", ACCENT), (f"  {explanation}", "dim"))
        )

    def call(self, operation: str, left_out: Sequence[str] = (), **members: Any) -> Any:
        """Show a call of the client, without some of its members, and make it."""
        shown = {name: value for name, value in members.items() if name not in left_out}
        more = len(shown) < len(members)
        text = call_text(operation, shown, more, self.console.width - INDENT)
        self.show(text, space=False)
        return getattr(self.sagemaker, operation)(**members)

    def show(self, shown: Any, space: bool = True) -> None:
        """Print something as part of a step, and a blank line after it."""
        self.console.print(Padding(shown, (0, 0, 1 if space else 0, INDENT)))

    def status(self, status: str) -> Text:
        """A plan's status, in its colour."""
        if not has_colours(self.console):
            return Text(status)
        return Text(f" {status} ", Style(color="#ffffff", bgcolor=LOOKS[status.lower()].colour))


def call_text(operation: str, members: Mapping[str, Any], more: bool, width: int) -> Text:
    """A call as it is written in Python, on as many lines as it needs; ids cut short."""
    # A name stays on the line of its value, or of where that begins.
    separators = (", ", f":{NO_BREAK}")
    written = ", ".join(
        f"{name}={json.dumps(_short(value), separators=separators)}"
        for name, value in members.items()
    )
    if more:
        written += ", ..."
    lines = textwrap.wrap(
        f"{operation}({written})",
        width,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return Text("\n".join(lines).replace(NO_BREAK, " "))


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_short(member) for member in value]
    if isinstance(value, str) and value.startswith("tpo-"):
        return value[:12] + "..."
    if isinstance(value, str) and value.startswith("arn:"):
        return "arn:..." + value[value.rindex("/") :]
    return value


def table(*headings: str) -> Table:
    """A table without lines; without headings it has as many columns as its first row."""
    empty = Table(
        box=None,
        show_header=bool(headings),
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    for heading in headings:
        empty.add_column(heading)
    return empty


def duration(length: timedelta) -> str:
    """A length of time in hours, as "37 h 30 min"."""
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    return f"{hours} h" + (f" {minutes} min" if minutes else "")


def day_and_time(when: datetime) -> str:
    """A time in UTC, as "Tue 21 Jan 19:08"."""
    return f"{when.astimezone(timezone.utc):%a %d %b %H:%M}"


def has_colours(console: Console) -> bool:
    """Whether enough colours reach the reader: of sixteen, several looks would be the same."""
    return console.color_system in ("256", "truecolor") and not console.no_color
