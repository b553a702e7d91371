"""What a refused request on plans is answered."""

from __future__ import annotations

from ...simulation.kernel import errors as kernel
from ...simulation.market import errors as market
from ...simulation.plans import errors
from ...simulation.quotas import errors as quotas
from .codes import IN_USE, LIMIT_EXCEEDED, NOT_FOUND, VALIDATION, Answers

# source: choice for every text that is not marked otherwise
ANSWERS: Answers = {
    market.MissingMember: (
        VALIDATION,
        "{member} is required to search for training plan offerings.",
    ),
    market.NotOneTarget: (VALIDATION, "Exactly one target resource is allowed, not {count}."),
    market.DurationTooLong: (
        VALIDATION,
        "DurationHours {hours} is more than the {days_allowed} days that a training plan can have.",
    ),
    market.WindowTooShort: (
        VALIDATION,
        "EndTimeBefore {end_before} must be at least 24 hours after StartTimeAfter {start_after}.",
    ),
    # source: observed
    market.InvalidInstanceCount: (
        VALIDATION,
        "Invalid instance count {count} for instance type {instance_type}",
    ),
    # source: observed
    market.TypeNotSold: (
        VALIDATION,
        "Invalid instance type {compute_type} for target resource {target}.",
    ),
    market.UnknownUltraServerType: (VALIDATION, "Invalid UltraServer type {ultra_server_type}."),
    market.SoldOnlyInUltraServers: (
        VALIDATION,
        "Instance type {instance_type} is only available in whole UltraServers: "
        "search by UltraServerType ({ultra_server_types}) instead.",
    ),
    market.ConflictingTypes: (
        VALIDATION,
        "UltraServer type {ultra_server_type} does not consist of {instance_type} instances.",
    ),
    market.UltraServerCountWithoutType: (
        VALIDATION,
        "UltraServerCount {count} needs an UltraServerType.",
    ),
    market.TooManyInstances: (
        VALIDATION,
        "{ultra_server_count} x {ultra_server_type} have {instances} instances, "
        "more than the {instances_allowed} that a training plan can have.",
    ),
    market.InstanceCountMismatch: (
        VALIDATION,
        "InstanceCount {count} is not the {instances} instances of "
        "{ultra_server_count} x {ultra_server_type}.",
    ),
    # source: observed
    quotas.QuotaExceeded: (
        LIMIT_EXCEEDED,
        "The account-level service limit '{quota_name}' is {limit} {unit}, with current "
        "utilization of {used} {unit} and a request delta of {requested} {unit}. Please use "
        "AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not "
        "available, contact AWS support to request an increase for this quota.",
    ),
    # source: observed, in part
    quotas.ReservedCapacityQuotaTooSmall: (
        LIMIT_EXCEEDED,
        "The reserved-capacity {instance_type} instance quota is not sufficient: it is {limit} "
        "Instances, with current utilization of {used} Instances and a request delta of "
        "{requested} Instances.",
    ),
    kernel.TooManyTags: (
        LIMIT_EXCEEDED,
        "Resource {arn} can have at most {tags_allowed} tags.",
    ),
    kernel.ReservedTagKey: (
        VALIDATION,
        "Tag key {key} begins with aws:, which is reserved for AWS.",
    ),
    kernel.UnknownResource: (VALIDATION, "Requested resource not found."),
    kernel.DuplicateTagKeys: (VALIDATION, "Duplicate tag key {key} in the request."),
    errors.UnknownOffering: (NOT_FOUND, "Training plan offering {offering_id} was not found."),
    errors.UnknownTrainingPlan: (NOT_FOUND, "Training plan {plan} was not found."),
    errors.UnknownReservedCapacity: (NOT_FOUND, "Reserved capacity {arn} was not found."),
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
    errors.NamedPlanNotFound: (VALIDATION, "Training plan {plan} was not found."),
    errors.PlanNotActive: (VALIDATION, "Training plan {plan} is {status}, but must be Active."),
}
