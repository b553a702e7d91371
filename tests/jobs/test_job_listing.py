"""Listing training jobs: filters, order and pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.jobs import HOUR, MINUTE, START

SECOND = timedelta(seconds=1)
WARM = {"KeepAlivePeriodInSeconds": 600}


def names(answer):
    return [each["TrainingJobName"] for each in answer["TrainingJobSummaries"]]


@pytest.fixture
def listed(plans, jobs, buy, sagemaker):
    """Jobs d, b (plan), a (other plan) and c (none), a minute apart; lists them."""
    plan, other = buy(InstanceCount=2), buy("other")
    plans.clock.move_to(START)
    for name, its_plan, warm in (("d", plan, WARM), ("b", plan, {}), ("a", other, WARM)):
        jobs.create(name, its_plan, resources=warm)
        plans.clock.tick(MINUTE)
    jobs.create("c", None)
    plans.clock.tick(HOUR - 2 * MINUTE)

    def run(**members):
        return names(sagemaker.list_training_jobs(**members))

    run.plan, run.other = plan, other
    return run


@pytest.mark.rule("JOB-10", "CLIENT-02")
def test_jobs_are_listed_by_each_filter(listed):
    # d and b have completed, a has not; d has a warm pool.
    on_plans = {"CreationTimeBefore": START + 3 * MINUTE}  # c has no plan
    assert listed() == ["d", "b", "a", "c"]
    for members, expected in (
        ({}, ["d", "b", "a"]),
        ({"CreationTimeAfter": START}, ["b", "a"]),
        ({"CreationTimeBefore": START + MINUTE}, ["d"]),
        ({"LastModifiedTimeAfter": START + HOUR, **on_plans}, ["b"]),
        ({"LastModifiedTimeBefore": START + HOUR}, ["a"]),
        ({"NameContains": "b"}, ["b"]),
        ({"NameContains": "x"}, []),
        ({"StatusEquals": "InProgress"}, ["a"]),
        ({"StatusEquals": "Failed"}, []),
        ({"WarmPoolStatusEquals": "Available"}, ["d"]),
        ({"WarmPoolStatusEquals": "InUse"}, ["a"]),
        ({"WarmPoolStatusEquals": "Reused"}, []),
        ({"TrainingPlanArnEquals": listed.plan}, ["d", "b"]),
        ({"TrainingPlanArnEquals": listed.plan, "MaxResults": 1}, ["d"]),
        ({"TrainingPlanArnEquals": listed.plan + "-unknown"}, []),
    ):
        assert listed(**{**on_plans, **members}) == expected, members


@pytest.mark.rule("JOB-10")
def test_a_list_tells_of_a_job_what_its_description_does(listed, jobs, sagemaker):
    summaries = sagemaker.list_training_jobs(TrainingPlanArnEquals=listed.plan)[
        "TrainingJobSummaries"
    ]
    described = jobs.describe("d")
    in_both = (
        *("TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "SecondaryStatus"),
        *("CreationTime", "TrainingEndTime", "LastModifiedTime", "WarmPoolStatus"),
    )
    assert described["SecondaryStatus"] == "Completed"
    assert summaries[0] == {
        **{name: described[name] for name in in_both},
        "TrainingPlanArn": listed.plan,
    }
    (running,) = sagemaker.list_training_jobs(TrainingPlanArnEquals=listed.other)[
        "TrainingJobSummaries"
    ]
    assert running["SecondaryStatus"] == "Training"
    assert "TrainingEndTime" not in running


@pytest.mark.rule("JOB-10")
def test_jobs_are_sorted_and_paged(listed, sagemaker):
    assert listed(SortOrder="Descending") == ["c", "a", "b", "d"]
    assert listed(SortBy="CreationTime", SortOrder="Ascending") == ["d", "b", "a", "c"]
    assert listed(SortBy="Name") == ["a", "b", "c", "d"]
    assert listed(SortBy="Name", SortOrder="Descending") == ["d", "c", "b", "a"]
    assert listed(SortBy="Status") == ["b", "c", "d", "a"]
    for members in ({"SortBy": "Name"}, {"SortBy": "Status", "SortOrder": "Descending"}, {}):
        pages = sagemaker.get_paginator("list_training_jobs").paginate(
            PaginationConfig={"PageSize": 1}, **members
        )
        assert [names(page) for page in pages if names(page)] == [
            [each] for each in listed(**members)
        ]


@pytest.mark.rule("JOB-10")
def test_a_page_has_a_hundred_jobs_if_it_is_not_told(jobs, buy, sagemaker):
    jobs.create("on-a-plan", buy())
    for number in range(100):
        jobs.create(f"job-{number:03}", None)
    first = sagemaker.list_training_jobs(SortBy="Name")
    assert len(names(first)) == 100
    rest = sagemaker.list_training_jobs(SortBy="Name", NextToken=first["NextToken"])
    assert names(rest) == ["on-a-plan"]
    assert "NextToken" not in rest


@pytest.mark.rule("JOB-10")
def test_a_token_goes_on_after_its_page_though_jobs_are_added(listed, jobs, sagemaker, refusal):
    first = sagemaker.list_training_jobs(SortBy="Name", MaxResults=2)
    jobs.create("aa", None)
    second = {"SortBy": "Name", "MaxResults": 2, "NextToken": first["NextToken"]}
    assert listed(**second) == ["c", "d"]
    assert refusal(listed, **{**second, "SortBy": "Status"}) == (
        "ValidationException",
        "Invalid NextToken.",
    )


@pytest.mark.rule("JOB-16")
def test_a_name_is_looked_for_among_as_many_jobs_as_the_page_can_hold(listed, sagemaker):
    first = sagemaker.list_training_jobs(NameContains="a", MaxResults=2)
    assert names(first) == []
    second = {"NameContains": "a", "MaxResults": 2, "NextToken": first["NextToken"]}
    assert listed(**second) == ["a"]
    assert "NextToken" not in sagemaker.list_training_jobs(**second)
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains="b", PaginationConfig={"PageSize": 1}
    )
    assert [names(page) for page in pages] == [[], ["b"], [], []]
    assert listed(NameContains="a") == ["a"]


@pytest.mark.rule("JOB-10")
def test_a_status_is_looked_for_in_the_page_of_the_newest_jobs(listed, sagemaker):
    before = {"CreationTimeBefore": START + 3 * MINUTE}
    assert listed(StatusEquals="Completed", MaxResults=1, **before) == []
    assert listed(StatusEquals="Completed", MaxResults=2, **before) == ["b"]
    answer = sagemaker.list_training_jobs(StatusEquals="Completed", MaxResults=2, **before)
    assert listed(
        StatusEquals="Completed", MaxResults=2, NextToken=answer["NextToken"], **before
    ) == ["d"]
