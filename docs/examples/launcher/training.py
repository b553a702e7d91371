"""What runs in the container: a training loop that saves before its instances are taken.

The instances of a block are taken half an hour before the block ends. When that will be, the
container reads from its environment. What is in the checkpoint folder by then is in S3, and is put
back before the job goes on in its plan's next block.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

EXPIRATION = "SAGEMAKER_CURRENT_CAPACITY_BLOCK_EXPIRATION_TIMESTAMP"
CHECKPOINTS = Path("/opt/ml/checkpoints")
# Seconds since 1970 with so many digits would be the year 5138, so these are milliseconds.
MILLISECONDS_FROM = 10**11


def instances_taken_at(environment: Mapping[str, str]) -> datetime | None:
    """When this container's instances are taken; None if it is not on a plan."""
    stamp = int(environment.get(EXPIRATION, "0"))
    if not stamp:
        return None
    seconds = stamp / 1000 if stamp >= MILLISECONDS_FROM else stamp
    return datetime.fromtimestamp(seconds, timezone.utc)


def steps_done(folder: Path) -> int:
    """How far the last checkpoint is."""
    try:
        text = (folder / "state.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0
    done: int = json.loads(text)["steps"]
    return done


def save(folder: Path, steps: int) -> None:
    """Write a checkpoint: all of it or, if the container dies meanwhile, nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / "state.json.unfinished"
    unfinished.write_text(json.dumps({"steps": steps}), encoding="utf-8")
    unfinished.replace(folder / "state.json")


def train(
    step: Callable[[int], None],
    steps: int,
    folder: Path = CHECKPOINTS,
    *,
    every: int = 100,
    margin: timedelta = timedelta(minutes=30),
    environment: Mapping[str, str] = os.environ,
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> None:
    """Do what is left of so many steps.

    A checkpoint is written after every so many, and after each one once less than `margin` is
    left: the loop goes on until it is killed, as a container that ends by itself has completed
    its job. `environment` is read anew for each step, since an extension of the plan changes it.
    """
    for number in range(steps_done(folder), steps):
        step(number)
        taken_at = instances_taken_at(environment)
        ends_soon = taken_at is not None and now() >= taken_at - margin
        if ends_soon or (number + 1) % every == 0 or number + 1 == steps:
            save(folder, number + 1)
