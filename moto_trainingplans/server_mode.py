"""In moto's server mode: which server the tests of this process use, and with whom they share it.

Two processes on one server reset each other's simulation and move each other's clock. So each
has a server of its own, unless TEST_SERVER_MODE_ENDPOINT names one; and a test that shares one
says what of it it shares.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .control.sharing import GROUPS
from .seam import install as seam
from .simulation.kernel.errors import TrainingPlansError

if TYPE_CHECKING:
    from .own_server import OwnServer

ENDPOINT = "TEST_SERVER_MODE_ENDPOINT"
# Beside an endpoint that a process has set for itself: what it starts uses the same server, but
# another worker does not.
OWNER = "MOTO_TRAININGPLANS_SERVER_OWNER"
_own: OwnServer | None = None
_lock = threading.RLock()
# What the test that runs now says that it shares, None if it says nothing.
_shares: frozenset[str] | None = None


def endpoint() -> str | None:
    """The server that this process's tests use, None where they run in process.

    It is the one that TEST_SERVER_MODE_ENDPOINT names; else, in a worker of several, or where
    there is no server at moto's own port, one of this process's own, which is started if it is
    not there yet. Raises RuntimeError if that does not start.
    """
    default = seam.server_mode_endpoint()
    if default is None:
        return None
    with _lock:
        given, owner = os.environ.get(ENDPOINT), os.environ.get(OWNER)
        if given and (owner in {None, str(os.getpid())} or not is_worker()):
            return given
        if not is_worker() and _is_moto(default):
            return default
        return _start()


def is_worker() -> bool:
    """Whether this process runs its part of the tests beside others."""
    return "PYTEST_XDIST_WORKER" in os.environ or multiprocessing.parent_process() is not None


def is_shared() -> bool:
    """Whether this process was told to use a server that other workers use too."""
    told = ENDPOINT in os.environ and OWNER not in os.environ
    return told and int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1


def declare(shares: Iterable[str] | None) -> None:
    """Let the test that runs now share these groups of the control object, None: it says nothing.

    Raises TrainingPlansError for what is no group.
    """
    global _shares  # noqa: PLW0603
    for each in shares or ():
        if each not in GROUPS:
            raise TrainingPlansError(
                f"the marker shares_training_plans names what a test shares of a server, of "
                f"{', '.join(GROUPS)}; not {each!r}"
            )
    _shares = None if shares is None else frozenset(shares)


def shared() -> frozenset[str] | None:
    """What the test that runs now shares with other workers; None: the server is its own.

    Raises TrainingPlansError if it shares one and says nothing of it.
    """
    if not is_shared():
        return None
    if _shares is None:
        raise TrainingPlansError(
            f"{os.environ['PYTEST_XDIST_WORKER_COUNT']} workers share the server at "
            f"{os.environ[ENDPOINT]}, and this test would reset it under the others. Leave "
            f"{ENDPOINT} unset, and each worker has a server of its own; or say what the test "
            "shares, as @pytest.mark.shares_training_plans('clock'), and it resets nothing"
        )
    return _shares


def stop() -> None:
    """Stop this process's own server, if it has one."""
    global _own  # noqa: PLW0603
    with _lock:
        # A process that was forked from the owner has no say in it.
        if _own is not None and os.environ.get(OWNER) == str(os.getpid()):
            _own.stop()
            del os.environ[ENDPOINT], os.environ[OWNER]
        _own = None


def _start() -> str:
    global _own  # noqa: PLW0603
    from .own_server import OwnServer

    if _own is None:
        atexit.register(stop)
    _own = OwnServer()
    os.environ[ENDPOINT], os.environ[OWNER] = _own.url, str(os.getpid())
    return _own.url


def _is_moto(url: str) -> bool:
    """Whether a server of moto's, ours or not, answers there: much else may use that port."""
    from http.client import HTTPException
    from urllib.request import ProxyHandler, build_opener

    try:
        with build_opener(ProxyHandler({})).open(f"{url}/moto-api/data.json", timeout=5):
            return True
    except (OSError, ValueError, HTTPException):
        return False
