"""The simulation as a moto backend, so that moto's own resets begin a new one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend, backend_lock
from moto.core.models import DEFAULT_ACCOUNT_ID

from ..simulation.kernel.errors import TrainingPlansError
from .journal import ControlEntry, SeedEntry
from .journaled_world import JournaledWorld, Scenario, Startup, process

WORLDS_KEPT = 4
_kept: dict[str, JournaledWorld] = {}
_numbers = count(1)
_PARTITION = "aws"  # the name under which moto keeps the one backend of a global service


class SimulationBackend(BaseBackend):
    """One simulation, all accounts and Regions together; moto resets it exactly once.

    It begins as the process begins one when somebody asks for it: many a mock of a suite is never
    asked for anything, and moto resets what it throws away.
    """

    _startup: Startup

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._world: JournaledWorld | None = None

    def reset(self) -> None:
        """End the simulation: what moto's own reset does."""
        if self._world is not None:
            self._world.end()
            self._world = None

    @property
    def world(self) -> JournaledWorld:
        """The simulation that goes on."""
        if self._world is None:
            # Of two who ask at once both get the one that is there then.
            with backend_lock:
                if self._world is None:
                    self.begin(process.startup)
        assert self._world is not None
        return self._world

    @property
    def present(self) -> JournaledWorld | None:
        """The simulation that goes on, None where nobody has asked for it."""
        return self._world

    def start_at(
        self, now: datetime | None, speed: float | None, scenario: Scenario | None = None
    ) -> datetime | None:
        """Set the clock and a scenario, and so again at each `begin` if nothing has begun.

        None leaves the time, or the speed, as it is. The time at which the clock stays
        instead, where it cannot go back. Raises TrainingPlansError for a scenario that cannot
        be now; then nothing has changed.
        """
        world = self.world
        with world.undisturbed():
            present = world.look()
            begun = world.has_begun
            stays = begun and now is not None and now < present
            if scenario is not None:
                scenario.check(present if now is None or stays else now)
            if not begun:
                self._startup = _with(self._startup, now, speed, scenario)
            if not stays:
                world.start_at(now, speed)
            held = world.clock.hold()
            try:
                if not begun:
                    world.journal.begin_with(self._startup, world.clock.reading())
                if scenario is not None:
                    moment = world.moment
                    scenario.apply(world)
                    if begun:
                        loaded = {"source": scenario.content, "name": scenario.name}
                        entry = ControlEntry(moment, "load", loaded, None)
                        world.journal.add(world.journal.number(), entry)
            finally:
                if held:
                    world.clock.let_go()
        return present if stays else None

    def begin(self, startup: Startup | None = None) -> None:
        """Begin a new simulation, so or as the last one; requests under way end in theirs.

        In one step: nobody who comes meanwhile sees anything between the two.
        """
        before = self.world.journal if startup is None else None
        if startup is not None:
            self._startup = startup
        world = JournaledWorld(self._startup, before)
        world.apply_scenarios()
        self.put(world)

    def put(self, world: JournaledWorld) -> None:
        """Have this be the simulation from now on, and at each `begin` one that begins so."""
        if self._world is not None:
            self._world.end()
        self._startup, self._world = world.journal.beginning.startup, world


def _with(
    startup: Startup, now: datetime | None, speed: float | None, scenario: Scenario | None
) -> Startup:
    """The same start with another time, speed, and one scenario more."""
    return replace(
        startup,
        now=startup.now if now is None else now,
        speed=startup.speed if speed is None else speed,
        scenarios=startup.scenarios if scenario is None else (*startup.scenarios, scenario),
    )


simulation_backends = BackendDict(
    SimulationBackend,
    "training-plans",
    use_boto3_regions=False,
    additional_regions=[_PARTITION],
)


# The simulation that serves the request under way: whatever is asked in it is asked of this one.
_serving: ContextVar[JournaledWorld | None] = ContextVar("serving", default=None)


class serving_alone:  # noqa: N801
    """The simulation for one request, which nobody else changes meanwhile.

    Who has waited while it was replaced gets the one that is there then.
    """

    # As `present_world` a class, since a generator takes longer and every request needs both.

    __slots__ = ("_token", "_world")

    def __enter__(self) -> JournaledWorld:
        while True:
            world = current_world()
            world.lock.acquire()
            # To look it up takes longer, and only one that has ended is replaced.
            if not world.has_ended or world is current_world():
                break
            world.lock.release()
        self._world, self._token = world, _serving.set(world)
        return world

    def __exit__(self, *_: object) -> None:
        _serving.reset(self._token)
        self._world.lock.release()


