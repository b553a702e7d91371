"""Whatever a cluster is asked to be can be seen of it."""

from __future__ import annotations

import pytest

from tests.clusters import PLAN_TYPE, group
from tests.filled import MODEL, cluster_request, filled, leaves

GROUPS = ("InstanceGroups", "RestrictedInstanceGroups")
LUSTRE = {"SizeInGiB": 1200, "PerUnitStorageThroughput": 250}
# What a description calls otherwise than a request.
RENAMED = {"InstanceCount": "TargetCount", "MinInstanceCount": "MinCount"}


@pytest.fixture
def assert_shown(clusters, sagemaker):
    """Makes sure that the description of a cluster has all that was asked for."""

    def look(request):
        described = clusters.describe("cluster")
        for groups in GROUPS:
            shown = {each["InstanceGroupName"]: each for each in described.pop(groups)}
            for asked in request.pop(groups):
                of_group = shown[asked["InstanceGroupName"]]
                wanted = {RENAMED.get(name, name): value for name, value in asked.items()}
                assert set(leaves(wanted)) - set(leaves(of_group)) == set()
        tags = request.pop("Tags", [])
        assert sagemaker.list_tags(ResourceArn=described["ClusterArn"])["Tags"] == tags
        assert set(leaves(request)) - set(leaves(described)) == set()

    return look


@pytest.mark.rule("VALIDATE-02")
@pytest.mark.parametrize("orchestrator", ["Eks", "Slurm"])
def test_no_member_of_a_new_cluster_is_dropped(sagemaker, assert_shown, orchestrator):
    request = cluster_request("CreateCluster", orchestrator)
    sagemaker.create_cluster(**request)
    assert_shown(request)


@pytest.mark.rule("VALIDATE-02", "CLUSTER-05")
@pytest.mark.parametrize("orchestrator", ["Eks", "Slurm"])
def test_no_member_of_an_update_is_dropped(clusters, sagemaker, assert_shown, orchestrator):
    request = cluster_request("UpdateCluster", orchestrator)
    fixed = {
        "count": 2,
        "OverrideVpcConfig": request["InstanceGroups"][0]["OverrideVpcConfig"],
    }
    types = {"InstanceTypes": [PLAN_TYPE, "ml.m5.large"]}
    sagemaker.create_cluster(
        ClusterName="cluster",
        InstanceGroups=[
            group("text", **fixed),
            group("flexible", InstanceType=None, InstanceRequirements=types, **fixed),
            group("gone"),
        ],
        RestrictedInstanceGroups=[
            group("restricted", EnvironmentConfig={"FSxLustreConfig": LUSTRE}, **fixed)
        ],
    )
    request["InstanceGroupsToDelete"] = ["gone"]
    sagemaker.update_cluster(**request)
    del request["InstanceGroupsToDelete"]
    assert_shown(request)
    names = [each["InstanceGroupName"] for each in clusters.describe("cluster")["InstanceGroups"]]
    assert names == ["text", "flexible"]


@pytest.mark.rule("VALIDATE-02", "CLUSTER-05")
def test_how_software_is_rolled_out_is_shown_while_it_is(clusters, sagemaker, state_manager):
    clusters.create("cluster", group("workers"))
    state_manager("sagemaker::cluster", {"progression": "time", "seconds": 60})
    operation = MODEL.operation_model("UpdateClusterSoftware").input_shape
    request = {**filled(operation), "InstanceGroups": [{"InstanceGroupName": "workers"}]}
    sagemaker.update_cluster_software(**request)
    workers = clusters.group("cluster", "workers")
    assert workers["ActiveSoftwareUpdateConfig"] == request["DeploymentConfig"]
    assert workers["DesiredImageId"] == request["ImageId"]
