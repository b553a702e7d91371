"""Lists of clusters: by plan, name and time, in pages."""

from __future__ import annotations

import pytest

from tests.support.clusters import HOUR, MINUTE, group


@pytest.mark.rule("CLUSTER-06")
def test_clusters_are_listed_by_plan_name_and_time(plans, clusters, reserve, sagemaker):
    plans.clock.move_to("2025-01-21T19:10:00Z")  # older clients send whole seconds
    plan, other = reserve(), reserve("other")
    clusters.create("b", group("workers", plan), group("more", other), group("third", plan))
    plans.clock.tick(HOUR)
    created = plans.clock.now()
    clusters.create("a", group("workers"))
    clusters.create("c2", group("workers", other))

    def names(**asked):
        summaries = sagemaker.list_clusters(**asked)["ClusterSummaries"]
        return [each["ClusterName"] for each in summaries]

    assert names() == ["b", "a", "c2"]
    assert names(SortBy="NAME", SortOrder="Descending") == ["c2", "b", "a"]
    assert names(SortOrder="Descending") == ["c2", "a", "b"]
    assert names(TrainingPlanArn=other) == ["b", "c2"]
    assert names(TrainingPlanArn=plan.replace("/plan", "/none")) == []
    assert names(NameContains="c") == ["c2"]
    assert names(CreationTimeAfter=created - MINUTE) == ["a", "c2"]
    assert names(CreationTimeAfter=created) == []
    assert names(CreationTimeBefore=created) == ["b"]
    assert names(CreationTimeBefore=created, CreationTimeAfter=created - HOUR) == []
    first = sagemaker.list_clusters()["ClusterSummaries"][0]
    assert first["TrainingPlanArns"] == [plan, other]
    assert "TrainingPlanArns" not in sagemaker.list_clusters()["ClusterSummaries"][1]


@pytest.mark.rule("CLUSTER-06", "CLIENT-02")
def test_pages_of_clusters_are_filtered_before_they_are_cut(clusters, reserve, sagemaker):
    plan = reserve()
    for number in range(7):
        clusters.create(f"c{number}", group("workers", plan if number % 2 else None))
    asked = {"TrainingPlanArn": plan, "MaxResults": 2}
    page = sagemaker.list_clusters(**asked)
    rest = sagemaker.list_clusters(**asked, NextToken=page["NextToken"])
    assert [each["ClusterName"] for each in page["ClusterSummaries"]] == ["c1", "c3"]
    assert [each["ClusterName"] for each in rest["ClusterSummaries"]] == ["c5"]
    assert "NextToken" not in rest


@pytest.mark.rule("JOB-16")
def test_a_part_of_a_name_is_looked_for_among_as_many_clusters_as_a_page_has(
    clusters, reserve, sagemaker
):
    plan = reserve()
    for name in ("a1", "b1", "a2", "b2", "b3"):
        clusters.create(name, group("workers", plan))
    clusters.create("b4", group("workers"))

    def pages(**asked):
        answers, token = [], {}
        while not answers or token:
            answer = sagemaker.list_clusters(**asked, **token)
            answers.append([each["ClusterName"] for each in answer["ClusterSummaries"]])
            token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}
        return answers

    assert pages(NameContains="a", MaxResults=2) == [["a1"], ["a2"], []]
    # Other filters apply first, and without MaxResults so does this one.
    assert pages(NameContains="b", MaxResults=4, TrainingPlanArn=plan) == [["b1", "b2"], ["b3"]]
    assert pages(NameContains="b", MaxResults=2, SortBy="NAME", SortOrder="Descending") == [
        ["b4", "b3"],
        ["b2", "b1"],
        [],
    ]
    assert pages(NameContains="b") == [["b1", "b2", "b3", "b4"]]
