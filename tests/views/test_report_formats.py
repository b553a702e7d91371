"""What a plan's report looks like to programs and readers, and what its sums are made of."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from tests.support.jobs import DAY, HOUR, MINUTE, START

COLUMNS = [
    *("plan", "part", "kind", "resource", "name", "group_or_variant"),
    *("instance_hours", "usd", "tags"),
]


@pytest.fixture
def report(plans, buy, jobs):
    """Of a plan of a day: a job has trained ten hours, and waited before that for two."""
    arn = buy()
    plans.jobs.run_for(10 * HOUR)
    plans.clock.move_to(START + 2 * HOUR)
    jobs.create("job", arn, Tags=[{"Key": "team", "Value": "Zürich 7"}])
    plans.clock.move_to(START + DAY)
    return plans.report(arn)


PLAN = "arn:aws:sagemaker:us-west-2:123456789012:training-plan/plan"
JOB = PLAN.replace("training-plan/plan", "training-job/job")


def test_the_csv_has_a_line_for_each_part_of_each_workload(report):
    header, *lines = csv.reader(io.StringIO(report.to_csv()))
    assert header == COLUMNS
    tags = '{"team": "Zürich 7"}'
    assert sorted(lines) == [
        [PLAN, "cut_off", "", "", "", "", "0.5", "0.00", ""],
        [PLAN, "idle", "", "", "", "", "13.5", "183.19", ""],
        [PLAN, "training", "training-job", JOB, "job", "", "10.0", "135.70", tags],
    ]


def test_the_dictionary_tells_all_of_it(report):
    told = report.to_dict()
    training = {"instance_hours": 10.0, "usd": "135.70"}
    parts = {part: each for part, each in told.pop("parts").items() if each["instance_hours"]}
    assert parts == {
        "training": training,
        "idle": {"instance_hours": 13.5, "usd": "183.19"},
        "cut_off": {"instance_hours": 0.5, "usd": "0.00"},
    }
    (fee,) = told.pop("fees")
    assert fee["usd"] == "318.89"
    assert told == {
        "plan": PLAN,
        "name": "plan",
        "status": "Expired",
        "target": "training-job",
        "type": "ml.p4d.24xlarge",
        "instance_count": 1,
        "start": "2025-01-22T11:30:00+00:00",
        "end": "2025-01-23T11:30:00+00:00",
        "now": "2025-01-23T11:30:00+00:00",
        "currency": "USD",
        "fee": "318.89",
        "workloads": [
            {
                "kind": "training-job",
                "resource": JOB,
                "name": "job",
                "part": None,
                "tags": {"team": "Zürich 7"},
                **training,
                "parts": {"training": training},
            }
        ],
        "tags": {
            "team": {"": {"instance_hours": 14.0, "usd": "183.19"}, "Zürich 7": training},
        },
        "useful_instance_hours": 10.0,
        "usd_per_useful_instance_hour": "31.89",
        "utilization": 10 / 23.5,  # the cut-off was not paid for
    }


def test_an_hour_costs_what_its_own_fee_says(plans, buy, jobs, sagemaker):
    arn = buy()
    plans.clock.move_to(START + HOUR)
    plans.prices.set("ml.p4d.24xlarge", 100)
    (extension,) = sagemaker.search_training_plan_offerings(TrainingPlanArn=arn, DurationHours=24)[
        "TrainingPlanExtensionOfferings"
    ]
    sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=extension["TrainingPlanExtensionOfferingId"]
    )
    plans.jobs.run_for(2 * HOUR)
    jobs.create("cheap", arn)
    plans.clock.move_to(START + DAY + HOUR)
    jobs.create("dear", arn)
    plans.clock.move_to(START + 2 * DAY)
    report = plans.report(arn)
    spent = {who.name: parts["training"].cents for who, parts in report.workloads.items()}
    # Two of 23.5 hours for 318.89 USD, and two of 24 for 2,400.
    assert spent == {"cheap": 2714, "dear": 20000}
    assert report.fee == Decimal("2718.89")


def test_an_extension_whose_payment_failed_has_cost_nothing(plans, buy, sagemaker):
    arn = buy()
    (extension,) = sagemaker.search_training_plan_offerings(TrainingPlanArn=arn, DurationHours=24)[
        "TrainingPlanExtensionOfferings"
    ]
    plans.payments.fail_next()
    sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=extension["TrainingPlanExtensionOfferingId"]
    )
    plans.clock.move_to(START + DAY)
    report = plans.report(arn)
    assert report.fee == Decimal("318.89")
    assert [part for part, each in report.parts.items() if each.cents] == ["idle"]


def test_a_table_lists_forty_workloads_the_dearest_first_and_sums_up_the_others(plans, buy, jobs):
    arn = buy()
    for number in range(42):
        plans.jobs.run_for((number + 1) * MINUTE, f"job-{number:02}")
        jobs.create(f"job-{number:02}", arn)
    plans.clock.move_to(START + DAY)
    report = plans.report(arn)
    lines = str(report).splitlines()
    assert lines[0] == "plan plan, Expired: 1 instance of ml.p4d.24xlarge for training-job"
    listed = [line.split()[:2] for line in lines if "job-" in line or "others" in line]
    names = [each[-1] if each[-1].startswith("job-") else each[0] for each in listed]
    assert names == [*(f"job-{number:02}" for number in range(41, 2, -1)), "3"]
    assert len(names) == 40
