"""The time outside of the simulation: moto's, or that of a process that shows the simulation's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from moto.core.utils import utcnow

from ..simulation.kernel.clock import Surroundings
from .callers import warn_caller


class Outside(Surroundings):
    """moto's time, which is the machine's or freezegun's, until the process shows another.

    While `show` is in force freezegun shows the whole process what the simulation's clock
    shows. Another freeze within that, or one around it, moves the simulation's clock as it
    moves freezegun's, and the other way round.
    """

    def __init__(self) -> None:
        self._freezer: Any = None
        self._shown: Any = None
        self._around: Any = None
        self._count = 0

    # -- what a clock asks -----------------------------------------------------------------

    def time(self) -> datetime:
        """The time that a simulation's clock follows until it is set."""
        if self._shown is None:
            return utcnow().replace(tzinfo=timezone.utc)
        if self._around is not None:
            return _aware(self._around())
        from freezegun.api import real_datetime

        return real_datetime.now(timezone.utc)

    def imposed_time(self) -> datetime | None:
        """What a freeze within ours shows."""
        within = self._within()
        return None if within is None else _aware(within())

    def clock_was_set(self, when: datetime) -> None:
        """Move a freeze within ours along."""
        within = self._within()
        if within is not None:
            within.move_to(_naive(when))

    def source_went_back(self, to: datetime, stays: datetime) -> None:
        """Warn that a time is ignored. source: choice"""
        warn_caller(
            f"the time outside (freezegun's, or the machine's) went back to {to.isoformat()}: "
            f"ignored, the simulation's clock stays at {stays.isoformat()}, as time never runs "
            "backwards in it; reset() begins anew"
        )

    # -- what the process shows ------------------------------------------------------------

    def show(self, simulated: Callable[[], datetime]) -> None:
        """Let the process show a simulation's time, an aware one in UTC, until `show_no_more`.

        Counted: within another `show` the first one counts.
        """
        self._count += 1
        if self._count > 1:
            return
        from freezegun import api

        around = api.freeze_factories[-1] if api.freeze_factories else None
        freezer = api.freeze_time(_naive(simulated()), real_asyncio=True)
        freezer.start()
        shown = _shown_by(simulated)
        api.freeze_factories[-1] = shown
        self._freezer, self._shown, self._around = freezer, shown, around

    def show_no_more(self) -> None:
        """Let the process show the time again that it would show otherwise."""
        self._count -= 1
        if self._count:
            return
        freezer = self._freezer
        self._freezer = self._shown = self._around = None
        freezer.stop()

    @property
    def follows_another_freeze(self) -> bool:
        """Whether freezegun had stopped the time already when the process began to show ours."""
        return self._around is not None

    def _within(self) -> Any:
        if self._shown is None:
            return None
        factories = sys.modules["freezegun.api"].freeze_factories
        return None if not factories or factories[-1] is self._shown else factories[-1]


def _shown_by(simulated: Callable[[], datetime]) -> Any:
    """What freezegun asks for the time."""
    from freezegun.api import FrozenDateTimeFactory

    class Shown(FrozenDateTimeFactory):
        def __call__(self) -> datetime:
            return _naive(simulated())

    return Shown(_naive(simulated()))


def _naive(when: datetime) -> datetime:
    return when.astimezone(timezone.utc).replace(tzinfo=None)


def _aware(when: datetime) -> datetime:
    return when.replace(tzinfo=timezone.utc)


outside = Outside()
