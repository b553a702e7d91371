"""Inference endpoints on plans, and those that are not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.filled import MODEL, known
from tests.support.jobs import DAY, HOUR, START, counts

ROLE = "arn:aws:iam::123456789012:role/inference"
EXPIRED = "Endpoint capacity reservation has expired. Please update endpoint configuration."


class Endpoints:
    """Endpoints through a client."""

    def __init__(self, client: Any) -> None:
        self.client = client
        client.create_model(
            ModelName="model", PrimaryContainer={"Image": "image"}, ExecutionRoleArn=ROLE
        )

    def variant(self, plan: str | None, count: int = 1, **members: Any) -> dict[str, Any]:
        reservation = {
            "CapacityReservationPreference": "capacity-reservations-only",
            "MlReservationArn": plan,
        }
        return {
            "VariantName": "main",
            "ModelName": "model",
            "InstanceType": "ml.p4d.24xlarge",
            "InitialInstanceCount": count,
            **({} if plan is None else {"CapacityReservationConfig": reservation}),
            **members,
        }

    def configure(self, name: str, *variants: dict[str, Any], **members: Any) -> None:
        self.client.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=list(variants), **members
        )

    def deploy(self, name: str, *variants: dict[str, Any]) -> None:
        """Create an endpoint, and a configuration of its name."""
        self.configure(name, *variants)
        self.client.create_endpoint(EndpointName=name, EndpointConfigName=name)

    def scale(self, name: str, count: int, variant: str = "main") -> None:
        self.client.update_endpoint_weights_and_capacities(
            EndpointName=name,
            DesiredWeightsAndCapacities=[{"VariantName": variant, "DesiredInstanceCount": count}],
        )

    def describe(self, name: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.describe_endpoint(EndpointName=name)
        return answer

    def running(self, name: str) -> list[int]:
        """How many instances each variant has."""
        return [each["CurrentInstanceCount"] for each in self.describe(name)["ProductionVariants"]]


@pytest.fixture
def endpoints(sagemaker):
    return Endpoints(sagemaker)


@pytest.fixture
def reserve(plans, buy):
    """Buys a plan for endpoints, which runs from START for a day; gives its ARN once it runs."""

    def run(name: str = "plan", count: int = 2, **asked: Any) -> str:
        arn = buy(name, InstanceCount=count, **{"TargetResources": ["endpoint"], **asked})
        if plans.clock.now() < START:
            plans.clock.move_to(START)
        return arn

    return run


@pytest.fixture
def invoke(client):
    """Invokes an endpoint, and gives the status, and the error if there is one."""

    def run(name: str, **members: Any) -> tuple[int, str | None, str | None]:
        runtime = client("sagemaker-runtime")
        try:
            answer = runtime.invoke_endpoint(EndpointName=name, Body=b"question", **members)
        except ClientError as refused:
            error = refused.response["Error"]
            status = refused.response["ResponseMetadata"]["HTTPStatusCode"]
            return status, error["Code"], error["Message"]
        return answer["ResponseMetadata"]["HTTPStatusCode"], None, None

    return run


@pytest.mark.rule("OTHER-01", "OTHER-03")
def test_an_endpoint_holds_instances_of_its_plan_until_it_is_deleted(sagemaker, endpoints, reserve):
    plan = reserve(count=4)
    endpoints.configure("one", endpoints.variant(plan, 3))
    assert counts(sagemaker, plan) == (0, 4)
    sagemaker.create_endpoint(EndpointName="one", EndpointConfigName="one")
    assert counts(sagemaker, plan) == (3, 1)
    endpoints.deploy("two", endpoints.variant(plan, 1))
    (variant,) = endpoints.describe("one")["ProductionVariants"]
    assert variant["CurrentInstanceCount"] == variant["DesiredInstanceCount"] == 3
    assert variant["CapacityReservationConfig"] == {
        "CapacityReservationPreference": "capacity-reservations-only",
        "MlReservationArn": plan,
        "TotalInstanceCount": 4,
        "AvailableInstanceCount": 0,
        "UsedByCurrentEndpoint": 3,
    }
    sagemaker.delete_endpoint(EndpointName="one")
    assert counts(sagemaker, plan) == (1, 3)
    listed = sagemaker.list_endpoints()["Endpoints"]
    assert [each["EndpointName"] for each in listed] == ["two"]


@pytest.mark.rule("OTHER-01")
def test_a_configuration_must_fit_its_plan(plans, sagemaker, endpoints, reserve, buy, refusal):
    plan = reserve()
    jobs_plan = buy("jobs", which=0)
    later = buy("later", TargetResources=["endpoint"], StartTimeAfter=START + DAY)
    plans.clock.tick(HOUR)

    def refused(*variants: dict[str, Any]) -> str:
        code, message = refusal(
            sagemaker.create_endpoint_config,
            EndpointConfigName="config",
            ProductionVariants=list(variants),
        )
        assert code == "ValidationException"
        return message

    of_others = plan.replace("123456789012", "111122223333")
    for unknown in (f"{plan}-of-nobody", of_others, plan.replace("us-west-2", "us-east-1")):
        told = refused(endpoints.variant(unknown))
        assert told == f"Training plan {unknown} was not found."
    told = refused(endpoints.variant(later))
    assert told == f"Training plan {later} is Scheduled, but must be Active."
    assert refused(endpoints.variant(jobs_plan)) == (
        f"Training plan {jobs_plan} is for target resource training-job, but must be for endpoint."
    )
    assert refused(endpoints.variant(plan, InstanceType="ml.p5.48xlarge")) == (
        f"Training plan {plan} has instance type ml.p4d.24xlarge, not the requested ml.p5.48xlarge."
    )
    assert refused(endpoints.variant(plan), endpoints.variant(plan)) == (
        'The variant name "main" was non-unique within the request.'
    )
    exceeds = "Requested instance count (3) exceeds reserved capacity (2) for training plan."
    assert refused(endpoints.variant(plan, 3)) == exceeds
    two = [endpoints.variant(plan, n, VariantName=f"of-{n}") for n in (1, 2)]
    assert refused(*two) == exceeds
    assert "needs an InstanceType" in refused(
        {
            "VariantName": "v",
            "ModelName": "model",
            "ServerlessConfig": {
                "MemorySizeInMB": 1024,
                "MaxConcurrency": 1,
            },
            "CapacityReservationConfig": {"MlReservationArn": plan},
        }
    )
    assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []


@pytest.mark.rule("OTHER-01")
def test_a_plan_is_looked_at_again_whenever_an_endpoint_changes(
    plans, sagemaker, endpoints, reserve, refusal
):
    plan = reserve()
    endpoints.deploy("one", endpoints.variant(plan, 1))
    endpoints.configure("two", endpoints.variant(plan, 2))
    with pytest.raises(ClientError, match=r"\(3\) exceeds reserved capacity \(2\)"):
        endpoints.scale("one", 3)
    assert endpoints.running("one") == [1]
    assert counts(sagemaker, plan) == (1, 1)

    endpoints.scale("one", 2)
    assert counts(sagemaker, plan) == (2, 0)
    sagemaker.update_endpoint(EndpointName="one", EndpointConfigName="two")
    endpoints.scale("one", 0)
    assert counts(sagemaker, plan) == (0, 2)

    plans.clock.tick(DAY)
    for call in (sagemaker.create_endpoint, sagemaker.update_endpoint):
        name = "two" if call == sagemaker.create_endpoint else "one"
        code, message = refusal(call, EndpointName=name, EndpointConfigName="two")
        assert (code, "Expired, but must be Active" in message) == ("ValidationException", True)
    with pytest.raises(ClientError, match="Expired, but must be Active"):
        endpoints.scale("one", 1)


@pytest.mark.rule("OTHER-01")
def test_an_endpoint_whose_instances_others_hold_is_accepted_and_fails_and_can_only_be_deleted(
    sagemaker, endpoints, reserve, invoke, refusal, client
):
    plan = reserve()
    endpoints.deploy("one", endpoints.variant(plan, 1))
    endpoints.deploy("two", endpoints.variant(plan, 2))
    failed = endpoints.describe("two")
    assert failed["EndpointStatus"] == "Failed"
    assert failed["FailureReason"] == (
        f"Insufficient capacity: 2 instances were requested of training plan {plan}, "
        "of which 1 are available."
    )
    (variant,) = failed["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (0, 2)
    assert variant["CapacityReservationConfig"]["UsedByCurrentEndpoint"] == 0
    listed = sagemaker.list_endpoints(StatusEquals="Failed")["Endpoints"]
    assert [each["EndpointName"] for each in listed] == ["two"]
    assert counts(sagemaker, plan) == (1, 1)
    not_found = "Endpoint two of account 123456789012 not found."
    assert invoke("two") == (400, "ValidationError", not_found)
    later = client("sagemaker-runtime").invoke_endpoint_async
    asked = {"EndpointName": "two", "InputLocation": "s3://bucket/key"}
    assert refusal(later, **asked) == ("ValidationError", not_found)
    # Instances that become free come too late.
    sagemaker.delete_endpoint(EndpointName="one")
    assert endpoints.describe("two")["EndpointStatus"] == "Failed"
    assert counts(sagemaker, plan) == (0, 2)
    for call, members in (
        (sagemaker.update_endpoint, {"EndpointConfigName": "one"}),
        (
            sagemaker.update_endpoint_weights_and_capacities,
            {"DesiredWeightsAndCapacities": [{"VariantName": "main", "DesiredInstanceCount": 1}]},
        ),
    ):
        code, message = refusal(call, EndpointName="two", **members)
        assert code == "ValidationException"
        assert "has failed, and can only be deleted" in message
    sagemaker.delete_endpoint(EndpointName="two")
    endpoints.client.create_endpoint(EndpointName="two", EndpointConfigName="two")
    assert (endpoints.running("two"), counts(sagemaker, plan)) == ([2], (2, 0))


PATIENT = {"VariantInstanceProvisionTimeoutInSeconds": 600}


@pytest.mark.rule("OTHER-01")
def test_an_endpoint_whose_variant_may_wait_is_creating_until_others_let_go(
    plans, sagemaker, endpoints, reserve, invoke, refusal
):
    plan = reserve()
    endpoints.deploy("one", endpoints.variant(plan, 1))
    endpoints.deploy("two", endpoints.variant(plan, 2, **PATIENT))
    waiting = endpoints.describe("two")
    assert waiting["EndpointStatus"] == "Creating"
    assert "FailureReason" not in waiting
    assert (endpoints.running("two"), counts(sagemaker, plan)) == ([0], (1, 1))
    assert invoke("two") == (
        400,
        "ValidationError",
        "Endpoint two of account 123456789012 not found.",
    )
    code, message = refusal(sagemaker.update_endpoint, EndpointName="two", EndpointConfigName="one")
    assert code == "ValidationException"
    assert message.startswith('Cannot update in-progress endpoint "arn:aws:sagemaker:')
    plans.clock.tick(599)
    assert endpoints.describe("two")["EndpointStatus"] == "Creating"
    sagemaker.delete_endpoint(EndpointName="one")
    endpoint = endpoints.describe("two")
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["LastModifiedTime"] == START + timedelta(seconds=599)
    assert (endpoints.running("two"), counts(sagemaker, plan)) == ([2], (2, 0))
    assert invoke("two")[0] == 200
    plans.clock.tick(HOUR)
    assert endpoints.describe("two")["EndpointStatus"] == "InService"


@pytest.mark.rule("OTHER-01")
def test_an_endpoint_that_has_waited_in_vain_fails(plans, sagemaker, endpoints, reserve):
    plan = reserve()
    endpoints.deploy("one", endpoints.variant(plan, 1))
    endpoints.deploy("two", endpoints.variant(plan, 2, **PATIENT))
    endpoints.deploy("gone", endpoints.variant(plan, 2, **PATIENT))
    sagemaker.delete_endpoint(EndpointName="gone")
    plans.clock.tick(600)
    endpoint = endpoints.describe("two")
    assert endpoint["EndpointStatus"] == "Failed"
    assert "of which 1 are available" in endpoint["FailureReason"]
    assert endpoint["LastModifiedTime"] == START + timedelta(seconds=600)
    sagemaker.delete_endpoint(EndpointName="one")
    assert counts(sagemaker, plan) == (0, 2)


@pytest.mark.rule("OTHER-01")
@pytest.mark.parametrize("by_scaling", [True, False])
def test_an_update_that_may_wait_goes_on_serving_until_it_is_done_or_rolled_back(
    plans, sagemaker, endpoints, reserve, invoke, by_scaling
):
    plan = reserve(count=4)
    endpoints.deploy("one", endpoints.variant(plan, 2, **PATIENT))
    endpoints.deploy("two", endpoints.variant(plan, 2))
    endpoints.configure("larger", endpoints.variant(plan, 3, **PATIENT))

    def change():
        if by_scaling:
            endpoints.scale("one", 3)
        else:
            sagemaker.update_endpoint(EndpointName="one", EndpointConfigName="larger")
        assert endpoints.describe("one")["EndpointStatus"] == "Updating"
        assert (endpoints.running("one"), counts(sagemaker, plan)) == ([2], (4, 0))
        assert invoke("one")[0] == 200

    change()
    plans.clock.tick(600)
    endpoint = endpoints.describe("one")
    assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", "one")
    assert "3 instances were requested" in endpoint["FailureReason"]
    change()
    endpoints.scale("two", 1)
    endpoint = endpoints.describe("one")
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointConfigName"] == ("one" if by_scaling else "larger")
    assert "FailureReason" not in endpoint
    assert (endpoints.running("one"), counts(sagemaker, plan)) == ([3], (4, 0))


@pytest.mark.rule("OTHER-01")
def test_the_first_who_waits_is_served_first_and_repaired_instances_count(
    plans, endpoints, reserve
):
    plan = reserve()
    plans.faults.fail_instances(plan, 2)
    for name in ("first", "second"):
        endpoints.deploy(name, endpoints.variant(plan, 2, **PATIENT))
    plans.clock.tick(10)
    plans.faults.repair(plan)
    assert (endpoints.running("first"), endpoints.running("second")) == ([2], [0])
    assert endpoints.describe("first")["EndpointStatus"] == "InService"
    assert endpoints.describe("second")["EndpointStatus"] == "Creating"


@pytest.mark.rule("OTHER-01")
def test_an_endpoint_can_move_from_plan_to_plan_and_is_never_on_two(
    sagemaker, endpoints, buy, reserve, refusal
):
    one = buy("plan", InstanceCount=2, TargetResources=["endpoint"])
    other = reserve("other")
    shadow = endpoints.variant(other, 1, VariantName="shadow")
    for variants in (
        {"ProductionVariants": [endpoints.variant(one), shadow]},
        {"ProductionVariants": [endpoints.variant(one)], "ShadowProductionVariants": [shadow]},
    ):
        code, message = refusal(
            sagemaker.create_endpoint_config, EndpointConfigName="both", **variants
        )
        assert (code, message) == (
            "ValidationException",
            f"An endpoint can use one training plan, not both {one} and {other}.",
        )
    endpoints.deploy("one", endpoints.variant(one, 2))
    endpoints.configure("moved", endpoints.variant(other, 1))
    sagemaker.update_endpoint(EndpointName="one", EndpointConfigName="moved")
    assert (counts(sagemaker, "plan"), counts(sagemaker, "other")) == ((0, 2), (1, 1))


@pytest.mark.rule("OTHER-01")
def test_an_update_to_instances_that_others_hold_is_rolled_back(sagemaker, endpoints, reserve):
    plan = reserve(count=4)
    endpoints.deploy("one", endpoints.variant(plan, 2))
    endpoints.deploy("two", endpoints.variant(plan, 1))
    endpoints.configure("larger", endpoints.variant(plan, 4))
    for change in (
        lambda: endpoints.scale("one", 4),
        lambda: sagemaker.update_endpoint(EndpointName="one", EndpointConfigName="larger"),
    ):
        change()
        endpoint = endpoints.describe("one")
        assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", "one")
        assert "4 instances were requested" in endpoint["FailureReason"]
        assert (endpoints.running("one"), counts(sagemaker, plan)) == ([2], (3, 1))
    endpoints.scale("one", 3)
    assert "FailureReason" not in endpoints.describe("one")
    assert (endpoints.running("one"), counts(sagemaker, plan)) == ([3], (4, 0))


@pytest.mark.rule("OTHER-01")
def test_an_endpoint_fails_once_its_plan_has_expired_until_it_is_updated(
    plans, sagemaker, endpoints, reserve, invoke
):
    plan = reserve()
    endpoints.deploy("endpoint", endpoints.variant(plan, 2))
    plans.clock.move_to(START + DAY - timedelta(seconds=1))
    assert invoke("endpoint")[0] == 200
    plans.clock.move_to(START + DAY)
    status, code, message = invoke("endpoint")
    assert (status, code) == (424, "ModelError")
    assert EXPIRED in message
    assert endpoints.running("endpoint") == [0]

    endpoints.configure("on-demand", endpoints.variant(None, 1, VariantName="other"))
    sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="on-demand")
    assert invoke("endpoint")[0] == 200
    assert endpoints.running("endpoint") == [1]
    assert invoke("of-nobody")[0] == 200  # as in moto


@pytest.mark.rule("OTHER-01")
def test_a_variant_that_is_not_on_the_plan_goes_on_answering(plans, endpoints, reserve, invoke):
    plan = reserve()
    endpoints.deploy(
        "endpoint", endpoints.variant(plan), endpoints.variant(None, VariantName="other")
    )
    plans.clock.tick(DAY)
    assert invoke("endpoint")[0] == 200
    assert invoke("endpoint", TargetVariant="other")[0] == 200
    status, code, message = invoke("endpoint", TargetVariant="main")
    assert (status, code, EXPIRED in message) == (424, "ModelError", True)


@pytest.mark.rule("OTHER-01")
def test_an_endpoint_has_instances_in_each_block_of_its_plan(
    plans, sagemaker, endpoints, buy_two_blocks, invoke
):
    plan = buy_two_blocks(count=2, target="endpoint")
    plans.clock.move_to(START)
    endpoints.deploy("endpoint", endpoints.variant(plan, 2))
    plans.clock.tick(DAY)
    assert endpoints.running("endpoint") == [0]
    status, code, message = invoke("endpoint")
    assert (status, code, EXPIRED in message) == (424, "ModelError", True)
    plans.clock.tick(DAY)
    assert endpoints.running("endpoint") == [2]
    assert invoke("endpoint")[0] == 200
    plans.clock.tick(DAY)
    assert endpoints.running("endpoint") == [0]
    assert sagemaker.describe_training_plan(TrainingPlanName=plan)["Status"] == "Expired"


@pytest.mark.rule("OTHER-01")
def test_instances_that_break_are_replaced_as_far_as_the_plan_has_others(
    plans, sagemaker, endpoints, reserve, invoke
):
    plan = reserve(count=4)
    endpoints.deploy("endpoint", endpoints.variant(plan, 3))
    plans.faults.fail_instances(plan)
    assert endpoints.running("endpoint") == [3]
    plans.faults.fail_instances(plan)
    assert endpoints.running("endpoint") == [2]
    plans.faults.repair(plan)
    assert endpoints.running("endpoint") == [3]
    now = plans.clock.now()
    plans.faults.zone_outage("us-west-2a", now, now + HOUR)
    assert endpoints.running("endpoint") == [0]
    status, code, message = invoke("endpoint")
    assert (status, code) == (424, "ModelError")
    assert "Endpoint has no instances in its capacity reservation." in message
    assert EXPIRED not in message
    plans.clock.tick(HOUR)
    assert endpoints.running("endpoint") == [3]
    assert counts(sagemaker, plan) == (3, 1)


@pytest.mark.rule("OTHER-01")
def test_an_update_keeps_the_properties_of_variants_that_it_is_told_to(sagemaker, endpoints):
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 50,
        "DestinationS3Uri": "s3://bucket/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    rolling = {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1},
            "WaitIntervalInSeconds": 60,
        }
    }
    first, second = (
        endpoints.variant(None, n, InstanceType="ml.p5.48xlarge", InitialVariantWeight=float(n))
        for n in (1, 2)
    )
    endpoints.configure("first", first, DataCaptureConfig=capture)
    endpoints.configure("second", second)
    sagemaker.create_endpoint(
        EndpointName="endpoint", EndpointConfigName="first", DeploymentConfig=rolling
    )
    endpoints.scale("endpoint", 5)

    def update(**members: Any) -> tuple[int, float, bool, bool]:
        sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="second", **members)
        described = endpoints.describe("endpoint")
        assert described["EndpointConfigName"] == "second"
        (variant,) = described["ProductionVariants"]
        assert variant["CurrentInstanceCount"] == variant["DesiredInstanceCount"]
        return (
            variant["DesiredInstanceCount"],
            variant["DesiredWeight"],
            "DataCaptureConfig" in described,
            described.get("LastDeploymentConfig") == rolling,
        )

    assert update(RetainAllVariantProperties=True, RetainDeploymentConfig=True) == (
        5,
        1.0,
        True,
        True,
    )
    excluded = [{"VariantPropertyType": "DesiredWeight"}]
    assert update(RetainAllVariantProperties=True, ExcludeRetainedVariantProperties=excluded) == (
        5,
        2.0,
        True,
        False,
    )
    assert update(DeploymentConfig=rolling) == (2, 2.0, False, True)


@pytest.mark.rule("OTHER-01", "VALIDATE-02")
def test_what_a_configuration_and_its_endpoint_are_made_of_is_described(sagemaker, endpoints):
    both = {
        "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://bucket/answers"}},
        "ExplainerConfig": {
            "ClarifyExplainerConfig": {
                "ShapConfig": {
                    "ShapBaselineConfig": {"MimeType": "text/csv"},
                }
            }
        },
        "MetricsConfig": {"EnableEnhancedMetrics": True},
        "CrossRegionTrafficConfig": {
            "MaxInvocationsPerSecondPerInstance": 10,
            "MaxCrossRegionPercentPerEndpoint": 20,
        },
    }
    both = known(both, MODEL.operation_model("CreateEndpointConfig").input_shape)
    config = {
        **both,
        "ShadowProductionVariants": [endpoints.variant(None, 2, VariantName="shadow")],
        "KmsKeyId": "key",
        "ExecutionRoleArn": ROLE,
        "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        "EnableNetworkIsolation": True,
    }
    scaling = {"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 2}
    routing = {"RoutingStrategy": "RANDOM"}
    variant = endpoints.variant(None, ManagedInstanceScaling=scaling, RoutingConfig=routing)
    endpoints.configure("config", variant, **config)
    described = sagemaker.describe_endpoint_config(EndpointConfigName="config")
    assert {name: described[name] for name in config} == config
    assert described["ProductionVariants"] == [variant]

    sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    endpoints.scale("endpoint", 3, "shadow")
    described = endpoints.describe("endpoint")
    assert {name: described[name] for name in both} == both
    assert described["ShadowProductionVariants"][0]["CurrentInstanceCount"] == 3
    (shown,) = described["ProductionVariants"]
    assert (shown["ManagedInstanceScaling"], shown["RoutingConfig"]) == (scaling, routing)


@pytest.mark.rule("OTHER-01")
def test_serverless_variants_are_updated_and_others_are_not(sagemaker, endpoints, refusal):
    serverless = {
        "VariantName": "serverless",
        "ModelName": "model",
        "ServerlessConfig": {
            "MemorySizeInMB": 2048,
            "MaxConcurrency": 5,
        },
    }
    endpoints.deploy("endpoint", serverless, endpoints.variant(None))

    def change(variant: str) -> dict[str, Any]:
        update = {"MaxConcurrency": 10}
        return {
            "EndpointName": "endpoint",
            "DesiredWeightsAndCapacities": [
                {"VariantName": variant, "ServerlessUpdateConfig": update}
            ],
        }

    sagemaker.update_endpoint_weights_and_capacities(**change("serverless"))
    shown = endpoints.describe("endpoint")["ProductionVariants"][0]
    assert shown["CurrentServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 10}
    code, message = refusal(sagemaker.update_endpoint_weights_and_capacities, **change("main"))
    assert (code, "is not serverless" in message) == ("ValidationException", True)


@pytest.mark.rule("OTHER-01")
def test_an_endpoint_on_a_plan_is_not_created_twice(sagemaker, endpoints, reserve, refusal):
    plan = reserve()
    endpoints.deploy("endpoint", endpoints.variant(plan))
    again = refusal(
        sagemaker.create_endpoint, EndpointName="endpoint", EndpointConfigName="endpoint"
    )
    assert again[0] == "ValidationException"
    assert "Cannot create already existing endpoint " in again[1]
    with pytest.raises(ClientError, match="Cannot create already existing endpoint configuration"):
        endpoints.configure("endpoint", endpoints.variant(None))
    assert counts(sagemaker, plan) == (1, 1)


@pytest.mark.rule("OTHER-01")
@pytest.mark.parametrize(
    "operation",
    ["describe_endpoint", "update_endpoint", "delete_endpoint"],
)
def test_an_endpoint_that_there_is_not_is_refused(endpoints, refusal, operation):
    endpoints.configure("config", endpoints.variant(None))
    members = {"EndpointConfigName": "config"} if operation == "update_endpoint" else {}
    code, message = refusal(getattr(endpoints.client, operation), EndpointName="nobody", **members)
    assert code == "ValidationException"
    assert "Could not find endpoint" in message


@pytest.mark.rule("CLIENT-07")
def test_an_invocation_takes_bodies_that_are_no_text(client):
    runtime = client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName="any", Body=b"\xff\x00 a picture")
    assert answer["Body"].read() == b"body"


@pytest.mark.rule("CLIENT-07")
@pytest.mark.parametrize("arn", ["model", "nothing/name", "nothing:name", "a/b/c"])
def test_the_tagging_api_refuses_what_sagemaker_does_not_have(client, arn):
    whole = f"arn:aws:sagemaker:us-west-2:123456789012:{arn}"
    tagging = client("resourcegroupstaggingapi")
    for call, members in (
        (tagging.tag_resources, {"Tags": {"a": "b"}}),
        (tagging.untag_resources, {"TagKeys": ["a"]}),
    ):
        try:
            failed = call(ResourceARNList=[whole], **members)["FailedResourcesMap"]
        except ClientError as refused:
            failed = {whole: refused.response["Error"]["Code"]}
        assert failed
