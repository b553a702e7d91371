"""What the tests of several parts of SageMaker share."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def received(client):
    """The events that a rule for SageMaker has brought into a queue since they were last read."""
    queues, events = client("sqs"), client("events")
    url = queues.create_queue(QueueName="queue")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    events.put_rule(Name="rule", EventPattern=json.dumps({"source": ["aws.sagemaker"]}))
    events.put_targets(Rule="rule", Targets=[{"Id": "queue", "Arn": arn}])

    def read():
        found = []
        while messages := queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                found.append(json.loads(message["Body"]))
                queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    return read
