"""Every member that a cluster and its groups can have is decided on, or given back."""

from __future__ import annotations

import json

import botocore.session
import pytest

from tests.support.clusters import ROLE, START
from tests.support.filled import known

MODEL = botocore.session.get_session().get_service_model("sagemaker")

DEPLOYMENT = {
    "RollingUpdatePolicy": {
        "MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 11},
        "RollbackMaximumBatchSize": {"Type": "CAPACITY_PERCENTAGE", "Value": 12},
    },
    "WaitIntervalInSeconds": 13,
    "AutoRollbackConfiguration": [{"AlarmName": "alarm"}],
}
SCHEDULE = {"ScheduleExpression": "cron(0 0 * * ? *)", "DeploymentConfig": DEPLOYMENT}
STORAGE = [
    {"EbsVolumeConfig": {"VolumeSizeInGB": 501, "VolumeKmsKeyId": "kms-1", "RootVolume": False}},
    {"FsxLustreConfig": {"DnsName": "fs-12345678.lustre", "MountName": "a", "MountPath": "/fsx"}},
    {"FsxOpenZfsConfig": {"DnsName": "fs-87654321.openzfs", "MountPath": "/zfs"}},
]
VPC = {"SecurityGroupIds": ["sg-own"], "Subnets": ["subnet-own"]}
LUSTRE = {"SizeInGiB": 1201, "PerUnitStorageThroughput": 251}

# Requests that each may have some of what excludes each other; together they have every member.
COMMON = {
    "ClusterName": "cluster",
    "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
    "RestrictedInstanceGroupsConfig": {
        "SharedEnvironmentConfig": {
            "FSxLustreDeletionPolicy": "Keep",
            "FSxLustreConfig": {"SizeInGiB": 1202, "PerUnitStorageThroughput": 252},
        }
    },
    "NodeRecovery": "None",
    "TieredStorageConfig": {"Mode": "Enable", "InstanceMemoryAllocationPercentage": 21},
    "ClusterRole": f"{ROLE}-scaling",
    "AutoScaling": {"Mode": "Enable", "AutoScalerType": "Karpenter"},
}
CONTINUOUS = {"NodeProvisioningMode": "Continuous"}
SCRIPTS = {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}
GROUP = {
    "InstanceCount": 6,
    "InstanceGroupName": "group",
    "LifeCycleConfig": SCRIPTS,
    "ExecutionRole": ROLE,
    "ThreadsPerCore": 2,
    "InstanceStorageConfigs": STORAGE,
    "OnStartDeepHealthChecks": ["InstanceStress"],
    "OverrideVpcConfig": VPC,
    "ScheduledUpdateConfig": SCHEDULE,
    "ImageId": "ami-12345678",
    "AutoPatchConfig": {
        "PatchingStrategy": "WhenIdle",
        "PatchSchedule": {"NextPatchDate": 1737657600},
        "DeploymentConfig": DEPLOYMENT,
        "IdleWaitWindowInSeconds": 3601,
    },
    "ImageReleaseVersion": "1.2.3",
    "NetworkInterface": {"InterfaceType": "efa-only"},
}
DRAINED = {
    "AutoPatchConfig": {
        "PatchingStrategy": "DrainFirst",
        "DeploymentConfig": DEPLOYMENT,
        "DrainPolicy": {"DrainTimeoutInSeconds": 14, "OnDrainTimeout": "Skip"},
    },
    "KubernetesConfig": {
        "Labels": {"team": "a"},
        "Taints": [{"Key": "gpu", "Value": "yes", "Effect": "NoSchedule"}],
    },
}
RESTRICTED = {
    "InstanceCount": 7,
    "InstanceGroupName": "restricted",
    "InstanceType": "ml.p4d.24xlarge",
    "ExecutionRole": f"{ROLE}-restricted",
    "ThreadsPerCore": 1,
    "InstanceStorageConfigs": STORAGE,
    "OnStartDeepHealthChecks": ["InstanceConnectivity"],
    "OverrideVpcConfig": VPC,
    "ScheduledUpdateConfig": SCHEDULE,
    "EnvironmentConfig": {"FSxLustreConfig": LUSTRE},
}
EKS = {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}}
DATABASE = {
    "Endpoint": "database.example",
    "Port": 3307,
    "Name": "accounting",
    "SecretArn": "arn:aws:secretsmanager:us-west-2:123456789012:secret:accounting",
}
# A group that a cluster of either orchestrator can have alone.
FIRST = {
    "InstanceGroupName": "first",
    "InstanceType": "ml.t3.large",
    "InstanceCount": 1,
    "ExecutionRole": ROLE,
}
EKS_FIRST = FIRST | {"LifeCycleConfig": SCRIPTS}
CONTROLLER = FIRST | {"SlurmConfig": {"NodeType": "Controller"}}


