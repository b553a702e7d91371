"""The demo: the lives of a training plan, its jobs and a cluster, told in the terminal.

The calls are real ones of boto3, and what is shown is what they answered.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from rich.console import Console

from ..views.timeline import Timeline
from .stories import REGION, ULTRA_SERVER_REGION, ClusterStory, PlanStory

NOW = "2025-01-21T19:08:27.704Z"  # the time of the guide's own sample. source: documented
WIDTH = 98


def run() -> None:
    """Tell the story in the terminal, or as plain text to whatever else standard output is."""
    console = Console(highlight=False)
    if console.is_terminal:
        console.width = min(console.width, WIDTH)
        _tell(console)
    else:
        print(_plain_text())


def write_picture(path: Path) -> None:
    """Write the timeline of the story's plan as the SVG picture of the README.

    Raises OSError if it cannot be written.
    """
    timeline = _tell(Console(file=io.StringIO(), width=WIDTH))
    path.write_text(f"{timeline.svg()}\n", encoding="utf-8")


def _plain_text() -> str:
    """The story for a file or a log: without the blanks that rich fills its lines with."""
    console = Console(file=io.StringIO(), width=WIDTH, highlight=False, color_system=None)
    with console.capture() as told:
        _tell(console)
    return "\n".join(line.rstrip() for line in told.get().splitlines())


def _tell(console: Console) -> Timeline:
    with _nothing_set_up():
        # Only now, so that moto and boto3 see the environment as it is made here.
        import boto3

        from ..decorator import mock_training_plans

        with mock_training_plans(now=NOW) as plans:
            session = boto3.session.Session()
            sagemaker = session.client("sagemaker", region_name=REGION)
            timeline = PlanStory(console, plans, sagemaker).tell()
            ultra_servers = session.client("sagemaker", region_name=ULTRA_SERVER_REGION)
            ClusterStory(console, plans, ultra_servers).tell()
    return timeline


@contextmanager
def _nothing_set_up() -> Iterator[None]:
    """An environment in which neither AWS nor moto is configured: the demo needs neither."""
    settings = ("AWS_", "MOTO_", "TEST_SERVER_MODE", "TEST_PROXY_MODE", "INITIAL_NO_AUTH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    with patch.dict(os.environ, {**kept, **nowhere}, clear=True):
        yield
