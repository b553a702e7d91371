"""The operations on extensions of training plans: members in, answers out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..simulation.catalog import Target
from ..simulation.errors import NotOneTarget
from ..simulation.extensions import Extension, ExtensionOffering, ExtensionRequest
from ..simulation.training_plans import TrainingPlanRegistry
from .pagination import decode_token, encode_token
from .validation import shape_allows

Members = Mapping[str, Any]

CURRENCY = "USD"
DEFAULT_PAGE = 10  # source: C


def search_extension_offerings(plans: TrainingPlanRegistry, members: Members) -> dict[str, Any]:
    """SearchTrainingPlanOfferings with a TrainingPlanArn. source: M"""
    targets = members.get("TargetResources")
    if targets is not None and len(targets) != 1:
        raise NotOneTarget(len(targets))
    offerings = plans.extensions.search(
        ExtensionRequest(
            arn=members["TrainingPlanArn"],
            target=None if targets is None else Target(targets[0]),
            instance_type=members.get("InstanceType"),
            instance_count=members.get("InstanceCount"),
            ultra_server_type=members.get("UltraServerType"),
            ultra_server_count=members.get("UltraServerCount"),
            duration_hours=members.get("DurationHours"),
            start_after=members.get("StartTimeAfter"),
            end_before=members.get("EndTimeBefore"),
        )
    )
    return {
        "TrainingPlanOfferings": [],
        "TrainingPlanExtensionOfferings": [_offering(each) for each in offerings],
    }


def extend_training_plan(plans: TrainingPlanRegistry, members: Members) -> dict[str, Any]:
    """ExtendTrainingPlan. source: M"""
    extensions = plans.extensions.extend(members["TrainingPlanExtensionOfferingId"])
    return {"TrainingPlanExtensions": [_extension(each) for each in extensions]}


def describe_training_plan_extension_history(
    plans: TrainingPlanRegistry, members: Members
) -> dict[str, Any]:
    """DescribeTrainingPlanExtensionHistory. source: M"""
    arn = members["TrainingPlanArn"]
    after = decode_token(members.get("NextToken"), arn, (int,))
    extensions = plans.extensions.of_plan(arn)
    start = 0 if after is None else after[0]
    end = start + members.get("MaxResults", DEFAULT_PAGE)
    answer: dict[str, Any] = {
        "TrainingPlanExtensions": [_extension(each) for each in extensions[start:end]]
    }
    if end < len(extensions):
        answer["NextToken"] = encode_token((end,), arn)
    return answer


HANDLERS = {
    "ExtendTrainingPlan": extend_training_plan,
    "DescribeTrainingPlanExtensionHistory": describe_training_plan_extension_history,
}


def _offering(offering: ExtensionOffering) -> dict[str, Any]:
    return {
        "TrainingPlanExtensionOfferingId": offering.offering_id,
        "AvailabilityZone": offering.zone,
        "StartDate": offering.start,
        "EndDate": offering.end,
        "DurationHours": offering.duration // timedelta(hours=1),
        "UpfrontFee": offering.upfront_fee,
        "CurrencyCode": CURRENCY,
    }


def _extension(extension: Extension) -> dict[str, Any]:
    answer = {
        **_offering(extension.offering),
        "ExtendedAt": extension.extended_at,
        "Status": extension.status.value,
        "PaymentStatus": extension.payment_status.value,
    }
    # The model's pattern cannot hold the ids of every zone.
    if shape_allows("AvailabilityZoneId", extension.offering.zone_id):
        answer["AvailabilityZoneId"] = extension.offering.zone_id
    return answer
