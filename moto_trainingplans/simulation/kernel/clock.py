"""The one clock of a simulation. No other module asks for the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from .errors import TrainingPlansError

EARLIEST = datetime(1970, 1, 1, tzinfo=timezone.utc)
# Far enough that nobody gets there, near enough that a plan of 182 days still fits behind it.
LATEST = datetime(9000, 1, 1, tzinfo=timezone.utc)

FOREVER = datetime.max.replace(tzinfo=timezone.utc)
FASTEST = 1e9
# A machine's own time is put right by less than this, and nobody needs to know.
UNNOTICED = timedelta(seconds=1)


class Surroundings:
    """What else in the world has a time, and a say in the simulation's. Here nothing does."""

    def imposed_time(self) -> datetime | None:
        """A time that the clock has to show, whatever it was set to; None without one."""
        return None

    def clock_was_set(self, when: datetime) -> None:
        """Take note that the clock has been set."""

    def source_went_back(self, to: datetime, stays: datetime) -> None:
        """Take note that the source now shows `to`, and that the clock stays as it is."""


ALONE = Surroundings()


@dataclass(frozen=True)
class ClockSetting:
    """How a clock stands: enough to go on from there.

    `shows` is its time; `seen` the last time that somebody was shown, None before the first;
    `flow` its simulated seconds for each second of its source, None while it follows that;
    `last_flow` how fast it flows when it is resumed.
    """

    shows: datetime
    seen: datetime | None
    flow: float | None
    last_flow: float


class Clock:
    """A clock that only goes forward: it follows a source, flows at a speed, or stands still.

    `source` gives the time of the world outside, aware and in UTC. Until the clock is set
    it shows that time. Once set it shows its own, which goes on with the source, `speed`
    simulated seconds for each second of it, or stands still at speed 0. With `start` or
    another `speed` than 1 it is set from the beginning. Until `now` is first called time has
    not begun: the clock can be set to any time, and reading it leaves no mark.
    """

    def __init__(
        self,
        source: Callable[[], datetime],
        start: datetime | None = None,
        speed: float = 1.0,
        surroundings: Surroundings = ALONE,
    ) -> None:
        self._source = source
        self._surroundings = surroundings
        # Where the clock was set: its own time, the source's time then, seconds a second.
        self._anchor: tuple[datetime, datetime, float] | None = None
        self._last_flow = speed or 1.0
        self._last_seen: datetime | None = None
        self._held: datetime | None = None
        self._went_back = False
        if start is not None or speed != 1:
            self._anchor = (source() if start is None else start, source(), speed)

    @property
    def was_seen(self) -> bool:
        """Whether it has shown somebody a time that it cannot go behind."""
        return self._last_seen is not None

    def now(self) -> datetime:
        """The time, never earlier than one already seen, which this one is from now on."""
        now = self._last_seen = self.reading()
        return now

    def reading(self) -> datetime:
        """The time, as `now`; but it is not remembered as seen."""
        if self._held is not None:
            return self._held
        imposed = self._surroundings.imposed_time()
        reading = self._own_reading() if imposed is None else imposed
        if self._last_seen is None or reading >= self._last_seen:
            self._went_back = False
            return reading
        if not self._went_back and self._last_seen - reading > UNNOTICED:
            self._went_back = True
            self._surroundings.source_went_back(reading, self._last_seen)
        return self._last_seen

    def hold(self) -> bool:
        """Show one time until `let_go`, or another one once it is set: a request has one present.

        Returns whether it is held now, and was not before.
        """
        if self._held is not None:
            return False
        self._held = self.reading()
        return True

    def let_go(self) -> None:
        """Show the time again as it passes."""
        self._held = None

    @property
    def setting(self) -> ClockSetting:
        """How it stands, for `go_on`."""
        flow = None if self._anchor is None else self._anchor[2]
        return ClockSetting(self.reading(), self._last_seen, flow, self._last_flow)

    def go_on(
        self, setting: ClockSetting, source: Callable[[], datetime], surroundings: Surroundings
    ) -> None:
        """Go on as another clock stood, with a source and surroundings of its own."""
        self._source, self._surroundings = source, surroundings
        self._held = None
        self._last_seen, self._last_flow = setting.seen, setting.last_flow
        self._anchor = None
        if setting.flow is not None:
            self._anchor = (setting.shows, source(), setting.flow)
            surroundings.clock_was_set(setting.shows)

    def see(self, when: datetime) -> None:
        """Remember a time as seen, at which something happened."""
        if self._last_seen is None or when > self._last_seen:
            self._last_seen = when

    def start_at(self, when: datetime, speed: float) -> None:
        """Flow from `when` on, at a speed; raises as `move_to`."""
        self._set(self.check_not_passed(when), check_speed(speed))

    def move_to(self, when: datetime) -> None:
        """Set the clock to `when`; a flowing clock flows on from there.

        Raises TrainingPlansError for a time that has passed.
        """
        self._set(self.check_not_passed(when), self.flow)

    def skip_to(self, when: datetime) -> None:
        """Set the clock to `when`, or leave it if it has flowed past that meanwhile."""
        self._set(max(when, self.reading()), self.flow)

    def tick(self, delta: timedelta) -> datetime:
        """Set the clock forward by `delta`, and return the time it then shows."""
        try:
            when = self.reading() + delta
        except OverflowError:
            when = FOREVER
        self._set(when, self.flow)
        return when

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still, at `at` or at the present time; raises as `move_to`."""
        self._set(self.reading() if at is None else self.check_not_passed(at), 0.0)

    def resume(self) -> None:
        """Flow on from the present time, as fast as before it was frozen."""
        self._set(self.reading(), self._last_flow)

    def set_speed(self, speed: float) -> None:
        """Flow `speed` simulated seconds a second of the source; 0 stands still."""
        self._set(self.reading(), check_speed(speed))

    @property
    def flow(self) -> float:
        """Simulated seconds for each second of the source; 0 while it stands still."""
        return 1.0 if self._anchor is None else self._anchor[2]

    def _own_reading(self) -> datetime:
        if self._anchor is None:
            return self._source()
        then, source_then, speed = self._anchor
        if not speed:
            return then
        try:
            return min(LATEST, then + (self._source() - source_then) * speed)
        except OverflowError:
            return LATEST

    def check_not_passed(self, when: datetime) -> datetime:
        """The time itself; raises TrainingPlansError where the clock cannot be set to it."""
        # Until a time was seen the simulation has not begun, so any time may be its first.
        if self._last_seen is not None and when < (now := self.reading()):
            raise TrainingPlansError(
                f"the clock cannot go back: it shows {now.isoformat()}, "
                f"which is later than {when.isoformat()}"
            )
        return when

    def _set(self, when: datetime, speed: float) -> None:
        check_time(when)
        if self._held is not None:
            self._held = when
        self._anchor = (when, self._source(), speed)
        if self._last_seen is not None:
            self._last_seen = when
        if speed:
            self._last_flow = speed
        self._surroundings.clock_was_set(when)


def check_time(when: datetime) -> datetime:
    """The time itself; raises TrainingPlansError if a clock cannot show it."""
    if not EARLIEST <= when <= LATEST:
        raise TrainingPlansError(
            f"the clock can show times from {EARLIEST:%Y} to {LATEST:%Y}, not {when.isoformat()}"
        )
    return when


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
