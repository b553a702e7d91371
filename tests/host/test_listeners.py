"""What listens to a simulation from outside can fail without hurting it."""

from __future__ import annotations

import logging

import pytest

from tests.support.jobs import DAY, HOUR

GROUP = "/aws/sagemaker/TrainingJobs"


@pytest.mark.rule("CLIENT-04")
def test_logs_that_cannot_be_delivered_are_lost_and_all_else_goes_on(
    plans, client, buy, jobs, caplog
):
    logs, firehose = client("logs"), client("firehose")
    client("s3").create_bucket(
        Bucket="lost", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    stream = firehose.create_delivery_stream(
        DeliveryStreamName="stream",
        S3DestinationConfiguration={
            "RoleARN": "arn:aws:iam::123456789012:role/role",
            "BucketARN": "arn:aws:s3:::lost",
        },
    )["DeliveryStreamARN"]
    logs.create_log_group(logGroupName=GROUP)
    logs.put_subscription_filter(
        logGroupName=GROUP, filterName="all", filterPattern="", destinationArn=stream
    )
    firehose.delete_delivery_stream(DeliveryStreamName="stream")
    plan = buy()
    first, second = jobs.create("first", plan), jobs.create("second", plan)
    with caplog.at_level(logging.ERROR, "moto_trainingplans"):
        plans.clock.tick(DAY)
        plans.clock.tick(HOUR)
    assert jobs.states("first", "second") == ["Completed", "Completed"]
    if caplog.records:  # against a server they are in its own log
        told = {record.getMessage() for record in caplog.records}
        assert told == {f"CloudWatch Logs failed for {arn}" for arn in (first, second)}
