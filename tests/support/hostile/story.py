"""A simulation with something of everything in it, and requests that it would do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from moto.core.utils import get_service_model

from moto_trainingplans.sagemaker.operations import HANDLERS
from moto_trainingplans.servicequotas.operations import HANDLERS as QUOTA_HANDLERS
from tests.clusters.test_cluster_members import requests as clusters_with_every_member
from tests.support.clusters import CONTINUOUS, group
from tests.support.filled import known
from tests.support.jobs import job_request

Make = Callable[..., Any]  # a client, of a service
Request = dict[str, Any]

TYPE, SERVERS, ZONE = "ml.p4d.24xlarge", "ml.u-p6e-gb200x36", "us-west-2a"
ACCOUNT = "arn:aws:iam::123456789012"
APP = {"DomainId": "d-domain", "SpaceName": "space", "AppType": "JupyterLab", "AppName": "app"}
TAGS = [{"Key": "team", "Value": "research"}]
SERVICES = {"sagemaker": HANDLERS, "service-quotas": QUOTA_HANDLERS}
QUOTA = {"ServiceCode": "sagemaker", "QuotaCode": "L-867702E6"}
SCRIPTS = {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "on_create.sh"}
EKS = {"Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}}}


def operations() -> list[tuple[str, str]]:
    """Every service and operation that is emulated, as far as the installed model has them."""
    return [
        (service, operation)
        for service, handlers in SERVICES.items()
        for operation in handlers
        if operation in get_service_model(service).operation_names
    ]


def tell(plans: Any, make: Make) -> None:
    """Have plans that run, each with something on it."""
    sagemaker = make("sagemaker")
    plans.capacity.set(ZONE, SERVERS, 2)
    bought = {
        "jobs": ("training-job", 4),
        "nodes": ("hyperpod-cluster", 16),
        "serving": ("endpoint", 4),
        "studio": ("studio-apps", 4),
    }
    arns = {
        name: _buy(sagemaker, name, target, InstanceType=TYPE, InstanceCount=count)
        for name, (target, count) in bought.items()
    }
    _buy(sagemaker, "servers", "training-job", UltraServerType=SERVERS)
    plans.clock.tick(86_400)
    sagemaker.extend_training_plan(TrainingPlanExtensionOfferingId=_extensions(sagemaker, arns)[0])
    plans.jobs.run_for(60)
    sagemaker.create_training_job(**_job("done", arns["jobs"], 1))
    plans.clock.tick(600)
    plans.jobs.run_for(36_000)
    for name, plan in (("runs", arns["jobs"]), ("waits", arns["jobs"]), ("alone", None)):
        sagemaker.create_training_job(**_job(name, plan, 3 if plan else 1), Tags=TAGS)
    sagemaker.stop_training_job(TrainingJobName="waits")
    scripted = {"LifeCycleConfig": SCRIPTS}
    sagemaker.create_cluster(
        ClusterName="cluster",
        InstanceGroups=[
            group("workers", arns["nodes"], 2, **scripted),
            group("spare", None, 1, **scripted),
        ],
        **EKS,
        **CONTINUOUS,
        Tags=TAGS,
    )
    sagemaker.create_cluster(
        ClusterName="other", InstanceGroups=[group("own", None, 1, **scripted)], **EKS, **CONTINUOUS
    )
    sagemaker.create_cluster(ClusterName="plain", InstanceGroups=[group("workers", None, 1)])
    sagemaker.create_model(ModelName="model", ExecutionRoleArn=f"{ACCOUNT}:role/r")
    sagemaker.create_endpoint_config(**_config("config", arns["serving"]))
    sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    spec = {"InstanceType": TYPE, "TrainingPlanArn": arns["studio"]}
    sagemaker.create_app(**APP, ResourceSpec=spec)
    make("service-quotas").request_service_quota_increase(**QUOTA, DesiredValue=99)
    make("service-quotas").start_quota_utilization_report()


def _buy(sagemaker: Any, name: str, target: str, **asked: Any) -> str:
    offering = sagemaker.search_training_plan_offerings(
        **asked, DurationHours=72, TargetResources=[target]
    )["TrainingPlanOfferings"][0]["TrainingPlanOfferingId"]
    arn: str = sagemaker.create_training_plan(
        TrainingPlanName=name, TrainingPlanOfferingId=offering, Tags=TAGS
    )["TrainingPlanArn"]
    return arn


def _extensions(sagemaker: Any, arns: dict[str, str]) -> list[str]:
    found = sagemaker.search_training_plan_offerings(
        TrainingPlanArn=arns["jobs"], DurationHours=24
    )["TrainingPlanExtensionOfferings"]
    return [each["TrainingPlanExtensionOfferingId"] for each in found]


def _job(name: str, plan: str | None, count: int) -> Request:
    return job_request(name, plan, count, resources={"KeepAlivePeriodInSeconds": 3600})


def _config(name: str, plan: str) -> Request:
    reservation = {
        "CapacityReservationPreference": "capacity-reservations-only",
        "MlReservationArn": plan,
    }
    variant = {
        "VariantName": "main",
        "ModelName": "model",
        "InstanceType": TYPE,
        "InitialInstanceCount": 1,
        "CapacityReservationConfig": reservation,
    }
    return {"EndpointConfigName": name, "ProductionVariants": [variant], "Tags": TAGS}


def requests(plans: Any, make: Make) -> dict[tuple[str, str], list[Request]]:
    """Requests of each operation, as JSON has them, that are done where `tell` has been told."""
    sagemaker = make("sagemaker")
    arns = {
        each["TrainingPlanName"]: each["TrainingPlanArn"]
        for each in sagemaker.list_training_plans()["TrainingPlanSummaries"]
    }
    found = sagemaker.search_training_plan_offerings(
        InstanceType=TYPE, InstanceCount=1, DurationHours=24, TargetResources=["training-job"]
    )["TrainingPlanOfferings"]
    of_sagemaker = {
        **_on_plans(sagemaker, arns, found[-1]["TrainingPlanOfferingId"]),
        **_on_jobs(arns),
        **_on_endpoints(arns),
        **_on_apps(arns),
        **_on_clusters(sagemaker, arns, plans.clock.now()),
    }
    quotas = make("service-quotas")
    asked = quotas.list_requested_service_quota_change_history()["RequestedQuotas"][0]["Id"]
    report = quotas.start_quota_utilization_report()["ReportId"]
    every = {
        **{("sagemaker", name): each for name, each in of_sagemaker.items()},
        **{("service-quotas", name): each for name, each in _on_quotas(asked, report).items()},
    }
    return {
        (service, operation): [_as_json(each, service, operation) for each in of_it]
        for (service, operation), of_it in every.items()
        if (service, operation) in operations()
    }


def _as_json(request: Request, service: str, operation: str) -> Request:
    shape = get_service_model(service).operation_model(operation).input_shape
    written: Request = json.loads(json.dumps(known(request, shape), default=str))
    return written


def _on_plans(sagemaker: Any, arns: dict[str, str], offering: str) -> dict[str, list[Request]]:
    described = sagemaker.describe_training_plan(TrainingPlanName="servers")
    capacity = described["ReservedCapacitySummaries"][0]["ReservedCapacityArn"]
    jobs = {"ResourceArn": arns["jobs"]}
    return {
        "SearchTrainingPlanOfferings": [
            {
                "InstanceType": TYPE,
                "InstanceCount": 1,
                "DurationHours": 24,
                "TargetResources": ["training-job"],
                "StartTimeAfter": 1737572400,
                "EndTimeBefore": "2025-01-30T00:00:00Z",
            },
            {"UltraServerType": SERVERS, "UltraServerCount": 1, "DurationHours": 24},
            {"TrainingPlanArn": arns["jobs"], "DurationHours": 24},
        ],
        "CreateTrainingPlan": [
            {
                "TrainingPlanName": "another",
                "TrainingPlanOfferingId": offering,
                "Tags": TAGS,
            }
        ],
        "DescribeTrainingPlan": [{"TrainingPlanName": each} for each in ("jobs", "servers")],
        "ListTrainingPlans": [
            {
                "Filters": [{"Name": "Status", "Value": "Active"}],
                "MaxResults": 2,
                "SortBy": "StartTime",
                "SortOrder": "Descending",
                "StartTimeAfter": 1737400000,
                "StartTimeBefore": "2025-02-01T00:00:00Z",
            }
        ],
        "ExtendTrainingPlan": [
            {"TrainingPlanExtensionOfferingId": each} for each in _extensions(sagemaker, arns)[:1]
        ],
        "DescribeTrainingPlanExtensionHistory": [
            {"TrainingPlanArn": arns["jobs"], "MaxResults": 1}
        ],
        "DescribeReservedCapacity": [{"ReservedCapacityArn": capacity}],
        "ListUltraServersByReservedCapacity": [{"ReservedCapacityArn": capacity, "MaxResults": 1}],
        "AddTags": [{**jobs, "Tags": [{"Key": "stage", "Value": "test"}]}],
        "ListTags": [{**jobs, "MaxResults": 50}],
        "DeleteTags": [{**jobs, "TagKeys": ["team"]}],
    }


def _on_jobs(arns: dict[str, str]) -> dict[str, list[Request]]:
    whole = job_request(
        "another",
        arns["jobs"],
        1,
        resources={"KeepAlivePeriodInSeconds": 600},
        Environment={"A": "b"},
        HyperParameters={"epochs": "3"},
        CheckpointConfig={"S3Uri": "s3://bucket/checkpoints"},
        RetryStrategy={"MaximumRetryAttempts": 2},
        EnableManagedSpotTraining=False,
        InputDataConfig=[
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train"}
                },
            }
        ],
        VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        Tags=TAGS,
    )
    preferences = [{"InstanceType": TYPE, "InstanceCount": 1, "TrainingPlanArn": arns["jobs"]}]
    preferring = job_request(
        "preferring",
        None,
        resources={
            "InstanceType": None,
            "InstanceCount": None,
            "InstancePreferences": preferences,
        },
    )
    groups = [{"InstanceType": TYPE, "InstanceCount": 1, "InstanceGroupName": "one"}]
    grouped = job_request(
        "grouped",
        arns["jobs"],
        resources={"InstanceType": None, "InstanceCount": None, "InstanceGroups": groups},
    )
    named = [{"TrainingJobName": name} for name in ("runs", "alone")]
    condition = {"Name": "TrainingJobName", "Operator": "Contains", "Value": "r"}
    exact = {"Name": "TrainingJobStatus", "Operator": "Equals", "Value": "InProgress"}
    nested = {
        "NestedPropertyName": "InputDataConfig.DataSource",
        "Filters": [
            {
                "Name": "InputDataConfig.DataSource.S3DataSource.S3Uri",
                "Operator": "Exists",
            }
        ],
    }
    later = {**condition, "Name": "CreationTime", "Operator": "LessThan", "Value": "2025-02-01"}
    return {
        "CreateTrainingJob": [whole, preferring, grouped, job_request("without", None, 1)],
        "DescribeTrainingJob": named,
        "ListTrainingJobs": [
            {
                "TrainingPlanArnEquals": arns["jobs"],
                "MaxResults": 1,
                "SortBy": "Status",
                "SortOrder": "Ascending",
                "StatusEquals": "InProgress",
                "NameContains": "r",
                "CreationTimeAfter": 1737400000,
                "CreationTimeBefore": "2025-02-01T00:00:00Z",
                "LastModifiedTimeAfter": 1737400000,
                "LastModifiedTimeBefore": 1747400000.5,
            },
            {"MaxResults": 1},
        ],
        "StopTrainingJob": named[:1],
        "UpdateTrainingJob": [
            {"TrainingJobName": "done", "ResourceConfig": {"KeepAlivePeriodInSeconds": 60}}
        ],
        "DeleteTrainingJob": [{"TrainingJobName": "waits"}],
        "Search": [
            {
                "Resource": "TrainingJob",
                "SearchExpression": {
                    "Filters": [condition, later],
                    "NestedFilters": [nested],
                    "SubExpressions": [{"Filters": [exact], "Operator": "And"}],
                    "Operator": "Or",
                },
                "SortBy": "CreationTime",
                "SortOrder": "Ascending",
                "MaxResults": 1,
            },
            {"Resource": "TrainingJob", "SearchExpression": {"Filters": [condition]}},
        ],
    }


def _on_endpoints(arns: dict[str, str]) -> dict[str, list[Request]]:
    named = {"EndpointName": "endpoint"}
    weights = {"VariantName": "main", "DesiredWeight": 0.5, "DesiredInstanceCount": 2}
    capture = {
        "InitialSamplingPercentage": 50,
        "DestinationS3Uri": "s3://bucket/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    config = _config("another", arns["serving"])
    policy = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 10}
        }
    }
    return {
        "CreateEndpointConfig": [{**config, "DataCaptureConfig": capture, "KmsKeyId": "key"}],
        "CreateEndpoint": [{"EndpointName": "another", "EndpointConfigName": "config"}],
        "UpdateEndpoint": [
            {
                **named,
                "EndpointConfigName": "config",
                "RetainAllVariantProperties": True,
                "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}],
                "DeploymentConfig": policy,
            }
        ],
        "UpdateEndpointWeightsAndCapacities": [{**named, "DesiredWeightsAndCapacities": [weights]}],
        "DescribeEndpoint": [named],
        "DeleteEndpoint": [named],
    }


def _on_apps(arns: dict[str, str]) -> dict[str, list[Request]]:
    spec = {
        "InstanceType": TYPE,
        "TrainingPlanArn": arns["studio"],
        "SageMakerImageVersionAlias": "1.0",
    }
    another = {**APP, "AppName": "another"}
    return {
        "CreateApp": [
            {**another, "Tags": TAGS, "ResourceSpec": spec, "RecoveryMode": False},
            {**another, "AppName": "without"},
        ],
        "DescribeApp": [APP],
        "ListApps": [
            {
                "MaxResults": 1,
                "SortOrder": "Ascending",
                "SortBy": "CreationTime",
                "DomainIdEquals": "d-domain",
                "SpaceNameEquals": "space",
            }
        ],
        "DeleteApp": [APP],
    }


def _on_clusters(sagemaker: Any, arns: dict[str, str], now: datetime) -> dict[str, list[Request]]:
    named = {"ClusterName": "cluster"}
    clusters = {
        each["ClusterName"]: each["ClusterArn"]
        for each in sagemaker.list_clusters()["ClusterSummaries"]
    }
    node = sagemaker.list_cluster_nodes(**named)["ClusterNodeSummaries"][0]["InstanceId"]
    events = sagemaker.list_cluster_events(**named)["Events"]
    operation = "01234567-89ab-cdef-0123-456789abcdef"
    if ("sagemaker", "ListClusterOperations") in operations():
        did = sagemaker.list_cluster_operations(**named)["ClusterOperationSummaries"]
        operation = did[0]["OperationId"]
    nodes = {**named, "NodeIds": [node]}
    page = {"MaxResults": 1, "SortOrder": "Ascending"}
    when = {"CreationTimeAfter": 1737400000, "CreationTimeBefore": "2025-02-01T00:00:00Z"}
    simple = {
        "ClusterName": "simple",
        "InstanceGroups": [group("one", arns["nodes"], 1, LifeCycleConfig=SCRIPTS)],
        "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        "Tags": TAGS,
        **EKS,
    }
    updated = [
        group("workers", arns["nodes"], 3, LifeCycleConfig=SCRIPTS),
        group("spare", None, 2, LifeCycleConfig=SCRIPTS),
    ]
    deployment = {
        "RollingUpdatePolicy": {"MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1}},
        "WaitIntervalInSeconds": 10,
    }
    return {
        "CreateCluster": [
            simple,
            *(
                {**each, "ClusterName": "another"}
                for each in clusters_with_every_member(arns["nodes"])
            ),
        ],
        "UpdateCluster": [{**named, "InstanceGroups": updated, "NodeRecovery": "None"}],
        "DeleteCluster": [named],
        "DescribeCluster": [named],
        "ListClusters": [
            {
                **when,
                **page,
                "NameContains": "c",
                "SortBy": "NAME",
                "TrainingPlanArn": arns["nodes"],
            }
        ],
        "UpdateClusterSoftware": [
            named,
            {
                **named,
                "InstanceGroups": [{"InstanceGroupName": "spare"}],
                "DeploymentConfig": deployment,
            },
        ],
        "ListClusterEvents": [
            {
                **named,
                **page,
                "InstanceGroupName": "workers",
                "EventTimeAfter": 1737400000,
                "EventTimeBefore": now,
                "SortBy": "EventTime",
                "ResourceType": "Instance",
            }
        ],
        "DescribeClusterEvent": [{**named, "EventId": events[0]["EventId"]}],
        "DescribeClusterNode": [{**named, "NodeId": node}],
        "ListClusterNodes": [
            {
                **named,
                **when,
                **page,
                "InstanceGroupNameContains": "w",
                "SortBy": "NAME",
                "IncludeNodeLogicalIds": True,
            }
        ],
        "BatchAddClusterNodes": [
            {
                **named,
                "ClientToken": "token",
                "NodesToAdd": [
                    {"InstanceGroupName": "workers", "IncrementTargetCountBy": 1},
                    {"InstanceGroupName": "spare", "IncrementTargetCountBy": 2},
                ],
            }
        ],
        "BatchDeleteClusterNodes": [nodes],
        "BatchRebootClusterNodes": [nodes],
        "BatchReplaceClusterNodes": [nodes],
        "ListClusterOperations": [{**named, "MaxResults": 1, "SortOrder": "Ascending"}],
        "DescribeClusterOperation": [{**named, "OperationId": operation}],
        "StartClusterHealthCheck": [
            {
                **named,
                "DeepHealthCheckConfigurations": [
                    {"InstanceGroupName": "workers", "DeepHealthChecks": ["InstanceStress"]}
                ],
            }
        ],
        "MoveClusterNodes": [
            {
                "SourceClusterArn": clusters["cluster"],
                "SourceInstanceGroupName": "spare",
                "TargetClusterArn": clusters["other"],
                "TargetInstanceGroupName": "own",
                "InstanceCount": 1,
            }
        ],
    }


def _on_quotas(asked: str, report: str) -> dict[str, list[Request]]:
    service, page = {"ServiceCode": "sagemaker"}, {"MaxResults": 1}
    return {
        "ListServices": [page],
        "StartQuotaUtilizationReport": [{}],
        "GetQuotaUtilizationReport": [{"ReportId": report, **page}],
        "ListServiceQuotas": [{**QUOTA, **page}, service],
        "GetServiceQuota": [QUOTA],
        "ListAWSDefaultServiceQuotas": [{**service, **page}],
        "GetAWSDefaultServiceQuota": [QUOTA],
        "RequestServiceQuotaIncrease": [{**QUOTA, "DesiredValue": 120}],
        "GetRequestedServiceQuotaChange": [{"RequestId": asked}],
        "ListRequestedServiceQuotaChangeHistory": [
            {**service, **page, "Status": "APPROVED", "QuotaRequestedAtLevel": "ACCOUNT"}
        ],
        "ListRequestedServiceQuotaChangeHistoryByQuota": [{**QUOTA, **page}],
    }


def texts(requests: dict[tuple[str, str], list[Request]]) -> list[str]:
    """Every text in requests, once: what means something to somebody."""

    def within(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for each in value.values():
                yield from within(each)
        elif isinstance(value, list):
            for each in value:
                yield from within(each)
        elif isinstance(value, str):
            yield value

    return sorted({text for of_it in requests.values() for each in of_it for text in within(each)})
