"""The operations on endpoints, with and without plans: moto's objects, our capacity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from moto.core.exceptions import ServiceException

from ..aws_json.errors import WireError
from ..aws_json.validation import check_request, shape_allows
from ..simulation.endpoints.capacity import Demand, Share
from ..simulation.endpoints.errors import (
    EndpointHasFailed,
    InsufficientCapacity,
    OnlyServerless,
    UnknownEndpoint,
    UnknownVariant,
    VariantNamedTwice,
)
from .endpoint_deployments import as_moto_has_it, demands_of, deployed, set_up, variants_of
from .models import FAILED, SageMakerBackend

Members = Mapping[str, Any]

NAME_IN_MOTO = re.compile(r"[A-Za-z0-9_-]+")
# Members that moto takes by themselves.
MOTO_TAKES = frozenset(
    {
        "EndpointConfigName",
        "ProductionVariants",
        "DataCaptureConfig",
        "AsyncInferenceConfig",
        "Tags",
        "KmsKeyId",
    }
)
RETAINED = {
    "DesiredInstanceCount": ("CurrentInstanceCount", "DesiredInstanceCount"),
    "DesiredWeight": ("CurrentWeight", "DesiredWeight"),
}
# Members of a description that endpoints may have, as moto's objects name them.
OPTIONAL = {
    "FailureReason": "failure_reason",
    "LastDeploymentConfig": "last_deployment_config",
    "AsyncInferenceConfig": "async_inference_config",
    "ExplainerConfig": "explainer_config",
    "MetricsConfig": "metrics_config",
    "CrossRegionTrafficConfig": "cross_region_traffic_config",
}


def is_own_endpoint_request(operation: str, _backend: SageMakerBackend, body: Members) -> bool:
    """Whether a request is answered here: all but those that moto's own tests have words for."""
    if operation in ("DescribeEndpoint", "DeleteEndpoint"):
        return not _is_from_a_stack(body.get("EndpointName"))
    if operation != "CreateEndpointConfig" or not isinstance(body.get("ProductionVariants"), list):
        return True
    return not _only_names_unknown_types(operation, body)


def _is_from_a_stack(name: object) -> bool:
    """Whether a name breaks the model's pattern as moto's CloudFormation may: by underscores."""
    return isinstance(name, str) and "_" in name and NAME_IN_MOTO.fullmatch(name) is not None


def _only_names_unknown_types(operation: str, body: Members) -> bool:
    """Whether nothing is wrong with variants but instance types that the model does not have."""
    variants = [
        {**each, "InstanceType": "ml.m5.large"} if _has_unknown_type(each) else each
        for each in body["ProductionVariants"]
    ]
    if variants == body["ProductionVariants"]:
        return False
    try:
        check_request(operation, {**body, "ProductionVariants": variants})
    except WireError:
        return False
    return all("ModelName" in each for each in variants)


def _has_unknown_type(variant: object) -> bool:
    if not isinstance(variant, dict) or not isinstance(variant.get("InstanceType"), str):
        return False
    return not shape_allows("ProductionVariantInstanceType", variant["InstanceType"])


@contextmanager
def _refusals_of_moto() -> Iterator[None]:
    try:
        yield
    except ServiceException as refused:
        raise WireError(refused.code, refused.message) from refused


# -- requests ----------------------------------------------------------------------------------


