"""The page of a test run: what happened in each test, failed ones first, in one offline file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import svg
from .html import PAGE_STYLE, POLICY
from .lanes import View
from .ledger import Ledger
from .report import PlanReport
from .text import render
from .wording import markup

MOST_BYTES = 4_700_000
MOST_BYTES_OF_A_TEST = 400_000
LONGEST_FAILURE = 4_000
LONGEST_CELL = 300
WIDTH = 680

STYLE = (
    "h1{font-size:20px;margin:4px 0 12px}"
    ".test{border:1px solid #8886;border-radius:6px;margin:0 0 8px;padding:0 10px}"
    ".test>summary{font-weight:600;overflow-wrap:anywhere}.test svg{max-width:100%;height:auto}"
    ".o{display:inline-block;min-width:4.5em}.failed .o,.error .o{color:#c0363f}"
    ".passed .o{color:#2f7a55}.left-out{opacity:.7}.scroll{overflow-x:auto}"
    ".columns{display:flex;flex-wrap:wrap;gap:0 28px}"
    ".picture{flex:1 1 640px;max-width:1100px;min-width:0}.picture svg{width:100%}"
    "table{border-collapse:collapse;font-size:12px}td,th{padding:2px 10px 2px 0;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}"
)
ORDER = {"error": 0, "failed": 0, "skipped": 2}
CHANGES = ("time", "resource", "before", "after", "reason")
CALLS = ("time", "operation", "Region", "error", "parameters")

Row = tuple[str, ...]


@dataclass(frozen=True)
class TestRun:
    """What is shown of a test; `calls` and `changes` are the newest, of so many in all.

    `ledgers` are those of its first plans, of so many in all.
    """

    __test__ = False

    nodeid: str
    outcome: str
    seconds: float
    failure: str
    view: View | None
    ledgers: tuple[Ledger, ...]
    plan_count: int
    calls: tuple[Row, ...]
    call_count: int
    changes: tuple[Row, ...]
    change_count: int
    note: str = ""


def run_page(tests: Sequence[TestRun], title: str) -> str:
    """The page. What would make it larger than 5 MB is left out, oldest first, and said so."""
    ordered = sorted(tests, key=lambda test: ORDER.get(test.outcome, 1))
    room = min(MOST_BYTES_OF_A_TEST, MOST_BYTES // max(1, len(ordered)))
    counts: dict[str, int] = {}
    for test in ordered:
        counts[test.outcome] = counts.get(test.outcome, 0) + 1
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "none"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{markup(title)}</title><style>{PAGE_STYLE}{STYLE}{svg.style()}</style></head>"
        f"<body><h1>{markup(title)}</h1><p>Tests that used training plans: {markup(told)}.</p>"
        + "".join(_test(test, room) for test in ordered)
        + "</body></html>\n"
    )


def _shortened(failure: str) -> str:
    """A failure's beginning, where the test's own line is, and its end, where the error is."""
    if len(failure) <= LONGEST_FAILURE:
        return failure
    half = LONGEST_FAILURE // 2
    return f"{failure[:half]}\n[...]\n{failure[-half:]}"


def _test(test: TestRun, room: int) -> str:
    is_open = " open" if test.outcome in ("failed", "error") else ""
    failure = _shortened(test.failure)
    parts = [
        f"<pre>{markup(failure)}</pre>" if failure else "",
        f"<p>{markup(test.note)}</p>" if test.note else "",
    ]
    left = room - sum(len(part.encode()) for part in parts) - 500
    parts.append('<div class="columns">')
    for drawn in _pictures(test):
        if len(drawn.encode()) <= left:
            parts.append(drawn)
            left -= len(drawn.encode())
            break
    parts.append('<div class="scroll">')
    shown = 0
    for ledger in test.ledgers:
        table = f"<pre>{markup(str(PlanReport(ledger)))}</pre>"
        if len(table.encode()) > left:
            break
        parts.append(table)
        left -= len(table.encode())
        shown += 1
    if shown < test.plan_count:
        parts.append(f'<p class="left-out">{test.plan_count - shown} ledgers left out</p>')
    parts.append("</div></div>")
    for heading, columns, rows, count in (
        ("changes", CHANGES, test.changes, test.change_count),
        ("calls", CALLS, test.calls, test.call_count),
    ):
        # Calls keep half of what is left for them.
        drawn = _rows(heading, columns, rows, count, left // 2 if heading == "changes" else left)
        parts.append(drawn)
        left -= len(drawn.encode())
    return (
        f'<details class="test {markup(test.outcome)}"{is_open}><summary><span class="o">'
        f"{markup(test.outcome)}</span> {markup(test.nodeid)} ({test.seconds:.2f} s)</summary>"
        + "".join(parts)
        + "</details>"
    )


def _pictures(test: TestRun) -> Iterator[str]:
    """The timeline, each form smaller than the one before."""
    if test.view is None or not test.view.sections:
        return
    yield f'<div class="picture">{svg.render(test.view, WIDTH, with_style=False)}</div>'
    bare = svg.render(test.view, WIDTH, with_style=False, with_tips=False)
    yield f'<div class="picture">{bare}</div>'
    yield f"<pre>{markup(render(test.view, 120, None))}</pre>"


def _rows(heading: str, columns: Sequence[str], rows: Sequence[Row], count: int, room: int) -> str:
    """A table of the newest rows that there is room for."""
    written: list[str] = []
    for row in reversed(rows):
        cells = "".join(f"<td>{markup(_short(cell))}</td>" for cell in row)
        room -= len(cells.encode()) + 9
        if room < 0:
            break
        written.append(f"<tr>{cells}</tr>")
    earlier = count - len(written)
    note = f' <span class="left-out">{earlier} earlier ones left out</span>' if earlier else ""
    heads = "".join(f"<th>{markup(each)}</th>" for each in columns)
    table = f'<div class="scroll"><table><tr>{heads}</tr>{"".join(reversed(written))}</table></div>'
    return (
        f"<details><summary>{count} {heading}{note}</summary>{table if written else ''}</details>"
        if count
        else ""
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 3]}..."
