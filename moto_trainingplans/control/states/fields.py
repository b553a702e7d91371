"""Reading the parts of a saved state, none of which is taken for what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, TypeVar

from ...simulation.kernel.errors import TrainingPlansError

T = TypeVar("T")
MISSING = object()


class Damaged(TrainingPlansError):
    """Something in a saved state is not what it should be."""


class Fields:
    """The members of an object in a saved state, each of which has one type."""

    def __init__(self, where: str, content: Any) -> None:
        if not isinstance(content, Mapping):
            raise Damaged(f"{where} is no object")
        self._where = where
        self._content = content

    def get(self, name: str, kind: type[T], default: Any = MISSING) -> T:
        """A member of a type; raises where there is none and no default."""
        value = self._content.get(name, default)
        if value is default and default is not MISSING:
            return value  # type: ignore[no-any-return]
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise Damaged(f"{self._where} has no {name} as it should be")
        return value

    def time(self, name: str) -> datetime:
        """A time."""
        return as_time(f"{self._where}, {name},", self._content.get(name))

    def optional_time(self, name: str) -> datetime | None:
        """A time, or None."""
        return None if self._content.get(name) is None else self.time(name)

    def number(self, name: str) -> float:
        """A number."""
        value = self._content.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Damaged(f"{self._where} has no {name} as it should be")
        return value

    def optional_number(self, name: str) -> float | None:
        """A number, or None."""
        return None if self._content.get(name) is None else self.number(name)

    def objects(self, name: str) -> list[Any]:
        """A list."""
        return self.get(name, list)


def as_time(where: str, value: Any) -> datetime:
    """A time, as `time_text` writes it."""
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if read.tzinfo is not None and read.utcoffset() == timezone.utc.utcoffset(None):
                return read.replace(tzinfo=timezone.utc)
    raise Damaged(f"{where} is no time")


def time_text(when: datetime) -> str:
    """A time as text."""
    return when.isoformat()


def plain_number(value: float) -> float:
    """A number that every JSON writer writes alike: a whole one without a point."""
    return int(value) if value == int(value) else value
