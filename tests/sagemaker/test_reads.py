"""What is only read, and so can be asked of AWS itself too: `pytest --aws`."""

from __future__ import annotations

from datetime import timedelta

import pytest

pytestmark = pytest.mark.aws

NODE = "i-0123456789abcdef0"


@pytest.mark.parametrize(
    ("operation", "members", "refused"),
    [
        pytest.param(
            "describe_training_plan",
            {"TrainingPlanName": "none-such"},
            ("ResourceNotFound", "Training plan none-such was not found."),
            marks=pytest.mark.rule("PLAN-07"),
        ),
        pytest.param(
            "describe_training_job",
            {"TrainingJobName": "none-such"},
            ("ValidationException", "Requested resource not found."),
            marks=pytest.mark.rule("JOB-09"),
        ),
        *(
            pytest.param(
                operation,
                {"ClusterName": "none-such", **members},
                ("ResourceNotFound", "Could not find cluster 'none-such'."),
            )
            for operation, members in (
                ("describe_cluster", {}),
                ("describe_cluster_node", {"NodeId": NODE}),
                ("list_cluster_nodes", {}),
                ("list_cluster_events", {}),
            )
        ),
    ],
)
def test_what_is_not_there_is_told_by_its_name(sagemaker, refusal, operation, members, refused):
    assert refusal(getattr(sagemaker, operation), **members) == refused


@pytest.mark.rule("PLAN-09", "JOB-10")
@pytest.mark.parametrize(
    ("operation", "listed"),
    [
        ("list_training_plans", "TrainingPlanSummaries"),
        ("list_training_jobs", "TrainingJobSummaries"),
        ("list_clusters", "ClusterSummaries"),
    ],
)
def test_a_page_holds_at_most_what_was_asked_for(sagemaker, operation, listed):
    assert len(getattr(sagemaker, operation)(MaxResults=1)[listed]) <= 1


@pytest.mark.rule("VALIDATE-01")
@pytest.mark.parametrize("operation", ["list_training_plans", "list_clusters"])
def test_a_page_of_more_than_a_hundred_cannot_be_asked_for(sagemaker, refusal, operation):
    assert refusal(getattr(sagemaker, operation), MaxResults=101) == (
        "ValidationException",
        "1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 100",
    )


@pytest.mark.rule("SEARCH-05", "SEARCH-07")
def test_offerings_are_at_most_three_that_start_within_56_days_for_at_most_the_days_asked(search):
    offerings = search(DurationHours=48)
    assert len(offerings) <= 3
    for offering in offerings:
        assert offering["TrainingPlanOfferingId"].startswith("tpo-")
        assert float(offering["UpfrontFee"]) > 0
        assert offering["CurrencyCode"] == "USD"
        blocks = offering["ReservedCapacityOfferings"]
        assert 1 <= len(blocks) <= 2
        for block in blocks:
            assert block["InstanceType"] == "ml.p4d.24xlarge"
            assert block["InstanceCount"] == 1
            length = timedelta(
                hours=block["DurationHours"], minutes=block.get("DurationMinutes", 0)
            )
            assert block["EndTime"] - block["StartTime"] == length
