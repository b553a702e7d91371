"""The journal of a simulation: what has changed it, in the order in which it was done.

Since the same calls at the same times give the same state, ids and history, the calls are the
state. What only reads is not among them, nor is a move of the clock: each entry has its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

from .draws import Draws

FEW_SEARCHES = 100


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was done, by the simulation's clock, and whether time had begun by then."""

    at: datetime
    begun: bool


@dataclass(frozen=True, slots=True)
class Effects:
    """What a request came to that its replay cannot find out by itself.

    `seed` is what moto's draws began with, None where there were none; `refused` whether it was
    answered with an error; `denied` whether the caller was denied what was only wished for;
    `found` what was read from elsewhere, or came from the machine's own chance.
    """

    seed: int | None = None
    refused: bool = False
    denied: bool = False
    found: str | None = None


@dataclass(frozen=True, slots=True)
class RequestEntry:
    """A request to a service of moto's, `headers` being those that have a say in its answer."""

    moment: Moment
    service: str
    account: str
    region: str
    access_key: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    effects: Effects


@dataclass(frozen=True, slots=True)
class ControlEntry:
    """A call of the control object, as `perform` takes it."""

    moment: Moment
    name: str
    arguments: Mapping[str, Any]
    ordered_at: str | None


@dataclass(frozen=True, slots=True)
class SettingsEntry:
    """The state manager's settings from now on: those of the models that the simulation has."""

    moment: Moment
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeedEntry:
    """A seed that was given to moto's API."""

    moment: Moment
    seed: str


Entry = RequestEntry | ControlEntry | SettingsEntry | SeedEntry


@dataclass(slots=True)
class Chapter:
    """One simulation, from its beginning to its reset. `startup` is as it began."""

    startup: Any
    began: datetime
    seed: str
    settings: Mapping[str, Any]
    entries: list[Entry]
    # Whether it has left something behind in moto's services, which a reset of it alone keeps.
    left_something: bool = False


class Journal:
    """The chapters of which something is left, the last being the simulation that goes on.

    A search changes something too: what it offers can be bought. Only the last that offered a
    thing is kept, and only as long as that can be bought, or if it was.
    """

    def __init__(self, beginning: Chapter, before: tuple[Chapter, ...] = ()) -> None:
        self.beginning = beginning
        self._before = before
        self._numbers = count()
        self._entries: list[tuple[int, Entry]] = []
        self._searches: dict[str, tuple[int, Entry, datetime]] = {}
        self._searches_at_last_sweep = 0

    def begin_with(self, startup: Any, began: datetime) -> None:
        """Note that the simulation began otherwise after all: nobody had asked it anything yet."""
        self.beginning.startup, self.beginning.began = startup, began

    def number(self) -> int:
        """A place in the order, for what is being done now."""
        return next(self._numbers)

    def add(self, number: int, entry: Entry, bought: str | None = None) -> None:
        """Enter what was done, and the search that offered what it has bought."""
        search = None if bought is None else self._searches.pop(bought, None)
        if search is not None:
            self._entries.append(search[:2])
        self._entries.append((number, entry))

    def add_search(self, number: int, entry: Entry, offers: Mapping[str, datetime]) -> None:
        """Enter a search, that has offered things which can be bought until some time."""
        for offering_id, until in offers.items():
            self._searches[offering_id] = (number, entry, until)
        if len(self._searches) > 2 * self._searches_at_last_sweep + FEW_SEARCHES:
            self._searches = self._open_searches(entry.moment.at)
            self._searches_at_last_sweep = len(self._searches)

    def _open_searches(self, now: datetime) -> dict[str, tuple[int, Entry, datetime]]:
        return {name: each for name, each in self._searches.items() if each[2] > now}

    def __len__(self) -> int:
        return len(self._entries)

    def chapters(self, now: datetime) -> tuple[Chapter, ...]:
        """All chapters, in order, as they are now."""
        return self._chapters(each[:2] for each in self._open_searches(now).values())

    def next(self, beginning: Chapter) -> Journal:
        """The journal after a reset of the simulation alone."""
        kept = self._chapters() if self.beginning.left_something else self._before
        return Journal(beginning, kept)

    def _chapters(self, more: Iterable[tuple[int, Entry]] = ()) -> tuple[Chapter, ...]:
        by_number = dict((*self._entries, *more))
        entries = [by_number[number] for number in sorted(by_number)]
        return (*self._before, replace(self.beginning, entries=entries))


NO_EFFECTS = Effects()


class UnderWay:
    """A request that is being answered, and what is found out about it meanwhile."""

    __slots__ = (
        "bought",
        "denied",
        "draws",
        "found",
        "leaves_something",
        "matters",
        "offers",
        "replayed",
        "unfit",
    )

    def __init__(self, replayed: RequestEntry | None = None) -> None:
        self.replayed = replayed
        effects = NO_EFFECTS if replayed is None else replayed.effects
        self.draws = Draws(effects.seed)
        self.denied = effects.denied
        self.found = effects.found
        # What it has found that can be bought, until when; and what it has bought of that.
        self.offers: Mapping[str, datetime] = {}
        self.bought: str | None = None
        # Whether it changes something though it reads, or though it is refused.
        self.matters = False
        # Whether it changes something outside of the simulation.
        self.leaves_something = False
        # Whether it must not be done again.
        self.unfit = False


# The entry that is done again, until the request that it makes has come to the door.
repeated: ContextVar[RequestEntry | None] = ContextVar("repeated", default=None)
under_way: ContextVar[UnderWay | None] = ContextVar("under_way", default=None)


def repeated_request() -> RequestEntry | None:
    """The entry that the request under way repeats, None where it is a client's."""
    request = under_way.get()
    return None if request is None else request.replayed


def mark_as_changing() -> None:
    """The request under way has changed something, whatever becomes of it."""
    request = under_way.get()
    if request is not None:
        request.matters = True


def mark_offers(offers: Mapping[str, datetime]) -> None:
    """The request under way has found what can be bought, by its id until some time."""
    request = under_way.get()
    if request is not None:
        request.offers = offers


def mark_purchase(offering_id: str) -> None:
    """The request under way has bought what a search had offered."""
    request = under_way.get()
    if request is not None:
        request.bought = offering_id


def mark_as_leaving_something() -> None:
    """The request under way has changed something of moto's, which outlives the simulation."""
    request = under_way.get()
    if request is not None:
        request.leaves_something = True


# While a journal is done again: what is to be written into logs once all of it has been.
replay: ContextVar[list[Callable[[], None]] | None] = ContextVar("replay", default=None)


def is_replaying() -> bool:
    """Whether what is being done is done again, from a journal."""
    return replay.get() is not None
