"""The operations on extensions of training plans: members in, answers out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..aws_json.pagination import decode_token, encode_token
from ..aws_json.validation import shape_allows
from ..host.journal import mark_offers, mark_purchase
from ..simulation.plans.extensions import Extension, ExtensionOffering, ExtensionRequest
from . import plans as plan_operations
from .models import SageMakerBackend

Members = Mapping[str, Any]

CURRENCY = "USD"
DEFAULT_PAGE = 10  # source: choice


def search_training_plan_offerings(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """SearchTrainingPlanOfferings: for extensions of a plan that it names, else for new plans.

    source: model
    """
    if "TrainingPlanArn" not in members:
        return plan_operations.search_training_plan_offerings(backend.plans, members)
    offerings = backend.extensions.search(
        ExtensionRequest(arn=members["TrainingPlanArn"], **plan_operations.read_search(members))
    )
    mark_offers({each.offering_id: each.start for each in offerings})
    return {
        "TrainingPlanOfferings": [],
        "TrainingPlanExtensionOfferings": [_offering(each) for each in offerings],
    }


def extend_training_plan(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """ExtendTrainingPlan. source: model"""
    extensions = backend.extensions.extend(members["TrainingPlanExtensionOfferingId"])
    mark_purchase(members["TrainingPlanExtensionOfferingId"])
    return {"TrainingPlanExtensions": [extension_description(each) for each in extensions]}


def describe_training_plan_extension_history(
    backend: SageMakerBackend, members: Members
) -> dict[str, Any]:
    """DescribeTrainingPlanExtensionHistory. source: model"""
    arn = members["TrainingPlanArn"]
    after = decode_token(members.get("NextToken"), arn, (int,))
    extensions = backend.extensions.of_plan(arn)
    start = 0 if after is None else after[0]
    end = start + members.get("MaxResults", DEFAULT_PAGE)
    answer: dict[str, Any] = {
        "TrainingPlanExtensions": [extension_description(each) for each in extensions[start:end]]
    }
    if end < len(extensions):
        answer["NextToken"] = encode_token((end,), arn)
    return answer


HANDLERS = {
    "SearchTrainingPlanOfferings": search_training_plan_offerings,
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


def extension_description(extension: Extension) -> dict[str, Any]:
    """An extension, as DescribeTrainingPlanExtensionHistory tells it."""
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
