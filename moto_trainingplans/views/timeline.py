"""The timeline that a user gets: one view, in the form that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..simulation.kernel.errors import TrainingPlansError, in_short
from . import html, svg, text
from .folding import fold
from .lanes import View

TITLE = "Timeline of the simulation"
WIDEST = 100_000


@dataclass(frozen=True)
class Timeline:
    """What happened over time, in lanes: plans and their blocks, and all who used them.

    `str()` is for a terminal: as wide as that is, coloured if it has colours, plain text of 80
    columns elsewhere. `svg()` and `html()` need nothing else, in light and dark; notebooks show
    it by themselves. `view` is what is drawn. Equal timelines show the same.
    """

    view: View

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        view = self.view
        times = f"{view.start.isoformat()} to {view.end.isoformat()}"
        return f"<Timeline {times}, {len(view.lanes)} lanes>"

    def text(self, width: int | None = None, colours: bool | None = None) -> str:
        """The timeline on so many columns, 40 at least, with 24-bit colours or as plain text.

        By default as wide, and in the colours, that standard output has. Raises
        TrainingPlansError for a width that is no whole number from 1 to 100,000, and for colours
        that are neither True nor False nor None.
        """
        if not any(colours is each for each in (None, False, True)):
            raise TrainingPlansError(
                f"colours must be True, False or None, not {in_short(colours)}"
            )
        paint = text.terminal_paint() if colours is None else text.true_colour
        return text.render(
            fold(self.view),
            text.terminal_width() if width is None else _checked(width),
            None if colours is False else paint,
        )

    def svg(self, width: int = 660) -> str:
        """An SVG picture, laid out for a width in pixels, 320 at least, and scaled to any.

        Raises TrainingPlansError for a width that is no whole number from 1 to 100,000.
        """
        return svg.render(fold(self.view), _checked(width))

    def html(self) -> str:
        """A page of its own, for narrow and wide windows."""
        return html.page(fold(self.view), TITLE)

    def _repr_html_(self) -> str:
        return f"<style>{html.FIGURE_STYLE}{svg.style()}</style>{html.figure(fold(self.view))}"


def _checked(width: Any) -> int:
    if isinstance(width, int) and not isinstance(width, bool) and 1 <= width <= WIDEST:
        return width
    raise TrainingPlansError(
        f"width must be a whole number from 1 to {WIDEST:,}, not {in_short(width)}"
    )
