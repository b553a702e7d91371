"""What a refused request on training jobs is answered."""

from __future__ import annotations

from ...simulation.jobs import errors
from .codes import IN_USE, VALIDATION, Answers

# source: choice for every text that is not marked otherwise
ANSWERS: Answers = {
    # Clients tell by these three what has happened.
    # source: observed
    errors.UnknownTrainingJob: (VALIDATION, "Requested resource not found."),
    # source: observed
    errors.TrainingJobNameTaken: (
        IN_USE,
        "Training job names must be unique within an AWS account and region, and a training job "
        "with this name already exists ({arn})",
    ),
    # source: observed
    errors.TrainingJobHasEnded: (
        VALIDATION,
        "The request was rejected because the training job is in status {status}.",
    ),
    # source: observed
    errors.NothingToUpdate: (
        VALIDATION,
        "Invalid UpdateTrainingJobRequest, the request cannot be empty",
    ),
    errors.TrainingJobInUse: (
        IN_USE,
        "Training job {name} is in status {status}, and can only be deleted once it has ended.",
    ),
    errors.WarmPoolInUse: (
        IN_USE,
        "Training job {name} has a warm pool that is Available, and cannot be deleted.",
    ),
    errors.NoWarmPool: (VALIDATION, "Training job {name} has no warm pool that is Available."),
    errors.InvalidKeepAlivePeriod: (
        VALIDATION,
        "KeepAlivePeriodInSeconds must be at most {most}, not {seconds}.",
    ),
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
    errors.NoPreferenceOfPlan: (
        VALIDATION,
        "None of InstancePreferences has instance type {instance_type} of training plan {plan}.",
    ),
    errors.RunsTooLong: (
        VALIDATION,
        "MaxRuntimeInSeconds must be at most {most}, which are 28 days, not {seconds}.",
    ),
    # source: observed
    errors.WaitWithoutSpot: (
        VALIDATION,
        "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set "
        "to true",
    ),
    errors.WaitsTooShort: (
        VALIDATION,
        "Invalid MaxWaitTimeInSeconds. It must be equal to or greater than MaxRuntimeInSeconds "
        "{runtime}, and is {wait}.",
    ),
    errors.ReadOnlyMember: (
        VALIDATION,
        "ResourceConfig.{member} cannot be in a request: it tells what has been selected.",
    ),
    # source: observed
    errors.GroupsAndInstances: (
        VALIDATION,
        "InstanceType or InstanceCount cannot be specified with InstanceGroups",
    ),
    errors.GroupNamedTwice: (VALIDATION, "InstanceGroupName {name} is more than once in the job."),
    # source: observed
    errors.NotAllInGroups: (
        VALIDATION,
        "Some channels have assigned instance groups: [{with_groups}] while others not: "
        "[{without_groups}]",
    ),
    errors.InvalidPlacement: (VALIDATION, "Invalid InstancePlacementConfig: {problem}."),
}
