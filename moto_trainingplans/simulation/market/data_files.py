"""The package's own data: what AWS sells where, and at which price. It is checked as it is read."""

from __future__ import annotations

import json
from collections.abc import Container
from datetime import datetime, timezone
from enum import Enum
from fractions import Fraction
from importlib.resources import files
from typing import Any


class Certainty(str, Enum):
    """How far a figure can be trusted."""

    LISTED = "listed"
    OBSERVED = "observed"
    DERIVED = "derived"
    PLAUSIBLE = "plausible"


CERTAINTIES = frozenset(each.value for each in Certainty)


def read_data(name: str) -> dict[str, Any]:
    """The JSON object in one of the package's data files."""
    content = files("moto_trainingplans").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(content)
    return loaded


class Entry:
    """One entry of a data file. What is wrong with it is a ValueError that shows all of it."""

    def __init__(self, file: str, members: dict[str, Any], allowed: Container[str]) -> None:
        self._file = file
        self._members = members
        for member in members:
            self.check(member in allowed, f"{member} is no member of such an entry")

    def check(self, holds: bool, expected: str) -> None:
        """Raise a ValueError that says what was expected, unless it holds."""
        if not holds:
            raise ValueError(f"{self._file}: {json.dumps(self._members)}: {expected}")

    def text(self, member: str, known: Container[str] | None = None) -> str:
        """A text, one of those that are known where they are given."""
        value = str(self._members.get(member))
        self.check(isinstance(self._members.get(member), str), f"{member} must be a text")
        self.check(known is None or value in known, f"{member} is not known: {value!r}")
        return value

    def texts(self, member: str, known: Container[str]) -> tuple[str, ...]:
        """A list of texts that are known, each once."""
        values = self._members.get(member)
        texts = tuple(map(str, values)) if isinstance(values, list) else ()
        self.check(
            0 < len(texts) == len(set(texts)) and all(each in known for each in texts),
            f"{member} must be a list of what is known, each once",
        )
        return texts

    def has(self, member: str) -> bool:
        """Whether it says something of its own."""
        return member in self._members

    def certainty(self) -> Certainty:
        """How far it can be trusted."""
        return Certainty(self.text("certainty", CERTAINTIES))

    def rate(self) -> Fraction:
        """A price in USD, written as a decimal that is more than nothing."""
        text = self.text("rate")
        try:
            rate = Fraction(text)
        except ValueError:
            rate = Fraction(0)
        self.check(rate > 0, "rate must be a decimal such as '13.57'")
        return rate

    def time(self, member: str) -> datetime:
        """A day or time in UTC, as 2025-04-30 or 2025-05-07T17:03Z."""
        text = self.text(member)
        try:
            when = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            self.check(False, f"{member} must be a day or a time in UTC")
            raise
        return when if when.tzinfo else when.replace(tzinfo=timezone.utc)
