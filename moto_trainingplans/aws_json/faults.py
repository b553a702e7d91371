"""What is wrong with a request, and as much of it as is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .errors import ValidationException

# How much is told of what is wrong with one request, so that no answer is longer than what it
# answers: faults, characters of each value, characters of all together. source: choice
MOST_FAULTS = 100
LONGEST_VALUE = 1000
LONGEST_TEXT = 50_000
LONGEST_KEY = 256  # of a map, in a path


class Faults:
    """The faults of one request; it is not looked at any further once there are many."""

    def __init__(self) -> None:
        self.count = 0
        self._told: list[str] = []
        self._length = 0

    def add(self, value: Any, path: str, constraint: str) -> None:
        """One more. Raises ValidationException where it is the last that is counted."""
        self.count += 1
        if self._length <= LONGEST_TEXT:
            told = f"Value {_shown(value)} at '{path}' failed to satisfy constraint: {constraint}"
            self._told.append(told)
            self._length += len(told)
        if self.count == MOST_FAULTS:
            raise self.error()

    def error(self) -> ValidationException:
        """The error that tells of them."""
        noun = "validation error" if self.count == 1 else "validation errors"
        # source: model
        return ValidationException(f"{self.count} {noun} detected: {'; '.join(self._told)}")


class FaultsOfMembers(Faults):
    """The faults of simple members, told of the list or map that they are in."""

    def __init__(self) -> None:
        super().__init__()
        self._constraints: dict[str, None] = {}

    def add(self, value: Any, path: str, constraint: str) -> None:  # noqa: ARG002
        """One more, of which only the constraint counts."""
        self._constraints[constraint] = None

    def tell(self, value: Any, path: str, part: str, faults: Faults) -> None:
        """Put them together into one of the whole, if there are any."""
        if self._constraints:
            constraints = ", ".join(self._constraints)
            faults.add(value, path, f"{part} must satisfy constraint: [{constraints}]")


def _shown(value: Any) -> str:
    """A value as AWS writes it, or its beginning where it is long."""
    if value is None:
        return "null"
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > LONGEST_VALUE:
            break
    return f"'{cut(text, LONGEST_VALUE)}'"


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        yield "["
        for number, member in enumerate(value):
            yield ", " if number else ""
            yield from _pieces(member)
        yield "]"
    elif isinstance(value, dict):
        yield "{"
        for number, (key, member) in enumerate(value.items()):
            yield f"{', ' if number else ''}{cut(key, LONGEST_VALUE)}="
            yield from _pieces(member)
        yield "}"
    else:
        yield cut(value, LONGEST_VALUE) if isinstance(value, str) else str(value)


def cut(text: str, longest: int) -> str:
    """A text, or its beginning where it is long."""
    return text if len(text) <= longest else f"{text[:longest]}..."
