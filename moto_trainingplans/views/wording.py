"""Text from outside, as it may be shown: what a terminal or a page would act on stays text."""

from __future__ import annotations

import re
from unicodedata import category, combining, east_asian_width

from .axis import day_and_time, duration
from .lanes import Mark, Span
from .looks import look

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_HARMLESS = re.compile("[ !#$%()*+,\\-./0-9:;=?@A-Z\\[\\]^_`a-z{|}~]*")


def plain(text: str) -> str:
    """Text on one line, without what moves a cursor or turns the direction of writing."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    return "".join(
        "\ufffd" if category(each) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else each
        for each in re.sub(r"\s+", " ", text)
    )


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text
    )


def markup(text: str) -> str:
    """Text as it is written in HTML and SVG, in elements and in attributes."""
    if _HARMLESS.fullmatch(text):
        return text
    text = _NO_XML.sub("\ufffd", text)
    for each, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("'", "&#39;"),
    ):
        text = text.replace(each, entity)
    return text


def told(span: Span) -> str:
    """A span in words, with its times."""
    times = f"{day_and_time(span.start)} to {day_and_time(span.end)}"
    return f"{_what(span)}, {times} UTC ({duration(span.end - span.start)})"


def told_mark(mark: Mark) -> str:
    """A mark in words, with its time."""
    return f"{mark.label or look(mark.state).meaning}, {day_and_time(mark.time)} UTC"


def _what(span: Span) -> str:
    meaning = look(span.state).meaning
    return meaning if span.label.lower() in ("", meaning) else f"{meaning}: {span.label}"
