"""The one clock of a simulation. No other module asks for the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from .errors import TrainingPlansError

EARLIEST = datetime(1970, 1, 1, tzinfo=timezone.utc)
# Far enough that nobody gets there, near enough that a plan of 182 days still fits behind it.
LATEST = datetime(9000, 1, 1, tzinfo=timezone.utc)

FOREVER = datetime.max.replace(tzinfo=timezone.utc)
FASTEST = 1e9


class Clock:
    """A clock that only goes forward: it follows a source, flows at a speed, or stands still.

    `source` gives the time of the world outside, aware and in UTC. Until the clock is set
    it shows that time. Once set it shows its own, which goes on with the source, `speed`
    simulated seconds for each second of it, or stands still at speed 0. With `start` or
    another `speed` than 1 it is set from the beginning.
    """

    def __init__(
        self,
        source: Callable[[], datetime],
        start: datetime | None = None,
        speed: float = 1.0,
    ) -> None:
        self._source = source
        # Where the clock was set: its own time, the source's time then, seconds a second.
        self._anchor: tuple[datetime, datetime, float] | None = None
        self._flow = speed or 1.0
        self._last_seen: datetime | None = None
        if start is not None or speed != 1:
            self._anchor = (source() if start is None else start, source(), speed)

    @property
    def was_seen(self) -> bool:
        """Whether it has been read or set since it was made."""
        return self._last_seen is not None

    def now(self) -> datetime:
        """The time, never earlier than one already seen."""
        now = self._reading()
        if self._last_seen is not None and now < self._last_seen:
            now = self._last_seen
        self._last_seen = now
        return now

    def move_to(self, when: datetime) -> None:
        """Set the clock to `when`; a flowing clock flows on from there.

        Raises TrainingPlansError for a time that has passed.
        """
        self._set(self._not_passed(when), self._speed)

    def skip_to(self, when: datetime) -> None:
        """Set the clock to `when`, or leave it if it has flowed past that meanwhile."""
        self._set(max(when, self.now()), self._speed)

    def tick(self, delta: timedelta) -> datetime:
        """Set the clock forward by `delta`, and return the time it then shows."""
        try:
            when = self.now() + delta
        except OverflowError:
            when = FOREVER
        self._set(when, self._speed)
        return when

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still, at `at` or at the present time; raises as `move_to`."""
        self._set(self.now() if at is None else self._not_passed(at), 0.0)

    def resume(self) -> None:
        """Flow on from the present time, as fast as before it was frozen."""
        self._set(self.now(), self._flow)

    def set_speed(self, speed: float) -> None:
        """Flow `speed` simulated seconds a second of the source; 0 stands still."""
        self._set(self.now(), check_speed(speed))

    @property
    def _speed(self) -> float:
        return 1.0 if self._anchor is None else self._anchor[2]

    def _reading(self) -> datetime:
        if self._anchor is None:
            return self._source()
        then, source_then, speed = self._anchor
        if not speed:
            return then
        try:
            return min(LATEST, then + (self._source() - source_then) * speed)
        except OverflowError:
            return LATEST

    def _not_passed(self, when: datetime) -> datetime:
        # Until a time was seen the simulation has not begun, so any time may be its first.
        if self._last_seen is not None and when < (now := self.now()):
            raise TrainingPlansError(
                f"the clock cannot go back: it shows {now.isoformat()}, "
                f"which is later than {when.isoformat()}"
            )
        return when

    def _set(self, when: datetime, speed: float) -> None:
        if not EARLIEST <= when <= LATEST:
            raise TrainingPlansError(
                f"the clock can show times from {EARLIEST:%Y} to {LATEST:%Y}, "
                f"not {when.isoformat()}"
            )
        self._anchor = (when, self._source(), speed)
        self._last_seen = when
        if speed:
            self._flow = speed


def check_speed(speed: float) -> float:
    """The speed itself; raises TrainingPlansError if a clock cannot flow so."""
    if not 0 <= speed <= FASTEST:
        raise TrainingPlansError(
            f"speed must be from 0 (frozen) to {FASTEST:.0e} simulated seconds a second, "
            f"not {speed}"
        )
    return speed


def whole_minute(when: datetime) -> datetime:
    """`when` rounded up to a whole minute; a whole minute stays."""
    whole = when.replace(second=0, microsecond=0)
    return whole if whole == when else whole + timedelta(minutes=1)


def check_window(start: datetime, end: datetime) -> None:
    """Raises TrainingPlansError for a window that does not end after it starts."""
    if start >= end:
        raise TrainingPlansError(
            f"the window must end after it starts, not from {start.isoformat()} "
            f"to {end.isoformat()}"
        )
