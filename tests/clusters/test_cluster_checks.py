"""What the members of a cluster and its groups exclude, and what they need of each other."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, WITHOUT_SCRIPTS, group
from tests.support.model_history import has

VPC = {"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}}
EKS = {"Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}}}
OTHER_EKS = {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/other"}}
SLURM = {"Orchestrator": {"Slurm": {}}}
DATABASE = {
    "Endpoint": "database.example",
    "SecretArn": "arn:aws:secretsmanager:us-west-2:123456789012:secret:accounting",
}
SCRIPTS = {"SourceS3Uri": "s3://team-scripts/hyperpod", "OnCreate": "create.sh"}
LUSTRE = {"FsxLustreConfig": {"DnsName": "fs-12345678.lustre", "MountName": "a"}}
SPOT = {"CapacityRequirements": {"Spot": {}}}


def slurm(node_type, *partitions):
    """The SlurmConfig of a group."""
    config = {"NodeType": node_type}
    return {"SlurmConfig": {**config, "PartitionNames": list(partitions)} if partitions else config}


def scripts(**config):
    """The LifeCycleConfig of a group."""
    return {"LifeCycleConfig": config}


def storage(*configs):
    """The InstanceStorageConfigs of a group."""
    return {"InstanceStorageConfigs": list(configs)}


def volume(**config):
    """One of them."""
    return {"EbsVolumeConfig": config}


def batches(percent, member="MaximumBatchSize"):
    """A DeploymentConfig with batches of so many percent."""
    sizes = {"MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1000}}
    sizes[member] = {"Type": "CAPACITY_PERCENTAGE", "Value": percent}
    return {"RollingUpdatePolicy": sizes}


def patching(strategy, **config):
    """The AutoPatchConfig of a group."""
    return {"AutoPatchConfig": {"PatchingStrategy": strategy, **config}}


SCHEDULE = {"ScheduleExpression": "cron(0 0 * * ? *)", "DeploymentConfig": batches(101)}
CONTROLLER = group("first", **slurm("Controller"))
# The cluster, one of its groups, and how AWS refuses it. The cluster's other group is as it
# should be, so that the second can be added to it.
REFUSED = {
    "EKS needs scripts": (EKS, {}, "LifeCycleConfig is required for instance group second"),
    "scripts exclude each other": (
        {},
        scripts(**SCRIPTS, OnInitComplete="complete.sh"),
        "OnCreate and OnInitComplete in LifeCycleConfig are mutually exclusive",
    ),
    "a script needs its place": (
        {},
        scripts(OnInitComplete="complete.sh"),
        "LifeCycleConfig for instance group is incomplete",
    ),
    "scripts that are none": (
        {},
        scripts(),
        "LifeCycleConfig for instance group is provided but contains no configuration",
    ),
    "partitions of a login": (
        SLURM,
        slurm("Login", "one"),
        "Partitions can only be assigned to Compute node types",
    ),
    "compute needs a partition": (SLURM, slurm("Compute"), "needs PartitionNames"),
    "a second controller": (
        SLURM,
        slurm("Controller"),
        "Cluster must have exactly one InstanceGroup with Controller node type",
    ),
    "Kubernetes of Slurm": (
        SLURM,
        {**slurm("Compute", "one"), "KubernetesConfig": {"Labels": {"team": "a"}}},
        "KubernetesConfig of instance group second needs Orchestrator Eks",
    ),
    "Continuous Slurm": (
        {**SLURM, **CONTINUOUS},
        {},
        "of instance group second needs a SlurmConfig",
    ),
    "FSx": ({}, storage(LUSTRE), "FSx configurations are only supported for Custom VPC"),
    "two of FSx": (VPC, storage(LUSTRE, LUSTRE), "at most one FsxLustreConfig"),
    "flexible": (
        {},
        {"InstanceType": None, "InstanceRequirements": {"InstanceTypes": ["ml.g5.xlarge"]}},
        "InstanceRequirements needs NodeProvisioningMode Continuous",
    ),
    "Spot": ({}, SPOT, "CapacityRequirements Spot needs NodeProvisioningMode Continuous"),
    "root volume with size": (
        {},
        storage(volume(RootVolume=True, VolumeSizeInGB=1, VolumeKmsKeyId="key")),
        "RootVolume of instance group second cannot be combined with VolumeSizeInGB",
    ),
    "root volume without key": ({}, storage(volume(RootVolume=True)), "needs VolumeKmsKeyId"),
    "second volume without size": ({}, storage(volume(VolumeKmsKeyId="key")), "VolumeSizeInGB"),
    "two second volumes": (
        {},
        storage(volume(VolumeSizeInGB=1), volume(VolumeSizeInGB=2)),
        "at most one secondary volume",
    ),
    "DrainFirst without EKS": (
        SLURM,
        {**slurm("Compute", "one"), **patching("DrainFirst", DeploymentConfig=batches(100))},
        "PatchingStrategy DrainFirst of instance group second needs Orchestrator Eks",
    ),
    "DrainFirst without batches": (
        EKS,
        {**scripts(**SCRIPTS), **patching("DrainFirst")},
        "PatchingStrategy DrainFirst of instance group second needs MaximumBatchSize",
    ),
    "DrainFirst that waits": (
        EKS,
        {
            **scripts(**SCRIPTS),
            **patching("DrainFirst", DeploymentConfig=batches(1), IdleWaitWindowInSeconds=3600),
        },
        "IdleWaitWindowInSeconds of instance group second cannot be combined",
    ),
    "DrainPolicy": (
        {},
        patching("WhenIdle", DrainPolicy={"OnDrainTimeout": "Skip"}),
        "DrainPolicy of instance group second needs PatchingStrategy DrainFirst",
    ),
    "more than all": (
        {},
        patching("WhenIdle", DeploymentConfig=batches(101)),
        "MaximumBatchSize can be at most 100 with Type CAPACITY_PERCENTAGE, not 101",
    ),
    "more than all, scheduled": ({}, {"ScheduledUpdateConfig": SCHEDULE}, "at most 100"),
    "more than all, back": (
        {},
        patching("WhenIdle", DeploymentConfig=batches(101, "RollbackMaximumBatchSize")),
        "RollbackMaximumBatchSize can be at most 100",
    ),
}


def first_of(cluster):
    """A group that a cluster can have alone."""
    if cluster.get("Orchestrator", {}).keys() == {"Slurm"}:
        return CONTROLLER
    return group("first", **scripts(**SCRIPTS))


@pytest.mark.rule("CLUSTER-14")
@pytest.mark.parametrize("case", REFUSED)
def test_members_that_exclude_or_need_each_other_are_refused_at_once_and_later(
    case, clusters, sagemaker, refusal, unchanged
):
    def described():
        return clusters.describe("cluster")["InstanceGroups"], unchanged()

    members, asked, reason = REFUSED[case]
    if case == "EKS needs scripts" and not has(WITHOUT_SCRIPTS):
        pytest.skip("older models want scripts of every group")
    first, second = first_of(members), group("second", **asked)
    code, text = refusal(
        sagemaker.create_cluster, ClusterName="new", InstanceGroups=[first, second], **members
    )
    assert (code, reason in text) == ("ValidationException", True), text
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
    clusters.create("cluster", first, **members)
    before = described()
    code, text = refusal(
        sagemaker.update_cluster, ClusterName="cluster", InstanceGroups=[first, second]
    )
    assert (code, reason in text) == ("ValidationException", True), text
    assert described() == before


@pytest.mark.rule("CLUSTER-14")
def test_a_slurm_cluster_has_one_controller_and_at_most_one_login_group(
    clusters, sagemaker, refusal
):
    compute = group("compute", **slurm("Compute", "one"))
    one_controller = "Cluster must have exactly one InstanceGroup with Controller node type"
    for groups in ([], [compute], [CONTROLLER, group("other", **slurm("Controller"))]):
        for members in (SLURM, {}) if groups else (SLURM,):
            asked = {"InstanceGroups": groups} if groups else {}
            _, text = refusal(sagemaker.create_cluster, ClusterName="new", **asked, **members)
            assert text == one_controller
    logins = [group(name, **slurm("Login")) for name in ("a", "b")]
    code, text = refusal(
        sagemaker.create_cluster, ClusterName="new", InstanceGroups=[CONTROLLER, *logins], **SLURM
    )
    assert code == "ValidationException"
    assert "at most one InstanceGroup with Login node type" in text
    clusters.create("cluster", CONTROLLER, compute, logins[0], **SLURM)
    assert (
        refusal(sagemaker.update_cluster, ClusterName="cluster", InstanceGroupsToDelete=["first"])[
            1
        ]
        == one_controller
    )
    # A controller can be another group from one request to the next.
    clusters.update(
        "cluster", group("next", **slurm("Controller")), InstanceGroupsToDelete=["first"]
    )
    assert set(clusters.counts("cluster")) == {"compute", "a", "next"}


@pytest.mark.rule("CLUSTER-14")
def test_how_slurm_is_configured_can_be_said_without_continuous_provisioning_alone(
    clusters, sagemaker, refusal
):
    merge = {"Orchestrator": {"Slurm": {"SlurmConfigStrategy": "Merge"}}}
    reason = "SlurmConfigStrategy of cluster cluster cannot be combined with NodeProvisioningMode"
    code, text = refusal(
        sagemaker.create_cluster,
        ClusterName="cluster",
        InstanceGroups=[CONTROLLER],
        **merge,
        **CONTINUOUS,
    )
    assert (code, reason in text) == ("ValidationException", True), text
    clusters.create("cluster", CONTROLLER, **merge)
    code, text = refusal(sagemaker.update_cluster, ClusterName="cluster", **CONTINUOUS)
    assert (code, reason in text) == ("ValidationException", True), text
    managed = {"Slurm": {"SlurmConfigStrategy": "Managed"}}
    clusters.update("cluster", Orchestrator=managed)
    assert clusters.describe("cluster")["Orchestrator"] == managed


@pytest.mark.rule("CLUSTER-14")
def test_a_database_for_slurms_accounting_needs_continuous_provisioning(
    clusters, sagemaker, refusal
):
    accounting = {"Orchestrator": {"Slurm": {"AccountingDatabase": DATABASE}}}
    reason = "AccountingDatabase needs NodeProvisioningMode Continuous"
    code, text = refusal(
        sagemaker.create_cluster, ClusterName="new", InstanceGroups=[CONTROLLER], **accounting
    )
    assert (code, reason in text) == ("ValidationException", True), text
    clusters.create("cluster", CONTROLLER, **SLURM)
    code, text = refusal(sagemaker.update_cluster, ClusterName="cluster", **accounting)
    assert (code, reason in text) == ("ValidationException", True), text
    clusters.create("accounted", CONTROLLER, **accounting, **CONTINUOUS)
    described = clusters.describe("accounted")
    cluster_id = described["ClusterArn"].rpartition("/")[2]
    assert described["Orchestrator"]["Slurm"]["AccountingDatabase"] == {
        **DATABASE,
        "Port": 3306,
        "Name": f"slurm_acct_db_{cluster_id}",
    }


@pytest.mark.rule("CLUSTER-05", "CLUSTER-14")
def test_the_orchestrator_and_what_capacity_a_group_has_are_there_to_stay(
    clusters, sagemaker, refusal
):
    workers = group("workers", **scripts(**SCRIPTS))
    clusters.create("cluster", workers, **EKS, **CONTINUOUS)
    for orchestrator in (OTHER_EKS, {"Slurm": {}}):
        code, text = refusal(
            sagemaker.update_cluster, ClusterName="cluster", Orchestrator=orchestrator
        )
        assert code == "ValidationException"
        assert text == "Orchestrator of cluster cluster cannot be changed."
    code, text = refusal(
        sagemaker.update_cluster, ClusterName="cluster", InstanceGroups=[{**workers, **SPOT}]
    )
    assert code == "ValidationException"
    assert text == "CapacityRequirements of instance group workers cannot be changed."
    on_demand = {"CapacityRequirements": {"OnDemand": {}}}
    clusters.update("cluster", {**workers, **on_demand}, **EKS)
    clusters.update("cluster", {**group("spot", **scripts(**SCRIPTS)), **SPOT})
    assert clusters.group("cluster", "spot")["CapacityRequirements"] == {"Spot": {}}
    # A cluster that named no orchestrator can become one that Slurm's API configures.
    clusters.create("legacy", group("first"))
    assert refusal(sagemaker.update_cluster, ClusterName="legacy", **EKS)[1] == (
        "Orchestrator of cluster legacy cannot be changed."
    )
    clusters.update("legacy", CONTROLLER, **SLURM)
    assert clusters.describe("legacy")["Orchestrator"] == {"Slurm": {}}
    code, text = refusal(
        sagemaker.update_cluster,
        ClusterName="legacy",
        InstanceGroups=[group("first", **slurm("Login"))],
    )
    assert text == "SlurmConfig.NodeType of instance group first cannot be changed."
    # What a later update does not say of Slurm stays.
    clusters.update("legacy", group("first", None, 2))
    assert clusters.group("legacy", "first")["SlurmConfig"] == {"NodeType": "Controller"}


@pytest.mark.rule("CLUSTER-14")
def test_autoscaling_needs_a_role(clusters, sagemaker, refusal):
    scaling = {"AutoScaling": {"Mode": "Enable", "AutoScalerType": "Karpenter"}}
    code, text = refusal(
        sagemaker.create_cluster, ClusterName="new", InstanceGroups=[group("first")], **scaling
    )
    assert (code, "needs a ClusterRole" in text) == ("ValidationException", True)
    clusters.create("cluster", group("first"))
    code, text = refusal(sagemaker.update_cluster, ClusterName="cluster", **scaling)
    assert (code, "needs a ClusterRole" in text) == ("ValidationException", True)


@pytest.mark.rule("CLUSTER-14")
def test_a_software_update_says_what_becomes_of_a_custom_image(clusters, sagemaker, refusal):
    custom = {"ImageId": "ami-12345678"}
    clusters.create("cluster", group("own", **custom), group("other", ImageId="default"))

    def update(**members):
        sagemaker.update_cluster_software(ClusterName="cluster", **members)

    for asked in ({}, {"InstanceGroups": [{"InstanceGroupName": "own"}]}):
        code, text = refusal(update, **asked)
        assert code == "ValidationException"
        assert text == (
            "Instance group own uses a custom AMI: ImageId is required to update its software."
        )
    code, text = refusal(update, ImageId="default", DeploymentConfig=batches(101))
    assert (code, "at most 100" in text) == ("ValidationException", True)
    update(InstanceGroups=[{"InstanceGroupName": "other"}])
    update(ImageId="default", DeploymentConfig=batches(100))
    assert clusters.group("cluster", "own")["CurrentImageId"] == "default"
    update()


@pytest.mark.rule("CLUSTER-05")
def test_a_cluster_keeps_at_least_one_group(clusters, sagemaker, refusal):
    clusters.create("cluster", group("a"), group("b"))
    clusters.update("cluster", InstanceGroupsToDelete=["a"])
    code, text = refusal(
        sagemaker.update_cluster, ClusterName="cluster", InstanceGroupsToDelete=["b"]
    )
    assert code == "ValidationException"
    assert text == "Cluster cluster must keep at least one instance group."
    clusters.update("cluster", group("c"), InstanceGroupsToDelete=["b"])
    assert clusters.counts("cluster") == {"c": (1, 1)}


@pytest.mark.rule("CLUSTER-05")
def test_a_new_group_of_a_continuous_cluster_has_the_image_of_the_earliest_by_default(clusters):
    asked = {"ImageId": "default"}
    for mode, image in ((CONTINUOUS, "ami-12345678"), ({}, "default")):
        name = f"cluster-{len(mode)}"
        clusters.create(name, group("first", ImageId="ami-12345678"), group("other"), **mode)
        clusters.update(name, group("new", **asked))
        assert clusters.group(name, "new")["CurrentImageId"] == image
    clusters.create("fresh", group("first", **asked), **CONTINUOUS)
    assert clusters.group("fresh", "first")["CurrentImageId"] == "default"
