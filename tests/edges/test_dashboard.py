"""moto's dashboard shows what is in the simulation, as AWS's own descriptions have it."""

from __future__ import annotations

import gc
import os
import weakref
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
import requests

from tests.support.clusters import START, group
from tests.support.jobs import ROLE

SERVER_MODE = os.environ.get("TEST_SERVER_MODE", "").lower() == "true"
KINDS = (
    *("TrainingPlan", "ReservedCapacity", "UltraServer", "TrainingPlanExtension", "TrainingJob"),
    *("Cluster", "ClusterNode", "Endpoint", "App"),
)
VARIANT = {
    "VariantName": "main",
    "ModelName": "model",
    "InstanceType": "ml.p4d.24xlarge",
    "InitialInstanceCount": 1,
}
APP = {"DomainId": "d-domain", "AppType": "JupyterLab", "AppName": "lab", "SpaceName": "space"}


@pytest.fixture
def shown(plans):  # noqa: ARG001
    """What the dashboard's data have of each kind."""
    address = (
        os.environ["TEST_SERVER_MODE_ENDPOINT"] if SERVER_MODE else "http://motoapi.amazonaws.com"
    )

    def look() -> dict[str, list[dict[str, Any]]]:
        data = requests.get(f"{address}/moto-api/data.json", timeout=20).json()["sagemaker"]
        return {kind: data[kind] for kind in KINDS}

    return look


def as_told(described: dict[str, Any]) -> dict[str, Any]:
    """The members of a description in which the dashboard's data can be compared with it."""

    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, list) else value

    return {name: plain(value) for name, value in described.items() if name != "ResponseMetadata"}


def as_shown(row: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    """What a row has for the members of a description, times as a client reads them."""
    from botocore import xform_name

    def read(value: Any, example: Any) -> Any:
        if isinstance(example, datetime):
            return datetime.fromisoformat(value).timestamp()
        if isinstance(example, dict):
            return {name: read(each, example[name]) for name, each in value.items()}
        if isinstance(example, list):
            return [read(each, of) for each, of in zip(value, example, strict=True)]
        return value

    return {
        name: read(row[xform_name(name)], value)
        for name, value in like.items()
        if name != "ResponseMetadata"
    }


def test_plans_extensions_and_jobs_are_shown_as_they_are_described(
    plans, sagemaker, buy, jobs, shown
):
    plan = buy("plan", InstanceCount=2)
    jobs.create("job", plan)
    (offering,) = sagemaker.search_training_plan_offerings(TrainingPlanArn=plan, DurationHours=24)[
        "TrainingPlanExtensionOfferings"
    ]
    sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=offering["TrainingPlanExtensionOfferingId"]
    )
    plans.clock.move_to(START + timedelta(minutes=10))
    found = shown()
    assert [len(found[kind]) for kind in KINDS] == [1, 1, 0, 1, 1, 0, 0, 0, 0]
    described = sagemaker.describe_training_plan(TrainingPlanName="plan")
    (row,) = found["TrainingPlan"]
    assert (row["account_id"], row["region_name"]) == ("123456789012", "us-west-2")
    assert as_shown(row, described) == as_told(described)
    arn = described["ReservedCapacitySummaries"][0]["ReservedCapacityArn"]
    capacity = sagemaker.describe_reserved_capacity(ReservedCapacityArn=arn)
    assert as_shown(found["ReservedCapacity"][0], capacity) == as_told(capacity)
    (extension,) = sagemaker.describe_training_plan_extension_history(TrainingPlanArn=plan)[
        "TrainingPlanExtensions"
    ]
    assert as_shown(found["TrainingPlanExtension"][0], extension) == as_told(extension)
    assert found["TrainingPlanExtension"][0]["training_plan_arn"] == plan
    job = sagemaker.describe_training_job(TrainingJobName="job")
    assert as_shown(found["TrainingJob"][0], job) == as_told(job)


