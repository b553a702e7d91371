"""The utilization of plans in CloudWatch."""

from __future__ import annotations

import json
import tracemalloc
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

from tests.support.clusters import group
from tests.support.jobs import DAY, HOUR, MINUTE, START

NAMESPACE = "aws/sagemaker/CapacityReservations"
ROLE = "AWSServiceRoleForSageMakerCapacityReservation"
MEASURES = (
    "UsedInstanceCount",
    "AvailableInstanceCount",
    "TotalInstanceCount",
    "InstanceUtilization",
)


def dimensions(plan="plan", zone="us-west-2a", component="Training Job", **others):
    values = {
        "ReservationName": plan,
        "ComponentType": component,
        "AvailabilityZone": zone,
        "InstanceType": "ml.p4d.24xlarge",
        "ReservationType": "TrainingPlan",
        **others,
    }
    return [{"Name": name, "Value": value} for name, value in values.items()]


@pytest.fixture
def cloudwatch(client):
    return client("cloudwatch")


@pytest.fixture
def points(cloudwatch):
    """The values of a metric, period by period, from the oldest on."""

    def run(name, start, end, *, period=HOUR, stat="Average", which=None):
        answer = cloudwatch.get_metric_statistics(
            Namespace=NAMESPACE,
            MetricName=name,
            Dimensions=which or dimensions(),
            StartTime=start,
            EndTime=end,
            Period=int(period.total_seconds()),
            Statistics=[stat],
        )
        found = sorted(answer["Datapoints"], key=lambda each: each["Timestamp"])
        return [(each["Timestamp"] - start, each[stat]) for each in found]

    return run


@pytest.mark.rule("MONITOR-01")
def test_every_metric_is_listed_with_its_dimensions_once_its_plan_has_started(
    plans, buy, cloudwatch
):
    buy()
    assert cloudwatch.list_metrics(Namespace=NAMESPACE)["Metrics"] == []
    plans.clock.move_to(START)
    listed = cloudwatch.list_metrics(Namespace=NAMESPACE)["Metrics"]
    assert [each["MetricName"] for each in listed] == list(MEASURES)
    assert all(each["Dimensions"] == dimensions() for each in listed)
    of_a_plan = cloudwatch.list_metrics(
        Namespace=NAMESPACE, Dimensions=[{"Name": "ReservationName", "Value": "other"}]
    )
    assert of_a_plan["Metrics"] == []


@pytest.mark.rule("MONITOR-01")
def test_there_is_a_point_a_minute_from_the_start_to_now_and_no_further(plans, buy, points):
    buy()
    plans.clock.move_to(START + 10 * MINUTE + timedelta(seconds=30))
    found = points("TotalInstanceCount", START - HOUR, START + HOUR, period=MINUTE)
    assert found == [(HOUR + each * MINUTE, 1) for each in range(11)]
    assert points("TotalInstanceCount", START, START + DAY, stat="SampleCount") == [
        (timedelta(0), 11)
    ]


@pytest.mark.rule("MONITOR-01")
def test_what_jobs_hold_is_used_and_what_is_free_available_until_the_cut_off(
    plans, buy, jobs, points
):
    plan = buy(InstanceCount=4)
    plans.jobs.run_for(HOUR)
    jobs.create("three", plan, 3)
    plans.clock.move_to(START + DAY + HOUR)
    start, end = START, START + DAY + HOUR
    used = dict(points("UsedInstanceCount", start, end))
    assert used[timedelta(0)] == 3
    assert used[HOUR] == 0
    assert dict(points("InstanceUtilization", start, end))[timedelta(0)] == 75
    available = dict(points("AvailableInstanceCount", start, end))
    assert available[timedelta(0)] == 1
    assert available[HOUR] == 4
    # Half of the last hour is after the cut-off.
    assert available[23 * HOUR] == 2
    assert max(used) == max(available) == 23 * HOUR
    half = points("UsedInstanceCount", start + 30 * MINUTE, end, stat="Maximum")
    assert half[0] == (timedelta(0), 3)


