"""Who may do what, where moto's authorization is switched on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

from tests.support.clusters import group
from tests.support.jobs import job_request

ANY_PLAN = "arn:aws:sagemaker:*:*:training-plan/*"
ANY_RESERVED_CAPACITY = "arn:aws:sagemaker:*:*:reserved-capacity/*"
BOTH = [ANY_PLAN, ANY_RESERVED_CAPACITY]
ARN = "arn:aws:sagemaker:us-west-2:123456789012:"
SEARCH = {
    "InstanceType": "ml.p4d.24xlarge",
    "DurationHours": 24,
    "TargetResources": ["training-job"],
}


def allow(actions: list[str], resources: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows actions of SageMaker."""
    named = [f"sagemaker:{action}" for action in actions]
    return {"Effect": "Allow", "Action": named, "Resource": resources, **more}


def deny(actions: list[str], resources: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that denies them."""
    return {**allow(actions, resources, **more), "Effect": "Deny"}


# The guide's policy for those who create plans.
CREATOR = [
    allow(["SearchTrainingPlanOfferings"]),
    allow(["CreateTrainingPlan", "CreateReservedCapacity", "AddTags"], BOTH),
    allow(["DescribeTrainingPlan"], [ANY_PLAN]),
    allow(["ListTrainingPlans"]),
]


def document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture
def user(plans):  # noqa: ARG001
    """Makes a user with policies, and gives a client of theirs."""

    def make(*statements: dict[str, Any], managed: str | None = None, service: str = "sagemaker"):
        iam = boto3.client("iam")
        iam.create_user(UserName="user")
        if statements:
            iam.put_user_policy(
                UserName="user", PolicyName="inline", PolicyDocument=document([*statements])
            )
        if managed is not None:
            policy = f"arn:aws:iam::aws:policy/{managed}"
            iam.attach_user_policy(UserName="user", PolicyArn=policy)
        key = iam.create_access_key(UserName="user")["AccessKey"]
        return boto3.client(
            service,
            region_name="us-west-2",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )

    return make


def authorized(call: Callable[..., Any], **members: Any) -> Any:
    """Makes a call with authorization switched on."""
    return set_initial_no_auth_action_count(0)(call)(**members)


def denied(call: Callable[..., Any], **members: Any) -> str:
    """Makes a call that must be denied, and gives the message."""
    with pytest.raises(ClientError) as refused:
        authorized(call, **members)
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    return error["Message"]


@pytest.fixture
def offering_id(search):
    """The id of an offering that can be bought."""
    return search()[-1]["TrainingPlanOfferingId"]


@pytest.mark.rule("IAM-01", "IAM-03")
def test_the_guides_policy_lets_creators_create_and_nothing_more(user, search):
    creator = user(*CREATOR)
    offerings = authorized(creator.search_training_plan_offerings, **SEARCH)
    assert offerings["TrainingPlanOfferings"] == search()
    arn = authorized(
        creator.create_training_plan,
        TrainingPlanName="plan",
        TrainingPlanOfferingId=offerings["TrainingPlanOfferings"][-1]["TrainingPlanOfferingId"],
        Tags=[{"Key": "team", "Value": "nlp"}],
    )["TrainingPlanArn"]
    plan = authorized(creator.describe_training_plan, TrainingPlanName="plan")
    assert plan["TrainingPlanArn"] == arn
    assert authorized(creator.list_training_plans)["TrainingPlanSummaries"]
    message = denied(creator.list_tags, ResourceArn=arn)
    assert f"sagemaker:ListTags on resource: {arn}" in message
    (block,) = plan["ReservedCapacitySummaries"]
    message = denied(
        creator.describe_reserved_capacity, ReservedCapacityArn=block["ReservedCapacityArn"]
    )
    assert f"DescribeReservedCapacity on resource: {block['ReservedCapacityArn']}" in message


@pytest.mark.rule("IAM-01")
@pytest.mark.parametrize(
    ("statements", "action", "resource"),
    [
        ([], "CreateTrainingPlan", "training-plan/plan"),
        (
            [allow(["CreateTrainingPlan", "AddTags"], BOTH)],
            "CreateReservedCapacity",
            "reserved-capacity/plan-rc1",
        ),
        (
            [allow(["CreateTrainingPlan", "CreateReservedCapacity"], BOTH)],
            "AddTags",
            "training-plan/plan",
        ),
        (
            [allow(["CreateReservedCapacity", "AddTags"], BOTH)],
            "CreateTrainingPlan",
            "training-plan/plan",
        ),
        (
            [allow(["CreateTrainingPlan", "CreateReservedCapacity", "AddTags"], [ANY_PLAN])],
            "CreateReservedCapacity",
            "reserved-capacity/plan-rc1",
        ),
        (
            [
                allow(
                    ["CreateTrainingPlan", "CreateReservedCapacity", "AddTags"],
                    [ANY_RESERVED_CAPACITY],
                )
            ],
            "CreateTrainingPlan",
            "training-plan/plan",
        ),
        (
            [*CREATOR, deny(["Create*"], f"{ARN}training-plan/p?an")],
            "CreateTrainingPlan",
            "training-plan/plan",
        ),
    ],
)
def test_buying_needs_every_action_on_plan_and_reserved_capacity(
    user, offering_id, unchanged, statements, action, resource
):
    buyer = user(*statements)
    before = unchanged()
    message = denied(
        buyer.create_training_plan, TrainingPlanName="plan", TrainingPlanOfferingId=offering_id
    )
    assert message.startswith(
        "User: arn:aws:iam::123456789012:user/user is not authorized to perform: "
        f"sagemaker:{action} on resource: {ARN}{resource} "
    )
    assert ("explicit deny" in message) == (len(statements) > 1)
    assert unchanged() == before


@pytest.mark.rule("IAM-02")
def test_looking_and_extending_are_checked_against_the_resource(user, buy, sagemaker):
    mine, other = buy(), buy("other")
    mine_rc, other_rc = (
        sagemaker.describe_training_plan(TrainingPlanName=name)["ReservedCapacitySummaries"][0][
            "ReservedCapacityArn"
        ]
        for name in ("plan", "other")
    )
    owner = user(
        allow(["Describe*", "ListUltra*", "ExtendTrainingPlan"], [mine, mine_rc]),
        allow(["SearchTrainingPlanOfferings", "ListTrainingPlans"]),
    )

    def extension(arn):
        found = authorized(
            owner.search_training_plan_offerings, TrainingPlanArn=arn, DurationHours=24
        )
        return found["TrainingPlanExtensionOfferings"][0]["TrainingPlanExtensionOfferingId"]

    for call, member, allowed, forbidden in (
        (owner.describe_training_plan, "TrainingPlanName", "plan", "other"),
        (owner.describe_training_plan, "TrainingPlanName", mine, other),
        (owner.describe_training_plan_extension_history, "TrainingPlanArn", mine, other),
        (owner.describe_reserved_capacity, "ReservedCapacityArn", mine_rc, other_rc),
        (
            owner.extend_training_plan,
            "TrainingPlanExtensionOfferingId",
            extension(mine),
            extension(other),
        ),
    ):
        assert authorized(call, **{member: allowed})
        assert ":training-plan/other" in (message := denied(call, **{member: forbidden})) or (
            ":reserved-capacity/other-rc1" in message
        )
    assert len(authorized(owner.list_training_plans)["TrainingPlanSummaries"]) == 2
    servers = owner.list_ultra_servers_by_reserved_capacity
    assert "reserved-capacity/other-rc1" in denied(servers, ReservedCapacityArn=other_rc)


@pytest.mark.rule("IAM-02")
def test_search_and_list_are_for_all_resources_or_none(user):
    reader = user(allow(["SearchTrainingPlanOfferings", "ListTrainingPlans"], BOTH))
    assert "on resource: * " in denied(reader.search_training_plan_offerings, **SEARCH)
    assert "on resource: * " in denied(reader.list_training_plans)


@pytest.mark.rule("IAM-03")
@pytest.mark.in_process("moto's configuration is this process's")
@pytest.mark.training_plans(
    now="2025-01-21T19:08:27.704Z", config={"iam": {"load_aws_managed_policies": True}}
)
def test_the_managed_policy_for_creators_decides(user, offering_id):
    creator = user(managed="AmazonSageMakerTrainingPlanCreateAccess")
    arn = authorized(
        creator.create_training_plan, TrainingPlanName="plan", TrainingPlanOfferingId=offering_id
    )["TrainingPlanArn"]
    assert authorized(creator.describe_training_plan, TrainingPlanName="plan")
    assert authorized(
        creator.describe_reserved_capacity, ReservedCapacityArn=f"{ARN}reserved-capacity/plan-rc1"
    )
    # It lets a plan be tagged by creating it, and only so.
    tags = [{"Key": "team", "Value": "nlp"}]
    assert "sagemaker:AddTags" in denied(creator.add_tags, ResourceArn=arn, Tags=tags)


@pytest.mark.rule("IAM-03")
@pytest.mark.in_process("moto's configuration is this process's")
@pytest.mark.training_plans(
    now="2025-01-21T19:08:27.704Z", config={"iam": {"load_aws_managed_policies": True}}
)
def test_full_access_sees_plans_but_cannot_create_or_extend_them(user, buy, offering_id):
    everybody = user(managed="AmazonSageMakerFullAccess")
    arn = buy()
    assert authorized(everybody.describe_training_plan, TrainingPlanName="plan")
    assert authorized(everybody.list_training_plans)["TrainingPlanSummaries"]
    found = authorized(
        everybody.search_training_plan_offerings, TrainingPlanArn=arn, DurationHours=24
    )
    (extension,) = found["TrainingPlanExtensionOfferings"]
    assert "sagemaker:CreateTrainingPlan" in denied(
        everybody.create_training_plan, TrainingPlanName="two", TrainingPlanOfferingId=offering_id
    )
    assert "sagemaker:ExtendTrainingPlan" in denied(
        everybody.extend_training_plan,
        TrainingPlanExtensionOfferingId=extension["TrainingPlanExtensionOfferingId"],
    )


# The guide's policies for those who use plans.
JOB_USER = allow(["CreateTrainingJob"], ["arn:aws:sagemaker:*:*:training-job/*", *BOTH])
CLUSTER_USER = allow(["CreateCluster", "UpdateCluster"], ["arn:aws:sagemaker:*:*:cluster/*", *BOTH])


@pytest.mark.rule("IAM-02", "IAM-03")
def test_the_guides_policy_lets_users_run_jobs_on_plans_and_not_buy_them(user, buy, offering_id):
    arn = buy()
    trainer = user(JOB_USER)
    job = authorized(trainer.create_training_job, **job_request("job", arn))["TrainingJobArn"]
    assert job == f"{ARN}training-job/job"
    assert "sagemaker:CreateTrainingPlan" in denied(
        trainer.create_training_plan, TrainingPlanName="two", TrainingPlanOfferingId=offering_id
    )
    message = denied(trainer.describe_training_job, TrainingJobName="job")
    assert f"sagemaker:DescribeTrainingJob on resource: {job}" in message


@pytest.mark.rule("IAM-02", "IAM-03")
def test_the_guides_policy_lets_users_run_clusters_on_plans(user, reserve, sagemaker):
    arn = reserve()
    operator = user(CLUSTER_USER)
    groups = [group("group", arn)]
    cluster = authorized(operator.create_cluster, ClusterName="cluster", InstanceGroups=groups)
    assert sagemaker.describe_cluster(ClusterName="cluster")["ClusterArn"] == cluster["ClusterArn"]
    assert authorized(operator.update_cluster, ClusterName="cluster", InstanceGroups=groups)
    message = denied(operator.delete_cluster, ClusterName="cluster")
    assert f"sagemaker:DeleteCluster on resource: {cluster['ClusterArn']}" in message


@pytest.mark.rule("IAM-02")
@pytest.mark.parametrize(
    "resource", ["training-job/job", "training-plan/plan", "reserved-capacity/plan-rc1"]
)
def test_a_job_on_a_plan_needs_the_job_the_plan_and_its_reserved_capacity(user, buy, resource):
    arn = buy()
    trainer = user(JOB_USER, deny(["CreateTrainingJob"], f"{ARN}{resource}"))
    for resources in (
        {},
        {
            "InstanceType": None,
            "TrainingPlanArn": None,
            "InstancePreferences": [{"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArns": [arn]}],
        },
    ):
        request = job_request("job", arn, resources=resources)
        message = denied(trainer.create_training_job, **request)
        assert f"sagemaker:CreateTrainingJob on resource: {ARN}{resource} " in message


@pytest.mark.rule("IAM-02")
@pytest.mark.parametrize("resource", ["training-plan/plan", "reserved-capacity/plan-rc1"])
def test_a_cluster_on_a_plan_needs_the_plan_and_its_reserved_capacity(
    user, reserve, sagemaker, resource
):
    arn = reserve()
    operator = user(CLUSTER_USER, deny(["*"], f"{ARN}{resource}"))
    groups = [group("group", arn)]
    request = {"ClusterName": "cluster", "InstanceGroups": groups}
    assert f"on resource: {ARN}{resource} " in denied(operator.create_cluster, **request)
    sagemaker.create_cluster(**request)
    assert f"on resource: {ARN}{resource} " in denied(operator.update_cluster, **request)
    off_the_plan = {"ClusterName": "cluster", "InstanceGroups": [group("group")]}
    assert authorized(operator.update_cluster, **off_the_plan)


@pytest.mark.rule("IAM-02", "CLUSTER-12")
@pytest.mark.parametrize("missing", ["one", "two"])
def test_nodes_move_for_those_who_may_change_both_clusters(user, sagemaker, missing):
    arns = {
        name: sagemaker.create_cluster(ClusterName=name, InstanceGroups=[group("group")])[
            "ClusterArn"
        ]
        for name in ("one", "two")
    }
    allowed = [arn for name, arn in arns.items() if name != missing]
    operator = user(allow(["MoveClusterNodes"], allowed))
    message = denied(
        operator.move_cluster_nodes,
        SourceClusterArn=arns["one"],
        SourceInstanceGroupName="group",
        TargetClusterArn=arns["two"],
        TargetInstanceGroupName="group",
        InstanceCount=1,
    )
    assert f"sagemaker:MoveClusterNodes on resource: {arns[missing]}" in message


@pytest.mark.rule("IAM-01", "IAM-02")
def test_roles_are_authorized_as_users_are(plans, offering_id):  # noqa: ARG001
    iam = boto3.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=document([trust]))["Role"]
    iam.put_role_policy(
        RoleName="deploy",
        PolicyName="use",
        PolicyDocument=document([allow(["DescribeTrainingPlan"], ANY_PLAN)]),
    )
    credentials = boto3.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="ci")[
        "Credentials"
    ]
    deploy = boto3.client(
        "sagemaker",
        region_name="us-west-2",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    with pytest.raises(ClientError, match="ResourceNotFound"):
        authorized(deploy.describe_training_plan, TrainingPlanName="plan")
    message = denied(
        deploy.create_training_plan, TrainingPlanName="plan", TrainingPlanOfferingId=offering_id
    )
    assert "User: arn:aws:sts::123456789012:assumed-role/deploy/ci is not" in message


@pytest.mark.rule("IAM-03")
@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringEquals": {"aws:ResourceTag/team": "nlp"}}, True),
        ({"StringEquals": {"aws:ResourceTag/team": ["vision", "nlp"]}}, True),
        ({"StringEquals": {"aws:resourcetag/TEAM": "nlp"}}, True),
        ({"StringEquals": {"aws:ResourceTag/team": "vision"}}, False),
        ({"StringEquals": {"aws:ResourceTag/owner": "ada"}}, False),
        ({"StringEqualsIfExists": {"aws:ResourceTag/owner": "ada"}}, True),
        ({"StringNotEquals": {"aws:ResourceTag/owner": "ada"}}, True),
        ({"StringNotEquals": {"aws:ResourceTag/team": ["vision", "nlp"]}}, False),
        ({"StringLike": {"aws:ResourceTag/team": "n*"}}, True),
        ({"StringNotLike": {"aws:ResourceTag/team": "n*"}}, False),
        ({"StringEqualsIgnoreCase": {"aws:ResourceTag/team": "NLP"}}, True),
        ({"Null": {"aws:ResourceTag/team": "true"}}, False),
        ({"Null": {"aws:ResourceTag/owner": "true"}}, True),
        ({"Null": {"aws:ResourceTag/team": "false"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, False),
        ({"StringEquals": {"aws:RequestedRegion": "us-west-2"}}, True),
        (
            {
                "StringEquals": {"aws:ResourceTag/team": "nlp"},
                "StringLike": {"aws:RequestedRegion": "eu-*"},
            },
            False,
        ),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, False),
    ],
)
def test_conditions_decide_and_a_false_one_is_neutral(user, buy, condition, allowed):
    buy(Tags=[{"Key": "team", "Value": "nlp"}])
    conditional = user(allow(["DescribeTrainingPlan"], ANY_PLAN, Condition=condition))
    if allowed:
        assert authorized(conditional.describe_training_plan, TrainingPlanName="plan")
    else:
        message = denied(conditional.describe_training_plan, TrainingPlanName="plan")
        assert "no identity-based policy allows" in message


@pytest.mark.rule("IAM-03")
def test_a_false_condition_takes_nothing_from_what_another_statement_allows(user, buy):
    buy()
    condition = {"StringEquals": {"aws:ResourceTag/team": "nlp"}}
    reader = user(
        allow(["DescribeTrainingPlan"], ANY_PLAN),
        allow(["DescribeTrainingPlan"], ANY_PLAN, Condition=condition),
        deny(["DescribeTrainingPlan"], ANY_PLAN, Condition=condition),
    )
    assert authorized(reader.describe_training_plan, TrainingPlanName="plan")


@pytest.mark.rule("IAM-03")
@pytest.mark.parametrize(
    ("keys", "allowed"), [(["team"], True), (["team", "cost"], True), (["team", "secret"], False)]
)
def test_a_condition_can_limit_the_tags_that_a_plan_is_bought_with(
    user, offering_id, keys, allowed
):
    only = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}}
    actions = ["CreateTrainingPlan", "CreateReservedCapacity", "AddTags"]
    buyer = user(allow(actions, BOTH, Condition=only))
    purchase = {
        "TrainingPlanName": "plan",
        "TrainingPlanOfferingId": offering_id,
        "Tags": [{"Key": key, "Value": "x"} for key in keys],
    }
    if allowed:
        assert authorized(buyer.create_training_plan, **purchase)
    else:
        assert denied(buyer.create_training_plan, **purchase)


@pytest.mark.rule("IAM-03")
def test_actions_and_resources_can_be_named_by_what_they_are_not(user, buy, offering_id):
    buy()
    others = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": f"{ARN}training-plan/secret"}
    reader = user(others)
    assert authorized(reader.describe_training_plan, TrainingPlanName="plan")
    assert denied(reader.describe_training_plan, TrainingPlanName="secret")
    assert denied(
        reader.create_training_plan, TrainingPlanName="secret", TrainingPlanOfferingId=offering_id
    )


@pytest.mark.rule("IAM-01")
def test_two_blocks_need_both_reserved_capacities(user, search, plans):
    for zone in ("us-west-2a", "us-west-2b"):
        window = {"start": "2025-01-23T11:30:00Z", "end": "2025-01-24T11:30:00Z"}
        plans.capacity.set(zone, "ml.p4d.24xlarge", 0, **window)
    offering = next(
        each for each in search(DurationHours=72) if len(each["ReservedCapacityOfferings"]) == 2
    )
    first = [f"{ARN}training-plan/plan", f"{ARN}reserved-capacity/plan-rc1"]
    buyer = user(allow(["CreateTrainingPlan", "CreateReservedCapacity", "AddTags"], first))
    message = denied(
        buyer.create_training_plan,
        TrainingPlanName="plan",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
    )
    assert "reserved-capacity/plan-rc2" in message


@pytest.mark.rule("IAM-01", "QUOTA-02")
def test_service_quotas_are_authorized_too(user):
    reader = user(
        {"Effect": "Allow", "Action": "servicequotas:Get*", "Resource": "*"},
        service="service-quotas",
    )
    asked = {"ServiceCode": "sagemaker", "QuotaCode": "L-867702E6"}
    assert authorized(reader.get_service_quota, **asked)
    message = denied(reader.request_service_quota_increase, **asked, DesiredValue=30)
    assert "servicequotas:us-west-2:123456789012:sagemaker/L-867702E6" in message


@pytest.mark.rule("IAM-01", "VALIDATE-04")
def test_a_caller_whom_nobody_knows_is_refused(plans):  # noqa: ARG001
    stranger = boto3.client(
        "sagemaker",
        region_name="us-west-2",
        aws_access_key_id="AKIAUNKNOWN",
        aws_secret_access_key="secret",
    )
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        authorized(stranger.list_training_plans)
    unsigned = boto3.client(
        "sagemaker", region_name="us-west-2", config=Config(signature_version=UNSIGNED)
    )
    with pytest.raises(ClientError, match="MissingAuthenticationToken"):
        authorized(unsigned.list_training_plans)


@pytest.mark.rule("OTHER-01", "IAM-02")
def test_an_endpoint_needs_itself_and_its_configuration(user):
    deployer = user(
        allow(["CreateEndpoint", "DescribeEndpoint"], [f"{ARN}endpoint/mine"]),
    )
    message = denied(deployer.describe_endpoint, EndpointName="other")
    assert f"sagemaker:DescribeEndpoint on resource: {ARN}endpoint/other" in message
    with pytest.raises(ClientError, match="Could not find endpoint"):
        authorized(deployer.describe_endpoint, EndpointName="mine")
    message = denied(deployer.create_endpoint, EndpointName="mine", EndpointConfigName="config")
    assert f"sagemaker:CreateEndpoint on resource: {ARN}endpoint-config/config" in message


@pytest.mark.rule("OTHER-02", "IAM-02")
def test_an_app_on_a_plan_needs_the_app_alone(plans, user, buy):
    plan = buy(TargetResources=["studio-apps"])
    plans.clock.tick(timedelta(days=1))
    app = f"{ARN}app/d-domain/space/jupyterlab/default"
    author = user(allow(["CreateApp", "DescribeApp"], app))
    named = {
        "DomainId": "d-domain",
        "SpaceName": "space",
        "AppType": "JupyterLab",
        "AppName": "default",
    }
    spec = {"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArn": plan}
    assert authorized(author.create_app, **named, ResourceSpec=spec)["AppArn"] == app
    message = denied(author.describe_app, **{**named, "AppName": "other"})
    assert "app/d-domain/space/jupyterlab/other" in message
