"""Saved states on the disk: written whole or not at all, and the one that a server keeps."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import Any

from ...simulation.kernel.errors import TrainingPlansError
from ..tracebacks import hide_misuse
from .file_lock import FileLock
from .saved import load_state, saved_state

__tracebackhide__ = hide_misuse
TEMPORARY = ".tmp"
LONGEST_PREFIX = 100  # of a file's name, which has 255 characters at most


def write_state(path: str | os.PathLike[str], state: Mapping[str, Any]) -> Path:
    """Write a saved state, readable by its owner alone; the path that it really has.

    At any moment there is either the whole old file or the whole new one. Raises
    TrainingPlansError where it cannot be written: then the old one stays.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            raise ValueError("it is no file")
        _replace(target, json.dumps(state).encode())
    except (OSError, ValueError, TypeError) as problem:
        raise TrainingPlansError(f"the state cannot be saved to {path}: {problem}") from None
    return target


def read_state(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    """What a file says. Raises TrainingPlansError for one that is no JSON object."""
    try:
        content = json.loads(Path(path).read_bytes(), parse_constant=_no_constant)
    except OSError as problem:
        raise TrainingPlansError(f"{path} cannot be read: {problem}") from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise TrainingPlansError(f"{path}: it is no saved state, or a damaged one: it is no JSON")
    return content


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _prefix(target: Path) -> str:
    return f".{target.name[:LONGEST_PREFIX]}."


def _replace(target: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(TEMPORARY, _prefix(target), target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    # The new name too is to outlive a failure of the machine.
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class StateFile:
    """The file that a server keeps its state in: loaded at its start, saved at its stop.

    No other server can have it meanwhile. Raises TrainingPlansError where another has, or where
    it cannot be.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(os.path.realpath(path))
        if self.path.exists() and not self.path.is_file():
            raise TrainingPlansError(f"{path} is no file that a state could be saved to")
        self._lock = FileLock(self.path.with_name(self.path.name + ".lock"))
        try:
            self._lock.acquire()
        except BlockingIOError:
            raise TrainingPlansError(
                f"another server has {path} as its state: give this one another file"
            ) from None
        except OSError as problem:
            raise TrainingPlansError(f"{path} cannot be used as a state: {problem}") from None
        # What a server that was killed while it saved has left behind.
        for left in self.path.parent.glob(f"{escape(_prefix(self.path))}*{TEMPORARY}"):
            with suppress(OSError):
                left.unlink()

    def load(self) -> bool:
        """Have the simulation of the file go on, if there is one; whether there was.

        Raises TrainingPlansError for a file that is no saved state, which stays as it is.
        """
        if not self.path.exists():
            return False
        content = read_state(self.path)
        try:
            load_state(content)
        except TrainingPlansError as refused:
            raise TrainingPlansError(f"{self.path}: {refused}") from None
        return True

    def save(self) -> dict[str, Any]:
        """Write the simulation as it is: where to, and how many bytes.

        Raises TrainingPlansError where it cannot be written.
        """
        write_state(self.path, saved_state())
        return {"file": str(self.path), "bytes": self.path.stat().st_size}

    def release(self) -> None:
        """Let others have the file."""
        self._lock.release()


_own: StateFile | None = None


def keep_in(file: StateFile | None) -> None:
    """Have this be the file that this process's server keeps its state in."""
    global _own  # noqa: PLW0603
    _own = file


def save_to_own_file() -> dict[str, Any]:
    """Save to the server's own file. Raises TrainingPlansError where it has none."""
    if _own is None:
        raise TrainingPlansError(
            "save: there is no file to save to, as there is on a server started with --state "
            "FILE. Name one, as plans.save('state.json'), or read the state: GET .../state"
        )
    return _own.save()
