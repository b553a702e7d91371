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


@pytest.mark.rule("CLIENT-07")
def test_a_target_that_is_gone_does_not_disturb_the_caller(clusters, client, received):
    assert received() == []
    queues = client("sqs")
    queues.delete_queue(QueueUrl=queues.get_queue_url(QueueName="queue")["QueueUrl"])
    clusters.create("cluster", group("workers"))
    assert clusters.counts("cluster") == {"workers": (1, 1)}
