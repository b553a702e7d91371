"""What is told of endpoints: moto's objects, and what they have of plans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ...simulation.endpoints.shares import Share

Members = Mapping[str, Any]

# Members of a description that endpoints may have, as moto's objects name them.
OPTIONAL = {
    "FailureReason": "failure_reason",
    "LastDeploymentConfig": "last_deployment_config",
    "AsyncInferenceConfig": "async_inference_config",
    "ExplainerConfig": "explainer_config",
    "MetricsConfig": "metrics_config",
    "CrossRegionTrafficConfig": "cross_region_traffic_config",
}


def description(endpoint: Any, shares: Mapping[str, Share], now: datetime) -> dict[str, Any]:
    """An endpoint of moto's as the model has it; `shares` are those of its variants on plans."""
    answer = {
        "EndpointName": endpoint.endpoint_name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.endpoint_config_name,
        "ProductionVariants": [
            _summary(each, shares, now) for each in endpoint.production_variants
        ],
        "EndpointStatus": endpoint.endpoint_status,
        "CreationTime": _in_utc(endpoint.creation_time),
        "LastModifiedTime": _in_utc(endpoint.last_modified_time),
    }
    shadow = getattr(endpoint, "shadow_production_variants", None)
    if shadow:
        answer["ShadowProductionVariants"] = [_summary(each, shares, now) for each in shadow]
    if endpoint.data_capture_config:
        answer["DataCaptureConfig"] = _data_capture(endpoint.data_capture_config)
    for member, name in OPTIONAL.items():
        if getattr(endpoint, name, None):
            answer[member] = getattr(endpoint, name)
    return answer


def _in_utc(when: datetime) -> datetime:
    return when.replace(tzinfo=timezone.utc)


def _data_capture(config: Members) -> dict[str, Any]:
    enabled = config.get("EnableCapture", False)
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }


def _summary(variant: Members, shares: Mapping[str, Share], now: datetime) -> dict[str, Any]:
    """A variant, with what it has of a plan now."""
    summary = {name: value for name, value in variant.items() if value is not None}
    share = shares.get(variant["VariantName"])
    if share is not None:
        block = share.plan.current
        summary["CurrentInstanceCount"] = share.held
        summary["CapacityReservationConfig"] = {
            **variant["CapacityReservationConfig"],
            "TotalInstanceCount": block.total_count,
            "AvailableInstanceCount": block.available_count(now),
            "UsedByCurrentEndpoint": sum(
                each.held for each in shares.values() if each.plan is share.plan
            ),
        }
    return summary
