"""Requests are checked against the model, whichever client sends them."""

from __future__ import annotations

import contextlib
import pkgutil
from collections.abc import Mapping
from importlib import import_module

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.utils import get_service_model

from moto_trainingplans import simulation
from moto_trainingplans.aws_json.errors import SerializationException
from moto_trainingplans.aws_json.validation import check_request, compile_pattern
from moto_trainingplans.sagemaker import apps as app_operations
from moto_trainingplans.sagemaker import extensions as extension_operations
from moto_trainingplans.sagemaker import plans as plan_operations
from moto_trainingplans.sagemaker import tags as tag_operations
from moto_trainingplans.sagemaker.endpoints import endpoint as endpoint_operations
from moto_trainingplans.sagemaker.operations import HANDLERS
from moto_trainingplans.sagemaker.refusals import ANSWERS
from moto_trainingplans.servicequotas.refusals import ANSWERS as QUOTA_ANSWERS
from moto_trainingplans.simulation.kernel.errors import ServiceError
from tests.support.clusters import CONTINUOUS, group
from tests.support.filled import CLUSTER_OPERATIONS, filled, known

MODEL = get_service_model("sagemaker")
# Clusters show what they were asked to be: tests.test_cluster_members.
SHOWN = {"CreateCluster", "UpdateCluster"}
OPERATIONS = sorted(
    {
        *app_operations.HANDLERS,
        *endpoint_operations.HANDLERS,
        *extension_operations.HANDLERS,
        *plan_operations.HANDLERS,
        *tag_operations.HANDLERS,
        *CLUSTER_OPERATIONS,
    }.intersection(MODEL.operation_names)
    - SHOWN
)

ARN = "arn:aws:sagemaker:us-west-2:123456789012:training-plan/plan"
RC = "arn:aws:sagemaker:us-west-2:123456789012:reserved-capacity/plan-rc1"
OFFERING = "tpo-" + "0" * 64


@pytest.fixture
def unchecked(client):
    """A client that leaves all checking to the service."""
    return client("sagemaker", config=Config(parameter_validation=False))


@pytest.mark.rule("VALIDATE-01")
@pytest.mark.parametrize(
    ("operation", "members", "faults"),
    [
        (
            "create_training_plan",
            {"TrainingPlanName": "x y", "TrainingPlanOfferingId": OFFERING},
            [
                "Value 'x y' at 'trainingPlanName' failed to satisfy constraint: Member must "
                "satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}"
            ],
        ),
        (
            "create_training_plan",
            {},
            [
                "Value null at 'trainingPlanName' failed to satisfy constraint: "
                "Member must not be null",
                "Value null at 'trainingPlanOfferingId' failed to satisfy constraint: "
                "Member must not be null",
            ],
        ),
        (
            "create_training_plan",
            {
                "TrainingPlanName": "a" * 65,
                "TrainingPlanOfferingId": "",
                "SpareInstanceCountPerUltraServer": -1,
                "Tags": [{"Key": "", "Value": "x"}],
            },
            [
                "Member must have length less than or equal to 64",
                "at 'trainingPlanName' failed to satisfy constraint: Member must satisfy regular",
                "at 'trainingPlanOfferingId' failed to satisfy constraint: Member must have "
                "length greater than or equal to 1",
                "at 'trainingPlanOfferingId' failed to satisfy constraint: Member must satisfy",
                "Value '-1' at 'spareInstanceCountPerUltraServer' failed to satisfy constraint: "
                "Member must have value greater than or equal to 0",
                "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have "
                "length greater than or equal to 1",
            ],
        ),
        (
            "list_training_plans",
            {"MaxResults": 101, "SortBy": "Age", "Filters": []},
            [
                "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value "
                "less than or equal to 100",
                "Value 'Age' at 'sortBy' failed to satisfy constraint: Member must satisfy enum "
                "value set: [TrainingPlanName, StartTime, Status]",
                "Value '[]' at 'filters' failed to satisfy constraint: Member must have length "
                "greater than or equal to 1",
            ],
        ),
        (
            "list_training_plans",
            {"Filters": [{"Name": "Status"}, {"Name": "Colour", "Value": "red"}]},
            [
                "Value null at 'filters.1.member.value' failed to satisfy constraint: Member must "
                "not be null",
                "Value 'Colour' at 'filters.2.member.name' failed to satisfy constraint: Member "
                "must satisfy enum value set: [Status]",
            ],
        ),
        (
            "search_training_plan_offerings",
            {"TargetResources": ["notebook"], "DurationHours": 0},
            [
                "Value '0' at 'durationHours' failed to satisfy constraint: Member must have "
                "value greater than or equal to 1",
                "Value '[notebook]' at 'targetResources' failed to satisfy constraint: Member "
                "must satisfy constraint: [Member must satisfy enum value set: "
                f"[{', '.join(MODEL.shape_for('SageMakerResourceName').enum)}]]",
            ],
        ),
        ("describe_reserved_capacity", {"ReservedCapacityArn": ARN}, ["reserved-capacity/.*"]),
    ],
)
def test_every_fault_of_a_request_is_told_in_awss_words(
    unchecked, refusal, unchanged, operation, members, faults
):
    before = unchanged()
    code, message = refusal(getattr(unchecked, operation), **members)
    assert code == "ValidationException"
    noun = "error" if len(faults) == 1 else "errors"
    assert message.startswith(f"{len(faults)} validation {noun} detected: ")
    for fault in faults:
        assert fault in message
    assert unchanged() == before


