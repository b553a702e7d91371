"""Search finds jobs on plans and jobs without one; tags of what is not there."""

from __future__ import annotations

import pytest
from botocore.config import Config

from tests.support.jobs import HOUR, MINUTE, ROLE, START, job_request

TAGS = [{"Key": "team", "Value": "research"}]


@pytest.fixture
def found(plans, jobs, buy, sagemaker):
    """Jobs a (plan, with tags), b (plan, waits) and c (none), a minute apart; searches for them."""
    plan = buy()
    jobs.create(
        "a",
        plan,
        Tags=TAGS,
        HyperParameters={"rate": "0.10", "name": "adam"},
        EnableNetworkIsolation=True,
        InputDataConfig=[
            {
                "ChannelName": name,
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
            }
            for name, uri in (("train", "s3://one/data"), ("test", "s3://two/data"))
        ],
    )
    plans.clock.move_to(START + MINUTE)
    jobs.create("b", plan, resources={"VolumeSizeInGB": 50})
    plans.clock.tick(MINUTE)
    jobs.create("c", None, HyperParameters={"rate": "2"}, Tags=[{"Key": "team", "Value": "ops"}])

    def run(*filters, **members):
        expression = {"Filters": [filter_of(*each) for each in filters]} if filters else {}
        if expression:
            members = {"SearchExpression": expression, **members}
        answer = sagemaker.search(Resource="TrainingJob", **members)
        return [each["TrainingJob"]["TrainingJobName"] for each in answer["Results"]]

    return run


def filter_of(name, operator, value=None):
    return {"Name": name, "Operator": operator, **({} if value is None else {"Value": value})}


TIME = "2025-01-22T11:31:00"


@pytest.mark.rule("JOB-17")
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("TrainingJobName", "Equals", "b"), "b"),
        (("TrainingJobName", "NotEquals", "b"), "ac"),
        (("TrainingJobName", "In", "a, c,d"), "ac"),
        (("TrainingJobStatus", "Equals", "InProgress"), "ab"),
        (("SecondaryStatus", "Contains", "Pend"), "b"),
        (("CreationTime", "GreaterThan", TIME), "c"),
        (("CreationTime", "GreaterThanOrEqualTo", TIME), "bc"),
        (("CreationTime", "LessThan", TIME), "a"),
        (("CreationTime", "LessThanOrEqualTo", TIME), "ab"),
        (("CreationTime", "Equals", TIME), "b"),
        (("ResourceConfig.VolumeSizeInGB", "GreaterThan", "30"), "b"),
        (("EnableNetworkIsolation", "Equals", "true"), "a"),
        (("HyperParameters.rate", "LessThan", "0.5"), "a"),
        (("HyperParameters.rate", "Equals", "0.1"), "a"),
        (("HyperParameters.name", "Equals", "adam"), "a"),
        (("Metrics.train:progress", "GreaterThan", "99"), "c"),
        (("Tags.team", "Equals", "research"), "a"),
        (("Tags.team", "Exists"), "ac"),
        (("Tags.team", "NotExists"), "b"),
        (("InputDataConfig.ChannelName", "Equals", "test"), "a"),
        (("TrainingStartTime", "Exists"), "ac"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else part,
)
def test_jobs_are_found_by_each_operator(found, condition, expected):
    assert sorted(found(condition)) == list(expected)


@pytest.mark.rule("JOB-17")
def test_conditions_are_combined(found, sagemaker):
    assert found(("Tags.team", "Exists"), ("TrainingJobStatus", "Equals", "InProgress")) == ["a"]

    def run(**expression):
        answer = sagemaker.search(Resource="TrainingJob", SearchExpression=expression)
        return sorted(each["TrainingJob"]["TrainingJobName"] for each in answer["Results"])

    named = [filter_of("TrainingJobName", "Equals", name) for name in "ab"]
    assert run(Filters=named) == []
    assert run(Filters=named, Operator="Or") == ["a", "b"]
    either = {"Filters": named, "Operator": "Or"}
    assert run(SubExpressions=[either], Filters=[filter_of("Tags.team", "NotExists")]) == ["b"]
    # One channel must satisfy all of them.
    for uri, expected in (("s3://one/data", ["a"]), ("s3://two/data", [])):
        nested = {
            "NestedPropertyName": "InputDataConfig",
            "Filters": [
                filter_of("InputDataConfig.ChannelName", "Equals", "train"),
                filter_of("InputDataConfig.DataSource.S3DataSource.S3Uri", "Equals", uri),
            ],
        }
        assert run(NestedFilters=[nested]) == expected
    without_operator = {"Name": "TrainingJobName", "Value": "c"}
    assert run(Filters=[without_operator]) == ["c"]


