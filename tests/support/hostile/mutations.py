"""Requests that are almost right: a valid one, with something of it changed or broken.

A document is a tree of lists, `Members` and leaves, so that it can be what no Python object is: a
name twice in one object, a literal that is no JSON. Hypothesis chooses, and finds the smallest
document of those that fail alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.support.hostile.values import EVERY, NUMBERS, TEXTS, TIMES, TOKENS, Literal

Draw = Callable[[st.SearchStrategy[Any]], Any]
MOST_CHANGES = 3
TIMES_OF = (2, 6, 51, 101, 1001, 3000)  # how often a member of a list is repeated
UNITS = ("a", "-", "1", ".", "a-", "1.", "/", "a/", " ", "_", "+a", "\u00e9")
ENDS = ("\n", "!", "/\n", "\x00", "-", "")
LONGEST_REPEATED = 20_000
LARGEST = 300_000  # of what is repeated, in characters


class Members(list[Any]):
    """The members of an object, as pairs of name and value."""


@dataclass(frozen=True)
class Place:
    """A value in a document: `holder[key]`, and the shape that it should have, if it is known."""

    holder: list[Any]
    key: int
    shape: Any

    @property
    def value(self) -> Any:
        """What is there."""
        found = self.holder[self.key]
        return found[1] if isinstance(self.holder, Members) else found

    def put(self, value: Any) -> None:
        """Put something else there."""
        if isinstance(self.holder, Members):
            self.holder[self.key] = (self.holder[self.key][0], value)
        else:
            self.holder[self.key] = value


def tree_of(value: Any) -> Any:
    """A value of JSON as a document that can be changed."""
    if isinstance(value, dict):
        return Members((name, tree_of(member)) for name, member in value.items())
    return [tree_of(member) for member in value] if isinstance(value, list) else value


def text_of(tree: Any) -> str:
    """A document, written."""
    if isinstance(tree, Members):
        return "{" + ",".join(f"{json.dumps(name)}:{text_of(each)}" for name, each in tree) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(text_of, tree)) + "]"
    return str(tree) if isinstance(tree, Literal) else json.dumps(tree)


def places(holder: list[Any], shape: Any) -> list[Place]:
    """Every value in a document, the outer ones first."""
    found = []
    waiting = [Place(holder, 0, shape)]
    while waiting:
        place = waiting.pop(0)
        found.append(place)
        if isinstance(place.value, list):
            waiting += [
                Place(place.value, key, _shape_below(place, key)) for key in range(len(place.value))
            ]
    return found


def _shape_below(place: Place, key: int) -> Any:
    kind = getattr(place.shape, "type_name", None)
    if kind == "structure" and isinstance(place.value, Members):
        return place.shape.members.get(place.value[key][0])
    if kind == "list":
        return place.shape.member
    return place.shape.value if kind == "map" else None


@cache
def _one_of_every() -> st.SearchStrategy[Any]:
    return st.sampled_from(EVERY) | st.integers() | st.floats() | st.text(max_size=20)


def _replace(draw: Draw, place: Place, pool: Sequence[str]) -> None:
    """Something else altogether, or something of the same kind from elsewhere."""
    sources = [_one_of_every()]
    if isinstance(place.value, str):
        sources += [st.sampled_from(TEXTS), st.sampled_from(list(pool)), st.sampled_from(TOKENS)]
    elif isinstance(place.value, (int, float)):
        sources += [st.sampled_from(NUMBERS), st.sampled_from(TIMES)]
    if getattr(place.shape, "type_name", "") == "timestamp":
        sources = [st.sampled_from(TIMES), sources[0]]
    place.put(tree_of(draw(sources[draw(st.integers(0, len(sources) - 1))])))


def _cross_a_bound(draw: Draw, place: Place, pool: Sequence[str]) -> None:
    """One less or more than the model allows."""
    bounds = [place.shape.metadata[each] for each in ("min", "max") if _bounded(place.shape, each)]
    if not bounds:
        _replace(draw, place, pool)
        return
    bound = draw(st.sampled_from(bounds)) + draw(st.sampled_from([-1, 0, 1]))
    if isinstance(place.value, str):
        place.put((place.value * bound)[: max(0, min(bound, LONGEST_REPEATED))])
    elif isinstance(place.value, list):
        place.put(_repeated(place.value, bound)[: max(0, bound)])
    else:
        place.put(bound)


def _repeated(value: list[Any], times: int) -> Any:
    """A list or object so many times in one, or as often as makes no body that is not read."""
    most = 1 + LARGEST // len(text_of(value))
    return type(value)(value * min(times, most))


def _bounded(shape: Any, which: str) -> bool:
    return shape is not None and which in shape.metadata


def _lengthen(draw: Draw, place: Place, pool: Sequence[str]) -> None:
    """So long, and so much alike, that a pattern may try all its ways to match it."""
    if isinstance(place.value, str):
        begin = place.value[: draw(st.integers(0, len(place.value)))]
        unit, end = draw(st.sampled_from(UNITS)), draw(st.sampled_from(ENDS))
        place.put(begin + unit * draw(st.sampled_from([20, 200, 1000, 10_000])) + end)
    elif isinstance(place.value, list) and place.value:
        place.put(_repeated(place.value, draw(st.sampled_from(TIMES_OF))))
    else:
        _replace(draw, place, pool)


def _insert(draw: Draw, place: Place, pool: Sequence[str]) -> None:
    """Something more in it: a character, an element, a member of the model or of nobody's."""
    value = place.value
    if isinstance(value, str):
        at = draw(st.integers(0, len(value)))
        short = [each for each in TEXTS if len(each) < 10]
        place.put(value[:at] + draw(st.sampled_from(short)) + value[at:])
    elif isinstance(value, Members):
        known = sorted(getattr(place.shape, "members", None) or ["Unknown"])
        name = draw(
            st.sampled_from(known) | st.sampled_from(["Unknown", "__class__", "", "\ud800"])
        )
        what = draw(st.sampled_from(list(pool)) | _one_of_every())
        value.append((name, tree_of(what)))
    elif isinstance(value, list):
        value.insert(draw(st.integers(0, len(value))), tree_of(draw(_one_of_every())))
    else:
        place.put([value])