@pytest.mark.rule("VALIDATE-01", "VALIDATE-04")
@pytest.mark.parametrize(
    "members",
    [
        {"TrainingPlanName": 7},
        {"TrainingPlanName": ["plan"]},
        {"TrainingPlanName": {"plan": 1}},
        {"TrainingPlanName": True},
    ],
)
def test_a_member_of_the_wrong_type_is_no_request(members):
    with pytest.raises(SerializationException, match="can not be converted to a String"):
        check_request("DescribeTrainingPlan", members)


ROLE = "arn:aws:iam::123456789012:role/inference"
VARIANTS = [
    {
        "VariantName": "variant",
        "ModelName": "model",
        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1},
    }
]
# Members that are kept whole, and described as they were sent.
WHOLE = {
    "CreateEndpoint": {"DeploymentConfig", "Tags"},
    "UpdateEndpoint": {"DeploymentConfig"},
    # Shown while the update goes on, as tests.test_cluster_members proves.
    "UpdateClusterSoftware": {"DeploymentConfig"},
    "CreateEndpointConfig": {
        "AsyncInferenceConfig",
        "CrossRegionTrafficConfig",
        "DataCaptureConfig",
        "ExplainerConfig",
        "MetricsConfig",
        "ProductionVariants",
        "ShadowProductionVariants",
        "Tags",
        "VpcConfig",
    },
}