@pytest.mark.rule("JOB-17")
def test_what_is_found_is_sorted_paged_and_counted(found, sagemaker, plans):
    plans.clock.tick(2 * HOUR)  # a has ended, and b last of all
    assert found() == ["b", "a", "c"]
    assert found(SortOrder="Ascending") == ["c", "a", "b"]
    assert found(SortBy="TrainingJobName", SortOrder="Ascending") == ["a", "b", "c"]
    assert found(SortBy="ResourceConfig.VolumeSizeInGB") == ["b", "c", "a"]
    pages = []
    members = {"Resource": "TrainingJob", "SortBy": "CreationTime", "MaxResults": 2}
    while not pages or "NextToken" in pages[-1]:
        token = {"NextToken": pages[-1]["NextToken"]} if pages else {}
        pages.append(sagemaker.search(**members, **token))
    assert [
        [each["TrainingJob"]["TrainingJobName"] for each in page["Results"]] for page in pages
    ] == [["c", "b"], ["a"]]
    assert {page["TotalHits"]["Value"] for page in pages if "TotalHits" in page} <= {3}


@pytest.mark.rule("JOB-17")
def test_what_is_found_is_the_job_as_it_is_described(found, sagemaker, jobs):
    assert found(("TrainingJobName", "Equals", "a")) == ["a"]
    results = sagemaker.search(Resource="TrainingJob")["Results"]
    by_name = {each["TrainingJob"]["TrainingJobName"]: each["TrainingJob"] for each in results}
    described = jobs.describe("a")
    assert by_name["a"].pop("Tags") == TAGS
    assert by_name["a"].items() <= described.items()
    assert by_name["a"]["TrainingJobStatus"] == "InProgress"
    assert by_name["c"]["TrainingJobArn"].endswith("training-job/c")


@pytest.mark.rule("JOB-17")
def test_only_what_is_visible_and_of_the_account_is_found(found):
    visible = [{"Key": "Tags.team", "Value": "research"}]
    # Those with another value are left out, those without the tag are not.
    assert sorted(found(VisibilityConditions=visible)) == ["a", "b"]
    assert found(CrossAccountFilterOption="CrossAccount") == []
    assert len(found(CrossAccountFilterOption="SameAccount")) == 3


@pytest.mark.rule("JOB-17")
@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ([("NoSuchThing", "Equals", "x")], "Unknown property name: NoSuchThing"),
        ([("ResourceConfig", "Exists")], "ResourceConfig has no value of its own"),
        ([("TrainingJobName", "GreaterThan", "a")], "GreaterThan is not supported"),
        ([("CreationTime", "Contains", TIME)], "Contains is not supported"),
        ([("CreationTime", "Equals", "yesterday")], "Value yesterday is invalid"),
        # No calendar has these, once they are in UTC.
        ([("CreationTime", "LessThan", "0001-01-01T00:00:00+14:00")], "is invalid"),
        ([("CreationTime", "GreaterThan", "9999-12-31T23:59:59-14:00")], "is invalid"),
        ([("TrainingTimeInSeconds", "LessThan", "long")], "Value long is invalid"),
        ([("TrainingJobName", "Equals")], "Operator Equals of property TrainingJobName needs"),
        (
            [("TrainingJobName", "Contains", "a"), ("RoleArn", "Contains", "b")],
            "'CONTAINS' operator usage limit of 1 exceeded.",
        ),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_search_that_cannot_be_is_refused(found, refusal, filters, text):
    code, message = refusal(lambda: found(*filters))
    assert (code, text in message) == ("ValidationException", True), message


@pytest.mark.rule("JOB-17")
def test_an_expression_has_at_most_fifty_conditions_and_at_least_one(sagemaker, refusal):
    def run(filters, below):
        one = filter_of("TrainingJobName", "Equals", "a")
        expression = {"SubExpressions": [{"Filters": [one] * filters}] * below}
        return sagemaker.search(Resource="TrainingJob", SearchExpression=expression)

    run(9, 5)
    code, message = refusal(lambda: run(16, 3))
    assert (code, "at most 50" in message) == ("ValidationException", True)
    code, message = refusal(sagemaker.search, Resource="TrainingJob", SearchExpression={})
    assert (code, "at least one" in message) == ("ValidationException", True)


