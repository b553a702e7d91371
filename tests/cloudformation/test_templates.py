"""Templates whose clusters depend on conditions, parameters and other resources."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.clusters import ROLE, START, plan_counts
from tests.support.stacks import Stack, parameter_list

# After the fashion of AWS's own template for EKS: groups and their members come and go with
# conditions, which are made of each other.
EKS = f"""
Parameters:
  Name: {{Type: String, Default: ml-cluster}}
  Accelerated: {{Type: String, Default: true}}
  General: {{Type: String, Default: false}}
  Restricted: {{Type: String, Default: false}}
  Stress: {{Type: String, Default: true}}
  Connectivity: {{Type: String, Default: true}}
  Continuous: {{Type: String, Default: true}}
  Count: {{Type: Number, Default: 2}}
  Plan: {{Type: String, Default: ""}}
  EksCluster: {{Type: String, Default: eks}}
Conditions:
  HasAccelerated: !Equals [!Ref Accelerated, true]
  HasGeneral: !Equals [!Ref General, true]
  HasRestricted: !Equals [!Ref Restricted, true]
  HasAny: !Or [!Condition HasAccelerated, !Condition HasGeneral]
  IsContinuous: !Equals [!Ref Continuous, true]
  HasPlan: !Not [!Equals [!Ref Plan, ""]]
  Stressed: !Equals [!Ref Stress, true]
  Connected: !Equals [!Ref Connectivity, true]
  Both: !And [!Condition Stressed, !Condition Connected]
  OnlyStressed: !And [!Condition Stressed, !Not [!Condition Connected]]
  Checked: !Or [!Condition Stressed, !Condition Connected]
