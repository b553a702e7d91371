"""A story with something of everything in it, to be saved in its midst and told to its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.support.clusters import group
from tests.support.jobs import job_request

TYPE = "ml.p4d.24xlarge"
OTHER_ROLE = "arn:aws:iam::222222222222:role/buyer"
KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
Make = Callable[..., Any]  # a client, of a service in a Region


def tell(make: Make, plans: Any) -> dict[str, Any]:
    """Begin it: two accounts, two Regions, all that runs, waits or is ordered; gives its keys."""
    sagemaker = make("sagemaker")
    given = make("sts").assume_role(RoleArn=OTHER_ROLE, RoleSessionName="buyer")["Credentials"]
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    keys = dict(zip(KEYS, (given[name] for name in names), strict=True))
    vpc = make("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = make("ec2").create_subnet(
        VpcId=vpc, CidrBlock="10.9.0.0/24", AvailabilityZone="us-west-2a"
    )["Subnet"]["SubnetId"]
    job_plan = buy(sagemaker, "jobs", "training-job", 4, 48)
    cluster_plan = buy(sagemaker, "nodes", "hyperpod-cluster", 4, 48)
    endpoint_plan = buy(sagemaker, "serving", "endpoint", 2, 48)
    buy(make("sagemaker", "us-east-1", **keys), "other", "training-job", 1, 24)
    plans.payments.delay(timedelta(hours=40))
    extend(sagemaker, job_plan)
    plans.payments.fail_next(message="card expired")
    plans.quotas.deny_next()
    plans.jobs.run_for(timedelta(hours=2), "short")
    plans.jobs.run_for(timedelta(hours=20), "long")
    plans.clock.tick(timedelta(hours=17))
    resources = {"KeepAlivePeriodInSeconds": 3600}
    sagemaker.create_training_job(**job_request("short", job_plan, 2, resources=resources))
    sagemaker.create_training_job(**job_request("long", job_plan, 1))
    sagemaker.create_training_job(**job_request("waits", job_plan, 4))
    sagemaker.create_training_job(**job_request("without", None, 1))
    plans.faults.fail_instances(job_plan)
    plans.clock.tick(timedelta(hours=2, minutes=20))
    sagemaker.create_cluster(
        ClusterName="cluster",
        InstanceGroups=[group("workers", cluster_plan, 2)],
        VpcConfig={"Subnets": [subnet], "SecurityGroupIds": ["sg-1"]},
    )
    make("cloudformation").create_stack(StackName="stack", TemplateBody=template(cluster_plan))
    serve(sagemaker, endpoint_plan)
    make("sagemaker-runtime").invoke_endpoint_async(
        EndpointName="endpoint", InputLocation="s3://bucket/key"
    )
    sagemaker.describe_training_job(TrainingJobName="long")
    return keys


def tell_the_rest(make: Make, plans: Any, keys: dict[str, Any]) -> list[Any]:
    """Go on to the end, and give all answers on the way, to the byte but for the machine's time."""
    told = []
    sagemaker, other = make("sagemaker"), make("sagemaker", "us-east-1", **keys)

    def ask(call: Callable[..., Any], **members: Any) -> Any:
        answer = call(**members)
        answer["ResponseMetadata"] = answer["ResponseMetadata"].get("RequestId")
        told.append(answer)
        return answer

    def look() -> None:
        for name in ("short", "long", "waits", "without"):
            ask(sagemaker.describe_training_job, TrainingJobName=name)
        for name in ("jobs", "nodes", "serving"):
            ask(sagemaker.describe_training_plan, TrainingPlanName=name)
        ask(other.describe_training_plan, TrainingPlanName="other")
        ask(sagemaker.list_training_plans)
        for name in ("cluster", "stacked"):
            ask(sagemaker.describe_cluster, ClusterName=name)
            ask(sagemaker.list_cluster_nodes, ClusterName=name)
        ask(sagemaker.describe_endpoint, EndpointName="endpoint")
        ask(
            make("sagemaker-runtime").invoke_endpoint_async,
            EndpointName="endpoint",
            InputLocation="s3://bucket/key",
        )
        told.extend(
            (
                each["SubnetId"],
                each["VpcId"],
                each["AvailabilityZone"],
            )
            for each in make("ec2").describe_subnets()["Subnets"]
        )
        told.append(make("cloudformation").describe_stacks()["Stacks"][0]["StackId"])
        told.append(plans.clock.now())

    look()
    plans.clock.tick(timedelta(hours=3))
    job_plan = ask(sagemaker.describe_training_plan, TrainingPlanName="jobs")["TrainingPlanArn"]
    ask(
        make("service-quotas").request_service_quota_increase,
        ServiceCode="sagemaker",
        QuotaCode="L-867702E6",
        DesiredValue=99,
    )
    buy(sagemaker, "declined", "training-job", 1, 24)
    ask(sagemaker.create_training_job, **job_request("later", job_plan, 1))
    ask(sagemaker.create_model, ModelName="later", ExecutionRoleArn="arn:aws:iam::1:role/r")
    told.append(make("ec2").create_security_group(GroupName="g", Description="-")["GroupId"])
    look()
    told.append(plans.clock.next_event())
    plans.clock.tick(timedelta(days=9))
    look()
    lines = make("logs").get_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs",
        logStreamName=streams(make, "short")[0],
        startFromHead=True,
    )["events"]
    told.append([(each["timestamp"], each["message"]) for each in lines])
    told += [plans.history(), plans.calls()]
    return told


