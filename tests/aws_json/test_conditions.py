"""Conditions of IAM policies: their operators, and the keys that requests set."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

from moto_trainingplans.aws_json.iam_conditions import holds
from tests.support.clusters import group
from tests.support.jobs import START, job_request

KEYS = {
    "text": ["Alpha"],
    "number": ["1800"],
    "flag": ["true"],
    "arn": ["arn:aws:sagemaker:us-west-2:123456789012:training-job/a:b"],
    "time": ["2025-01-22T11:30:00+00:00"],
    "bytes": ["cGxhbg=="],
    "address": ["10.1.2.3"],
    "several": ["ml.p4d.24xlarge", "ml.p5.48xlarge"],
}
ANY_JOB = "arn:aws:sagemaker:*:*:training-job/*"


@pytest.mark.rule("IAM-04")
@pytest.mark.in_process("looks at one function")
@pytest.mark.parametrize(
    ("operator", "key", "true", "false"),
    [
        ("StringEquals", "text", "Alpha", "alpha"),
        ("StringEquals", "text", ["Beta", "Alpha"], "Alph*"),
        ("StringNotEquals", "text", "alpha", ["Beta", "Alpha"]),
        ("StringEqualsIgnoreCase", "text", "ALPHA", "ALPH"),
        ("StringNotEqualsIgnoreCase", "text", "ALPH", "ALPHA"),
        ("StringLike", "text", "A*h?", "A?a"),
        ("StringNotLike", "text", "*b*", "*ph*"),
        ("NumericEquals", "number", ["1", "1800.0"], "1799"),
        ("NumericNotEquals", "number", "1799", 1800),
        ("NumericLessThan", "number", 1801, 1800),
        ("NumericLessThanEquals", "number", "1800", "1799.999"),
        ("NumericGreaterThan", "number", "200", "1800"),
        ("NumericGreaterThanEquals", "number", "1800", "1801"),
        ("NumericLessThan", "number", 1e9, "many"),
        ("DateEquals", "time", "2025-01-22T12:30:00+01:00", "2025-01-22T11:30:01Z"),
        ("DateNotEquals", "time", "2025-01-22", "1737545400"),
        ("DateLessThan", "time", "2025-01-22T11:30:01Z", "2025-01-22T11:30:00Z"),
        ("DateLessThanEquals", "time", "2025-01-22T11:30:00Z", "2025-01-22T11:29:59Z"),
        ("DateGreaterThan", "time", "2025-01-22", "2025-01-23"),
        ("DateGreaterThanEquals", "time", 1737545400, 1737545401),
        ("Bool", "flag", "true", "false"),
        ("Bool", "flag", True, False),
        ("BinaryEquals", "bytes", "cGxhbg==", "cGxhbnM="),
        ("IpAddress", "address", "10.1.0.0/16", ["10.2.0.0/16", "::/0"]),
        ("NotIpAddress", "address", "10.2.0.0/16", "10.1.2.3"),
        ("ArnLike", "arn", "arn:aws:*:us-*:*:training-job/*", "arn:aws:*:training-job/*"),
        ("ArnEquals", "arn", "arn:aws:sagemaker:*:*:*", "arn:aws:sagemaker:*:*:cluster/*"),
        ("ArnNotLike", "arn", "arn:aws:*:*:*:cluster/*", "arn:*:*:*:*:*"),
        ("ArnNotEquals", "arn", "arn:*:training-job/*", "arn:*:*:*:*:training-job/*"),
        ("Null", "text", "false", "true"),
        ("Null", "missing", "true", "false"),
        ("Null", "missing", ["true"], []),
        ("StringEquals", "text", ["Alpha"], []),
        ("ForAllValues:StringLike", "several", "ml.p*", "ml.p4*"),
        ("ForAnyValue:StringEquals", "several", "ml.p5.48xlarge", "ml.p5e.48xlarge"),
        ("ForAnyValue:StringNotLike", "several", "ml.p4*", "ml.p*"),
        ("ForAllValues:StringNotLike", "several", "ml.trn*", "ml.p4*"),
    ],
)
def test_each_operator_compares_as_iam_documents_it(operator, key, true, false):
    assert holds(operator, key.upper(), true, KEYS)  # the case of a key does not matter
    assert not holds(operator, key, false, KEYS)


@pytest.mark.rule("IAM-04")
@pytest.mark.in_process("looks at one function")
@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("NumericLessThan", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("NumericLessThanIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
        ("NoSuchOperator", False),
    ],
)
def test_what_a_condition_says_of_a_key_that_the_request_lacks(operator, expected):
    assert holds(operator, "missing", "1", KEYS) is expected
    if "IfExists" in operator:
        assert not holds(operator, "number", "1", KEYS)


@pytest.fixture
def caller(plans):  # noqa: ARG001
    """A user whose one policy can be set anew, and clients of theirs."""

    class Caller:
        def __init__(self) -> None:
            self.iam = boto3.client("iam")
            self.iam.create_user(UserName="user")
            key = self.iam.create_access_key(UserName="user")["AccessKey"]
            self.client = boto3.client(
                "sagemaker",
                region_name="us-west-2",
                aws_access_key_id=key["AccessKeyId"],
                aws_secret_access_key=key["SecretAccessKey"],
            )

        def may(self, *statements: dict[str, Any]) -> None:
            policy = {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Resource": "*", **each} for each in statements],
            }
            self.iam.put_user_policy(
                UserName="user", PolicyName="inline", PolicyDocument=json.dumps(policy)
            )

        def is_allowed(self, operation: str, **members: Any) -> bool:
            call = set_initial_no_auth_action_count(0)(getattr(self.client, operation))
            try:
                call(**members)
            except ClientError as refused:
                if refused.response["Error"]["Code"] != "AccessDeniedException":
                    raise
                return False
            return True

    return Caller()


@pytest.mark.rule("IAM-04")
@pytest.mark.parametrize("on_plan", [True, False])
def test_the_documented_policy_on_warm_pools_keeps_them_short(plans, buy, caller, on_plan):
    """As the guide has it: an Allow that holds where the request says no period, too."""
    plan = buy(InstanceCount=8) if on_plan else None
    plans.clock.move_to(START)
    plans.jobs.run_for(60)
    caller.may(
        {
            "Action": ["sagemaker:CreateTrainingJob", "sagemaker:UpdateTrainingJob"],
            "Condition": {"NumericLessThanIfExists": {"sagemaker:KeepAlivePeriod": "1800"}},
        }
    )

    def create(name, **resources):
        request = job_request(name, plan, resources=resources)
        return caller.is_allowed("create_training_job", **request)

    assert create("without")
    assert create("short", KeepAlivePeriodInSeconds=1799)
    assert not create("long", KeepAlivePeriodInSeconds=1800)
    if on_plan:
        plans.clock.tick(61)
        for period, allowed in ((1800, False), (1000, True)):
            assert (
                caller.is_allowed(
                    "update_training_job",
                    TrainingJobName="short",
                    ResourceConfig={"KeepAlivePeriodInSeconds": period},
                )
                is allowed
            )


# What a job is asked for, and for each key a condition that is true of it and one that is not.
FILES = {
    "FileSystemId": "fs-0123456789abcdef0",
    "FileSystemAccessMode": "ro",
    "FileSystemType": "EFS",
    "DirectoryPath": "/data",
}
JOB = {
    "EnableNetworkIsolation": True,
    "EnableInterContainerTrafficEncryption": False,
    "RemoteDebugConfig": {"EnableRemoteDebug": True},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/output", "KmsKeyId": "key-of-output"},
    "VpcConfig": {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    "InputDataConfig": [{"ChannelName": "a", "DataSource": {"FileSystemDataSource": FILES}}],
    "Tags": [{"Key": "team", "Value": "nlp"}],
    "resources": {"VolumeKmsKeyId": "key-of-volume", "KeepAlivePeriodInSeconds": 900},
}
OF_JOBS = [
    ("sagemaker:InstanceTypes", "ForAllValues:StringLike", "ml.p4d.*", "ml.p5.*"),
    ("sagemaker:KeepAlivePeriod", "NumericEquals", "900", "901"),
    ("sagemaker:MaxRuntimeInSeconds", "NumericLessThanEquals", "3600", "3599"),
    ("sagemaker:VolumeKmsKey", "StringEquals", "key-of-volume", "key-of-output"),
    ("sagemaker:OutputKmsKey", "StringEquals", "key-of-output", "key-of-volume"),
    ("sagemaker:VpcSubnets", "ForAllValues:StringEquals", ["subnet-1", "subnet-2"], "subnet-1"),
    ("sagemaker:VpcSecurityGroupIds", "ForAnyValue:StringEquals", "sg-1", "sg-2"),
    ("sagemaker:NetworkIsolation", "Bool", "true", "false"),
    ("sagemaker:InterContainerTrafficEncryption", "Bool", "false", "true"),
    ("sagemaker:EnableRemoteDebug", "Bool", "true", "false"),
    ("sagemaker:FileSystemId", "StringEquals", "fs-0123456789abcdef0", "fs-1"),
    ("sagemaker:FileSystemAccessMode", "StringEquals", "ro", "rw"),
    ("sagemaker:FileSystemType", "StringEquals", "EFS", "FSxLustre"),
    ("sagemaker:FileSystemDirectoryPath", "StringLike", "/dat*", "/home*"),
    ("aws:RequestTag/team", "StringEquals", "nlp", "vision"),
    ("aws:TagKeys", "ForAllValues:StringEquals", ["team", "cost"], ["cost"]),
    ("aws:username", "StringEquals", "user", "other"),
    ("aws:PrincipalType", "StringEquals", "User", "AssumedRole"),
    ("aws:CurrentTime", "DateLessThan", "2025-02-01T00:00:00Z", "2025-01-01T00:00:00Z"),
    ("aws:EpochTime", "NumericGreaterThan", "1735689600", "1738368000"),
]


@pytest.mark.rule("IAM-04")
def test_each_key_of_a_job_is_set_from_its_request(buy, caller):
    plan = buy(InstanceCount=64)
    allowed = {}
    for number, (key, operator, *values) in enumerate(OF_JOBS):
        for holding, value in zip((True, False), values, strict=True):
            caller.may(
                {"Action": "sagemaker:CreateTrainingJob", "Condition": {operator: {key: value}}}
            )
            request = job_request(f"job-{number}-{holding}", plan, **json.loads(json.dumps(JOB)))
            allowed[key, holding] = caller.is_allowed("create_training_job", **request)
    assert allowed == {(key, holding): holding for key, *_ in OF_JOBS for holding in (True, False)}


@pytest.mark.rule("IAM-04")
def test_the_keys_of_clusters_endpoints_and_apps_are_set_too(reserve, caller, sagemaker):
    plan = reserve()
    network = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    groups = [group("group", plan, OverrideVpcConfig=network), group("other")]
    sagemaker.create_model(ModelName="model", PrimaryContainer={"Image": "image"})
    variant = {
        "VariantName": "main",
        "ModelName": "model",
        "InstanceType": "ml.p4d.24xlarge",
        "InitialInstanceCount": 1,
    }
    app = {"DomainId": "d-1", "UserProfileName": "ann", "AppType": "JupyterLab"}
    requests = {
        "CreateCluster": {"InstanceGroups": groups},
        "CreateEndpointConfig": {"ProductionVariants": [variant], "KmsKeyId": "key"},
        "CreateApp": {**app, "ResourceSpec": {"InstanceType": "ml.t3.medium"}},
    }
    names = {
        "CreateCluster": "ClusterName",
        "CreateEndpointConfig": "EndpointConfigName",
        "CreateApp": "AppName",
    }
    arn = "arn:aws:sagemaker:us-west-2:123456789012:"
    conditions = [
        ("CreateCluster", "InstanceTypes", "ml.p4d.24xlarge", "ml.p5.48xlarge"),
        ("CreateCluster", "VpcSubnets", "subnet-1", "subnet-2"),
        ("CreateCluster", "VpcSecurityGroupIds", "sg-1", "sg-2"),
        ("CreateEndpointConfig", "InstanceTypes", "ml.p4d.24xlarge", "ml.g5.xlarge"),
        ("CreateEndpointConfig", "VolumeKmsKey", "key", "other"),
        ("CreateEndpointConfig", "ModelArn", f"{arn}model/model", f"{arn}model/other"),
        ("CreateApp", "InstanceTypes", "ml.t3.medium", "ml.p4d.24xlarge"),
        ("CreateApp", "OwnerUserProfileArn", f"{arn}user-profile/d-1/ann", f"{arn}*"),
    ]
    allowed = {}
    for number, (operation, key, *values) in enumerate(conditions):
        for holding, value in zip((True, False), values, strict=True):
            condition = {"StringEquals": {f"sagemaker:{key}": value}}
            caller.may({"Action": f"sagemaker:{operation}", "Condition": condition})
            method = {"CreateCluster": "create_cluster", "CreateApp": "create_app"}.get(
                operation, "create_endpoint_config"
            )
            name = {names[operation]: f"name-{number}"}
            members = {**name, **requests[operation]}
            allowed[operation, key, holding] = caller.is_allowed(method, **members)
    assert allowed == {
        (operation, key, holding): holding
        for operation, key, *_ in conditions
        for holding in (True, False)
    }


@pytest.mark.rule("IAM-04")
def test_a_policy_can_forbid_all_instance_types_but_one(buy, caller):
    """A denial of what is not of the list, with a plan and without, groups included."""
    plan = buy()
    caller.may(
        {"Action": "sagemaker:*"},
        {
            "Effect": "Deny",
            "Action": "sagemaker:CreateTrainingJob",
            "Resource": ANY_JOB,
            "Condition": {
                "ForAnyValue:StringNotLike": {"sagemaker:InstanceTypes": ["ml.p4d.*"]},
            },
        },
    )
    assert caller.is_allowed("create_training_job", **job_request("on-plan", plan))
    assert caller.is_allowed("create_training_job", **job_request("without", None))
    other = job_request("other", None, resources={"InstanceType": "ml.m5.large"})
    assert not caller.is_allowed("create_training_job", **other)
    mixed = [
        {"InstanceGroupName": name, "InstanceType": f"ml.{kind}", "InstanceCount": 1}
        for name, kind in (("one", "p4d.24xlarge"), ("two", "m5.large"))
    ]
    resources = {"InstanceType": None, "InstanceCount": None, "InstanceGroups": mixed}
    groups = job_request("groups", None, resources=resources)
    assert not caller.is_allowed("create_training_job", **groups)


@pytest.mark.rule("IAM-04")
def test_the_tags_of_a_resource_are_keys_whoever_keeps_it(buy, caller, sagemaker):
    tags = [{"Key": "team", "Value": "nlp"}]
    plan = buy(Tags=tags)
    sagemaker.create_training_job(**job_request("on-plan", plan, Tags=tags))
    sagemaker.create_training_job(**job_request("of-moto", None, Tags=tags))
    calls = (
        ("describe_training_plan", {"TrainingPlanName": "plan"}),
        ("describe_training_job", {"TrainingJobName": "on-plan"}),
        ("describe_training_job", {"TrainingJobName": "of-moto"}),
    )
    for key in ("aws:ResourceTag/team", "sagemaker:ResourceTag/team"):
        for team in ("nlp", "vision"):
            caller.may(
                {"Action": "sagemaker:Describe*", "Condition": {"StringEquals": {key: team}}}
            )
            assert [caller.is_allowed(name, **members) for name, members in calls] == [
                team == "nlp"
            ] * 3