@pytest.mark.rule("MONITOR-01")
def test_a_metric_is_one_of_all_its_dimensions_and_of_its_unit(plans, buy, cloudwatch, points):
    buy()
    plans.clock.move_to(START + HOUR)
    fewer = dimensions()[:1]
    assert points("TotalInstanceCount", START, START + HOUR, which=fewer) == []
    asked = {
        "Namespace": NAMESPACE,
        "MetricName": "InstanceUtilization",
        "Dimensions": dimensions(),
        "StartTime": START,
        "EndTime": START + HOUR,
        "Period": 3600,
        "Statistics": ["Average"],
    }
    (point,) = cloudwatch.get_metric_statistics(**asked, Unit="Percent")["Datapoints"]
    assert point["Unit"] == "Percent"
    assert cloudwatch.get_metric_statistics(**asked, Unit="Count")["Datapoints"] == []


@pytest.mark.rule("MONITOR-01")
def test_clusters_have_a_component_of_their_own(plans, reserve, clusters, points):
    plan = reserve(count=4)
    clusters.create("cluster", group("workers", plan, 3))
    plans.clock.move_to(START + HOUR)
    cluster = dimensions(component="HyperPod Cluster")
    assert points("UsedInstanceCount", START, START + HOUR, which=cluster) == [(timedelta(0), 3)]


@pytest.mark.rule("MONITOR-01")
def test_metric_data_answers_beside_other_metrics_and_in_expressions(plans, buy, cloudwatch):
    buy()
    plans.clock.move_to(START + 2 * HOUR)
    cloudwatch.put_metric_data(
        Namespace="own",
        MetricData=[{"MetricName": "loss", "Value": 7, "Timestamp": START + HOUR}],
    )

    def query(id_, namespace, name, which, **more):
        metric = {"Namespace": namespace, "MetricName": name, "Dimensions": which}
        return {"Id": id_, "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"}, **more}

    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            query("total", NAMESPACE, "TotalInstanceCount", dimensions(), ReturnData=False),
            query("loss", "own", "loss", []),
            {"Id": "same", "Expression": "total"},
        ],
        StartTime=START,
        EndTime=START + 2 * HOUR,
        ScanBy="TimestampAscending",
    )["MetricDataResults"]
    assert [(each["Id"], each["Values"]) for each in answer] == [
        ("loss", [7]),
        ("same", [60, 60]),
    ]


@pytest.mark.rule("MONITOR-01")
def test_an_alarm_on_an_idle_plan_follows_the_clock(plans, buy, jobs, cloudwatch):
    plan = buy()
    plans.jobs.run_for(3 * HOUR)
    cloudwatch.put_metric_alarm(
        AlarmName="idle",
        Namespace=NAMESPACE,
        MetricName="InstanceUtilization",
        Dimensions=dimensions(),
        Period=3600,
        EvaluationPeriods=2,
        Statistic="Average",
        Threshold=50,
        ComparisonOperator="LessThanThreshold",
    )

    def state():
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=["idle"])["MetricAlarms"]
        return alarm["StateValue"]

    assert state() == "INSUFFICIENT_DATA"
    jobs.create("job", plan)
    plans.clock.move_to(START + 3 * HOUR)
    assert state() == "OK"
    plans.clock.tick(2 * HOUR)  # one whole hour without a job, where two are asked for
    assert state() == "OK"
    plans.clock.tick(HOUR)
    assert state() == "ALARM"


