"""A view as SVG: one picture for light and dark, that needs nothing else and no script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import east_asian_width

from .axis import Axis, day_and_time, make_axis
from .lanes import Lane, Mark, Section, Span, View
from .looks import LOOKS, UNKNOWN, Look, look
from .placing import Bar, place
from .wording import markup, plain, told, told_mark

NARROWEST = 320
NARROW = 640  # below it, names stand above their lanes
MARGIN = 12
SIZE = 13  # of the writing
BAR = 20
LINE = 17  # of writing
TIP_WIDTH = 420

STYLE = """
.mtp{font:13px system-ui,-apple-system,'Segoe UI',Roboto,Ubuntu,'Helvetica Neue',Arial,sans-serif}
.mtp text{fill:var(--ink)}.mtp .t{font-weight:600}.mtp .d{fill:var(--dim)}
.mtp .g{stroke:var(--grid)}
.mtp .n{stroke:var(--ink);stroke-dasharray:3 3}.mtp text.w{fill:#fff}.mtp text.p{fill:var(--pale)}
.mtp .z{stroke:#fff;stroke-opacity:.2;stroke-dasharray:2 4}
.mtp .s{fill:var(--ground)}.mtp .h{fill:transparent;cursor:default}
.mtp .k{opacity:0;pointer-events:none}.mtp .x:hover .k,.mtp .x:focus .k{opacity:1}
.mtp .k rect{fill:var(--tip);stroke:var(--dim)}.mtp .x:focus{outline:none}
.mtp .x:hover .h,.mtp .x:focus .h{stroke:var(--ink);stroke-width:2}
"""
LIGHT = "--ground:#fff;--ink:#1b2430;--dim:#566170;--grid:#e4e8ed;--pale:#1b2430;--tip:#fff;"
DARK = "--ground:#12171e;--ink:#e6eaf0;--dim:#9ba6b4;--grid:#28303a;--pale:#fff;--tip:#1d252f;"


def style() -> str:
    """The style sheet of all pictures."""
    light = "".join(f"--{name}:{each.on_light};" for name, each in _looks())
    dark = "".join(f"--{name}:{each.colour};" for name, each in _looks())
    fills = "".join(f".mtp .{name}{{fill:var(--{name})}}" for name, _ in _looks())
    return (
        f".mtp{{{LIGHT}{light}}}@media (prefers-color-scheme:dark){{.mtp{{{DARK}{dark}}}}}"
        f"{STYLE}{fills}"
    ).replace("\n", "")


def _looks() -> list[tuple[str, Look]]:
    return [*((f"c-{name}", each) for name, each in LOOKS.items()), ("c-other", UNKNOWN)]


@lru_cache(maxsize=10_000)
def measure(text: str) -> float:
    """How many pixels a text takes, rather too many than too few."""
    return sum(
        SIZE if east_asian_width(each) in "WF" else SIZE * _WIDTHS.get(each, 0.62) for each in text
    )


_WIDTHS = {
    **dict.fromkeys("ijl.,:;|'!I ", 0.32),
    **dict.fromkeys("frt()[]-/", 0.42),
    **dict.fromkeys("mwMW%@", 0.95),
}


@dataclass
class Drawing:
    """What has been drawn so far, and how far down; `tips` are drawn over all else."""

    width: float
    y: float = MARGIN
    shapes: list[str] = field(default_factory=list)
    tips: list[tuple[float, float, float, tuple[str, ...]]] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, classes: str = "") -> None:
        """Write a text; `y` is its base line."""
        kind = f' class="{classes}"' if classes else ""
        self.shapes.append(f'<text x="{_n(x)}" y="{_n(y)}"{kind}>{markup(text)}</text>')


def render(view: View, width: int, with_style: bool = True, with_tips: bool = True) -> str:
    """The view as an SVG element that is `width` pixels wide.

    `with_tips` has each bar and mark tell its times and reason while it is pointed at.
    """
    drawing = Drawing(max(width, NARROWEST))
    is_narrow = drawing.width < NARROW
    names = (
        0.0
        if is_narrow
        else min(
            max((measure(plain(lane.name)) for lane in view.lanes), default=0) + 14,
            drawing.width * 0.3,
        )
    )
    left = MARGIN + names
    axis = make_axis(view.start, view.end, drawing.width - left - MARGIN, _tick_room)
    for section in view.sections:
        _draw_section(drawing, section, axis, left, view)
    _draw_legend(drawing, view)
    height = drawing.y + MARGIN
    title = f"{day_and_time(view.start)} to {day_and_time(view.end)} UTC"
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="mtp" width="{_n(drawing.width)}" '
            f'height="{_n(height)}" viewBox="0 0 {_n(drawing.width)} {_n(height)}" role="group" '
            f'aria-label="{markup("Timeline, " + title)}">',
            f"<style>{style()}</style>" if with_style else "",
            '<rect class="s" width="100%" height="100%" rx="6"/>',
            *drawing.shapes,
            *(_tips(drawing, height) if with_tips else ()),
            "</svg>",
        ]
    )


def _tick_room(label: str) -> float:
    return measure(label) + 10


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _draw_section(drawing: Drawing, section: Section, axis: Axis, left: float, view: View) -> None:
    drawing.y += LINE
    drawing.text(MARGIN, drawing.y, plain(section.title), "t")
    title, facts = measure(plain(section.title)) * 1.1 + 12, plain(section.facts)
    if facts and MARGIN + title + measure(facts) <= drawing.width - MARGIN:
        drawing.text(MARGIN + title, drawing.y, facts, "d")
    else:
        for line in _wrap(facts, drawing.width - 2 * MARGIN):
            drawing.y += LINE
            drawing.text(MARGIN, drawing.y, line, "d")
    drawing.y += LINE + 2
    for tick in axis.ticks:
        if tick.label:
            drawing.text(left + tick.at + 3, drawing.y, tick.label, "d")
    top = drawing.y - LINE + 5
    index = len(drawing.shapes)
    drawing.y += 6
    for lane in section.lanes:
        _draw_lane(drawing, lane, axis, left)
    bottom = drawing.y
    grid = "".join(f"M{_n(left + tick.at)} {_n(top)}V{_n(bottom)}" for tick in axis.ticks)
    below = [f'<path class="g" d="{grid}"/>']
    if view.start < view.now < view.end:
        now = left + axis.at(view.now)
        below.append(f'<path class="n" d="M{_n(now)} {_n(top + 5)}V{_n(bottom)}"/>')
    drawing.shapes[index:index] = below
    drawing.y += 10


def _draw_lane(drawing: Drawing, lane: Lane, axis: Axis, left: float) -> None:
    name = plain(lane.name)
    above = left <= MARGIN or measure(name) > left - MARGIN
    if above:
        drawing.text(MARGIN, drawing.y + 12, name)
        drawing.y += LINE
    else:
        drawing.text(MARGIN, drawing.y + 14, name)
    top = drawing.y
    bars = []
    for span in lane.spans:
        start = left + axis.at(span.start)
        # Something short must still be seen.
        end = max(left + axis.at(span.end), start + 2)
        _draw_bar(drawing, span, start, end, top)
        bars.append(Bar(start - left, end - left, plain(span.label), span.state))
    for mark in lane.marks:
        at = left + axis.at(mark.time)
        _draw_mark(drawing, mark, at, top)
        bars.append(Bar(at - left - 5, at - left + 5, plain(mark.label), mark.state, point=True))
    lines = 0
    for placed in place(bars, axis.width, measure, gap=5, padding=5):
        lines = max(lines, placed.line)
        baseline = top + 14 + placed.line * LINE + (3 if placed.line else 0)
        classes = ("w" if _is_dark(placed.bar.key) else "p") if placed.inside else "d"
        drawing.text(left + placed.at, baseline, placed.bar.label, classes)
    drawing.y = top + BAR + (4 if not lines else lines * LINE + 6)


def _is_dark(state: str) -> bool:
    return look(state).light is None


def _class(state: str) -> str:
    return f"c-{state}" if state in LOOKS else "c-other"


def _draw_bar(drawing: Drawing, span: Span, start: float, end: float, top: float) -> None:
    share = 1.0 if span.level is None else max(0.1, span.level)
    height = BAR * share
    place_ = (
        f'x="{_n(start)}" y="{_n(top + BAR - height)}" width="{_n(end - start)}" '
        f'height="{_n(height)}"'
    )
    drawing.shapes.append(f'<rect class="{_class(span.state)}" {place_}/>')
    if look(span.state).hatched:
        _hatch(drawing, start, end, top + BAR - height / 2, height)
    details = (span.detail,) if span.detail else ()
    drawing.tips.append((start, end, top, (told(span), *details)))


def _hatch(drawing: Drawing, start: float, end: float, middle: float, height: float) -> None:
    # Stripes of a dashed stroke: a pattern's id would have to be unique in the whole page.
    drawing.shapes.append(
        f'<path class="z" stroke-width="{_n(height)}" d="M{_n(start)} {_n(middle)}H{_n(end)}"/>'
    )


def _draw_mark(drawing: Drawing, mark: Mark, at: float, top: float) -> None:
    drawing.shapes.append(
        f'<path class="{_class(mark.state)}" stroke="var(--ground)" '
        f'd="M{_n(at)} {_n(top)}l5 10l-5 10l-5 -10z"/>'
    )
    details = (mark.detail,) if mark.detail else ()
    drawing.tips.append((at - 5, at + 5, top, (told_mark(mark), *details)))


def _tips(drawing: Drawing, height: float) -> Iterator[str]:
    """What each bar and mark tells while it is pointed at, or has the focus."""
    for start, end, top, texts in drawing.tips:
        room = min(TIP_WIDTH, drawing.width - 2 * MARGIN) - 16
        lines = [line for text in texts for line in _wrap(plain(text), room)]
        width = max(measure(line) for line in lines) + 16
        tall = len(lines) * LINE + 8
        x = min(max(MARGIN, (start + end - width) / 2), drawing.width - MARGIN - width)
        y = top + BAR + 4 if top + BAR + 4 + tall <= height else max(0, top - tall - 4)
        written = "".join(
            f'<tspan x="{_n(x + 8)}" dy="{LINE}">{markup(line)} </tspan>' for line in lines
        )
        heard = markup(", ".join(map(plain, texts)))
        yield (
            f'<g class="x" tabindex="0" role="img" aria-label="{heard}">'
            f'<rect class="h" x="{_n(start)}" '
            f'y="{_n(top)}" width="{_n(end - start)}" height="{BAR}"/><g class="k">'
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(tall)}" rx="4"/>'
            f'<text y="{_n(y)}">{written}</text></g></g>'
        )


def _wrap(text: str, width: float) -> list[str]:
    lines: list[str] = []
    taken = 0.0
    for word in text.split():
        for piece in _pieces(word, width):
            wide = measure(piece)
            if lines and taken + measure(" ") + wide <= width:
                lines[-1] += f" {piece}"
                taken += measure(" ") + wide
            else:
                lines.append(piece)
                taken = wide
    return lines


def _pieces(word: str, width: float) -> Iterator[str]:
    """A word, in parts that are no wider than a line."""
    most = max(1, int(width / SIZE))
    if measure(word) <= width:
        yield word
        return
    for index in range(0, len(word), most):
        yield word[index : index + most]


def _draw_legend(drawing: Drawing, view: View) -> None:
    used: dict[str, str] = {}
    for lane in view.lanes:
        states = [*(span.state for span in lane.spans), *(mark.state for mark in lane.marks)]
        for state in states:
            used.setdefault(look(state).meaning, state)
    x: float = MARGIN
    for meaning, state in used.items():
        wide = measure(meaning) + 32
        if x > MARGIN and x + wide > drawing.width:
            x, drawing.y = MARGIN, drawing.y + LINE + 3
        box = f'x="{_n(x)}" y="{_n(drawing.y)}" width="12" height="12" rx="2"'
        drawing.shapes.append(f'<rect class="{_class(state)}" {box}/>')
        if look(state).hatched:
            _hatch(drawing, x, x + 12, drawing.y + 6, 12)
        drawing.text(x + 17, drawing.y + 11, meaning, "d")
        x += wide
    drawing.y += LINE
