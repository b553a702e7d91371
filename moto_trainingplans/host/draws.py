"""What moto draws by chance during a request, so that it can be drawn the same again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from threading import Lock
from typing import Any

from moto.moto_api._internal import mock_random
from moto.moto_api._internal.moto_random import MotoRandom

SEED_BITS = 64


class Draws:
    """The numbers of one request, which begin with a seed that is drawn from moto's own.

    So a seed that was given to moto decides on these too, and a request that draws nothing takes
    nothing from moto. `seed` is None as long as nothing was drawn.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self._random: MotoRandom | None = None

    @property
    def random(self) -> MotoRandom:
        """Where the numbers come from."""
        if self._random is None:
            if self.seed is None:
                self.seed = MotoRandom.getrandbits(mock_random, SEED_BITS)
            self._random = MotoRandom(self.seed)
        return self._random


_drawing: ContextVar[Draws | None] = ContextVar("drawing", default=None)


class DrawingRandom(MotoRandom):
    """moto's generator, while somebody draws numbers of their own; all others draw its own."""

    def random(self) -> float:
        """A number from 0 to below 1."""
        draws = _drawing.get()
        return super().random() if draws is None else draws.random.random()

    def getrandbits(self, k: int, /) -> int:
        """A number of `k` bits."""
        draws = _drawing.get()
        return super().getrandbits(k) if draws is None else draws.random.getrandbits(k)


_lock = Lock()
_count = 0


@contextmanager
def drawing(draws: Draws) -> Iterator[None]:
    """Have whatever is drawn from moto's generator meanwhile, by this thread, come from these."""
    global _count  # noqa: PLW0603
    token = _drawing.set(draws)
    with _lock:
        _count += 1
        mock_random.__class__ = DrawingRandom
    try:
        yield
    finally:
        with _lock:
            _count -= 1
            if not _count:
                mock_random.__class__ = MotoRandom
        _drawing.reset(token)


def with_own_draws(moto_class: Any) -> Any:
    """A class of moto's backends, of which each has the same ids whenever and by whom it is made.

    moto makes the default networks of an account and Region when somebody first asks for them,
    with ids by chance.
    """

    def begin(self: Any, region_name: str, account_id: str) -> None:
        named = f"{moto_class.__name__}/{account_id}/{region_name}".encode()
        seed = int.from_bytes(sha256(named).digest()[: SEED_BITS // 8], "big")
        with drawing(Draws(seed)):
            moto_class.__init__(self, region_name, account_id)

    # By its module moto finds the URLs.
    members = {"__module__": moto_class.__module__, "__init__": begin}
    return type(moto_class.__name__, (moto_class,), members)