def test_clusters_and_their_nodes_are_shown_as_they_are_described(
    plans, sagemaker, reserve, clusters, shown
):
    plan = reserve()
    plans.clock.move_to(START)
    arn = clusters.create("cluster", group("workers", plan, 2))
    found = shown()
    cluster = sagemaker.describe_cluster(ClusterName="cluster")
    assert as_shown(found["Cluster"][0], cluster) == as_told(cluster)
    assert [row["cluster_arn"] for row in found["ClusterNode"]] == [arn, arn]
    for row in found["ClusterNode"]:
        node = sagemaker.describe_cluster_node(ClusterName="cluster", NodeId=row["instance_id"])
        assert as_shown(row, node["NodeDetails"]) == as_told(node["NodeDetails"])


def test_endpoints_and_apps_on_plans_are_shown_as_they_are_described(plans, sagemaker, buy, shown):
    plan = buy("for-endpoints", TargetResources=["endpoint"])
    for_apps = buy("for-apps", TargetResources=["studio-apps"])
    plans.clock.move_to(START)
    sagemaker.create_model(
        ModelName="model", PrimaryContainer={"Image": "image"}, ExecutionRoleArn=ROLE
    )
    reserved = {
        "CapacityReservationPreference": "capacity-reservations-only",
        "MlReservationArn": plan,
    }
    for name, variant in (
        ("on-demand", VARIANT),
        ("reserved", {**VARIANT, "CapacityReservationConfig": reserved}),
    ):
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    spec = {"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArn": for_apps}
    sagemaker.create_app(**APP, ResourceSpec=spec)
    found = shown()
    endpoint = sagemaker.describe_endpoint(EndpointName="reserved")
    assert [row["endpoint_name"] for row in found["Endpoint"]] == ["reserved"]
    assert as_shown(found["Endpoint"][0], endpoint) == as_told(endpoint)
    app = sagemaker.describe_app(**APP)
    assert as_shown(found["App"][0], app) == as_told(app)


def test_ultra_servers_are_shown_with_their_health(plans, client, buy, shown):
    dallas = client("sagemaker", "us-east-1")
    buy("ultra", dallas, UltraServerType="ml.u-p6e-gb200x72", TargetResources=["hyperpod-cluster"])
    plans.clock.move_to("2025-01-23")
    (row,) = shown()["UltraServer"]
    assert (row["region_name"], row["health_status"]) == ("us-east-1", "OK")
    (server,) = dallas.list_ultra_servers_by_reserved_capacity(
        ReservedCapacityArn=row["reserved_capacity_arn"]
    )["UltraServers"]
    assert as_shown(row, server) == as_told(server)
    plans.faults.fail_instances(row["ultra_server_id"])
    assert shown()["UltraServer"][0]["unhealthy_instance_count"] == 1


@pytest.mark.rule("TIME-09")
def test_looking_changes_nothing_not_even_what_the_clock_may_be_set_to(plans, shown):
    assert all(rows == [] for rows in shown().values())
    plans.clock.move_to("2024-01-01")


def test_what_is_shown_ends_with_a_reset(plans, buy, shown):
    buy()
    plans.reset()
    assert all(rows == [] for rows in shown().values())


@pytest.mark.in_process("counts what is alive in this process")
def test_what_has_been_shown_keeps_no_ended_simulation_alive(plans, buy, shown):
    from moto_trainingplans.host.backend import current_world

    buy()
    shown()
    ended = weakref.ref(current_world())
    plans.reset()
    gc.collect()
    assert ended() is None


@pytest.mark.in_process("installs and uninstalls")
def test_moto_has_its_own_classes_back_afterwards():
    from moto.core.model_instances import model_data
    from moto.sagemaker.models import Cluster

    from moto_trainingplans import install, uninstall

    before = dict(model_data["sagemaker"])
    assert before["Cluster"] is Cluster
    install()
    try:
        assert model_data["sagemaker"]["Cluster"] is not Cluster
        assert boto3.client("sagemaker", region_name="us-west-2")
    finally:
        uninstall()
    assert model_data["sagemaker"] == before
