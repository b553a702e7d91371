"""How long things take that take AWS minutes: no time, or what moto's state manager says.

One countdown for all of them: after so many seconds of the clock, or after so many
descriptions of the resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from logging import getLogger
from math import ceil
from typing import Any, ClassVar, NamedTuple

logger = getLogger(__name__)

MOST = 3_155_760_000  # seconds, a hundred years; or descriptions
SETTINGS = (
    "{'progression': 'immediate'}, {'progression': 'time', 'seconds': 30} or "
    "{'progression': 'manual', 'times': 2}, with a number from 0 up"
)

# The state manager's setting for a model, as `{"progression": "time", "seconds": 30}`.
Transition = Callable[[str], Mapping[str, Any]]


class Pace(NamedTuple):
    """How long one kind of thing takes: so long, or until it was described so many times."""

    delay: timedelta = timedelta(0)
    describes: int = 0

    @property
    def is_immediate(self) -> bool:
        """Whether it takes no time at all."""
        return not self.delay and not self.describes


IMMEDIATE = Pace()
NO_TIME = {"progression": "immediate"}  # what nearly every setting is


class Pacing:
    """The pace of everything that the state manager knows by a name.

    A setting that makes no sense takes no time, as one that is not there, and is logged: it may
    be read in the middle of an event, where it could not be refused any more. source: choice
    """

    def __init__(self, transition: Transition) -> None:
        self._transition = transition
        self._logged: dict[str, str] = {}

    def of(self, model_name: str) -> Pace:
        """How long a thing takes, by the state manager's name for it."""
        setting = self._transition(model_name)
        if setting == NO_TIME:
            return IMMEDIATE
        pace = _read(setting)
        if pace is not None:
            return pace
        if self._logged.get(model_name) != (text := repr(setting)):
            self._logged[model_name] = text
            logger.warning(
                "moto's state manager has %s for %s, which takes no time then: it can be %s",
                text,
                model_name,
                SETTINGS,
            )
        return IMMEDIATE


def _read(setting: object) -> Pace | None:
    """The pace of a setting; None for one that makes no sense."""
    if not isinstance(setting, Mapping):
        return None
    progression = setting.get("progression")
    if progression == "manual":
        times = _number(setting.get("times"))
        return None if times is None else Pace(describes=ceil(times))
    if progression == "time":
        seconds = _number(setting.get("seconds"))
        return None if seconds is None else Pace(timedelta(seconds=seconds))
    return IMMEDIATE if progression == "immediate" else None


def _number(value: object) -> int | float | None:
    """A number that is neither negative nor too large to wait for."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= MOST:
        return value
    return None


class Countdown:
    """Something that happens once a resource has been described so many times more."""

    __slots__ = ("_action", "_remaining")

    # How many descriptions have been counted, of whatever: whether a look has changed something.
    counted: ClassVar[int] = 0

    def __init__(self, describes: int, action: Callable[[], None]) -> None:
        self._remaining = describes
        self._action: Callable[[], None] | None = action

    def described(self) -> None:
        """Count one description."""
        Countdown.counted += 1
        self._remaining -= 1
        if self._remaining <= 0 and self._action is not None:
            action, self._action = self._action, None
            action()

    def cancel(self) -> None:
        """Have nothing happen any more."""
        self._action = None
