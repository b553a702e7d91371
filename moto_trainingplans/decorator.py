"""`mock_training_plans`: moto's `mock_aws`, with training plans in it."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, overload
from unittest import TestLoader

from moto import mock_aws

from . import server_mode
from .control.tracebacks import hide_misuse
from .host.callers import warn_caller
from .seam import install as seam
from .simulation.kernel.errors import TrainingPlansError

if TYPE_CHECKING:
    from datetime import datetime

    from .control.client import TrainingPlans
    from .control.scenarios.scenario import Scenario
    from .control.types import Source, Time
    from .control.unused_orders import UnusedOrders

__tracebackhide__ = hide_misuse

F = TypeVar("F", bound=Callable[..., Any])

_lock = Lock()
# The mocks that run, the outermost first.
_running: list[MockTrainingPlans] = []
# The control objects that `install` gave.
_installed: list[TrainingPlans] = []


@dataclass
class _Started:
    """What a start of a mock has come to; `shares` as `server_mode.shared` has it."""

    is_in_process: bool
    shares: frozenset[str] | None
    control: TrainingPlans | None = None
    shows_time: bool = False


class MockTrainingPlans:
    """A mock of AWS with training plans: a decorator, a context manager, or start and stop.

    Its arguments are those of `mock_training_plans`. Raises TrainingPlansError for one that
    cannot be.
    """

    def __init__(
        self,
        *,
        now: Time | None = None,
        scenario: Source | None = None,
        freeze_time: bool = False,
        strict: bool = True,
        config: Any = None,
    ) -> None:
        # What the simulation needs is imported where a mock is made, not with the decorator.
        from .control.arguments import check_arguments

        try:
            self._arguments = check_arguments(now, scenario, freeze_time, strict, config)
        except TrainingPlansError as misuse:
            # What is deeper than the user's own line is of no use to them.
            raise misuse.with_traceback(None) from None
        self._aws: Any = None
        self._started: list[_Started] = []

    def start(self, reset: bool = True) -> TrainingPlans:
        """Begin to mock, with nothing left of what was before unless `reset` is False.

        Of a server that other workers use too nothing is reset.
        """
        endpoint = server_mode.endpoint()
        shares = server_mode.shared() if endpoint else None
        if not self._started:
            # Only now: in server mode moto's mock looks for the server when it is made.
            config: Any = self._arguments.config
            self._aws = mock_aws(config=config)
        if endpoint is None:
            seam.install()
        try:
            self._aws.start(reset=reset and shares is None)
        except BaseException:
            if endpoint is None:
                seam.uninstall()
            raise
        started = _Started(endpoint is None, shares)
        self._started.append(started)
        with _lock:
            _running.append(self)
        try:
            started.control = control = _connect(endpoint, shares) if endpoint else _in_process()
            if self._arguments.freeze_time:
                _show_time_of(control)
                started.shows_time = True
            if reset:
                self._begin(control, shares)
        except BaseException:
            self._stop(remove_data=True)
            raise
        return control

    def _begin(self, control: TrainingPlans, shares: frozenset[str] | None) -> None:
        """Set the clock, and what the scenario says."""
        now, scenario = self._arguments.now, self._arguments.scenario
        if shares is not None:
            if scenario is not None:
                control.load(scenario.content)
            if now is not None:
                control.clock.freeze(now)
        elif now is not None or scenario is not None:
            self._start_clock(control, now, scenario)

    def _start_clock(
        self, control: TrainingPlans, now: datetime | None, scenario: Scenario | None
    ) -> None:
        from .control.client import start_at

        before = control.clock.now() if _is_within_another() else None
        stays = start_at(control, now, scenario)
        if now is None and scenario is not None:
            now = scenario.start.now
        if now is None:
            return
        if stays is not None:
            warn_caller(
                f"now={now.isoformat()} is ignored: the simulation has begun already, its clock "
                f"shows {stays.isoformat()} and cannot go back"
            )
        elif before not in (None, now):
            warn_caller(
                f"a mock within another shares its simulation: now={now.isoformat()} moves the "
                f"clock of both, from {before.isoformat()}, and it stays there afterwards"
            )

    def stop(self, remove_data: bool = True, *, failed: bool | None = None) -> None:
        """End the mock, and remove what it holds unless told otherwise.

        Once for each start; more often does nothing. Raises UnusedOrders where something was
        ordered that never happened, if the mock is `strict`, nothing has failed and no other
        mock goes on. `failed` is found out if it is not given: whether an exception is under
        way, as in a `finally`.
        """
        if failed is None:
            failed = sys.exc_info()[0] is not None
        self._stop(remove_data, complains=remove_data and not failed)

    def _stop(self, remove_data: bool, complains: bool = False) -> None:
        if not self._started:
            return
        started, unused = self._started.pop(), None
        if started.shares is not None:
            # What others have bought stays, and what they have ordered is none of ours.
            remove_data = complains = False
        try:
            if started.control is not None:
                unused = self._end(started.control, remove_data, complains)
        finally:
            if started.shows_time:
                _show_time_no_more()
            with _lock:
                _running.remove(self)
            try:
                self._aws.stop(remove_data=remove_data)
            finally:
                if started.is_in_process:
                    seam.uninstall(keep_data=not remove_data)
        if unused is not None:
            raise unused

    def _end(
        self, control: TrainingPlans, remove_data: bool, complains: bool
    ) -> UnusedOrders | None:
        """Let the control object be of the past; the error of orders that were not met."""
        from .control.client import end, unmet_orders

        outermost = not _is_within_another()
        try:
            # Of a mock within another the orders go on waiting.
            if complains and self._arguments.strict and outermost:
                return unmet_orders(control)
        finally:
            end(control, of_simulation=outermost and remove_data)
        return None

    def __enter__(self) -> TrainingPlans:
        return self.start()

    def __exit__(self, kind: object, *_: object) -> None:
        self.stop(failed=kind is not None)

    def __call__(self, func: F, reset: bool = True, remove_data: bool = True) -> F:
        """Mock a function, an async function, a fixture that yields, or the tests of a class."""
        if inspect.isclass(func):
            return seam.decorate_class(self, func)  # type: ignore[return-value]
        if inspect.isasyncgenfunction(func):
            raise TrainingPlansError(
                f"{func.__name__} is an async generator, which would run outside of the mock: use "
                "`with mock_training_plans() as plans:` in it"
            )
        decorate = self._decorate
        if inspect.iscoroutinefunction(func):
            decorate = self._decorate_async
        elif inspect.isgeneratorfunction(func):
            decorate = self._decorate_generator
        return decorate(func, reset, remove_data)  # type: ignore[return-value]

    @contextmanager
    def _around(self, func: F, reset: bool, remove_data: bool) -> Iterator[None]:
        """The mock for one run of a function, whose own error outweighs unmet orders."""
        self.start(reset=reset)
        try:
            yield
        except BaseException:
            self._stop(remove_data)
            raise
        self._stop(remove_data, complains=remove_data or _is_test(func))

    def _decorate(self, func: F, reset: bool, remove_data: bool) -> Callable[..., Any]:
        @functools.wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self._around(func, reset, remove_data):
                return func(*args, **kwargs)

        return wrapper

    def _decorate_async(self, func: F, reset: bool, remove_data: bool) -> Callable[..., Any]:
        @functools.wraps(func)
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self._around(func, reset, remove_data):
                return await func(*args, **kwargs)

        return wrapper

    def _decorate_generator(self, func: F, reset: bool, remove_data: bool) -> Callable[..., Any]:
        # moto's own ends before the first value is asked for, so that the rest calls real AWS.
        @functools.wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self._around(func, reset, remove_data):
                return (yield from func(*args, **kwargs))

        return wrapper


def _is_within_another() -> bool:
    """Whether there is a mock around the innermost one."""
    return len(_running) > 1


def _is_test(func: Callable[..., Any]) -> bool:
    """Whether moto takes a method for a test: in a class with a set-up its data is kept."""
    return func.__name__.startswith(TestLoader.testMethodPrefix)


# The simulation is imported where it is first used, not with the decorator.


def _connect(url: str, shares: frozenset[str] | None) -> TrainingPlans:
    from .control.client import connect, connect_shared

    return connect(url) if shares is None else connect_shared(url, shares)


def _in_process() -> TrainingPlans:
    from .control.client import in_process

    return in_process()


def _show_time_of(control: TrainingPlans) -> None:
    from .control.client import show_time_of

    show_time_of(control)


def _show_time_no_more() -> None:
    from .host.outside import outside

    outside.show_no_more()


@overload
def mock_training_plans(func: F) -> F: ...


@overload
def mock_training_plans(
    func: None = None,
    *,
    now: Time | None = None,
    scenario: Source | None = None,
    freeze_time: bool = False,
    strict: bool = True,
    config: Any = None,
) -> MockTrainingPlans: ...


def mock_training_plans(
    func: F | None = None,
    *,
    now: Time | None = None,
    scenario: Source | None = None,
    freeze_time: bool = False,
    strict: bool = True,
    config: Any = None,
) -> F | MockTrainingPlans:
    """Mock all that `mock_aws` mocks, and SageMaker training plans.

    `now` (a datetime, ISO 8601 string or epoch seconds) freezes the simulation's clock
    there; without it the clock follows moto's, so that freezegun moves it. It is the time of
    the emulated SageMaker alone: `datetime.now()`, boto3's signatures and moto's other services
    keep the machine's, unless `freeze_time` is true (needs freezegun), which lets the whole
    process follow the simulation's clock.

    `scenario` is the path of a TOML file, seen from the working directory, or a dictionary of
    the same keys: what is set and ordered from the beginning, and again after each reset. Its
    clock counts where `now` is not given.

    `strict`: a mock that ends without an error, though something that was ordered (a failing
    call, a declined payment, the run time of a named job) never happened, raises UnusedOrders.
    `config` is moto's own configuration. With moto's TEST_SERVER_MODE the server is used instead.
    """
    if func is not None and not callable(func):
        raise TrainingPlansError(
            f"mock_training_plans takes by keyword: now=..., scenario=..., freeze_time=..., "
            f"strict=..., config=...; not {func!r}"
        )
    mock = MockTrainingPlans(
        now=now, scenario=scenario, freeze_time=freeze_time, strict=strict, config=config
    )
    return mock if func is None else mock(func)


def install() -> TrainingPlans:
    """Teach moto about training plans without starting a mock: plain `mock_aws` then has them.

    Counted: each call needs one of `uninstall`. Raises ImportError where moto lacks what
    is needed of it.
    """
    seam.install()
    control = _in_process()
    _installed.append(control)
    return control


def uninstall() -> None:
    """Undo one `install`. The last leaves moto as it was."""
    if seam.is_last() and _installed:
        from .control.client import end

        while _installed:
            end(_installed.pop(), of_simulation=True)
    seam.uninstall()