@pytest.mark.rule("JOB-17")
@pytest.mark.parametrize(
    "resource",
    ["training-job/none", "endpoint/none", "hyper-parameter-tuning-job/none", "nothing/none", "x"],
)
def test_tags_of_what_is_not_there_are_refused(sagemaker, refusal, jobs, buy, resource):
    jobs.create("job", buy())
    arn = f"arn:aws:sagemaker:us-west-2:123456789012:{resource}"
    for call, members in (
        (sagemaker.list_tags, {}),
        (sagemaker.add_tags, {"Tags": TAGS}),
        (sagemaker.delete_tags, {"TagKeys": ["team"]}),
    ):
        assert refusal(call, ResourceArn=arn, **members) == (
            "ValidationException",
            "Requested resource not found.",
        )


@pytest.mark.rule("JOB-17", "VALIDATE-01")
@pytest.mark.parametrize(("tag", "missing"), [({"Key": "team"}, "value"), ({"Value": "x"}, "key")])
def test_a_tag_that_is_half_of_one_is_refused_for_jobs_of_moto_too(
    found, client, refusal, tag, missing
):
    unchecked = client("sagemaker", config=Config(parameter_validation=False))
    expected = (
        "ValidationException",
        f"1 validation error detected: Value null at 'tags.1.member.{missing}' failed to satisfy "
        "constraint: Member must not be null",
    )
    assert refusal(unchecked.create_training_job, **job_request("d", None, Tags=[tag])) == expected
    arn = unchecked.describe_training_job(TrainingJobName="c")["TrainingJobArn"]
    assert refusal(unchecked.add_tags, ResourceArn=arn, Tags=[tag]) == expected
    for call, member in ((unchecked.add_tags, "tags"), (unchecked.delete_tags, "tagKeys")):
        assert f"Value null at '{member}'" in refusal(call, ResourceArn=arn)[1]
    assert found(("Tags.team", "Equals", "ops")) == ["c"]


# -- one clock ---------------------------------------------------------------------------------


@pytest.mark.rule("TIME-10")
def test_what_is_listed_together_has_its_times_from_one_clock(plans, jobs, buy, sagemaker, client):
    plan = buy()
    plans.clock.move_to(START)
    jobs.create("on-plan", plan)
    plans.clock.tick(MINUTE)
    jobs.create("without", None, Tags=TAGS)
    plans.clock.tick(MINUTE)
    job = jobs.describe("without")
    assert {
        job[name]
        for name in ("CreationTime", "TrainingStartTime", "TrainingEndTime", "LastModifiedTime")
    } == {START + MINUTE}
    assert {each["StartTime"] for each in job["SecondaryStatusTransitions"]} == {START + MINUTE}
    assert {each["Timestamp"] for each in job["FinalMetricDataList"]} == {START + MINUTE}
    listed = sagemaker.list_training_jobs(SortBy="CreationTime", SortOrder="Descending")
    assert [each["TrainingJobName"] for each in listed["TrainingJobSummaries"]] == [
        "without",
        "on-plan",
    ]
    after = sagemaker.list_training_jobs(CreationTimeAfter=START)["TrainingJobSummaries"]
    assert [each["TrainingJobName"] for each in after] == ["without"]
    sagemaker.create_model(
        ModelName="model", PrimaryContainer={"Image": "image"}, ExecutionRoleArn=ROLE
    )
    sagemaker.create_endpoint_config(
        EndpointConfigName="config",
        ProductionVariants=[
            {
                "VariantName": "variant",
                "ModelName": "model",
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
            }
        ],
    )
    sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    now = START + 2 * MINUTE
    assert sagemaker.describe_endpoint(EndpointName="endpoint")["CreationTime"] == now
    config = sagemaker.describe_endpoint_config(EndpointConfigName="config")
    assert config["CreationTime"] == now
    logs = client("logs")
    (group,) = logs.describe_log_groups()["logGroups"]
    name = group["logGroupName"]
    (stream,) = logs.describe_log_streams(logGroupName=name)["logStreams"]
    (event, *_) = logs.get_log_events(logGroupName=name, logStreamName=stream["logStreamName"])[
        "events"
    ]
    milliseconds = START.timestamp() * 1000
    assert group["creationTime"] == milliseconds
    assert stream["creationTime"] == stream["lastIngestionTime"] == milliseconds
    assert event["timestamp"] == event["ingestionTime"] == milliseconds
