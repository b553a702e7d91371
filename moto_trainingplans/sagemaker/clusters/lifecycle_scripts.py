"""What the lifecycle scripts of clusters in moto's S3 say of Slurm."""

from __future__ import annotations

import json
import sys
from urllib.parse import urlsplit

# source: documented
PARAMETERS = "provisioning_parameters.json"


def controller_of(account_id: str, partition: str, source: str) -> str | None:
    """The controller's instance group by the provisioning parameters beside some scripts.

    `source` is the `s3://` URI of the scripts' folder. None where there is no such file, or
    one that names no group.
    """
    if "moto.s3.models" not in sys.modules:
        # Nobody has put anything there, and to import it takes its time.
        return None
    from moto.s3.exceptions import S3ClientError
    from moto.s3.models import s3_backends

    try:
        place = urlsplit(source)
        folder = place.path.strip("/")
        found = s3_backends[account_id][partition].get_object(
            place.netloc, f"{folder}/{PARAMETERS}" if folder else PARAMETERS
        )
        parameters = None if found is None else json.loads(found.value)
    except (S3ClientError, ValueError, RecursionError):
        return None
    group = parameters.get("controller_group") if isinstance(parameters, dict) else None
    return group if isinstance(group, str) else None