@pytest.mark.rule("MONITOR-01")
@pytest.mark.parametrize(
    "changed", [{"Dimensions": dimensions()[:1]}, {"Dimensions": []}, {"Unit": "Seconds"}], ids=str
)
def test_an_alarm_on_what_is_no_metric_of_a_plan_has_no_data(plans, buy, cloudwatch, changed):
    buy()
    plans.clock.move_to(START + 3 * HOUR)
    alarm = {
        "AlarmName": "idle",
        "Namespace": NAMESPACE,
        "MetricName": "UsedInstanceCount",
        "Dimensions": dimensions(),
        "Unit": "Count",
        "Period": 3600,
        "EvaluationPeriods": 2,
        "Statistic": "Average",
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
    }

    def state(**members):
        cloudwatch.put_metric_alarm(**members)
        return cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"]

    assert state(**alarm | changed) == "INSUFFICIENT_DATA"
    assert state(**alarm) == "ALARM"


@pytest.mark.rule("MONITOR-01")
def test_the_first_purchase_makes_the_role_from_which_on_there_are_metrics(plans, buy, client):
    iam = client("iam")
    assert ROLE not in {each["RoleName"] for each in iam.list_roles()["Roles"]}
    buy()
    role = iam.get_role(RoleName=ROLE)["Role"]
    assert role["Path"] == "/aws-service-role/capacityreservation.sagemaker.amazonaws.com/"
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"] == [
        "capacityreservation.sagemaker.amazonaws.com"
    ]
    plans.clock.tick(HOUR)
    buy("second")
    assert len([each for each in iam.list_roles()["Roles"] if each["RoleName"] == ROLE]) == 1


@pytest.mark.rule("MONITOR-01")
def test_who_may_not_make_the_role_buys_without_metrics(plans, search, client, cloudwatch):
    iam = client("iam")
    offering = search()[-1]["TrainingPlanOfferingId"]
    iam.create_user(UserName="buyer")
    iam.put_user_policy(
        UserName="buyer",
        PolicyName="buys",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*"}],
            }
        ),
    )
    key = iam.create_access_key(UserName="buyer")["AccessKey"]
    buyer = client(
        "sagemaker",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    buy = set_initial_no_auth_action_count(0)(buyer.create_training_plan)
    buy(TrainingPlanName="plan", TrainingPlanOfferingId=offering)
    plans.clock.move_to(START + HOUR)
    assert ROLE not in {each["RoleName"] for each in iam.list_roles()["Roles"]}
    assert cloudwatch.list_metrics(Namespace=NAMESPACE)["Metrics"] == []


@pytest.mark.rule("MONITOR-01")
def test_more_points_than_cloudwatch_gives_at_once_are_refused(plans, buy, points):
    buy()
    plans.clock.move_to(START + HOUR)
    with pytest.raises(ClientError, match=r"requested up to 1,500 datapoints.*limit of 1,440"):
        points("TotalInstanceCount", START, START + 25 * HOUR, period=MINUTE)
    with pytest.raises(ClientError, match="Period must be a multiple of 60"):
        points("TotalInstanceCount", START, START + HOUR, period=MINUTE / 2)


@pytest.mark.rule("MONITOR-01")
def test_a_statistic_that_is_not_computed_is_refused(plans, buy, cloudwatch):
    buy()
    plans.clock.move_to(START + HOUR)
    metric = {
        "Namespace": NAMESPACE,
        "MetricName": "UsedInstanceCount",
        "Dimensions": dimensions(),
    }
    with pytest.raises(ClientError, match=r"Stat must be one of Average, Sum.*not p99"):
        cloudwatch.get_metric_data(
            MetricDataQueries=[
                {"Id": "p", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "p99"}}
            ],
            StartTime=START,
            EndTime=START + HOUR,
        )


@pytest.mark.rule("MONITOR-01")
@pytest.mark.in_process("measures this process")
def test_half_a_year_of_minutes_costs_no_memory(plans, buy, points):
    buy(DurationHours=182 * 24)
    plans.clock.tick(180 * DAY)
    tracemalloc.start()
    try:
        found = points("TotalInstanceCount", START, START + 180 * DAY, period=DAY, stat="Sum")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found[1] == (DAY, 24 * 60)
    assert len(found) > 170
    assert peak < 20_000_000