def current_world() -> JournaledWorld:
    """The simulation that serves this request; else the one that goes on now, begun if none."""
    # moto's way to a backend takes a lock, so that it is gone only where there is none yet.
    return _serving.get() or _world_of_the_process() or _backend().world


@contextmanager
def serving_world(ended: JournaledWorld | None = None) -> Iterator[JournaledWorld]:
    """The simulation for one request, from its first byte to its last, whoever resets it.

    The present one, or one that has ended.
    """
    world = current_world() if ended is None else ended
    token = _serving.set(world)
    try:
        yield world
    finally:
        _serving.reset(token)


class present_world:  # noqa: N801
    """The simulation for one request, locked and brought to now."""

    __slots__ = ("_present", "_token")

    def __enter__(self) -> JournaledWorld:
        world = current_world()
        self._token = _serving.set(world)
        try:
            self._present = world.present()
            self._present.__enter__()
        except BaseException:
            _serving.reset(self._token)
            raise
        return world

    def __exit__(self, *error: Any) -> None:
        try:
            self._present.__exit__(*error)
        finally:
            _serving.reset(self._token)


def _hold_before_fork() -> None:
    """Let no thread be within the simulation while the process forks: its child has no such."""
    world = _world_of_the_process()
    # In the order in which a request takes them; moto's is held whenever a backend is asked for.
    locks = [backend_lock] if world is None else [world.lock, backend_lock]
    for lock in locks:
        lock.acquire()
    _held_for_fork.extend(locks)


def _let_go_after_fork() -> None:
    while _held_for_fork:
        _held_for_fork.pop().release()


_held_for_fork: list[Any] = []
if hasattr(os, "register_at_fork"):  # where processes fork
    os.register_at_fork(
        before=_hold_before_fork,
        after_in_parent=_let_go_after_fork,
        after_in_child=_let_go_after_fork,
    )


def _world_of_the_process() -> JournaledWorld | None:
    """The simulation that goes on now, without beginning one."""
    account = dict.get(simulation_backends, DEFAULT_ACCOUNT_ID)
    backend = None if account is None else dict.get(account, _PARTITION)
    return None if backend is None else backend.present


def has_world() -> bool:
    """Whether there is a simulation: whether anybody has asked for one since moto was reset."""
    return _world_of_the_process() is not None


def put_world(world: JournaledWorld) -> None:
    """Have this simulation in place of the present one, which ends."""
    _backend().put(world)


def reset_world() -> None:
    """Begin anew, as the last simulation began; whatever else moto has stays."""
    _backend().begin()


def start_world(
    now: datetime | None, speed: float | None, scenario: Scenario | None = None
) -> datetime | None:
    """Begin at a time and speed and with a scenario, and so again at each `reset_world`.

    Until moto itself is reset. In a simulation that goes on already, as within another mock,
    the clock moves there and the scenario is applied now. The time at which the clock stays
    instead, where it cannot go back. Raises TrainingPlansError for a scenario that cannot be.
    """
    return _backend().start_at(now, speed, scenario)


def keep_world() -> str:
    """Keep the simulation for those who read it on when it has ended; the newest few are kept.

    The name by which `kept_world` gives it.
    """
    world = current_world()
    with world.undisturbed():
        world.look()
    name = str(next(_numbers))
    _kept[name] = world
    while len(_kept) > WORLDS_KEPT:
        _kept.pop(next(iter(_kept)))
    return name


def kept_world(name: str) -> JournaledWorld:
    """A simulation that was kept. Raises TrainingPlansError for one that is so no more."""
    world = _kept.get(name)
    if world is None:
        raise TrainingPlansError(
            f"only the last {WORLDS_KEPT} simulations that have ended can still be read"
        )
    return world


def set_seed(value: str) -> None:
    """Let ids derive from moto's seed too, from now on and after resets, like moto's own."""
    with serving_alone() as world:
        process.seed = value
        world.journal.add(world.journal.number(), SeedEntry(world.moment, value))


def forget_world() -> None:
    """Leave nothing of the simulation behind."""
    process.seed = ""
    _kept.clear()
    for account in simulation_backends.values():
        for backend in account.values():
            backend.reset()
    simulation_backends.clear()
    in_use: list[Any] = BackendDict._instances  # type: ignore[misc]
    if simulation_backends in in_use:
        in_use.remove(simulation_backends)


def _backend() -> SimulationBackend:
    return simulation_backends[DEFAULT_ACCOUNT_ID][_PARTITION]
