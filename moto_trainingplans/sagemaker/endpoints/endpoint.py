"""The operations on endpoints, with and without plans: moto's objects, our capacity."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from moto.core.exceptions import ServiceException

from ...aws_json.errors import WireError
from ...aws_json.validation import check_request, shape_allows
from ...simulation.endpoints.errors import (
    EndpointHasFailed,
    EndpointInProgress,
    InsufficientCapacity,
    OnlyServerless,
    UnknownEndpoint,
    UnknownVariant,
    VariantNamedTwice,
)
from ...simulation.endpoints.shares import Demand
from ..endpoint_deployments import (
    FAILED,
    IN_PROGRESS,
    IN_SERVICE,
    UPDATING,
    demands_of,
    deployed,
    set_up,
    settle,
    variants_of,
)
from ..models import SageMakerBackend
from .descriptions import description

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

    def change() -> None:
        data_capture = endpoint.data_capture_config
        set_up(endpoint, config, production, shadow, backend.endpoint_capacity.now)
        if "DataCaptureConfig" in retained:
            endpoint.data_capture_config = data_capture
        if not members.get("RetainDeploymentConfig", False):
            endpoint.last_deployment_config = members.get("DeploymentConfig")

    _redeploy(backend, endpoint, demands_of(variants_of(config), counts), change)
    return {"EndpointArn": endpoint.arn}


def _redeploy(
    backend: SageMakerBackend,
    endpoint: Any,
    demands: Sequence[Demand],
    change: Callable[[], None],
) -> None:
    """Have an endpoint hold other instances, and change it once it has them.

    Where others hold them it is rolled back, at once or when its variants have waited: it stays
    in service as it was, and says why. source: model, choice
    """
    capacity = backend.endpoint_capacity

    def finish() -> None:
        change()
        settle(endpoint, IN_SERVICE, None, capacity.now)

    def roll_back(reason: str) -> None:
        settle(endpoint, IN_SERVICE, reason, capacity.now)

    try:
        capacity.deploy(endpoint.endpoint_name, demands)
    except InsufficientCapacity as insufficient:
        if insufficient.patience:
            settle(endpoint, UPDATING, None, capacity.now)
            capacity.wait(endpoint.endpoint_name, demands, insufficient.patience, finish, roll_back)
        else:
            roll_back(str(insufficient))
        return
    finish()


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
            share.patience,
        )
        for name, share in shares.items()
    ]

    def change() -> None:
        for list_name in ("production_variants", "shadow_production_variants"):
            names = [each["VariantName"] for each in getattr(endpoint, list_name, None) or ()]
            setattr(endpoint, list_name, [variants[name] for name in names] or None)

    _redeploy(backend, endpoint, demands, change)
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
    """An endpoint; raises a ServiceError for one that cannot be changed now. source: model"""
    endpoint = _endpoint(backend, name)
    if endpoint.endpoint_status in IN_PROGRESS:
        raise EndpointInProgress(endpoint.arn)
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


def describe_endpoint(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DescribeEndpoint. source: model"""
    endpoint = _endpoint(backend, members["EndpointName"])
    shares = backend.endpoint_capacity.shares(endpoint.endpoint_name)
    return description(endpoint, shares, backend.endpoint_capacity.now)


HANDLERS = {
    "CreateEndpointConfig": create_endpoint_config,
    "CreateEndpoint": create_endpoint,
    "UpdateEndpoint": update_endpoint,
    "UpdateEndpointWeightsAndCapacities": update_endpoint_weights_and_capacities,
    "DescribeEndpoint": describe_endpoint,
    "DeleteEndpoint": delete_endpoint,
}
