"""A simulation as its journal tells it: taken down, and done again in place of the present one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from moto.core.base_backend import backend_lock
from moto.core.model_instances import model_data
from moto.moto_api import state_manager
from moto.moto_api._internal import mock_random

from ..simulation.kernel.calls import Row
from ..simulation.kernel.clock import ClockSetting
from ..simulation.kernel.errors import TrainingPlansError
from ..simulation.kernel.history import History
from . import logs
from .backend import put_world, serving_alone, serving_world
from .journal import (
    Chapter,
    ControlEntry,
    Entry,
    RequestEntry,
    SeedEntry,
    SettingsEntry,
    replay,
)
from .journaled_world import MODELS, JournaledWorld, process

# The services of moto that the journal has requests to: they begin anew with a replay.
BACKENDS = {
    "moto.sagemaker.models": "sagemaker_backends",
    "moto.sagemakerruntime.models": "sagemakerruntime_backends",
    "moto.sagemakermetrics.models": "sagemakermetrics_backends",
    "moto.servicequotas.models": "servicequotas_backends",
    "moto.cloudformation.models": "cloudformation_backends",
    "moto.ec2.models": "ec2_backends",
    "moto.iam.models": "iam_backends",
    "moto.sts.models": "sts_backends",
}


@dataclass(frozen=True)
class Taken:
    """A simulation as it was taken down.

    `settings` are the state manager's in the end, `seed` and `random` those of moto's generator;
    `calls` and `requests` what only reads has left behind; `changes` how many changes its history
    has, and `digest` what they come to.
    """

    chapters: Sequence[Chapter]
    clock: ClockSetting
    settings: Mapping[str, Any]
    seed: str
    random: tuple[int, ...]
    requests: int
    calls: Sequence[Row]
    changes: int
    digest: str


def take_down() -> Taken:
    """The simulation that goes on now; it stays as it is."""
    with serving_alone() as world, world.undisturbed():
        world.notice_settings()
        world.look()
        return Taken(
            chapters=world.journal.chapters(world.now),
            clock=world.clock.setting,
            settings=world.settings_of_models(),
            seed=process.seed,
            random=mock_random.getstate()[1],
            requests=world.requests,
            calls=world.calls.rows(),
            changes=len(world.history),
            digest=digest_of(world.history),
        )


def digest_of(history: History) -> str:
    """What a history comes to: the same for the same changes."""
    digest = sha256()
    for time, resource, before, after, reason in history.all_rows():
        row = f"{time.isoformat()}\0{resource}\0{before}\0{after}\0{reason}\n"
        # A reason may have half a character in it, as a message of a test's has.
        digest.update(row.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def put_back(
    taken: Taken,
    perform: Callable[[ControlEntry], Any],
    repeat: Callable[[RequestEntry], int],
) -> list[str]:
    """Have the simulation that was taken down go on in place of the present one.

    `perform` makes a control call again, `repeat` a request, of which it returns the status. What
    of moto's own could not be done again is told. Raises TrainingPlansError, and leaves all as it
    was, for a journal that comes to another history than it did.
    """
    with serving_alone(), backend_lock, _others_put_aside():
        writes: list[Callable[[], None]] = []
        token = replay.set(writes)
        try:
            repetition = _Repetition(perform, repeat)
            world = repetition.of(taken.chapters)
            world.stand_as(taken.clock)
            _check(world, taken, repetition.failed)
        finally:
            replay.reset(token)
        world.requests = taken.requests
        world.calls.replace(taken.calls)
        process.seed = taken.seed
        mock_random.setstate((3, taken.random, None))
        for model in MODELS:
            if model in taken.settings:
                state_manager.set_transition(model, dict(taken.settings[model]))
            else:
                state_manager.unset_transition(model)
        world.go_live(taken.clock)
        put_world(world)
    logs.rewrite(writes)
    return repetition.failed


class _Repetition:
    """Everything in some chapters, done again in new simulations."""

    def __init__(
        self, perform: Callable[[ControlEntry], Any], repeat: Callable[[RequestEntry], int]
    ) -> None:
        self._perform = perform
        self._repeat = repeat
        self.failed: list[str] = []

    def of(self, chapters: Sequence[Chapter]) -> JournaledWorld:
        """The last of the simulations."""
        world = None
        for number, chapter in enumerate(chapters, 1):
            process.seed = chapter.seed
            world = JournaledWorld(
                chapter.startup, None if world is None else world.journal, again=chapter
            )
            # Whatever it left behind then is there again.
            world.journal.beginning.left_something = number < len(chapters)
            world.apply_scenarios()
            with serving_world(world):
                for position, entry in enumerate(chapter.entries, 1):
                    self._do(world, entry, f"{number}.{position}")
        assert world is not None
        return world

    def _do(self, world: JournaledWorld, entry: Entry, position: str) -> None:
        world.clock.move_to(entry.moment.at)
        if entry.moment.begun:
            with world.undisturbed():
                world.bring_to_now()
        if isinstance(entry, SeedEntry):
            process.seed = entry.seed
            world.journal.add(world.journal.number(), entry)
        elif isinstance(entry, SettingsEntry):
            world.settings = entry.settings
            world.journal.add(world.journal.number(), entry)
        elif isinstance(entry, ControlEntry):
            try:
                self._perform(entry)
            except TrainingPlansError as refused:
                raise TrainingPlansError(
                    f"its entry {position}, {entry.name}, is refused: {refused}"
                ) from None
        else:
            self._do_request(entry, position)

    def _do_request(self, entry: RequestEntry, position: str) -> None:
        name = f"its entry {position}, a request to {entry.service} ({_operation(entry)})"
        try:
            status = self._repeat(entry)
        except TrainingPlansError as refused:
            raise TrainingPlansError(f"{name}, is refused: {refused}") from None
        except Exception as failed:
            # moto's own way of saying that there is no such thing.
            self.failed.append(f"{name}, fails: {type(failed).__name__}: {failed}")
            return
        if (status >= 400) != entry.effects.refused:
            now = "refused" if status >= 400 else "granted"
            self.failed.append(f"{name}, is {now}, as it was not then")


def _operation(entry: RequestEntry) -> str:
    target = dict(entry.headers).get("x-amz-target", "").rpartition(".")[2]
    if target:
        return target
    action = entry.body.partition(b"Action=")[2].partition(b"&")[0][:80]
    return action.decode("ascii", "replace") or entry.path[:80]


def _check(world: JournaledWorld, taken: Taken, failed: Sequence[str]) -> None:
    if len(world.history) == taken.changes and digest_of(world.history) == taken.digest:
        return
    because = f"; {failed[0]}" if failed else ""
    raise TrainingPlansError(
        "what it tells comes to another history here than it did: another version of this "
        f"package or of moto wrote it, or something that it needs is missing{because}"
    )


@contextmanager
def _others_put_aside() -> Iterator[None]:
    """The services of moto's that the journal tells of, empty; as they were if this fails."""
    before = []
    for module, name in BACKENDS.items():
        if module in sys.modules:
            backends = getattr(sys.modules[module], name)
            before.append((backends, dict(backends)))
            backends.clear()
    services = {module.split(".")[1] for module in BACKENDS}
    models = [each for service in services for each in model_data[service].values()]
    tracked: list[tuple[Any, list[Any]]] = [(each, each.instances_tracked) for each in models]  # type: ignore[attr-defined]
    for model, _ in tracked:
        model.instances_tracked = []
    seed, random = process.seed, mock_random.getstate()
    try:
        yield
    except BaseException:
        there = [backends for backends, _ in before]
        for module, name in BACKENDS.items():
            backends = getattr(sys.modules.get(module), name, None)
            if backends is not None and not any(backends is each for each in there):
                backends.clear()  # it was imported meanwhile
        for backends, content in before:
            backends.clear()
            backends.update(content)
        for model, instances in tracked:
            model.instances_tracked = instances
        process.seed = seed
        mock_random.setstate(random)
        raise
