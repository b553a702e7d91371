r"""The buyer's role lacks one of the three permissions that a purchase needs.

caught: is not authorized to perform: sagemaker:CreateReservedCapacity on resource
"""

import json

import boto3
from moto.core import set_initial_no_auth_action_count

ACTIONS = ["CreateTrainingPlan", "AddTags"]
# right: ACTIONS = ["CreateTrainingPlan", "AddTags", "CreateReservedCapacity"]


def test_the_role_may_buy(training_plans, find):
    iam = boto3.client("iam")
    statement = {"Effect": "Allow", "Action": [f"sagemaker:{a}" for a in ACTIONS], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_user(UserName="buyer")
    iam.put_user_policy(UserName="buyer", PolicyName="buy", PolicyDocument=policy)
    key = iam.create_access_key(UserName="buyer")["AccessKey"]
    offering = find()[-1]["TrainingPlanOfferingId"]
    buyer = boto3.client(
        "sagemaker",
        region_name="us-west-2",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    with_authorization = set_initial_no_auth_action_count(0)(buyer.create_training_plan)
    assert with_authorization(TrainingPlanName="plan", TrainingPlanOfferingId=offering)
