"""What a refused request is answered: the AWS code and text of every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from ..simulation import errors
from .cluster_exceptions import CLUSTER_ANSWERS


class WireError(Exception):
    """A request that is refused before the simulation sees it."""

    status = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class CallFailed(WireError):
    """A request that fails because the control object said so."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        # The errors that are the service's own fault. source: D
        self.status = {"InternalFailure": 500, "ServiceUnavailable": 503}.get(code, 400)


class SerializationException(WireError):
    """A body that is not what the protocol says it should be."""

    def __init__(self, message: str) -> None:
        super().__init__("SerializationException", message)


class ValidationException(WireError):
    """A request that does not satisfy the constraints of the model."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class UnknownOperationException(WireError):
    """A request for no operation of the service."""

    status = 404

    def __init__(self) -> None:
        super().__init__("UnknownOperationException", "The requested operation is not known.")


VALIDATION = "ValidationException"
NOT_FOUND = "ResourceNotFound"
IN_USE = "ResourceInUse"
LIMIT_EXCEEDED = "ResourceLimitExceeded"

# source: C for every text that is not marked otherwise
ANSWERS: dict[type[errors.ServiceError], tuple[str, str]] = {
    **CLUSTER_ANSWERS,
    errors.MissingMember: (
        VALIDATION,
        "{member} is required to search for training plan offerings.",
    ),
    errors.NotOneTarget: (VALIDATION, "Exactly one target resource is allowed, not {count}."),
    errors.DurationTooLong: (
        VALIDATION,
        "DurationHours {hours} is more than the {days_allowed} days that a training plan can have.",
    ),
    errors.WindowTooShort: (
        VALIDATION,
        "EndTimeBefore {end_before} must be at least 24 hours after StartTimeAfter {start_after}.",
    ),
    # source: O
    errors.InvalidInstanceCount: (
        VALIDATION,
        "Invalid instance count {count} for instance type {instance_type}",
    ),
    # source: O
    errors.TypeNotSold: (
        VALIDATION,
        "Invalid instance type {compute_type} for target resource {target}.",
    ),
    errors.UnknownUltraServerType: (VALIDATION, "Invalid UltraServer type {ultra_server_type}."),
    errors.SoldOnlyInUltraServers: (
        VALIDATION,
        "Instance type {instance_type} is only available in whole UltraServers: "
        "search by UltraServerType ({ultra_server_types}) instead.",
    ),
    errors.ConflictingTypes: (
        VALIDATION,
        "UltraServer type {ultra_server_type} does not consist of {instance_type} instances.",
    ),
    errors.UltraServerCountWithoutType: (
        VALIDATION,
        "UltraServerCount {count} needs an UltraServerType.",
    ),
    errors.TooManyInstances: (
        VALIDATION,
        "{ultra_server_count} x {ultra_server_type} have {instances} instances, "
        "more than the {instances_allowed} that a training plan can have.",
    ),
    errors.InstanceCountMismatch: (
        VALIDATION,
        "InstanceCount {count} is not the {instances} instances of "
        "{ultra_server_count} x {ultra_server_type}.",
    ),
    errors.UnknownOffering: (NOT_FOUND, "Training plan offering {offering_id} was not found."),
    errors.UnknownTrainingPlan: (NOT_FOUND, "Training plan {plan} was not found."),
    errors.UnknownReservedCapacity: (NOT_FOUND, "Reserved capacity {arn} was not found."),
    errors.NotUltraServers: (
        VALIDATION,
        "Reserved capacity {arn} does not consist of UltraServers.",
    ),
    errors.NoPlanToExtend: (VALIDATION, "Training plan {arn} was not found."),
    errors.ExtensionTooLong: (
        VALIDATION,
        "DurationHours {hours} is more than the {days_allowed} days that an extension can have.",
    ),
    errors.NotAsThePlan: (
        VALIDATION,
        "{member} {given} cannot be had in an extension of training plan {arn}, "
        "which has {expected}.",
    ),
    errors.UnknownExtensionOffering: (
        NOT_FOUND,
        "Training plan extension offering {offering_id} was not found.",
    ),
    errors.NotOpenForExtension: (
        VALIDATION,
        "Training plan {arn} cannot be extended: it must be Scheduled or Active, and is {status}.",
    ),
    errors.ExtensionAwaitsPayment: (
        VALIDATION,
        "Training plan {arn} cannot be extended: an extension of it awaits payment.",
    ),
    errors.ExtensionOutOfTime: (
        VALIDATION,
        "Training plan {arn} cannot be extended: it must expire in {hours_least} hour to "
        "{days_most} days, and expires at {end}.",
    ),
    errors.TrainingPlanNameTaken: (IN_USE, "A training plan with the name {name} already exists."),
    errors.TooManySpares: (
        VALIDATION,
        "SpareInstanceCountPerUltraServer {spares} is more than the {instances} instances "
        "of an {ultra_server_type}.",
    ),
    errors.TooManyTags: (
        LIMIT_EXCEEDED,
        "Resource {arn} can have at most {tags_allowed} tags.",
    ),
    errors.DuplicateTagKeys: (VALIDATION, "Duplicate tag key {key} in the request."),
    # source: O
    errors.QuotaExceeded: (
        LIMIT_EXCEEDED,
        "The account-level service limit '{quota_name}' is {limit} {unit}, with current "
        "utilization of {used} {unit} and a request delta of {requested} {unit}. Please use "
        "AWS Service Quotas to request an increase for this quota.",
    ),
    # source: O, in part
    errors.ReservedCapacityQuotaTooSmall: (
        LIMIT_EXCEEDED,
        "The reserved-capacity {instance_type} instance quota is not sufficient: it is {limit} "
        "Instances, with current utilization of {used} Instances and a request delta of "
        "{requested} Instances.",
    ),
    errors.PlanNotUsable: (
        VALIDATION,
        "Training plan {plan} is {status}, but must be Scheduled or Active.",
    ),
    errors.PlanHasOtherTarget: (
        VALIDATION,
        "Training plan {plan} is for target resource {target}, but must be for {expected}.",
    ),
    errors.PlanHasOtherType: (
        VALIDATION,
        "Training plan {plan} has instance type {instance_type}, not the requested {requested}.",
    ),
    errors.PlanTooSmall: (
        VALIDATION,
        "Training plan {plan} has {total} instances, fewer than the requested {count}.",
    ),
    errors.PlanIsPastItsCutOff: (
        VALIDATION,
        "Training plan {plan} ends at {end}, and gives no instances in its last {minutes} minutes.",
    ),
    errors.SubnetsMissZone: (
        VALIDATION,
        "None of the subnets {subnets} is in Availability Zone {zone} of training plan {plan}.",
    ),
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
    errors.NamedPlanNotFound: (VALIDATION, "Training plan {plan} was not found."),
    errors.PlanNotActive: (VALIDATION, "Training plan {plan} is {status}, but must be Active."),
    # source: D
    errors.TooFewReserved: (
        VALIDATION,
        "Requested instance count ({count}) exceeds reserved capacity ({reserved}) "
        "for training plan.",
    ),
    errors.TooFewAvailable: (
        VALIDATION,
        "Requested instance count ({count}) exceeds available capacity ({available}) "
        "for training plan.",
    ),
    errors.ReservationWithoutType: (
        VALIDATION,
        "Production variant {variant} has a capacity reservation, and needs an InstanceType.",
    ),
    # source: O
    errors.EndpointConfigExists: (
        VALIDATION,
        'Cannot create already existing endpoint configuration "{arn}".',
    ),
    # source: O
    errors.EndpointExists: (VALIDATION, 'Cannot create already existing endpoint "{arn}".'),
    # source: O, and moto has these three too
    errors.UnknownEndpoint: (VALIDATION, 'Could not find endpoint "{arn}".'),
    errors.VariantNamedTwice: (
        VALIDATION,
        'The variant name "{variant}" was non-unique within the request.',
    ),
    errors.UnknownVariant: (
        VALIDATION,
        'The variant name(s) "{variant}" is/are not present within endpoint configuration '
        '"{config}".',
    ),
    errors.NoFreeInstance: (VALIDATION, "Training plan {plan} has no instance that is free."),
    errors.AppWithoutType: (
        VALIDATION,
        "ResourceSpec.InstanceType is required for an app on a training plan.",
    ),
    # source: M
    errors.AppTypeWithoutPlans: (
        VALIDATION,
        "Apps of type {app_type} cannot use training plans: JupyterLab and CodeEditor can.",
    ),
    errors.NotOneOwner: (VALIDATION, "Either UserProfileName or SpaceName is required, not both."),
    errors.UnknownApp: (NOT_FOUND, "App {app} does not exist."),
    errors.AppExists: (IN_USE, "App {app} already exists."),
    errors.AppIsDeleted: (IN_USE, "App {app} is already deleted."),
    errors.OnlyServerless: (
        VALIDATION,
        "Production variant {variant} is not serverless, and has no ServerlessUpdateConfig.",
    ),
}


def answer_to(
    error: errors.ServiceError,
    answers: Mapping[type[errors.ServiceError], tuple[str, str]] = ANSWERS,
) -> WireError:
    """The AWS error that a mistake is answered with, by a service's table of them."""
    code, text = answers[type(error)]
    return WireError(code, text.format(**asdict(error)))  # type: ignore[call-overload]