def create_endpoint_config(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """CreateEndpointConfig. source: model"""
    with _refusals_of_moto():
        config = backend.create_endpoint_config(
            endpoint_config_name=members["EndpointConfigName"],
            production_variants=members["ProductionVariants"],
            data_capture_config=members.get("DataCaptureConfig", {}),
            async_inference_config=members.get("AsyncInferenceConfig"),
            tags=members.get("Tags", []),
            kms_key_id=members.get("KmsKeyId"),
            more={name: members[name] for name in members if name not in MOTO_TAKES},
        )
    return {"EndpointConfigArn": config.endpoint_config_arn}


def create_endpoint(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """CreateEndpoint. source: model"""
    with _refusals_of_moto():
        endpoint = backend.create_endpoint(
            endpoint_name=members["EndpointName"],
            endpoint_config_name=members["EndpointConfigName"],
            tags=members.get("Tags", []),
        )
    endpoint.last_deployment_config = members.get("DeploymentConfig")
    return {"EndpointArn": endpoint.arn}


def update_endpoint(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """UpdateEndpoint, which takes no time. source: model"""
    endpoint = _changeable(backend, members["EndpointName"])
    with _refusals_of_moto():
        backend.describe_endpoint_config(members["EndpointConfigName"])
    config = backend.endpoint_configs[members["EndpointConfigName"]]
    retained: set[str] = set()
    if members.get("RetainAllVariantProperties", False):
        retained = {*RETAINED, "DataCaptureConfig"} - {
            each["VariantPropertyType"]
            for each in members.get("ExcludeRetainedVariantProperties", [])
        }
    before = {variant["VariantName"]: variant for variant in _variants(endpoint)}
    shadow_variants = getattr(config, "shadow_production_variants", ())
    production, shadow = (
        [_retaining(deployed(each), before, retained) for each in variants]
        for variants in (config.production_variants, shadow_variants)
    )
    counts = {
        each["VariantName"]: each["DesiredInstanceCount"]
        for each in (*production, *shadow)
        if "DesiredInstanceCount" in each
    }
    if not _redeploy(backend, endpoint, demands_of(variants_of(config), counts)):
        return {"EndpointArn": endpoint.arn}
    data_capture = endpoint.data_capture_config
    set_up(endpoint, config, production, shadow, backend.endpoint_capacity.now)
    if "DataCaptureConfig" in retained:
        endpoint.data_capture_config = data_capture
    if not members.get("RetainDeploymentConfig", False):
        endpoint.last_deployment_config = members.get("DeploymentConfig")
    return {"EndpointArn": endpoint.arn}


def _redeploy(backend: SageMakerBackend, endpoint: Any, demands: Sequence[Demand]) -> bool:
    """Have an endpoint hold other instances; whether it could.

    Where others hold them it is rolled back, which takes no time: it stays in service as it
    was, and says why. source: model, choice
    """
    try:
        backend.endpoint_capacity.deploy(endpoint.endpoint_name, demands)
    except InsufficientCapacity as insufficient:
        endpoint.failure_reason = str(insufficient)
        endpoint.last_modified_time = as_moto_has_it(backend.endpoint_capacity.now)
        return False
    endpoint.failure_reason = None
    return True


def _retaining(
    variant: dict[str, Any], before: Mapping[str, Members], retained: set[str]
) -> dict[str, Any]:
    """A variant with what it keeps of the variant of its name that there was."""
    old = before.get(variant["VariantName"], {})
    kept = [name for each, names in RETAINED.items() if each in retained for name in names]
    return {**variant, **{name: old[name] for name in kept if old.get(name) is not None}}


def update_endpoint_weights_and_capacities(
    backend: SageMakerBackend, members: Members
) -> dict[str, Any]:
    """UpdateEndpointWeightsAndCapacities; what a variant's entry leaves out stays. source: model"""
    endpoint = _changeable(backend, members["EndpointName"])
    variants = {each["VariantName"]: dict(each) for each in _variants(endpoint)}
    named: set[str] = set()
    for desired in members["DesiredWeightsAndCapacities"]:
        name = desired["VariantName"]
        if name in named:
            raise VariantNamedTwice(name)
        if name not in variants:
            raise UnknownVariant(name, endpoint.endpoint_config_name)
        named.add(name)
        _change(variants[name], desired)
    shares = backend.endpoint_capacity.shares(endpoint.endpoint_name)
    demands = [
        Demand(
            name,
            share.plan.arn,
            share.plan.compute_type.instance_type,
            variants[name]["DesiredInstanceCount"],
        )
        for name, share in shares.items()
    ]
    if shares and not _redeploy(backend, endpoint, demands):
        return {"EndpointArn": endpoint.arn}
    for list_name in ("production_variants", "shadow_production_variants"):
        names = [each["VariantName"] for each in getattr(endpoint, list_name, None) or ()]
        setattr(endpoint, list_name, [variants[name] for name in names] or None)
    endpoint.last_modified_time = as_moto_has_it(backend.endpoint_capacity.now)
    return {"EndpointArn": endpoint.arn}


def _change(variant: dict[str, Any], desired: Members) -> None:
    for member in ("DesiredWeight", "DesiredInstanceCount"):
        if member in desired:
            variant[member] = desired[member]
            variant[member.replace("Desired", "Current")] = desired[member]
    if "ServerlessUpdateConfig" in desired:
        if "CurrentServerlessConfig" not in variant:
            raise OnlyServerless(variant["VariantName"])
        config = {**variant["CurrentServerlessConfig"], **desired["ServerlessUpdateConfig"]}
        variant["CurrentServerlessConfig"] = variant["DesiredServerlessConfig"] = config


def delete_endpoint(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DeleteEndpoint, which frees its instances at once. source: model"""
    backend.delete_endpoint(_endpoint(backend, members["EndpointName"]).endpoint_name)
    return {}


def _changeable(backend: SageMakerBackend, name: str) -> Any:
    """An endpoint; raises EndpointHasFailed for one that can only be deleted. source: model"""
    endpoint = _endpoint(backend, name)
    if endpoint.endpoint_status == FAILED:
        raise EndpointHasFailed(endpoint.arn)
    return endpoint


def _endpoint(backend: SageMakerBackend, name: str) -> Any:
    try:
        return backend.endpoints[name]
    except KeyError:
        raise UnknownEndpoint(backend.plans.arn("endpoint", name)) from None


def _variants(endpoint: Any) -> list[Members]:
    return [
        *endpoint.production_variants,
        *(getattr(endpoint, "shadow_production_variants", None) or ()),
    ]


# -- answers -----------------------------------------------------------------------------------


def describe_endpoint(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DescribeEndpoint. source: model"""
    endpoint = _endpoint(backend, members["EndpointName"])
    shares = backend.endpoint_capacity.shares(endpoint.endpoint_name)
    now = backend.endpoint_capacity.now
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


HANDLERS = {
    "CreateEndpointConfig": create_endpoint_config,
    "CreateEndpoint": create_endpoint,
    "UpdateEndpoint": update_endpoint,
    "UpdateEndpointWeightsAndCapacities": update_endpoint_weights_and_capacities,
    "DescribeEndpoint": describe_endpoint,
    "DeleteEndpoint": delete_endpoint,
}
