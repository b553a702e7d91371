"""What jobs say of themselves: the StatusMessage of each secondary status.

Those of Starting and Training are the model's lists of such messages; Downloading, Uploading and
Completed say what was seen of the service; the others what the model says of the status.
"""

from __future__ import annotations

# source: model
STARTING = "Starting the training job."
LAUNCHING = "Launching requested ML instances."
PREPARING = "Preparing the instances for training."
REPLACING = "Launched instance was unhealthy, replacing it!"
TRAINING = "Training image download completed. Training in progress."
PENDING = "The training job is waiting for compute capacity or compute resource provision."
STOPPING = "Stopping the training job."
STOPPED = "The training job has stopped."
MAX_RUNTIME_EXCEEDED = "The job stopped because it exceeded the maximum allowed runtime."
FAILED = "The training job has failed."

# source: observed
DOWNLOADING = "Downloading input data"
UPLOADING = "Uploading generated training model"
COMPLETED = "Training job completed"
RETAINED = "Resource retained for reuse"


def reused_by(job_name: str) -> str:
    """What a job says whose instances another one has taken over. source: observed"""
    return f"Resource reused by training job: {job_name}"


# Said one after the other in Starting.
LAUNCH = (STARTING, LAUNCHING, PREPARING)
# Instances that were kept warm are not launched. source: choice
REUSE = (STARTING, PREPARING)
