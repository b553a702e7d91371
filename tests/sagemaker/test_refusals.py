"""Refusals that no story of a room comes across, each by its text."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, START, group

ROLE = "arn:aws:iam::123456789012:role/inference"


@pytest.mark.aws
@pytest.mark.rule("SEARCH-01")
def test_a_count_of_servers_needs_their_type(sagemaker, refusal):
    assert refusal(
        sagemaker.search_training_plan_offerings,
        InstanceType="ml.p4d.24xlarge",
        UltraServerCount=1,
        DurationHours=24,
        TargetResources=["training-job"],
    ) == ("ValidationException", "UltraServerCount 1 needs an UltraServerType.")


@pytest.mark.rule("JOB-01")
def test_a_job_on_a_plan_names_its_instance_type(jobs, buy, refusal):
    resources = {"InstanceType": None}
    assert refusal(jobs.create, name="job", plan=buy(), resources=resources) == (
        "ValidationException",
        "ResourceConfig.InstanceType is required for a job on a training plan.",
    )


@pytest.mark.rule("JOB-17")
def test_what_is_nested_is_named_with_what_it_is_nested_in(sagemaker, jobs, buy, refusal):
    jobs.create("job", buy())
    outside = {"Name": "TrainingJobName", "Operator": "Equals", "Value": "job"}
    nested = [{"NestedPropertyName": "InputDataConfig", "Filters": [outside]}]
    code, text = refusal(
        sagemaker.search, Resource="TrainingJob", SearchExpression={"NestedFilters": nested}
    )
    assert (code, text) == (
        "ValidationException",
        "Property TrainingJobName is not nested in InputDataConfig.",
    )


@pytest.mark.rule("CLUSTER-14")
def test_instances_of_a_plan_are_no_spot_instances(clusters, reserve, refusal):
    on_plan = group("workers", reserve(), CapacityRequirements={"Spot": {}})
    assert refusal(
        clusters.client.create_cluster, ClusterName="one", InstanceGroups=[on_plan], **CONTINUOUS
    ) == (
        "ValidationException",
        "Instance group workers cannot have Spot instances of a training plan.",
    )


@pytest.mark.rule("VALIDATE-01")
def test_no_group_grows_beyond_what_the_model_lets_it_have(clusters, refusal):
    clusters.create("one", group("workers", count=6758), **CONTINUOUS)
    assert refusal(
        clusters.client.batch_add_cluster_nodes,
        ClusterName="one",
        NodesToAdd=[{"InstanceGroupName": "workers", "IncrementTargetCountBy": 1}],
    ) == (
        "ValidationException",
        "Instance group workers can have at most 6758 instances, not 6759.",
    )


@pytest.mark.rule("OTHER-01")
@pytest.mark.parametrize(
    ("named", "text"),
    [
        (["main", "main"], 'The variant name "main" was non-unique within the request.'),
        (
            ["other"],
            'The variant name(s) "other" is/are not present within endpoint configuration "one".',
        ),
    ],
)
def test_variants_to_scale_are_those_of_the_endpoint_each_once(
    plans, sagemaker, buy, refusal, named, text
):
    plan = buy("plan", TargetResources=["endpoint"])
    plans.clock.move_to(START)
    sagemaker.create_model(
        ModelName="model", PrimaryContainer={"Image": "image"}, ExecutionRoleArn=ROLE
    )
    variant = {
        "VariantName": "main",
        "ModelName": "model",
        "InstanceType": "ml.p4d.24xlarge",
        "InitialInstanceCount": 1,
        "CapacityReservationConfig": {"MlReservationArn": plan},
    }
    sagemaker.create_endpoint_config(EndpointConfigName="one", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="one", EndpointConfigName="one")
    desired = [{"VariantName": name, "DesiredInstanceCount": 1} for name in named]
    assert refusal(
        sagemaker.update_endpoint_weights_and_capacities,
        EndpointName="one",
        DesiredWeightsAndCapacities=desired,
    ) == ("ValidationException", text)
