"""State changes that reach the targets of EventBridge's rules."""

from __future__ import annotations

import pytest

from tests.support.clusters import START, group


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