def _everything(operation: str) -> dict:
    """A request of an operation with every member that it can have."""
    tags = [{"Key": "team", "Value": "nlp"}]
    app = {
        "DomainId": "d-domain",
        "UserProfileName": "user",
        "SpaceName": "space",
        "AppType": "JupyterLab",
        "AppName": "app",
    }
    return {
        "CreateApp": {
            **app,
            "Tags": tags,
            "RecoveryMode": True,
            "ResourceSpec": {
                "SageMakerImageArn": ARN.replace("training-plan/plan", "image/image"),
                "SageMakerImageVersionArn": "None",
                "SageMakerImageVersionAlias": "1.0",
                "InstanceType": "ml.p4d.24xlarge",
                "LifecycleConfigArn": "None",
                "TrainingPlanArn": ARN,
            },
        },
        "DescribeApp": app,
        "DeleteApp": app,
        "ListApps": {
            "NextToken": "x",
            "MaxResults": 1,
            "SortOrder": "Descending",
            "SortBy": "CreationTime",
            "DomainIdEquals": "d-domain",
            "UserProfileNameEquals": "user",
            "SpaceNameEquals": "space",
        },
        "CreateEndpointConfig": {
            "EndpointConfigName": "another",
            "ProductionVariants": VARIANTS,
            "ShadowProductionVariants": [{**VARIANTS[0], "VariantName": "shadow"}],
            "AsyncInferenceConfig": {"OutputConfig": {}},
            "CrossRegionTrafficConfig": {
                "MaxInvocationsPerSecondPerInstance": 1,
                "MaxCrossRegionPercentPerEndpoint": 1,
            },
            "DataCaptureConfig": {
                "InitialSamplingPercentage": 1,
                "DestinationS3Uri": "s3://bucket/captured",
                "CaptureOptions": [{"CaptureMode": "Input"}],
            },
            "ExplainerConfig": {},
            "MetricsConfig": {},
            "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
            "Tags": tags,
            "KmsKeyId": "key",
            "ExecutionRoleArn": ROLE,
            "EnableNetworkIsolation": True,
        },
        "CreateEndpoint": {
            "EndpointName": "another",
            "EndpointConfigName": "config",
            "DeploymentConfig": {"AutoRollbackConfiguration": {}},
            "Tags": tags,
        },
        "UpdateEndpoint": {
            "EndpointName": "endpoint",
            "EndpointConfigName": "config",
            "RetainAllVariantProperties": True,
            "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}],
            "DeploymentConfig": {"AutoRollbackConfiguration": {}},
            "RetainDeploymentConfig": False,
        },
        "UpdateEndpointWeightsAndCapacities": {
            "EndpointName": "endpoint",
            "DesiredWeightsAndCapacities": [
                {
                    "VariantName": "variant",
                    "DesiredWeight": 1.0,
                    "DesiredInstanceCount": 2,
                    "ServerlessUpdateConfig": {"MaxConcurrency": 1, "ProvisionedConcurrency": 1},
                }
            ],
        },
        "DescribeEndpoint": {"EndpointName": "endpoint"},
        "DeleteEndpoint": {"EndpointName": "endpoint"},
        "SearchTrainingPlanOfferings": {
            "InstanceType": "ml.p4d.24xlarge",
            "InstanceCount": 18,
            "UltraServerType": "ml.u-p6e-gb200x72",
            "UltraServerCount": 1,
            "StartTimeAfter": 1737484800,
            "EndTimeBefore": 1737657600,
            "DurationHours": 24,
            "TargetResources": ["training-job"],
            "TrainingPlanArn": ARN,
        },
        "ExtendTrainingPlan": {"TrainingPlanExtensionOfferingId": "tpeo-" + "0" * 64},
        "DescribeTrainingPlanExtensionHistory": {
            "TrainingPlanArn": ARN,
            "MaxResults": 1,
            "NextToken": "x",
        },
        "CreateTrainingPlan": {
            "TrainingPlanName": "plan",
            "TrainingPlanOfferingId": OFFERING,
            "SpareInstanceCountPerUltraServer": 1,
            "Tags": tags,
        },
        "DescribeTrainingPlan": {"TrainingPlanName": "plan"},
        "ListTrainingPlans": {
            "NextToken": "x",
            "MaxResults": 1,
            "StartTimeAfter": 1737484800,
            "StartTimeBefore": 1737657600,
            "SortBy": "Status",
            "SortOrder": "Descending",
            "Filters": [{"Name": "Status", "Value": "Active"}],
        },
        "DescribeReservedCapacity": {"ReservedCapacityArn": RC},
        "ListUltraServersByReservedCapacity": {
            "ReservedCapacityArn": RC,
            "MaxResults": 1,
            "NextToken": "x",
        },
        "AddTags": {"ResourceArn": ARN, "Tags": tags},
        "ListTags": {"ResourceArn": ARN, "NextToken": "x", "MaxResults": 50},
        "DeleteTags": {"ResourceArn": ARN, "TagKeys": ["team"]},
        **dict.fromkeys(CLUSTER_OPERATIONS, filled(MODEL.operation_model(operation).input_shape)),
    }[operation]


# Members that change nothing, and why.
IGNORED = {
    # At least 50 by the model, which is as many tags as a resource can have: all are on one page.
    "ListTags": {"MaxResults"},
    # The model has one name to filter by, which the check of the request makes sure of.
    "ListTrainingPlans": {"Filters.Name"},
    # The model has one thing to sort events by, and one for operations.
    "ListClusterEvents": {"SortBy"},
    "ListClusterOperations": {"SortBy"},
}
APPS = ("CreateApp", "DescribeApp", "DeleteApp")
# Operations that do one thing with a member and another without it.
PATHS = {
    "SearchTrainingPlanOfferings": [set(), {"TrainingPlanArn"}],
    "DescribeClusterNode": [{"NodeId"}, {"NodeLogicalId"}],
    **{name: [{"UserProfileName"}, {"SpaceName"}] for name in APPS},
    "ListApps": [{"UserProfileNameEquals"}, {"SpaceNameEquals"}],
}