def streams(make: Make, job: str) -> list[str]:
    """The log streams of a job."""
    found = make("logs").describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=job
    )["logStreams"]
    return [each["logStreamName"] for each in found]


def buy(sagemaker: Any, name: str, target: str, count: int, hours: int) -> str:
    """Buy the offering that starts at once; gives the plan's ARN."""
    offering = sagemaker.search_training_plan_offerings(
        InstanceType=TYPE, InstanceCount=count, DurationHours=hours, TargetResources=[target]
    )["TrainingPlanOfferings"][0]
    arn: str = sagemaker.create_training_plan(
        TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )["TrainingPlanArn"]
    return arn


def extend(sagemaker: Any, plan: str) -> None:
    """Buy a day more."""
    (offering,) = sagemaker.search_training_plan_offerings(TrainingPlanArn=plan, DurationHours=24)[
        "TrainingPlanExtensionOfferings"
    ]
    sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=offering["TrainingPlanExtensionOfferingId"]
    )


def serve(sagemaker: Any, plan: str) -> None:
    """Have an endpoint on a plan."""
    sagemaker.create_model(ModelName="model", ExecutionRoleArn="arn:aws:iam::123456789012:role/r")
    sagemaker.create_endpoint_config(
        EndpointConfigName="config",
        ProductionVariants=[
            {
                "VariantName": "main",
                "ModelName": "model",
                "InstanceType": TYPE,
                "InitialInstanceCount": 1,
                "CapacityReservationConfig": {
                    "CapacityReservationPreference": "capacity-reservations-only",
                    "MlReservationArn": plan,
                },
            }
        ],
    )
    sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")


def template(plan: str) -> str:
    """A stack with a network, and a cluster in it."""
    network = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": "10.0.0.0/24",
                "AvailabilityZone": "us-west-2a",
            },
        },
    }
    cluster = {
        "ClusterName": "stacked",
        "InstanceGroups": [group("workers", plan, 1)],
        "VpcConfig": {"Subnets": [{"Ref": "Subnet"}], "SecurityGroupIds": ["sg-1"]},
    }
    resource = {"Type": "AWS::SageMaker::Cluster", "Properties": cluster}
    return json.dumps({"Resources": {**network, "Cluster": resource}})
