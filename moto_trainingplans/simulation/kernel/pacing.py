"""How long things take that take AWS minutes: no time, or what moto's state manager says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class Pace:
    """How long one kind of thing takes: so long, or until it was described so many times."""

    delay: timedelta
    describes: int

    @property
    def is_immediate(self) -> bool:
        """Whether it takes no time at all."""
        return not self.delay and not self.describes


def pace_of(setting: Mapping[str, Any]) -> Pace:
    """The pace of a state manager's setting, as `{"progression": "time", "seconds": 30}`."""
    if setting["progression"] == "manual":
        return Pace(timedelta(0), int(setting["times"]))
    seconds = setting["seconds"] if setting["progression"] == "time" else 0
    return Pace(timedelta(seconds=seconds), 0)


class Countdown:
    """Something that happens once a resource has been described so many times more."""

    __slots__ = ("_action", "_remaining")

    def __init__(self, describes: int, action: Callable[[], None]) -> None:
        self._remaining = describes
        self._action = action

    def described(self) -> None:
        """Count one description."""
        self._remaining -= 1
        if self._remaining == 0:
            self._action()
