"""Calls made at the same moment, from threads that nobody waits for without end."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

RACERS = 4
LONGEST = 60.0  # seconds, for calls of which each takes milliseconds


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls at once, and give what each comes to: its answer, or AWS's code.

    Fails for one that is not answered in time, for a 5xx, and for any other error.
    """
    outcomes: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(number: int, call: Callable[[], Any]) -> None:
        start.wait(LONGEST)
        try:
            outcomes[number] = call()
        except ClientError as refused:
            outcomes[number] = code_of(refused)
        except BaseException as error:  # for the thread of the test to raise
            outcomes[number] = error

    # Daemons, so that one which hangs fails its test and does not hold up the others.
    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(calls)]
    with _many_switches():
        for thread in threads:
            thread.start()
        until = time.monotonic() + LONGEST
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
    assert not any(thread.is_alive() for thread in threads), "a call hangs"
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes


def code_of(refused: ClientError) -> str:
    """AWS's code of a refusal, which is none of the server's own mistakes."""
    assert refused.response["ResponseMetadata"]["HTTPStatusCode"] < 500, refused
    return str(refused.response["Error"]["Code"])


def refused(outcomes: Sequence[Any]) -> list[str]:
    """The codes of those that were refused."""
    return sorted(each for each in outcomes if isinstance(each, str))


def won(outcomes: Sequence[Any]) -> list[Any]:
    """The answers of those that were not."""
    return [each for each in outcomes if not isinstance(each, str)]


@contextmanager
def _many_switches() -> Iterator[None]:
    """Have threads of this process interrupted all the time."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