def requests(plan):
    """Requests that have every member of CreateCluster among them; each has its group `first`."""
    on_plan = {"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArn": plan}
    on_demand = {"CapacityRequirements": {"OnDemand": {}}}
    spot = {
        "InstanceRequirements": {"InstanceTypes": ["ml.g5.xlarge", "ml.g6.xlarge"]},
        "CapacityRequirements": {"Spot": {}},
    }
    compute = {"SlurmConfig": {"NodeType": "Compute", "PartitionNames": ["one"]}}
    late = {"LifeCycleConfig": {"SourceS3Uri": "s3://scripts", "OnInitComplete": "complete.sh"}}
    minimum = {"MinInstanceCount": 5}
    shape = MODEL.operation_model("CreateCluster").input_shape
    every = [
        {
            **COMMON,
            **CONTINUOUS,
            "Orchestrator": EKS,
            "InstanceGroups": [EKS_FIRST, GROUP | DRAINED | on_plan | on_demand | minimum],
            "RestrictedInstanceGroups": [RESTRICTED | {"TrainingPlanArn": plan}],
        },
        {
            **COMMON,
            **CONTINUOUS,
            "Orchestrator": {"Slurm": {"AccountingDatabase": DATABASE}},
            "InstanceGroups": [CONTROLLER, GROUP | spot | compute | late],
        },
        {
            **COMMON,
            "Orchestrator": {"Slurm": {"SlurmConfigStrategy": "Merge"}},
            "InstanceGroups": [CONTROLLER, GROUP | on_plan | compute],
        },
    ]
    return [known(request, shape) for request in every]


def paths(value, path=""):
    """Every member of a value, at each depth, and every value at the end of one."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield f"{path}.{name}", member
            yield from paths(member, f"{path}.{name}")
    elif isinstance(value, list):
        for member in value:
            yield from paths(member, path)


def model_paths(shape, path=""):
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield f"{path}.{name}"
            yield from model_paths(member, f"{path}.{name}")
    elif shape.type_name == "list":
        yield from model_paths(shape.member, path)


def ends(value):
    """All that is not a structure or list, as JSON."""
    if isinstance(value, (dict, list)):
        for member in value.values() if isinstance(value, dict) else value:
            yield from ends(member)
    else:
        yield json.dumps(value, default=lambda time: int(time.timestamp()))


@pytest.mark.rule("VALIDATE-02", "CLUSTER-05")
def test_every_member_of_a_cluster_is_given_back(sagemaker, reserve):
    plan = reserve(count=16)
    everything = requests(plan)
    named = {path for request in everything for path, _ in paths(request)}
    # Tags are given back by ListTags.
    of_the_model = {
        path
        for path in model_paths(MODEL.operation_model("CreateCluster").input_shape)
        if not path.startswith(".Tags")
    }
    assert of_the_model - named == set()
    for request in everything:
        sagemaker.create_cluster(**request)
        described = set(ends(sagemaker.describe_cluster(ClusterName="cluster")))
        assert set(ends(request)) - described == set()
        sagemaker.delete_cluster(ClusterName="cluster")


@pytest.mark.rule("VALIDATE-02", "CLUSTER-05")
def test_every_member_of_a_change_is_given_back(sagemaker, reserve):
    plan = reserve(count=16)
    for request in requests(plan):
        first = request["InstanceGroups"][:1]
        orchestrator = request["Orchestrator"]
        if "Slurm" in orchestrator:
            orchestrator = {"Slurm": {}}
        sagemaker.create_cluster(
            ClusterName="cluster",
            VpcConfig=request["VpcConfig"],
            Orchestrator=orchestrator,
            InstanceGroups=first,
        )
        changed = {name: value for name, value in request.items() if name != "VpcConfig"}
        sagemaker.update_cluster(**changed)
        described = set(ends(sagemaker.describe_cluster(ClusterName="cluster")))
        assert set(ends(changed)) - described == set()
        sagemaker.delete_cluster(ClusterName="cluster")


@pytest.mark.rule("VALIDATE-02", "CLUSTER-05")
def test_how_software_is_rolled_out_is_told_while_it_is(plans, sagemaker, state_manager):
    group = {**GROUP, "InstanceType": "ml.t3.large"}
    shape = MODEL.operation_model("CreateCluster").input_shape
    sagemaker.create_cluster(**known({**COMMON, "InstanceGroups": [group]}, shape))
    state_manager("sagemaker::cluster", {"progression": "time", "seconds": 60})
    sagemaker.update_cluster_software(
        ClusterName="cluster", DeploymentConfig=DEPLOYMENT, ImageId="ami-87654321"
    )

    def described():
        (found,) = sagemaker.describe_cluster(ClusterName="cluster")["InstanceGroups"]
        return found

    updating = described()
    assert updating["ActiveSoftwareUpdateConfig"] == DEPLOYMENT
    assert updating["SoftwareUpdateStatus"] == "InProgress"
    assert (updating["CurrentImageId"], updating["DesiredImageId"]) == (
        "ami-12345678",
        "ami-87654321",
    )
    assert updating["TargetStateCount"] == 0
    plans.clock.move_to(START)
    assert described()["TargetStateCount"] == 6
    assert "ActiveSoftwareUpdateConfig" not in described()
