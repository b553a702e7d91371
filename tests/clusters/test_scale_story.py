"""A cluster that is scaled beyond what its plan has free, and then over two plans."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, DAY, group

SERVERS, SERVER_ZONE = "ml.u-p6e-gb200x72", "us-east-1-dfw-2a"  # 18 instances each, one a spare
INSTANCE = "ml.p6e-gb200.36xlarge"


@pytest.mark.rule("CLUSTER-03", "CLUSTER-05", "CLUSTER-12")
def test_a_cluster_scales_as_far_as_its_plan_goes_and_then_over_a_second_one(plans, client):
    """From 2 to 200 instances with 120 free: watched, scaled again, and the rest elsewhere."""
    sagemaker = client("sagemaker", "us-east-1")
    plans.quotas.set(INSTANCE, 1000, region="us-east-1")
    plans.capacity.set(SERVER_ZONE, SERVERS, 20)

    def buy(name, servers):
        offering = sagemaker.search_training_plan_offerings(
            UltraServerType=SERVERS,
            UltraServerCount=servers,
            DurationHours=72,
            TargetResources=["hyperpod-cluster"],
        )["TrainingPlanOfferings"][-1]
        bought = sagemaker.create_training_plan(
            TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )
        return bought["TrainingPlanArn"]

    def workers(name, plan, count):
        return group(name, plan, count, InstanceType=INSTANCE)

    def counts():
        described = sagemaker.describe_cluster(ClusterName="cluster")
        assert described["ClusterStatus"] == "InService"
        return {
            each["InstanceGroupName"]: (each["Status"], each["CurrentCount"], each["TargetCount"])
            for each in described["InstanceGroups"]
        }

    def operations():
        return [
            (each["OperationId"], each["Status"])
            for each in sagemaker.list_cluster_operations(ClusterName="cluster")[
                "ClusterOperationSummaries"
            ]
        ]

    first_plan = buy("first", 14)
    sagemaker.create_cluster(
        ClusterName="other", InstanceGroups=[workers("workers", first_plan, 116)]
    )
    sagemaker.create_cluster(
        ClusterName="cluster", InstanceGroups=[workers("workers", first_plan, 2)], **CONTINUOUS
    )
    plans.clock.next_event()
    plans.clock.tick(DAY)
    free = sagemaker.describe_training_plan(TrainingPlanName="first")["AvailableInstanceCount"]
    assert free == 120

    sagemaker.update_cluster(
        ClusterName="cluster", InstanceGroups=[workers("workers", first_plan, 200)]
    )
    assert counts() == {"workers": ("InService", 122, 200)}
    (scaling, status), (_, created) = operations()
    assert (status, created) == ("InProgress", "Done")
    (part,) = sagemaker.describe_cluster_operation(ClusterName="cluster", OperationId=scaling)[
        "ScalingDetails"
    ]
    assert part["Original"] == {"CurrentCount": 2, "TargetCount": 2, "MinCount": 0}
    assert part["Desired"] == {"TargetCount": 200, "MinCount": 0}
    failures = [
        event
        for page in sagemaker.get_paginator("list_cluster_events").paginate(
            ClusterName="cluster", OperationId=scaling
        )
        for event in page["Events"]
        if event["EventLevel"] == "Error"
    ]
    # Two for each of the 78 that have to wait.
    assert len(failures) == 2 * 78

    second_plan = buy("second", 5)
    sagemaker.update_cluster(
        ClusterName="cluster",
        InstanceGroups=[workers("workers", first_plan, 122), workers("rest", second_plan, 78)],
    )
    assert counts() == {"workers": ("InService", 122, 122), "rest": ("InService", 0, 78)}
    assert [status for _, status in operations()] == ["InProgress", "Superseded", "Done"]
    newest, _ = operations()[0]
    plans.clock.tick(DAY)
    assert counts() == {"workers": ("InService", 122, 122), "rest": ("InService", 78, 78)}
    assert operations()[0] == (newest, "Done")
