"""The subnets of groups, and the zones of their plans."""

from __future__ import annotations

import pytest

from tests.support.clusters import START, Clusters, group


@pytest.mark.rule("CLUSTER-02")
def test_known_subnets_must_have_one_in_the_zone_of_the_plan(
    clusters, reserve, client, sagemaker, refusal
):
    plan = reserve()  # in us-west-2a
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = {
        zone: ec2.create_subnet(VpcId=vpc, AvailabilityZone=zone, CidrBlock=f"10.0.{number}.0/24")[
            "Subnet"
        ]["SubnetId"]
        for number, zone in enumerate(("us-west-2a", "us-west-2b"))
    }

    def inside(*ids):
        return {"Subnets": list(ids), "SecurityGroupIds": ["sg-1"]}

    wrong, right = inside(subnets["us-west-2b"]), inside(*subnets.values())
    refused = (
        "ValidationException",
        f"None of the subnets {subnets['us-west-2b']} is in Availability Zone us-west-2a of "
        f"training plan {plan}.",
    )
    create = {"ClusterName": "cluster", "InstanceGroups": [group("workers", plan)]}
    assert refusal(sagemaker.create_cluster, **create, VpcConfig=wrong) == refused
    # A group's own subnets count in place of the cluster's.
    clusters.create("own", group("workers", plan, OverrideVpcConfig=right), VpcConfig=wrong)
    create["InstanceGroups"] = [group("workers", plan, OverrideVpcConfig=wrong)]
    assert refusal(sagemaker.create_cluster, **create, VpcConfig=right) == refused
    clusters.create("unknown", group("workers", plan), VpcConfig=inside("subnet-unknown"))
    clusters.create("on-demand", group("workers"), VpcConfig=wrong)
    (node,) = clusters.ids("on-demand")
    assert clusters.node("on-demand", node)["Placement"]["AvailabilityZone"] == "us-west-2b"
    # Where a group is to move onto the plan, its subnets have to be there too.
    update = {"ClusterName": "on-demand", "InstanceGroups": [group("workers", plan)]}
    assert refusal(sagemaker.update_cluster, **update) == refused
    assert clusters.ids("on-demand") == [node]


@pytest.mark.rule("CLUSTER-02")
def test_subnets_are_not_judged_for_a_zone_that_ec2_does_not_know(plans, client, reserve):
    sagemaker = client("sagemaker", "us-east-1")
    plan = reserve(using=sagemaker, UltraServerType="ml.u-p6e-gb200x36")  # in Dallas
    ec2 = client("ec2", "us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, AvailabilityZone="us-east-1a", CidrBlock="10.0.0.0/24")[
        "Subnet"
    ]["SubnetId"]
    clusters = Clusters(sagemaker)
    clusters.create(
        "cluster",
        group("workers", plan, 2, InstanceType="ml.p6e-gb200.36xlarge"),
        VpcConfig={"Subnets": [subnet], "SecurityGroupIds": ["sg-1"]},
    )
    plans.clock.move_to(START)
    assert clusters.counts("cluster") == {"workers": (2, 2)}
