"""How long things take that take AWS minutes: no time, or what moto's state manager says.

One countdown for all of them: after so many seconds of the clock, or after so many
descriptions of the resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# The state manager's setting for a model, as `{"progression": "time", "seconds": 30}`.
Transition = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one kind of thing takes: so long, or until it was described so many times."""

    delay: timedelta = timedelta(0)
    describes: int = 0

    @property
    def is_immediate(self) -> bool:
        """Whether it takes no time at all."""
        return not self.delay and not self.describes


IMMEDIATE = Pace()


class Pacing:
    """The pace of everything that the state manager knows by a name."""

    def __init__(self, transition: Transition) -> None:
        self._transition = transition

    def of(self, model_name: str) -> Pace:
        """How long a thing takes, by the state manager's name for it."""
        setting = self._transition(model_name)
        if setting["progression"] == "manual":
            return Pace(describes=int(setting["times"]))
        if setting["progression"] == "time":
            return Pace(timedelta(seconds=setting["seconds"]))
        return IMMEDIATE


class Countdown:
    """Something that happens once a resource has been described so many times more."""

    __slots__ = ("_action", "_remaining")

    def __init__(self, describes: int, action: Callable[[], None]) -> None:
        self._remaining = describes
        self._action: Callable[[], None] | None = action

    def described(self) -> None:
        """Count one description."""
        self._remaining -= 1
        if self._remaining <= 0 and self._action is not None:
            action, self._action = self._action, None
            action()

    def cancel(self) -> None:
        """Have nothing happen any more."""
        self._action = None
