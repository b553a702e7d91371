"""Who outside of this package has called: where orders and warnings come from."""

from __future__ import annotations

import os
import sys
import warnings
from types import FrameType

# Between a user's line and ours there may be those that make a request of it.
_PASSED = {
    *("moto_trainingplans", "moto", "boto3", "botocore"),
    *("requests", "responses", "urllib3", "contextlib", "unittest"),
}


def caller() -> tuple[FrameType, int]:
    """The innermost frame of somebody else, and how many frames it is away from this call."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and _is_passed(frame):
        frame, level = frame.f_back, level + 1
    return frame, level


def _is_passed(frame: FrameType) -> bool:
    name: str = frame.f_globals.get("__name__", "")
    return name.partition(".")[0] in _PASSED


def line_of_caller() -> str:
    """Where they are, as "tests/test_launch.py:12"."""
    frame, _ = caller()
    path = frame.f_code.co_filename.removeprefix(os.getcwd() + os.sep)
    return f"{path}:{frame.f_lineno}"


def warn_caller(message: str) -> None:
    """Warn, with their line."""
    _, level = caller()
    warnings.warn(message, UserWarning, stacklevel=level)
