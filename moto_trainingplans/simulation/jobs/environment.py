"""The environment that the containers of a job see."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ..orders.environment import ExpirationUnit
from .job import TrainingJob

NAME = "TRAINING_JOB_NAME"  # source: documented
ARN = "TRAINING_JOB_ARN"  # source: documented
EXPIRATION = "SAGEMAKER_CURRENT_CAPACITY_BLOCK_EXPIRATION_TIMESTAMP"  # source: documented
CACHE = "SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY"  # source: documented
CACHE_DIRECTORY = "/opt/ml/sagemaker/warmpoolcache"  # source: documented

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_UNITS = {
    ExpirationUnit.SECONDS: timedelta(seconds=1),
    ExpirationUnit.MILLISECONDS: timedelta(milliseconds=1),
}


def container_environment(job: TrainingJob, unit: ExpirationUnit) -> dict[str, str]:
    """What the containers of a running job see now.

    What the service sets wins over what the request says. source: choice
    """
    environment = {**job.request.environment, NAME: job.name, ARN: job.arn}
    if job.allocation is not None:
        cut_off = job.allocation.reserved.cut_off
        environment[EXPIRATION] = str((cut_off - _EPOCH) // _UNITS[unit])
    if job.warm_pool is not None or job.reuses_pool:
        environment[CACHE] = CACHE_DIRECTORY
    return environment