Resources:
  Cluster:
    Type: AWS::SageMaker::Cluster
    Properties:
      ClusterName: !Ref Name
      RestrictedInstanceGroups: !If
        - HasRestricted
        - - InstanceGroupName: restricted
            ExecutionRole: {ROLE}
            InstanceType: ml.p4d.24xlarge
            InstanceCount: 1
            EnvironmentConfig:
              FSxLustreConfig: {{PerUnitStorageThroughput: 250, SizeInGiB: 1200}}
            TrainingPlanArn: !If [HasPlan, !Ref Plan, !Ref AWS::NoValue]
        - !Ref AWS::NoValue
      InstanceGroups: !If
        - HasAny
        - - !If
            - HasAccelerated
            - InstanceGroupName: accelerated
              ExecutionRole: {ROLE}
              InstanceType: ml.p4d.24xlarge
              InstanceCount: !Ref Count
              InstanceStorageConfigs:
                - EbsVolumeConfig: {{VolumeSizeInGB: 500}}
                - !Ref AWS::NoValue
              LifeCycleConfig: {{OnCreate: on_create.sh, SourceS3Uri: s3://team-scripts}}
              OnStartDeepHealthChecks: !If
                - Checked
                - !If
                  - Both
                  - [InstanceStress, InstanceConnectivity]
                  - !If [OnlyStressed, [InstanceStress], [InstanceConnectivity]]
                - !Ref AWS::NoValue
              TrainingPlanArn: !If [HasPlan, !Ref Plan, !Ref AWS::NoValue]
            - !Ref AWS::NoValue
          - !If
            - HasGeneral
            - InstanceGroupName: general
              ExecutionRole: {ROLE}
              InstanceType: ml.m5.2xlarge
              InstanceCount: 1
              LifeCycleConfig: {{OnCreate: on_create.sh, SourceS3Uri: s3://team-scripts}}
            - !Ref AWS::NoValue
        - !Ref AWS::NoValue
      NodeProvisioningMode: !If [IsContinuous, Continuous, !Ref AWS::NoValue]
      NodeRecovery: Automatic
      Orchestrator:
        Eks:
          ClusterArn: !Sub arn:aws:eks:us-west-2:${{AWS::AccountId}}:cluster/${{EksCluster}}
      VpcConfig: {{SecurityGroupIds: [sg-1], Subnets: [subnet-1]}}
Outputs:
  Arn:
    Description: The ARN of the cluster
    Value: !GetAtt Cluster.ClusterArn
    Export: {{Name: !Sub "${{Name}}-arn"}}
  Name: {{Value: !Ref Name}}
"""


@pytest.fixture
def stack(client):
    return Stack(client("cloudformation"))


def cluster(name, instance_type="ml.m5.large", extra="", properties=""):
    """The YAML of a cluster with one group."""
    return f"""
  {name}:
    Type: AWS::SageMaker::Cluster
    {extra}
    Properties:
      {properties}
      InstanceGroups:
        - InstanceGroupName: workers
          ExecutionRole: {ROLE}
          InstanceType: {instance_type}
          InstanceCount: 1
          LifeCycleConfig: {{OnCreate: on_create.sh, SourceS3Uri: s3://team-scripts}}
"""


@pytest.mark.rule("CLIENT-10")
def test_a_template_with_conditions_of_conditions_deploys_the_groups_that_it_says(
    stack, clusters, reserve, sagemaker
):
    plan = reserve(count=4)

    def deployed(**parameters):
        stack.create(EKS, Parameters=parameter_list(parameters))
        assert stack.status == "CREATE_COMPLETE", stack.events()
        described = clusters.describe(stack.outputs["Name"])
        stack.delete()
        return described

    def groups(described):
        return [each["InstanceGroupName"] for each in described["InstanceGroups"]]

    alone = deployed()
    assert groups(alone) == ["accelerated"]
    assert "RestrictedInstanceGroups" not in alone
    assert alone["NodeProvisioningMode"] == "Continuous"
    (accelerated,) = alone["InstanceGroups"]
    assert accelerated["TargetCount"] == 2
    assert "TrainingPlanArn" not in accelerated
    assert accelerated["OnStartDeepHealthChecks"] == ["InstanceStress", "InstanceConnectivity"]
    assert accelerated["InstanceStorageConfigs"] == [{"EbsVolumeConfig": {"VolumeSizeInGB": 500}}]
    everything = deployed(General="true", Restricted="true", Plan=plan, Count="3")
    assert groups(everything) == ["accelerated", "general"]
    assert [each["TrainingPlanArn"] for each in everything["RestrictedInstanceGroups"]] == [plan]
    assert everything["InstanceGroups"][0]["TrainingPlanArn"] == plan
    assert everything["InstanceGroups"][0]["TargetCount"] == 3
    assert groups(deployed(Accelerated="false", General="true")) == ["general"]
    for checks, expected in (
        ({"Connectivity": "false"}, ["InstanceStress"]),
        ({"Stress": "false"}, ["InstanceConnectivity"]),
        ({"Stress": "false", "Connectivity": "false"}, None),
    ):
        described = deployed(Continuous="false", **checks)
        assert described["InstanceGroups"][0].get("OnStartDeepHealthChecks") == expected
        assert "NodeProvisioningMode" not in described
    assert sagemaker.list_clusters()["ClusterSummaries"] == []


@pytest.mark.rule("CLIENT-10", "CLUSTER-05")
def test_the_plan_of_a_template_changes_in_a_change_set_and_its_outputs_are_read(
    plans, stack, clusters, reserve, sagemaker, client
):
    first, second = reserve("first"), reserve("second")
    stack.note("CREATE", "create", EKS, Plan=first)
    assert stack.status == "REVIEW_IN_PROGRESS"
    stack.execute("create")
    assert stack.status == "CREATE_COMPLETE"
    arn = clusters.describe("ml-cluster")["ClusterArn"]
    assert stack.outputs == {"Arn": arn, "Name": "ml-cluster"}
    exports = client("cloudformation").list_exports()["Exports"]
    assert [(each["Name"], each["Value"]) for each in exports] == [("ml-cluster-arn", arn)]
    plans.clock.move_to(START)
    assert plan_counts(sagemaker, first) == (2, 2)
    stack.note("UPDATE", "move", EKS, Plan=second)
    assert plan_counts(sagemaker, first) == (2, 2)
    stack.execute("move")
    assert stack.status == "UPDATE_COMPLETE"
    assert plan_counts(sagemaker, first) == (0, 4)
    assert plan_counts(sagemaker, second) == (2, 2)
    assert clusters.group("ml-cluster", "accelerated")["TrainingPlanArn"] == second
    renamed = EKS.replace(
        "  Name: {Value: !Ref Name}", "  Status: {Value: !GetAtt Cluster.ClusterStatus}"
    )
    stack.note("UPDATE", "outputs", renamed, Plan=second)
    stack.execute("outputs")
    assert stack.outputs == {"Arn": arn, "Status": "InService"}
    # What a refused update goes back to is what the last change set said.
    stack.update(EKS, Parameters=parameter_list({"Plan": second, "Count": "5"}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert clusters.group("ml-cluster", "accelerated")["TrainingPlanArn"] == second
    assert clusters.counts("ml-cluster") == {"accelerated": (2, 2)}
    assert stack.outputs == {"Arn": arn, "Status": "InService"}
    stack.delete()
    assert client("cloudformation").list_exports()["Exports"] == []


@pytest.mark.rule("CLIENT-10", "TIME-07")
def test_a_stack_of_a_change_set_is_complete_once_its_cluster_is(
    plans, stack, clusters, state_manager
):
    state_manager("sagemaker::cluster", {"progression": "time", "seconds": 60})
    stack.note("CREATE", "create", EKS, Continuous="false")
    stack.execute("create")
    assert stack.status == "CREATE_IN_PROGRESS"
    assert ("stack", "CREATE_COMPLETE", "") not in stack.events()
    plans.clock.tick(60)
    assert stack.status == "CREATE_COMPLETE"
    arn = clusters.describe("ml-cluster")["ClusterArn"]
    assert stack.outputs == {"Arn": arn, "Name": "ml-cluster"}


@pytest.mark.rule("CLIENT-10", "CLUSTER-05")
def test_a_parameter_changes_a_cluster_through_conditions_maps_and_other_resources(
    stack, clusters, sagemaker
):
    body = f"""
Parameters:
  Stage: {{Type: String, Default: test}}
Mappings:
  Recovery: {{test: {{Mode: None}}, live: {{Mode: Automatic}}}}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
Resources:
  Cluster:
    Type: AWS::SageMaker::Cluster
    Properties:
      ClusterName: cluster
      NodeRecovery: !FindInMap [Recovery, !Ref Stage, Mode]
      InstanceGroups:
        - InstanceGroupName: workers
          ExecutionRole: {ROLE}
          InstanceType: ml.m5.large
          InstanceCount: !If [IsLive, 3, 1]
          LifeCycleConfig: {{OnCreate: on_create.sh, SourceS3Uri: s3://team-scripts}}
{cluster("Second", extra="Condition: IsLive", properties="ClusterName: second")}
Outputs:
  Second: {{Value: !Ref Second, Condition: IsLive}}
"""

    def names():
        return {each["ClusterName"] for each in sagemaker.list_clusters()["ClusterSummaries"]}

    def to(stage):
        stack.update(body, Parameters=parameter_list({"Stage": stage}))
        assert stack.status == "UPDATE_COMPLETE", stack.events()
        return clusters.counts("cluster")["workers"], names()

    stack.create(body)
    arn = clusters.describe("cluster")["ClusterArn"]
    assert (clusters.counts("cluster"), names()) == ({"workers": (1, 1)}, {"cluster"})
    assert to("live") == ((3, 3), {"cluster", "second"})
    assert clusters.describe("cluster")["NodeRecovery"] == "Automatic"
    assert stack.outputs == {"Second": clusters.describe("second")["ClusterArn"]}
    assert to("test") == ((1, 1), {"cluster"})
    assert clusters.describe("cluster")["ClusterArn"] == arn
    assert stack.outputs == {}
    # What a condition keeps out can have another text.
    stack.update(body.replace("ClusterName: second", "ClusterName: other"))
    assert (stack.status, names()) == ("UPDATE_COMPLETE", {"cluster"})
    stack.update(
        body.replace("ClusterName: second", "ClusterName: third"),
        Parameters=parameter_list({"Stage": "live"}),
    )
    assert (stack.status, names()) == ("UPDATE_COMPLETE", {"cluster", "third"})
    # One that cannot be made takes the others back.
    stack.update(body.replace("[IsLive, 3, 1]", "[IsLive, -1, 2]"))
    assert (stack.status, names()) == ("UPDATE_ROLLBACK_COMPLETE", {"cluster", "third"})
    assert clusters.counts("cluster") == {"workers": (3, 3)}
    stack.delete()
    assert names() == set()


@pytest.mark.rule("CLIENT-10")
def test_change_sets_of_one_name_belong_to_their_stacks(client, sagemaker):
    stacks = [Stack(client("cloudformation"), name) for name in ("one", "two")]
    for each in stacks:
        body = "Resources:" + cluster("Cluster", properties=f"ClusterName: {each.name}")
        each.note("CREATE", "deploy", body)
    stacks[0].execute("deploy")
    assert [each.status for each in stacks] == ["CREATE_COMPLETE", "REVIEW_IN_PROGRESS"]
    (summary,) = sagemaker.list_clusters()["ClusterSummaries"]
    assert summary["ClusterName"] == "one"


UNTOLD = {
    "a condition of another kind": (
        "Conditions: {Odd: !Contains [[a], a]}",
        cluster("Cluster", extra="Condition: Odd"),
        "moto cannot evaluate condition Odd",
    ),
    "a condition of the wrong form": (
        "Conditions: {Odd: !Or [!Equals [a, a], a]}",
        cluster("Cluster"),
        "moto cannot evaluate condition Odd",
    ),
    "a condition that needs itself": (
        "Conditions: {Even: !Not [!Condition Odd], Odd: !Not [!Condition Even]}",
        cluster("Cluster", extra="Condition: Odd"),
        "condition Even needs itself",
    ),
    "a condition on what is no parameter": (
        "Conditions: {Odd: !Equals [!Ref Gone, a]}",
        cluster("Cluster"),
        "Unresolved dependencies [Gone]. Cannot reference resources in the Conditions block",
    ),
    "conditions that are none": (
        "Conditions: []",
        cluster("Cluster"),
        "Conditions must be an object",
    ),
    "a reference to what is not there": (
        "",
        cluster("Cluster", properties="ClusterRole: !Ref Gone"),
        "Unresolved resource dependencies [Gone] in the Resources block",
    ),
    "a reference of the wrong form": (
        "",
        cluster("Cluster", properties="ClusterRole: {Ref: [a]}"),
        "every Ref object must have a single String value",
    ),
    "a choice of the wrong form": (
        "",
        cluster("Cluster", properties="ClusterRole: {Fn::If: [[Odd], a, b]}"),
        "Fn::If in Cluster takes a list of three",
    ),
    "an attribute that clusters do not have": (
        "Outputs: {Odd: {Value: !GetAtt Cluster.FailureMessage}}",
        cluster("Cluster"),
        "resource Cluster does not support attribute type FailureMessage in Fn::GetAtt",
    ),
    "a resource of no type": (
        "",
        cluster("Cluster") + "\n  Odd: a",
        "resource Odd must be an object with a Type",
    ),
    "a condition of one that is not there": (
        "Conditions: {Odd: !Not [!Condition Gone]}",
        cluster("Cluster"),
        "moto cannot evaluate condition Odd",
    ),
    "a cluster whose condition is not there": (
        "",
        cluster("Cluster", extra="Condition: Gone"),
        "Cluster needs condition Gone, which the template does not define",
    ),
    "a choice whose condition is not there": (
        "",
        cluster("Cluster", properties="NodeRecovery: !If [Gone, None, Automatic]"),
        "Cluster needs condition Gone",
    ),
    "a resource that moto cannot create": (
        "",
        cluster("Cluster", properties="ClusterName: !Ref Eks")
        + "\n  Eks: {Type: AWS::EKS::Cluster}",
        "Cluster refers to Eks, and moto cannot create an AWS::EKS::Cluster",
    ),
    "such a resource in a text": (
        "",
        cluster("Cluster", properties='ClusterName: !Sub "${Eks}-hyperpod"')
        + "\n  Eks: {Type: AWS::EKS::Cluster}",
        "Cluster refers to Eks",
    ),
}


@pytest.mark.rule("CLIENT-10")
@pytest.mark.parametrize("case", UNTOLD)
def test_what_moto_would_take_for_something_else_is_refused(case, stack, sagemaker, refusal):
    conditions, resources, reason = UNTOLD[case]
    body = f"{conditions}\nResources:{resources}"
    calls = {"create_stack": {}, "create_change_set": {"ChangeSetName": "create"}}
    for operation, members in calls.items():
        code, text = refusal(
            getattr(stack.client, operation), StackName="stack", TemplateBody=body, **members
        )
        assert (code, reason in text) == ("ValidationError", True), text
    assert stack.client.list_stacks()["StackSummaries"] == []
    stack.create("Resources:" + cluster("Cluster"))
    code, text = refusal(stack.client.update_stack, StackName="stack", TemplateBody=body)
    assert (code, reason in text) == ("ValidationError", True), text
    assert stack.status == "CREATE_COMPLETE"
    assert len(sagemaker.list_clusters()["ClusterSummaries"]) == 1


@pytest.mark.in_process("looks at the YAML of this process")
def test_the_tag_of_conditions_is_taken_out_of_yaml_again():
    code = """
import moto.cloudformation
import yaml
from moto_trainingplans import mock_training_plans
with mock_training_plans():
    assert yaml.load("!Condition Name", Loader=yaml.Loader) == {"Condition": "Name"}
assert "!Condition" not in yaml.Loader.yaml_constructors
"""
    subprocess.run([sys.executable, "-c", code], check=True)
