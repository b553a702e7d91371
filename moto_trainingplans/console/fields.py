"""What was typed into a form, read as what it stands for; what it cannot be is told by name.

Only the kind of a value is looked at here. Whether there must be one, and which are allowed, is
for the operation to say: its refusal is what any other client would be told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from .forms import Form

LONGEST_SHOWN = 60  # of what was typed, in a message
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_SEPARATORS = re.compile(r"[\s,]+")
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


class Fields:
    """The fields of a form, all of whose names begin with a prefix that is left out here.

    `mistakes` has a message for each that is no value, by its whole name. A field that is absent
    or empty is None, or no item of a list.
    """

    def __init__(self, form: Form, prefix: str = "") -> None:
        self._form = form
        self._prefix = prefix
        self.mistakes: dict[str, str] = {}

    def within(self, prefix: str) -> Fields:
        """The fields whose names begin with a prefix more; mistakes in them are mistakes here."""
        inner = Fields(self._form, self._prefix + prefix)
        inner.mistakes = self.mistakes
        return inner

    def text(self, name: str) -> str | None:
        """What was typed, without spaces around it."""
        return self._form.text(self._prefix + name) or None

    def texts(self, name: str) -> list[str]:
        """What was typed or ticked in each of the fields of a name."""
        return [each for each in self._form.texts(self._prefix + name) if each]

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self._prefix + name in self._form

    def whole(self, name: str) -> int | None:
        """A whole number."""
        typed = self.text(name)
        if typed is None or _WHOLE.fullmatch(typed):
            return None if typed is None else int(typed)
        self._mistaken(name, f"must be a whole number, not {_shown(typed)}")
        return None

    def number(self, name: str) -> float | None:
        """A number: whole where it can be."""
        typed = self.text(name)
        if typed is None:
            return None
        if not _NUMBER.fullmatch(typed):
            self._mistaken(name, f"must be a number, not {_shown(typed)}")
            return None
        return float(typed) if "." in typed else int(typed)

    def seconds(self, name: str) -> float | None:
        """A duration in seconds: a number, in the unit that the field `<name>-unit` has."""
        number = self.number(name)
        if number is None:
            return None
        unit = self.text(f"{name}-unit") or "seconds"
        if unit not in SECONDS:
            self._mistaken(name, f"must be in one of {', '.join(SECONDS)}")
            return None
        length = number * SECONDS[unit]
        return int(length) if length == int(length) else length

    def whole_seconds(self, name: str) -> int | None:
        """As `seconds`, of an operation that counts whole ones."""
        length = self.seconds(name)
        if length is None or isinstance(length, int):
            return length
        self._mistaken(name, "must be a whole number of seconds")
        return None

    def time(self, name: str) -> datetime | None:
        """A time: ISO 8601, in UTC unless it says otherwise."""
        typed = self.text(name)
        if typed is None:
            return None
        try:
            read = datetime.fromisoformat(typed.replace("Z", "+00:00"))
            aware = read if read.tzinfo else read.replace(tzinfo=timezone.utc)
            return aware.astimezone(timezone.utc)
        except (ValueError, OverflowError):
            self._mistaken(name, f"must be a time such as 2025-01-22T11:30, not {_shown(typed)}")
            return None

    def iso_time(self, name: str) -> str | None:
        """As `time`, as text."""
        read = self.time(name)
        return None if read is None else read.isoformat()

    def items(self, name: str) -> list[str]:
        """What was typed between commas, spaces and ends of lines."""
        return [each for each in _SEPARATORS.split(self.text(name) or "") if each]

    def pairs(self, name: str) -> dict[str, str]:
        """Lines of the form key=value."""
        pairs: dict[str, str] = {}
        for line in (self.text(name) or "").splitlines():
            key, equals, value = line.partition("=")
            if not line.strip():
                continue
            if not equals or not key.strip():
                self._mistaken(name, f"must have a line key=value for each, not {_shown(line)}")
                return {}
            pairs[key.strip()] = value.strip()
        return pairs

    def members(self, name: str) -> dict[str, Any]:
        """A JSON object, as an operation's further members are typed."""
        typed = self.text(name)
        if typed is None:
            return {}
        try:
            read = json.loads(typed, parse_constant=_refuse_constant)
            # Half of a pair of surrogates is no text that could be sent, or shown again.
            json.dumps(read, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError):
            read = None
        if isinstance(read, dict):
            return read
        self._mistaken(name, f"must be a JSON object, not {_shown(typed)}")
        return {}

    def _mistaken(self, name: str, what: str) -> None:
        self.mistakes[self._prefix + name] = what


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _shown(typed: str) -> str:
    return repr(typed if len(typed) <= LONGEST_SHOWN else f"{typed[:LONGEST_SHOWN]}…")


def given(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a request that have a value; structures without any are left out too."""
    return {name: value for name, value in members.items() if value not in (None, {}, [])}


def merged(members: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """A request with further members; those of a structure that both have are put together."""
    both = dict(members)
    for name, value in more.items():
        there = both.get(name)
        if isinstance(there, dict) and isinstance(value, dict):
            both[name] = {**there, **value}
        else:
            both[name] = value
    return both


def tag_members(pairs: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as requests have them."""
    return [{"Key": key, "Value": value} for key, value in pairs.items()]