class Watched(Mapping):
    """A structure of a request that notes which of its members are looked at."""

    def __init__(self, members, seen, path=""):
        self._members, self._seen, self._path = members, seen, path

    def __getitem__(self, name):
        value = self._members[name]
        self._seen.add(self._path + name)
        return self._watch(value, f"{self._path}{name}.")

    def _watch(self, value, path):
        if isinstance(value, dict):
            return Watched(value, self._seen, path)
        if isinstance(value, list):
            return [self._watch(member, path) for member in value]
        return value

    def __iter__(self):
        return iter(self._members)

    def __len__(self):
        return len(self._members)


def _member_paths(shape, path=""):
    """Every member of a shape, at each depth."""
    if shape.type_name == "list":
        yield from _member_paths(shape.member, path)
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            yield path + name
            yield from _member_paths(member, f"{path}{name}.")


@pytest.mark.rule("VALIDATE-02")
@pytest.mark.in_process("looks at what happens to a request inside this process")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_member_is_accepted_and_dropped(operation, unchecked, plans, buy, clusters, monkeypatch):
    clusters.create("cluster", group("text"), **CONTINUOUS)
    plans.capacity.set("us-west-2a", "ml.u-p6e-gb200x36", 1)
    buy(UltraServerType="ml.u-p6e-gb200x36")
    unchecked.create_model(
        ModelName="model", PrimaryContainer={"Image": "image"}, ExecutionRoleArn=ROLE
    )
    unchecked.create_endpoint_config(EndpointConfigName="config", ProductionVariants=VARIANTS)
    unchecked.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    seen = set()
    monkeypatch.setattr(
        "moto_trainingplans.sagemaker.responses.check_request",
        lambda name, body: Watched(check_request(name, body), seen),
    )
    request = known(_everything(operation), MODEL.operation_model(operation).input_shape)
    everything = {
        path
        for path in _member_paths(MODEL.operation_model(operation).input_shape)
        if "." not in path or path.partition(".")[0] not in WHOLE.get(operation, ())
    }
    for left_out in PATHS.get(operation, [set()]):
        seen.clear()
        # Once more without the token, which is refused before the rest is looked at.
        for without in (left_out, left_out | {"NextToken"}):
            with contextlib.suppress(ClientError):
                getattr(unchecked, xform_name(operation))(
                    **{name: request[name] for name in request if name not in without}
                )
        assert everything - seen == (IGNORED.get(operation, set()) | left_out) & everything


@pytest.mark.rule("VALIDATE-01")
@pytest.mark.in_process("reads the model")
def test_every_pattern_of_the_requests_can_be_checked():
    for operation in sorted(HANDLERS.keys() & set(MODEL.operation_names)):
        for shape in _shapes(MODEL.operation_model(operation).input_shape):
            if "pattern" in shape.metadata:
                compile_pattern(shape.metadata["pattern"])


def _shapes(shape, above=frozenset()):
    """A shape and all below it; those that are above it too, once."""
    if shape.name in above:
        return
    yield shape
    above |= {shape.name}
    if shape.type_name == "list":
        yield from _shapes(shape.member, above)
    elif shape.type_name == "map":
        yield from _shapes(shape.key, above)
        yield from _shapes(shape.value, above)
    elif shape.type_name == "structure":
        for member in shape.members.values():
            yield from _shapes(member, above)


def _subclasses(cls):
    for each in cls.__subclasses__():
        yield each
        yield from _subclasses(each)


@pytest.mark.rule("VALIDATE-01")
@pytest.mark.in_process("reads tables of the package")
def test_every_refusal_of_the_simulation_has_an_aws_code_and_text():
    for found in pkgutil.walk_packages(simulation.__path__, f"{simulation.__name__}."):
        import_module(found.name)
    refusals = {each for each in _subclasses(ServiceError) if not each.__subclasses__()}
    assert {*ANSWERS, *QUOTA_ANSWERS} == refusals
    for answers, service in ((ANSWERS, "sagemaker"), (QUOTA_ANSWERS, "service-quotas")):
        of_the_model = {*get_service_model(service).shape_names, "ValidationException"}
        assert {code for code, _ in answers.values()} <= of_the_model
