"""Clusters on plans: creating them, what time makes of them, and deleting them."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest
from botocore.config import Config

from tests.support.clusters import CUT_OFF, DAY, HOUR, MINUTE, START, group, plan_counts


@pytest.mark.rule("CLUSTER-03")
def test_a_group_scales_up_when_its_plan_becomes_active(plans, clusters, reserve, sagemaker):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 3))
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert clusters.counts("cluster") == {"workers": (0, 3)}
    assert clusters.group("cluster", "workers")["TrainingPlanStatus"] == "Scheduled"
    assert clusters.nodes("cluster") == []
    assert plan_counts(sagemaker, plan) == (0, 4)
    plans.clock.move_to(START)
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert clusters.counts("cluster") == {"workers": (3, 3)}
    described = clusters.group("cluster", "workers")
    assert described["TrainingPlanArn"] == plan
    assert described["TrainingPlanStatus"] == "Active"
    assert [node["InstanceStatus"]["Status"] for node in clusters.nodes("cluster")] == [
        "Running"
    ] * 3
    assert plan_counts(sagemaker, plan) == (3, 1)


@pytest.mark.rule("CLUSTER-04")
def test_a_group_loses_its_nodes_an_hour_before_the_block_ends(plans, clusters, reserve, sagemaker):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 3), group("controller", None, 1))
    plans.clock.move_to(CUT_OFF - MINUTE)
    assert clusters.counts("cluster") == {"workers": (3, 3), "controller": (1, 1)}
    nodes = clusters.ids("cluster", InstanceGroupNameContains="workers")
    plans.clock.move_to(CUT_OFF)
    assert clusters.counts("cluster") == {"workers": (0, 3), "controller": (1, 1)}
    assert clusters.statuses("cluster") == ("InService", ["InService", "InService"])
    assert clusters.nodes("cluster", InstanceGroupNameContains="workers") == []
    assert clusters.group("cluster", "workers")["TrainingPlanStatus"] == "Active"
    assert plan_counts(sagemaker, plan)[0] == 0
    assert [change.after for change in plans.history(nodes[0])] == [
        "Pending",
        "Running",
        "ShuttingDown",
        "NotFound",
    ]
    plans.clock.move_to(START + DAY)
    assert clusters.counts("cluster") == {"workers": (0, 3), "controller": (1, 1)}
    assert clusters.statuses("cluster") == ("InService", ["InService", "InService"])
    assert clusters.group("cluster", "workers")["TrainingPlanStatus"] == "Expired"


@pytest.mark.rule("CLUSTER-04")
def test_a_group_scales_up_again_with_the_next_block_of_its_plan(plans, clusters, reserve):
    plans.capacity.clear("us-west-2")
    for start in (START, START + 3 * DAY):
        plans.capacity.set(
            "us-west-2b",
            "ml.p4d.24xlarge",
            4,
            target="hyperpod-cluster",
            start=start,
            end=start + DAY,
        )
    plan = reserve(DurationHours=48, which=0)
    clusters.create("cluster", group("workers", plan, 4))
    # The order of the requests counts in each block.
    clusters.create("later", group("workers", plan, 1))
    plans.clock.move_to(START)
    first = clusters.ids("cluster")
    seen = []
    for moment in (
        START + DAY - HOUR,
        START + 3 * DAY - MINUTE,
        START + 3 * DAY,
        START + 4 * DAY - HOUR,
    ):
        plans.clock.move_to(moment)
        described = clusters.group("cluster", "workers")
        seen.append((described["CurrentCount"], described["TrainingPlanStatus"]))
        if moment == START + 3 * DAY:
            second = clusters.ids("cluster")
    assert seen == [(0, "Active"), (0, "Scheduled"), (4, "Active"), (0, "Active")]
    assert len({*first, *second}) == 8
    assert clusters.counts("later") == {"workers": (0, 1)}


def extend(sagemaker, plan):
    """Make a plan a day longer."""
    (offering,) = sagemaker.search_training_plan_offerings(TrainingPlanArn=plan, DurationHours=24)[
        "TrainingPlanExtensionOfferings"
    ]
    sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=offering["TrainingPlanExtensionOfferingId"]
    )


@pytest.mark.rule("CLUSTER-04", "EXTEND-03")
def test_the_nodes_of_an_extended_plan_stay_until_its_new_cut_off(
    plans, clusters, reserve, sagemaker
):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 4))
    plans.clock.move_to(START)
    nodes = clusters.ids("cluster")
    extend(sagemaker, plan)
    plans.clock.move_to(CUT_OFF + DAY - MINUTE)
    assert clusters.ids("cluster") == nodes
    plans.clock.move_to(CUT_OFF + DAY)
    assert clusters.counts("cluster") == {"workers": (0, 4)}
    # The plan can be made longer even then, and its group comes back.
    extend(sagemaker, plan)
    assert clusters.counts("cluster") == {"workers": (4, 4)}
    assert not {*nodes} & {*clusters.ids("cluster")}
    plans.clock.move_to(CUT_OFF + 2 * DAY)
    assert clusters.counts("cluster") == {"workers": (0, 4)}


@pytest.mark.rule("CLUSTER-03", "PLAN-08")
def test_groups_of_several_clusters_get_instances_in_the_order_of_their_requests(
    plans, clusters, reserve, sagemaker
):
    plan = reserve(count=8)
    clusters.create("first", group("a", plan, 3))
    clusters.create("second", group("b", plan, 4))
    clusters.update("first", group("a", plan, 6))
    plans.clock.move_to(START)
    # The last three of a were asked for after those of b.
    assert clusters.counts("first") == {"a": (4, 6)}
    assert clusters.counts("second") == {"b": (4, 4)}
    assert plan_counts(sagemaker, plan) == (8, 0)
    clusters.delete("second")
    assert clusters.counts("first") == {"a": (6, 6)}
    assert plan_counts(sagemaker, plan) == (6, 2)


@pytest.mark.rule("CLUSTER-10")
def test_a_deleted_cluster_frees_its_instances_at_once(
    plans, clusters, reserve, sagemaker, refusal
):
    plan = reserve()
    arn = clusters.create("cluster", group("workers", plan, 4))
    plans.clock.move_to(START)
    assert sagemaker.delete_cluster(ClusterName=arn)["ClusterArn"] == arn
    assert plan_counts(sagemaker, plan) == (0, 4)
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
    assert refusal(sagemaker.describe_cluster, ClusterName="cluster") == (
        "ResourceNotFound",
        "Could not find cluster 'cluster'.",
    )
    assert plans.history(arn)[-1].before == "Deleting"
    # The name is free again, for a cluster with another ARN.
    assert clusters.create("cluster", group("workers", plan, 4)) != arn
    assert clusters.counts("cluster") == {"workers": (4, 4)}


@pytest.mark.rule("CLUSTER-01")
def test_a_group_is_refused_a_plan_that_is_not_for_it(plans, reserve, buy, sagemaker, refusal):
    plan = reserve()
    job_plan = buy("job-plan")
    unknown = plan.replace("training-plan/plan", "training-plan/none")
    foreign = plan.replace("123456789012", "111122223333")

    def refused(*groups, **members):
        code, message = refusal(
            sagemaker.create_cluster, ClusterName="cluster", InstanceGroups=list(groups), **members
        )
        assert code == "ValidationException"
        return message

    for other in (unknown, foreign, plan.replace("us-west-2", "us-east-1")):
        assert refused(group("workers", other)) == f"Training plan {other} was not found."
    assert refused(group("workers", job_plan)) == (
        f"Training plan {job_plan} is for target resource training-job, but must be for "
        "hyperpod-cluster."
    )
    assert refused(group("workers", plan, InstanceType="ml.p5.48xlarge")) == (
        f"Training plan {plan} has instance type ml.p4d.24xlarge, not the requested ml.p5.48xlarge."
    )
    assert refused(group("workers", plan, 5)) == (
        f"Training plan {plan} has 4 instances, fewer than the requested 5."
    )
    must_be = "but must be Scheduled or Active."
    plans.payments.fail_next()
    failed = reserve("failed")
    assert refused(group("workers", failed)) == f"Training plan {failed} is Failed, {must_be}"
    plans.payments.delay(HOUR)
    pending = reserve("pending")
    assert refused(group("workers", pending)) == f"Training plan {pending} is Pending, {must_be}"
    plans.clock.move_to(START + DAY)
    assert refused(group("workers", plan)) == f"Training plan {plan} is Expired, {must_be}"
    assert sagemaker.list_clusters()["ClusterSummaries"] == []


@pytest.mark.rule("CLUSTER-01")
def test_an_update_with_an_unknown_plan_is_a_resource_not_found(
    clusters, reserve, sagemaker, refusal
):
    plan = reserve()
    clusters.create("cluster", group("workers"))
    for old, new in (
        ("training-plan/plan", "training-plan/none"),
        ("us-west-2", "us-east-1"),
        ("123456789012", "111122223333"),
    ):
        unknown = plan.replace(old, new)
        assert refusal(
            sagemaker.update_cluster,
            ClusterName="cluster",
            InstanceGroups=[group("workers", unknown)],
        ) == ("ResourceNotFound", f"Training plan {unknown} was not found.")
    assert "TrainingPlanArn" not in clusters.group("cluster", "workers")


@pytest.mark.rule("CLUSTER-01")
def test_restricted_groups_live_on_plans_too(plans, clusters, reserve, sagemaker):
    plan, other = reserve(), reserve("other", 2)
    environment = {"FSxLustreConfig": {"SizeInGiB": 1200, "PerUnitStorageThroughput": 250}}
    sagemaker.create_cluster(
        ClusterName="cluster",
        InstanceGroups=[group("workers", plan, 1)],
        RestrictedInstanceGroups=[
            group("nova", plan, 3, EnvironmentConfig=environment),
            group("more", other, 2),
        ],
    )
    plans.clock.move_to(START)
    described = clusters.describe("cluster")
    assert [each["InstanceGroupName"] for each in described["InstanceGroups"]] == ["workers"]
    nova, more = described["RestrictedInstanceGroups"]
    assert (nova["CurrentCount"], nova["TargetCount"]) == (3, 3)
    assert nova["EnvironmentConfig"] == environment
    assert (more["TrainingPlanArn"], more["CurrentCount"]) == (other, 2)
    assert plan_counts(sagemaker, plan) == (4, 0)


@pytest.mark.rule("CLUSTER-06")
def test_a_cluster_has_an_arn_of_the_models_form_and_is_found_by_it(clusters, sagemaker):
    arn = clusters.create("cluster", group("workers", None, 2))
    assert re.fullmatch(r"arn:aws:sagemaker:us-west-2:123456789012:cluster/[a-z0-9]{12}", arn)
    described = sagemaker.describe_cluster(ClusterName=arn)
    assert described["ClusterName"] == "cluster"
    assert described["CreationTime"] == datetime(
        2025, 1, 21, 19, 8, 27, 704000, tzinfo=timezone.utc
    )


@pytest.mark.rule("CLUSTER-05")
def test_what_a_cluster_was_created_with_is_given_back(clusters):
    members = {
        "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        "Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}},
        "TieredStorageConfig": {"Mode": "Enable", "InstanceMemoryAllocationPercentage": 20},
        "NodeRecovery": "None",
        "NodeProvisioningMode": "Continuous",
        "ClusterRole": "arn:aws:iam::123456789012:role/scaling",
    }
    echoed = {
        "LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"},
        "ThreadsPerCore": 2,
        "InstanceStorageConfigs": [{"EbsVolumeConfig": {"VolumeSizeInGB": 500}}],
        "OnStartDeepHealthChecks": ["InstanceStress"],
        "OverrideVpcConfig": {"Subnets": ["subnet-2"], "SecurityGroupIds": ["sg-2"]},
        "ScheduledUpdateConfig": {"ScheduleExpression": "cron(0 0 * * ? *)"},
        "SlurmConfig": {"NodeType": "Compute", "PartitionNames": ["one"]},
        "CapacityRequirements": {"OnDemand": {}},
        "NetworkInterface": {"InterfaceType": "efa"},
    }
    shown = {
        "KubernetesConfig": {
            "Labels": {"team": "a"},
            "Taints": [{"Key": "gpu", "Effect": "NoSchedule"}],
        },
        "AutoPatchConfig": {"PatchingStrategy": "WhenIdle"},
        "ImageId": "ami-12345678",
        "ImageReleaseVersion": "1.2.3",
        "MinInstanceCount": 1,
    }
    clusters.create(
        "cluster",
        group("workers", None, 2, **echoed, **shown),
        **members,
        AutoScaling={"Mode": "Enable", "AutoScalerType": "Karpenter"},
        Tags=[{"Key": "team", "Value": "a"}],
    )
    described = clusters.describe("cluster")
    assert {name: described[name] for name in members} == members
    assert described["AutoScaling"] == {
        "Mode": "Enable",
        "AutoScalerType": "Karpenter",
        "Status": "InService",
    }
    (workers,) = described["InstanceGroups"]
    assert {name: workers[name] for name in echoed} == echoed
    assert workers["KubernetesConfig"] == {
        "CurrentLabels": {"team": "a"},
        "DesiredLabels": {"team": "a"},
        "CurrentTaints": [{"Key": "gpu", "Effect": "NoSchedule"}],
        "DesiredTaints": [{"Key": "gpu", "Effect": "NoSchedule"}],
    }
    assert workers["AutoPatchConfig"] == {"PatchingStrategy": "WhenIdle"}
    assert workers["CurrentImageId"] == workers["DesiredImageId"] == "ami-12345678"
    assert workers["CurrentImageReleaseVersion"] == "1.2.3"
    assert workers["MinCount"] == 1


@pytest.mark.rule("CLUSTER-05", "CLIENT-07")
def test_a_cluster_that_contradicts_itself_is_refused(clusters, client, refusal):
    sagemaker = client("sagemaker", config=Config(parameter_validation=False))
    eks = {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}
    fault = "1 validation error detected: Value "
    of_group = "at 'instanceGroups.1.member."
    for members, reason in (
        ({"Orchestrator": {}}, "Orchestrator must have exactly one of Eks and Slurm."),
        (
            {"Orchestrator": {"Eks": eks, "Slurm": {}}},
            "Orchestrator must have exactly one of Eks and Slurm.",
        ),
        (
            {"InstanceGroups": [group("a"), group("a")]},
            "Instance group a is named more than once.",
        ),
        (
            {"InstanceGroups": [group("a", InstanceType=None)]},
            "Instance group a needs an InstanceType or InstanceRequirements.",
        ),
        (
            {
                "InstanceGroups": [
                    group("a", InstanceRequirements={"InstanceTypes": ["ml.t3.large"]})
                ]
            },
            "Instance group a cannot have both InstanceType and InstanceRequirements.",
        ),
        (
            {"InstanceGroups": [group("a", InstanceType="ml.p1.large")]},
            f"{fault}'ml.p1.large' {of_group}instanceType' failed to satisfy constraint: Member "
            "must satisfy enum value set: [ml.p4d.24xlarge, ",
        ),
        (
            {"InstanceGroups": [group("a", InstanceStorageConfigs=[{}])]},
            f"{fault}'{{}}' {of_group}instanceStorageConfigs.1.member' failed to satisfy "
            "constraint: Exactly one member must be set",
        ),
        (
            {"InstanceGroups": [group("a", count=6759)]},
            f"{fault}'6759' {of_group}instanceCount' failed to satisfy constraint: Member must "
            "have value less than or equal to 6758",
        ),
    ):
        code, text = refusal(sagemaker.create_cluster, ClusterName="cluster", **members)
        assert code == "ValidationException"
        assert text.startswith(reason), text
    sagemaker.create_cluster(ClusterName="cluster")
    assert refusal(sagemaker.create_cluster, ClusterName="cluster") == (
        "ResourceInUse",
        "Resource Already Exists: Cluster with name cluster already exists. Choose a different "
        "name.",
    )
    assert clusters.describe("cluster")["InstanceGroups"] == []


@pytest.mark.rule("PLAN-11")
def test_a_cluster_carries_tags(clusters, sagemaker, client):
    arn = clusters.create("cluster", group("workers"), Tags=[{"Key": "team", "Value": "a"}])
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "b"}])
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "cost", "Value": "b"}]
    found = client("resourcegroupstaggingapi").get_resources(
        ResourceTypeFilters=["sagemaker:cluster"]
    )["ResourceTagMappingList"]
    assert [each["ResourceARN"] for each in found] == [arn]


@pytest.mark.rule("CLUSTER-03", "TIME-03")
def test_one_step_of_the_clock_or_many_leave_the_same_nodes_and_history(
    plans, clusters, reserve, sagemaker
):
    def live(steps):
        plans.reset()
        plan = reserve(count=8, DurationHours=48)
        clusters.create("a", group("workers", plan, 5), NodeProvisioningMode="Continuous")
        clusters.create("b", group("workers", plan, 5))
        for step in steps:
            plans.clock.tick(step)
        return (
            plans.history(),
            clusters.nodes("a"),
            clusters.events("a"),
            clusters.counts("b"),
            plan_counts(sagemaker, plan),
        )

    assert live([3 * DAY]) == live([7 * MINUTE] * (3 * DAY // (7 * MINUTE)) + [2 * MINUTE])
    assert live([DAY]) == live([MINUTE * 90] * 16)
