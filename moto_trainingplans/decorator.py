"""`mock_training_plans`: moto's `mock_aws`, with training plans in it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, overload

from moto import mock_aws

from .seam import install as seam

if TYPE_CHECKING:
    from .control.client import TrainingPlans

F = TypeVar("F", bound=Callable[..., Any])
Time = datetime | str | float


class MockTrainingPlans:
    """A mock of AWS with training plans: a decorator, a context manager, or start and stop.

    `now` freezes the clock there; without it the clock follows moto's. `config` is moto's own.
    """

    def __init__(self, now: Time | None = None, config: Any = None) -> None:
        self._now = None if now is None else _to_time(now)
        self._aws = mock_aws(config=config)
        self._started = 0

    def start(self, reset: bool = True) -> TrainingPlans:
        """Begin to mock, with nothing left of what was before unless `reset` is False."""
        endpoint = seam.server_mode_endpoint()
        if endpoint is None:
            seam.install()
        try:
            self._aws.start(reset=reset)
        except BaseException:
            if endpoint is None:
                seam.uninstall()
            raise
        self._started += 1
        try:
            control = _connect(endpoint) if endpoint else _in_process()
            if self._now is not None and reset:
                control.start_at(self._now)
        except BaseException:
            self.stop()
            raise
        return control

    def stop(self, remove_data: bool = True) -> None:
        """End the mock, and remove what it holds unless told otherwise.

        Once for each start; more often does nothing.
        """
        if not self._started:
            return
        self._started -= 1
        try:
            self._aws.stop(remove_data=remove_data)
        finally:
            if seam.server_mode_endpoint() is None:
                seam.uninstall(keep_data=not remove_data)

    def __enter__(self) -> TrainingPlans:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __call__(self, func: F, reset: bool = True, remove_data: bool = True) -> F:
        """Mock a function, an async function, or the tests of a class."""
        if inspect.isclass(func):
            return seam.decorate_class(self, func)  # type: ignore[return-value]
        decorate = self._decorate_async if inspect.iscoroutinefunction(func) else self._decorate
        return decorate(func, reset, remove_data)  # type: ignore[return-value]

    def _decorate(self, func: F, reset: bool, remove_data: bool) -> Callable[..., Any]:
        @functools.wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            self.start(reset=reset)
            try:
                return func(*args, **kwargs)
            finally:
                self.stop(remove_data=remove_data)

        return wrapper

    def _decorate_async(self, func: F, reset: bool, remove_data: bool) -> Callable[..., Any]:
        @functools.wraps(func)
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            self.start(reset=reset)
            try:
                return await func(*args, **kwargs)
            finally:
                self.stop(remove_data=remove_data)

        return wrapper


# The simulation is imported where it is first used, not with the decorator.


def _to_time(now: Time) -> datetime:
    from .control.values import to_time

    return to_time("now", now)


def _connect(url: str) -> TrainingPlans:
    from .control.client import connect

    return connect(url)


def _in_process() -> TrainingPlans:
    from .control.client import in_process

    return in_process()


@overload
def mock_training_plans(func: F) -> F: ...


@overload
def mock_training_plans(
    func: None = None, *, now: Time | None = None, config: Any = None
) -> MockTrainingPlans: ...


def mock_training_plans(
    func: F | None = None, *, now: Time | None = None, config: Any = None
) -> F | MockTrainingPlans:
    """Mock all that `mock_aws` mocks, and SageMaker training plans.

    `now` (a datetime, ISO 8601 string or epoch seconds) freezes the simulation's clock
    there; without it the clock follows moto's, so that freezegun moves it. `config` is
    moto's own configuration. With moto's TEST_SERVER_MODE the server is used instead.
    """
    mock = MockTrainingPlans(now=now, config=config)
    return mock if func is None else mock(func)


def install() -> TrainingPlans:
    """Teach moto about training plans without starting a mock: plain `mock_aws` then has them.

    Counted: each call needs one of `uninstall`. Raises ImportError where moto lacks what
    is needed of it.
    """
    seam.install()
    return _in_process()


def uninstall() -> None:
    """Undo one `install`. The last leaves moto as it was."""
    seam.uninstall()
