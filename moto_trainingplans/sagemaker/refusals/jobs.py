"""What a refused request on training jobs is answered."""

from __future__ import annotations

from ...simulation.jobs import errors
from .codes import IN_USE, NOT_FOUND, VALIDATION, Answers

# source: choice for every text that is not marked otherwise
ANSWERS: Answers = {
    errors.UnknownTrainingJob: (NOT_FOUND, "Training job {job} was not found."),
    errors.TrainingJobNameTaken: (IN_USE, "A training job with the name {name} already exists."),
    errors.TrainingJobHasEnded: (
        VALIDATION,
        "Training job {name} is in status {status}, and can no longer be changed or stopped.",
    ),
    errors.TrainingJobInUse: (
        IN_USE,
        "Training job {name} is in status {status}, and can only be deleted once it has ended.",
    ),
    errors.WarmPoolInUse: (
        IN_USE,
        "Training job {name} has a warm pool that is Available, and cannot be deleted.",
    ),
    errors.NoWarmPool: (VALIDATION, "Training job {name} has no warm pool that can be kept."),
    errors.NoRemoteDebugging: (
        VALIDATION,
        "Remote debugging of training job {name} can only be changed in secondary status "
        "Downloading or Training, not {secondary_status}.",
    ),
    errors.MissingJobMember: (VALIDATION, "{member} is required for a job on a training plan."),
    errors.ConflictingMembers: (VALIDATION, "{one} cannot be combined with {other}."),
    errors.InvalidTrainingInstanceCount: (
        VALIDATION,
        "InstanceCount must be at least 1, not {count}.",
    ),
    errors.DuplicatePreference: (
        VALIDATION,
        "Instance type {instance_type} is more than once in InstancePreferences.",
    ),
    errors.PreferenceCounts: (
        VALIDATION,
        "InstanceCount must be given either for the job or in every entry of InstancePreferences.",
    ),
    errors.InvalidPlacement: (VALIDATION, "Invalid InstancePlacementConfig: {problem}."),
}
