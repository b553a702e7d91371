"""What of moto's own is in a saved state."""

from __future__ import annotations

import json

import boto3
import pytest
import requests
from moto.core.authorization import enable_iam_authentication

from tests.support.clusters import group
from tests.support.rich_story import KEYS, buy, template

pytestmark = pytest.mark.in_process("asks moto's own API, and switches authorization on")
TO_BUY = ("CreateTrainingPlan", "CreateReservedCapacity", "AddTags")
API = "http://motoapi.amazonaws.com/moto-api"


def policy(*actions):
    """A policy that allows actions."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def reload(plans, tmp_path):
    """Saves the simulation, does something, and loads what was saved; gives the saved content."""

    def run(meanwhile=plans.reset):
        plans.save(tmp_path / "state.json")
        meanwhile()
        plans.load(tmp_path / "state.json")
        return json.loads((tmp_path / "state.json").read_text())

    return run


def test_keys_that_were_given_out_are_good_for_the_same(client, reload):
    iam = client("iam")
    role = iam.create_role(RoleName="lister", AssumeRolePolicyDocument=policy("sts:AssumeRole"))
    iam.put_role_policy(
        RoleName="lister", PolicyName="lists", PolicyDocument=policy("sagemaker:List*")
    )
    arn = role["Role"]["Arn"]
    given = client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    keys = dict(zip(KEYS, (given[name] for name in names), strict=True))
    reload()
    lister = boto3.client("sagemaker", "us-west-2", **keys)
    with enable_iam_authentication():
        assert lister.list_training_plans()["TrainingPlanSummaries"] == []
        with pytest.raises(lister.exceptions.ClientError, match="CreateTrainingPlan"):
            lister.create_training_plan(
                TrainingPlanName="plan", TrainingPlanOfferingId=f"tpo-{'0' * 64}"
            )


def test_what_was_done_with_authorization_is_done_again_without_asking(client, sagemaker, reload):
    iam, actions = client("iam"), ("SearchTrainingPlanOfferings", *TO_BUY)
    iam.create_user(UserName="buyer")
    given = iam.create_access_key(UserName="buyer")["AccessKey"]
    keys = dict(zip(KEYS, (given["AccessKeyId"], given["SecretAccessKey"]), strict=False))
    iam.put_user_policy(
        UserName="buyer",
        PolicyName="buys",
        PolicyDocument=policy(*(f"sagemaker:{each}" for each in actions)),
    )
    with enable_iam_authentication():
        buy(boto3.client("sagemaker", "us-west-2", **keys), "plan", "training-job", 1, 24)
    reload()
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Scheduled"
    # Who may not make the service-linked role has made none the second time either.
    assert iam.list_roles()["Roles"] == []


def test_a_template_that_was_in_s3_is_in_the_state(plans, client, sagemaker, reload):
    plan = buy(sagemaker, "plan", "hyperpod-cluster", 2, 48)
    plans.clock.tick(3600)
    s3 = client("s3")
    s3.create_bucket(
        Bucket="templates", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    s3.put_object(Bucket="templates", Key="t.json", Body=template(plan).encode())
    client("cloudformation").create_stack(
        StackName="stack", TemplateURL="https://templates.s3.amazonaws.com/t.json"
    )
    described = sagemaker.describe_cluster(ClusterName="stacked")

    def lose_it():
        s3.delete_object(Bucket="templates", Key="t.json")

    reload(lose_it)
    again = sagemaker.describe_cluster(ClusterName="stacked")
    assert (again["ClusterArn"], again["VpcConfig"]) == (
        described["ClusterArn"],
        described["VpcConfig"],
    )


def test_a_stack_that_calls_functions_is_in_no_state(client, reload):
    resources = {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "topic"}},
        "Unused": {
            "Type": "Custom::Thing",
            "Condition": "Never",
            "Properties": {"ServiceToken": "arn:aws:lambda:us-west-2:123456789012:function:f"},
        },
    }
    body = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}, "Resources": resources}
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName="calling", TemplateBody=json.dumps(body))
    cloudformation.delete_stack(StackName="calling")
    entries = reload()["chapters"][-1]["entries"]
    assert [each for each in entries if each["service"] == "cloudformation"] == []


def test_what_invocations_will_answer_is_in_the_state(client, reload):
    results = [{"Body": each, "ContentType": "text/plain"} for each in ("first", "second")]
    answers = {"results": results, "region": "us-west-2"}
    url = f"{API}/static/sagemaker/endpoint-results"
    assert requests.post(url, json=answers, timeout=10).status_code == 201
    runtime = client("sagemaker-runtime")

    def ask(body):
        return runtime.invoke_endpoint(EndpointName="any", Body=body)["Body"].read()

    assert ask("a") == b"first"
    reload(lambda: ask("b"))
    assert [ask("a"), ask("b")] == [b"first", b"second"]


def test_ids_go_on_as_motos_seed_has_it(client, clusters, reload):
    assert requests.post(f"{API}/seed?a=42", timeout=10).status_code == 200

    def ids(name):
        vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        return vpc, clusters.create(name, group("workers", None, 1))

    first, then = ids("first"), []
    reload(lambda: then.append(ids("then")))
    assert [ids("then")] == then
    assert first[0] not in then[0]
    assert clusters.describe("first")["ClusterArn"] == first[1]
