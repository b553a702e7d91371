"""State changes that reach the targets of EventBridge's rules."""

from __future__ import annotations

import json

import pytest

from tests.support.clusters import START, group


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


@pytest.mark.rule("CLUSTER-03")
def test_the_status_of_a_cluster_reaches_event_bridge(plans, clusters, reserve, received):
    plan = reserve()
    arn = clusters.create("cluster", group("workers", plan, 2))
    assert [event["detail"]["ClusterStatus"] for event in received()] == ["Creating", "InService"]
    plans.clock.move_to(START)
    clusters.update("cluster", group("workers", plan, 3))
    updating, in_service = received()
    assert in_service["detail-type"] == "SageMaker HyperPod Cluster State Change"
    assert in_service["resources"] == [arn]
    assert in_service["time"] == "2025-01-22T11:30:00Z"
    assert updating["detail"]["ClusterStatus"] == "Updating"
    detail = in_service["detail"]
    assert (detail["ClusterArn"], detail["ClusterName"]) == (arn, "cluster")
    assert detail["CreationTime"] == 1737486507704
    (workers,) = detail["InstanceGroups"]
    assert (workers["CurrentCount"], workers["TargetCount"]) == (3, 3)
    assert (workers["TrainingPlanArn"], workers["TrainingPlanStatus"]) == (plan, "Active")


@pytest.mark.rule("JOB-02")
def test_the_status_of_a_job_reaches_event_bridge(plans, jobs, buy, received):
    arn = jobs.create("job", buy())
    (created,) = received()
    assert created["detail-type"] == "SageMaker Training Job State Change"
    assert (created["resources"], created["detail"]["TrainingJobStatus"]) == ([arn], "InProgress")
    plans.clock.move_to(START)
    plans.clock.tick(3600)
    assert [
        (event["detail"]["SecondaryStatus"], event["detail"]["TrainingJobStatus"])
        for event in received()
    ] == [
        ("Starting", "InProgress"),
        ("Downloading", "InProgress"),
        ("Training", "InProgress"),
        ("Uploading", "InProgress"),
        ("Completed", "Completed"),
    ]


KEYS = [
    "TrainingJobName",
    "TrainingJobArn",
    "TrainingJobStatus",
    "SecondaryStatus",
    "HyperParameters",
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "VpcConfig",
    "StoppingCondition",
    "CreationTime",
    "LastModifiedTime",
    "SecondaryStatusTransitions",
    "ModelArtifacts",
    "Tags",
]


@pytest.mark.rule("MONITOR-02")
def test_the_event_of_a_job_has_the_documented_keys_and_forms(plans, jobs, buy, received):
    plan = buy()
    tags = [{"Key": "team", "Value": "research"}]
    arn = jobs.create("job", plan, Tags=tags, HyperParameters={"epochs": "3"})
    (created,) = received()
    assert list(created["detail"]) == KEYS
    assert created["source"] == "aws.sagemaker"
    plans.clock.move_to(START)
    plans.jobs.fail("job", "loss is NaN")
    failed = received()[-1]["detail"]
    times = ["TrainingStartTime", "TrainingEndTime"]
    assert set(failed) == {*KEYS, *times, "FailureReason"}
    start = str(int(START.timestamp() * 1000))
    assert {failed[name] for name in (*times, "LastModifiedTime")} == {start}
    assert failed["CreationTime"] == "1737486507704"
    assert failed["FailureReason"] == "AlgorithmError: loss is NaN"
    assert failed["Tags"] == {"team": "research"}
    assert failed["TrainingJobArn"] == arn
    assert failed["HyperParameters"] == {"epochs": "3"}
    assert (failed["InputDataConfig"], failed["VpcConfig"]) == ([], {})
    assert failed["ResourceConfig"]["TrainingPlanArn"] == plan
    last = failed["SecondaryStatusTransitions"][-1]
    assert (last["Status"], last["StartTime"], last["EndTime"]) == ("Failed", start, start)


@pytest.mark.rule("CLIENT-07")
def test_a_target_that_is_gone_does_not_disturb_the_caller(clusters, client, received):
    assert received() == []
    queues = client("sqs")
    queues.delete_queue(QueueUrl=queues.get_queue_url(QueueName="queue")["QueueUrl"])
    clusters.create("cluster", group("workers"))
    assert clusters.counts("cluster") == {"workers": (1, 1)}