def _say_twice(draw: Draw, place: Place, pool: Sequence[str]) -> None:
    """The same member again, the second time or the first with something else in it."""
    if not isinstance(place.holder, Members):
        _insert(draw, place, pool)
        return
    again = (place.holder[place.key][0], tree_of(draw(_one_of_every())))
    place.holder.insert(place.key + draw(st.integers(0, 1)), again)


def _remove(draw: Draw, place: Place, pool: Sequence[str]) -> None:
    """Nothing there."""
    if isinstance(place.holder, Members):
        del place.holder[place.key]
    else:
        _replace(draw, place, pool)


def _wrap(draw: Draw, place: Place, _: Sequence[str]) -> None:
    """The right thing, one level deeper or higher than it should be."""
    value = place.value
    inside = [value[0][1] if isinstance(value, Members) else value[0]] if _has_one(value) else []
    wrapped = [[value], Members([("a", value)]), json.dumps(value, default=str), *inside]
    place.put(draw(st.sampled_from(wrapped)))


def _has_one(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0


CHANGES: list[Callable[[Draw, Place, Sequence[str]], None]] = [
    *(_replace, _replace, _replace, _cross_a_bound, _lengthen, _insert, _say_twice, _remove, _wrap)
]


def changed(draw: Draw, valid: Any, shape: Any, pool: Sequence[str]) -> str:
    """A valid document with a few things of it changed, written.

    `shape` is what the model says it is, `pool` the texts of other valid documents.
    """
    holder = [tree_of(valid)]
    for _ in range(draw(st.integers(1, MOST_CHANGES))):
        every = places(holder, shape)
        place = every[draw(st.integers(0, len(every) - 1))]
        draw(st.sampled_from(CHANGES))(draw, place, pool)
    return text_of(holder[0])


def spoilt(draw: Draw, text: str) -> bytes:
    """The bytes of a document; seldom such as no text has, or no JSON."""
    written = text.encode()
    how = draw(st.integers(0, 40))
    at = draw(st.integers(0, len(written))) if how < 6 else 0
    spoils: dict[int, Callable[[], bytes]] = {
        0: lambda: written[:at],
        1: lambda: (
            written[:at] + draw(st.sampled_from([b"\xff", b"\x00", b"\xed\xa0\x80", b"\xc0"]))
        ),
        2: lambda: written[:at] + b"\x80" + written[at:],
        3: lambda: b"\xef\xbb\xbf" + written,
        4: lambda: text.encode("utf-16"),
        5: lambda: written + draw(st.sampled_from([b"{}", b"}", b"//", b"\x00", written])),
    }
    return spoils.get(how, lambda: written)()
