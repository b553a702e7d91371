"""A scenario's keys as calls: which there may be is what the table of control calls says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, NoReturn

from ...simulation.kernel.clock import check_speed, check_time
from ...simulation.kernel.errors import TrainingPlansError, in_short
from ..calls import CALLS, NEEDS_RESOURCE
from ..invocation import arguments_of_call
from ..sharing import LOOKING
from ..values import to_duration, to_number, to_time

CLOCK = "clock"
CLOCK_KEYS = ("now", "speed")
# Of a scenario, which is looked at three times before anybody is answered.
MOST_CALLS = 10_000
# When a call is made, instead of at once.
AT, AFTER = "at", "after"


def _calls_by_group() -> Mapping[str, tuple[str, ...]]:
    """The calls that a scenario can make: all that set or order something, but move no clock."""
    groups: dict[str, tuple[str, ...]] = {}
    for name in CALLS:
        group, _, call = name.partition("/")
        if call and name not in LOOKING and group not in (CLOCK, "mock"):
            groups[group] = (*groups.get(group, ()), call)
    return groups


CALLS_BY_GROUP = _calls_by_group()
GROUPS = (CLOCK, *CALLS_BY_GROUP)


@dataclass(frozen=True)
class Start:
    """A scenario's clock: the time at which it begins, and how fast it flows, where it says so."""

    now: datetime | None
    speed: float | None

    def outweighed_by(
        self, now: datetime | None, speed: float = 0.0
    ) -> tuple[datetime | None, float | None]:
        """The time and speed to begin with where a time is given besides, and a usual speed.

        A clock that is set to a time stands still there, or flows as usual, unless the scenario
        says how fast. None leaves the time, or the speed, as it is.
        """
        begin = self.now if now is None else now
        usual = None if begin is None else speed
        return begin, usual if self.speed is None else self.speed


@dataclass(frozen=True)
class Entry:
    """One call that a scenario makes: at once, at a time, or so long after it is applied.

    `key` is where it stands, as "capacity.set[2]".
    """

    key: str
    call: str
    arguments: Mapping[str, Any]
    at: datetime | None = None
    after: timedelta | None = None

    @property
    def has_time(self) -> bool:
        """Whether it is made later than the scenario is applied."""
        return self.at is not None or self.after is not None

    def due(self, start: datetime) -> datetime:
        """When it is made, in a scenario that is applied at `start`."""
        if self.after is None:
            return self.at or start
        try:
            return start + self.after
        except OverflowError:
            raise TrainingPlansError("the clock never gets there") from None


def read_start(content: Mapping[str, Any]) -> Start:
    """A scenario's clock. Raises TrainingPlansError for what cannot be."""
    clock = content.get(CLOCK, {})
    _check_table(CLOCK, clock, CLOCK_KEYS)
    now, speed = clock.get("now"), clock.get("speed")
    return Start(
        None if now is None else _of(f"{CLOCK}.now", lambda: check_time(to_time("now", now))),
        None
        if speed is None
        else _of(f"{CLOCK}.speed", lambda: check_speed(to_number("speed", speed))),
    )


def read_entries(content: Any) -> tuple[Entry, ...]:
    """The calls of a scenario, in the order of the table, and of each as they are written.

    Raises TrainingPlansError for a key that is none, a call that is no table, or a value that
    no call takes; what only a simulation can refuse is left to it.
    """
    _check_table("", content, GROUPS)
    for group, calls in content.items():
        _check_table(group, calls, CLOCK_KEYS if group == CLOCK else CALLS_BY_GROUP[group])
    written = [
        (f"{group}/{call}", content[group][call])
        for group, calls in CALLS_BY_GROUP.items()
        for call in calls
        if call in content.get(group, {})
    ]
    count = sum(len(each) if isinstance(each, list) else 1 for _, each in written)
    if count > MOST_CALLS:
        raise TrainingPlansError(f"a scenario can make {MOST_CALLS:,} calls at most, not {count:,}")
    return tuple(entry for name, each in written for entry in _read_calls(name, each))


def _read_calls(name: str, written: Any) -> Iterable[Entry]:
    key = name.replace("/", ".")
    if isinstance(written, list):
        return [_read_call(name, f"{key}[{n}]", each) for n, each in enumerate(written, start=1)]
    return [_read_call(name, key, written)]


def _read_call(name: str, key: str, written: Any) -> Entry:
    """One call: a table of its arguments, the first of them alone, or `true` for none."""
    known = arguments_of_call(name)
    if not isinstance(written, Mapping):
        written = {} if written is True or written is None else {next(iter(known)): written}
    _check_table(key, written, (*known, AT, AFTER))
    at, after = written.get(AT), written.get(AFTER)
    arguments = {each: value for each, value in written.items() if each not in (AT, AFTER)}
    for each, argument in known.items():
        if each in arguments:
            _of(f"{key}.{each}", lambda a=argument, v=arguments[each]: a.convert(v))
        elif argument.required:
            raise TrainingPlansError(
                f"{key}: {each} is missing; it takes {', '.join((*known, AT, AFTER))}"
            )
    if at is not None and after is not None:
        raise TrainingPlansError(f"{key}: give {AT} (a time) or {AFTER} (a duration), not both")
    entry = Entry(
        key,
        name,
        arguments,
        None if at is None else _of(f"{key}.{AT}", lambda: check_time(to_time(AT, at))),
        None if after is None else _of(f"{key}.{AFTER}", lambda: to_duration(AFTER, after)),
    )
    if name in NEEDS_RESOURCE and not entry.has_time:
        raise TrainingPlansError(
            f"{key}: what it names is not there when a scenario begins: say when it happens, with "
            f"{AT} (a time) or {AFTER} (a duration)"
        )
    return entry


def _of(key: str, convert: Any) -> Any:
    """What a value is converted to; whatever is wrong with it is told of its key."""
    try:
        return convert()
    except TrainingPlansError as misuse:
        raise TrainingPlansError(f"{key}: {misuse}") from None


def _check_table(key: str, table: Any, known: Iterable[str]) -> None:
    """Raises TrainingPlansError for what is no table, or has a key that is none."""
    if not isinstance(table, Mapping):
        what = f"{key} must be a table" if key else "a scenario must be a table"
        raise TrainingPlansError(f"{what} of {', '.join(known)}, not {in_short(table)}")
    for each in table:
        if each not in known:
            _refuse_key(f"{key}.{each}" if key else str(each), each, list(known))


def _refuse_key(key: str, given: Any, known: list[str]) -> NoReturn:
    close = get_close_matches(str(given), known, 1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise TrainingPlansError(f"{key}: there is no such key; {hint}there are {', '.join(known)}")
