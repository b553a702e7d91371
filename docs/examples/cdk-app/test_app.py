"""The app deployed as `cdk deploy` does it: synthesised, then a change set that is executed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from moto_trainingplans import TrainingPlans

from app import research_app

pytestmark = pytest.mark.training_plans(now="2025-01-21T12:00:00Z")

DAY = timedelta(days=1)
START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all tests: it reads botocore's large model of SageMaker once."""
    return boto3.Session(region_name="us-west-2")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the app is synthesised to, once for all tests."""
    folder = tmp_path_factory.mktemp("cdk.out")
    research_app(str(folder)).synth()
    return (folder / "Research.template.json").read_text(encoding="utf-8")


@pytest.fixture
def sagemaker(session: boto3.Session) -> Any:
    return session.client("sagemaker")


class Deployment:
    """The stack in CloudFormation."""

    def __init__(self, session: boto3.Session, template: str) -> None:
        self._cloudformation = session.client("cloudformation")
        self._template = template
        # What `cdk bootstrap` leaves, and every stack of CDK asks for.
        session.client("ssm").put_parameter(
            Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String"
        )

    def deploy(self, **parameters: str) -> str:
        """Create or update the stack, and give the status that it has then."""
        stacks = self._cloudformation.list_stacks()["StackSummaries"]
        self._cloudformation.create_change_set(
            StackName="Research",
            ChangeSetName="cdk-deploy-change-set",
            ChangeSetType="UPDATE" if stacks else "CREATE",
            TemplateBody=self._template,
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        )
        self._cloudformation.execute_change_set(
            StackName="Research", ChangeSetName="cdk-deploy-change-set"
        )
        status: str = self._stack()["StackStatus"]
        return status

    @property
    def cluster(self) -> str:
        """The ARN of the cluster, from the stack's outputs."""
        outputs: dict[str, str] = {
            each["OutputKey"]: each["OutputValue"] for each in self._stack()["Outputs"]
        }
        return outputs["ClusterArn"]

    @property
    def reasons(self) -> str:
        """Why resources are as they are."""
        events = self._cloudformation.describe_stack_events(StackName="Research")["StackEvents"]
        return "\n".join(each.get("ResourceStatusReason", "") for each in events)

    def _stack(self) -> dict[str, Any]:
        (stack,) = self._cloudformation.describe_stacks(StackName="Research")["Stacks"]
        found: dict[str, Any] = stack
        return found


@pytest.fixture
def stack(session: boto3.Session, template: str) -> Deployment:
    return Deployment(session, template)


@pytest.fixture
def buy(training_plans: TrainingPlans, sagemaker: Any) -> Callable[..., str]:
    """Buys a plan of a day in a zone that has nothing else, and gives its ARN."""

    def run(name: str, start: datetime = START, count: int = 4, zone: str = "us-west-2a") -> str:
        training_plans.capacity.clear()
        training_plans.capacity.set(zone, "ml.p4d.24xlarge", count, start=start, end=start + DAY)
        (offering,) = sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge",
            InstanceCount=count,
            DurationHours=24,
            TargetResources=["hyperpod-cluster"],
        )["TrainingPlanOfferings"]
        arn: str = sagemaker.create_training_plan(
            TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )["TrainingPlanArn"]
        return arn

    return run


def counts(sagemaker: Any, cluster: str) -> dict[str, tuple[int, int]]:
    """Nodes that run and nodes that are wanted, by group."""
    groups = sagemaker.describe_cluster(ClusterName=cluster)["InstanceGroups"]
    return {
        each["InstanceGroupName"]: (each["CurrentCount"], each["TargetCount"]) for each in groups
    }


def test_without_a_plan_the_workers_are_on_demand(stack: Deployment, sagemaker: Any) -> None:
    assert stack.deploy() == "CREATE_COMPLETE", stack.reasons
    assert counts(sagemaker, stack.cluster) == {"workers": (4, 4), "login": (1, 1)}
    tags = sagemaker.list_tags(ResourceArn=stack.cluster)["Tags"]
    assert {"Key": "team", "Value": "research"} in tags


def test_the_workers_come_when_the_plan_starts_and_go_when_it_ends(
    training_plans: TrainingPlans, stack: Deployment, sagemaker: Any, buy: Callable[..., str]
) -> None:
    assert stack.deploy(Plan=buy("january")) == "CREATE_COMPLETE", stack.reasons
    assert counts(sagemaker, stack.cluster) == {"workers": (0, 4), "login": (1, 1)}
    training_plans.clock.move_to(START)
    assert counts(sagemaker, stack.cluster) == {"workers": (4, 4), "login": (1, 1)}
    training_plans.clock.move_to(START + DAY - timedelta(hours=1))
    assert counts(sagemaker, stack.cluster) == {"workers": (0, 4), "login": (1, 1)}


def test_a_deployment_with_the_next_plan_keeps_the_cluster(
    training_plans: TrainingPlans, stack: Deployment, sagemaker: Any, buy: Callable[..., str]
) -> None:
    january, february = buy("january"), buy("february", START + DAY, zone="us-west-2b")
    stack.deploy(Plan=january)
    cluster = stack.cluster
    training_plans.clock.move_to(START + DAY)
    assert stack.deploy(Plan=february) == "UPDATE_COMPLETE", stack.reasons
    assert stack.cluster == cluster
    assert counts(sagemaker, cluster)["workers"] == (4, 4)
    (plan,) = sagemaker.list_training_plans(Filters=[{"Name": "Status", "Value": "Active"}])[
        "TrainingPlanSummaries"
    ]
    assert (plan["TrainingPlanName"], plan["InUseInstanceCount"]) == ("february", 4)


def test_a_plan_that_is_too_small_is_rolled_back_and_the_cluster_stays(
    stack: Deployment, sagemaker: Any, buy: Callable[..., str]
) -> None:
    stack.deploy(Plan=buy("january"))
    small = buy("small", START + DAY, count=2)
    assert stack.deploy(Plan=small) == "UPDATE_ROLLBACK_COMPLETE"
    assert "has 2 instances, fewer than the requested 4" in stack.reasons
    assert counts(sagemaker, stack.cluster)["workers"] == (0, 4)
    assert stack.deploy(Plan=small, Workers="2") == "UPDATE_COMPLETE", stack.reasons


def test_a_plan_in_a_zone_without_a_subnet_is_refused(
    stack: Deployment, buy: Callable[..., str]
) -> None:
    elsewhere = buy("elsewhere", zone="us-west-2c")
    # moto does not delete route tables, so that the VPC stays and the rollback ends in ..._FAILED.
    assert stack.deploy(Plan=elsewhere).startswith("ROLLBACK_")
    assert "is in Availability Zone us-west-2c of training plan" in stack.reasons
