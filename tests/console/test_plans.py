"""The list of plans, and the page of one, in the browser."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.clusters import Clusters, group
from tests.support.jobs import DAY, HOUR, START, job_request

ZONE, TYPE = "us-west-2a", "ml.p4d.24xlarge"


@pytest.fixture
def buy(sagemaker_in):
    """Buys the last offering of a search, and gives the plan's ARN."""

    def run(name="plan", region="us-west-2", tags=(), spares=None, **asked):
        sagemaker = sagemaker_in(region)
        if "UltraServerType" not in asked:
            asked = {"InstanceType": TYPE, **asked}
        asked = {"DurationHours": 24, "TargetResources": ["training-job"], **asked}
        offering = sagemaker.search_training_plan_offerings(**asked)["TrainingPlanOfferings"][-1]
        more = {} if spares is None else {"SpareInstanceCountPerUltraServer": spares}
        return sagemaker.create_training_plan(
            TrainingPlanName=name,
            TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
            Tags=[{"Key": key, "Value": value} for key, value in tags],
            **more,
        )["TrainingPlanArn"]

    return run


def names(console):
    """The names in the list of plans."""
    return console.page.locator("tbody th a").all_inner_texts()


# -- the list ------------------------------------------------------------------------------------


def test_the_list_has_the_guides_columns(open_console, plans, buy, sagemaker):
    """Name, ARN, status, total and in-use instances, zones as one, and dates."""
    plans.capacity.clear()
    for zone, start in ((ZONE, START), ("us-west-2b", START + 2 * DAY)):
        plans.capacity.set(zone, TYPE, 4, target="training-job", start=start, end=start + DAY)
    arn = buy("two-blocks", DurationHours=48, InstanceCount=4)
    plans.jobs.run_for(6 * 3600)
    sagemaker.create_training_job(**job_request("job", arn, 2))
    console = open_console("plans")
    row = console.page.locator("tbody tr")

    def cells():
        return [cell.split("\n")[0] for cell in row.locator("th, td").all_inner_texts()]

    dates = ["2025-01-22 11:30", "2025-01-25 11:30"]
    assert cells() == ["two-blocks", arn, "Scheduled", "4", "-", "us-west-2a,b", *dates]
    plans.clock.move_to(START + HOUR)
    console.page.reload()
    assert cells()[2:5] == ["Active", "4", "2"]
    console.follow(console.page.get_by_role("link", name="two-blocks"))
    assert console.page.url == f"{console.place}/plans/two-blocks"


def test_the_list_is_searched_filtered_and_sorted(open_console, buy):
    """By part of a name, type, status and start; by name, status and start, up and down."""
    buy("alpha", StartTimeAfter="2025-02-10")
    buy("beta")
    buy("gamma", StartTimeAfter="2025-02-01", InstanceType="ml.p4de.24xlarge")
    console = open_console("plans")
    assert names(console) == ["alpha", "gamma", "beta"]
    console.follow(console.page.get_by_role("link", name="Name"))
    assert names(console) == ["alpha", "beta", "gamma"]
    console.follow(console.page.get_by_role("link", name="Name"))
    assert names(console) == ["gamma", "beta", "alpha"]
    head = console.page.get_by_role("columnheader", name="Name")
    assert head.get_attribute("aria-sort") == "descending"
    console.fill(after="2025-01-30", before="2025-02-05")
    console.find("Search")
    assert names(console) == ["gamma"]
    assert "sort=TrainingPlanName" in console.page.url
    console.go("plans?name=ET")
    assert names(console) == ["beta"]
    assert "1 plan of 3 plans" not in console.text
    assert "1 of 3 plans that were looked through" in console.text
    console.go("plans?type=ml.p4de.24xlarge")
    assert names(console) == ["gamma"]
    console.go("plans?status=Expired")
    assert names(console) == []
    console.follow(console.page.get_by_role("link", name="Show all"))
    assert len(names(console)) == 3


def test_the_list_has_pages_of_nexttoken(open_console, buy, plans):
    """Next page goes on where the last one ended, with the same filters; first page goes back."""
    for number in range(12):
        buy(f"plan-{number:02}")
    console = open_console("plans?sort=TrainingPlanName&order=Ascending")
    assert names(console) == [f"plan-{number:02}" for number in range(10)]
    console.follow(console.page.get_by_role("link", name="Next page"))
    assert names(console) == ["plan-10", "plan-11"]
    assert plans.calls("ListTrainingPlans")[-1].parameters["NextToken"]
    assert console.page.get_by_role("link", name="Next page").count() == 0
    console.follow(console.page.get_by_role("link", name="First page"))
    assert names(console)[0] == "plan-00"


def test_an_empty_region_leads_to_the_search(open_console):
    """Where there is no plan the list says where it looked, and how to get one."""
    console = open_console("plans", region="sa-east-1")
    assert "no plans in sa-east-1 for account 123456789012" in console.text
    console.follow(console.page.get_by_role("link", name="Find one to reserve"))
    assert "/sa-east-1/123456789012/offerings" in console.page.url


# -- one plan ------------------------------------------------------------------------------------


def facts(console):
    """The facts of the page, by their labels."""
    labels = console.page.locator(".facts dt").all_inner_texts()
    values = console.page.locator(".facts dd").all_inner_texts()
    return {label: " ".join(value.split()) for label, value in zip(labels, values, strict=True)}


def test_a_plan_tells_its_state_its_use_and_its_jobs(open_console, plans, buy, sagemaker):
    """Overview, utilization, segments and jobs, as AWS answers them."""
    arn = buy(InstanceCount=4)
    plans.jobs.run_for(6 * 3600)
    sagemaker.create_training_job(**job_request("job", arn, 2))
    sagemaker.create_training_job(**job_request("not-on-it", None))
    plans.clock.move_to(START + HOUR)
    console = open_console("plans/plan")
    told = facts(console)
    expected = {
        "Target": "training-job",
        "Instance type": TYPE,
        "Total duration": "1 day",
        "Start date": "2025-01-22 11:30 UTC",
        "End date": "2025-01-23 11:30 UTC",
        "Upfront price": "$1,275.58",
        "ARN": arn,
        "Total instances": "4",
        "In-use instances": "2",
        "Available instances": "2",
        "Unhealthy instances": "0",
    }
    assert {label: told[label] for label in expected} == expected
    assert told["Status"].endswith("Active Reserved capacity block started.")
    tables = console.page.get_by_role("table")
    segment = tables.filter(has=console.page.get_by_text("Zone")).locator("tbody tr").first
    shown = [" ".join(text.split()) for text in segment.locator("td").all_inner_texts()]
    assert shown[:4] == [
        *("2025-01-22 11:30", "1 day", "2025-01-23 11:30"),
        "us-west-2a usw2-az2",
    ]
    assert shown[5:8] == ["4", "2", "2"]
    jobs = console.page.get_by_role("table", name="Training jobs on this plan")
    assert jobs.locator("tbody th").all_inner_texts() == ["job"]
    assert {"DescribeReservedCapacity", "ListTrainingJobs"} <= set(console.sent)


def test_of_many_jobs_a_plan_tells_a_hundred_and_leads_to_the_list(open_console, buy, sagemaker):
    """A hundred are shown; the page says that there are more, and where."""
    arn = buy()
    for number in range(101):
        sagemaker.create_training_job(**job_request(f"job-{number}", arn))
    console = open_console("plans/plan")
    jobs = console.page.get_by_role("table", name="Training jobs on this plan")
    assert jobs.locator("tbody tr").count() == 100
    console.follow(console.page.get_by_text("These are not all").get_by_role("link"))
    assert console.page.url.startswith(f"{console.place}/jobs?plan=")
    assert console.page.get_by_role("link", name="Next page").count() == 1


def test_a_plan_tells_the_instance_groups_on_it(open_console, plans, buy, sagemaker):
    """Of each cluster with a group on the plan, that group alone."""
    plans.quotas.set(TYPE, 64, region="us-west-2")
    arn = buy(TargetResources=["hyperpod-cluster"], InstanceCount=4)
    plans.clock.move_to(START + HOUR)
    Clusters(sagemaker).create(
        "cluster",
        group("workers", arn, 3),
        group("login", None, InstanceType="ml.m5.xlarge"),
    )
    console = open_console("plans/plan")
    table = console.page.get_by_role("table", name="Instance groups on this plan")
    (row,) = [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]
    assert row[:2] == ["cluster", "workers"]
    assert row[-1] == "3"


def test_a_plan_tells_the_health_of_its_ultra_servers(open_console, plans, buy):
    """Each server with its health, its instances and its spares."""
    arn = buy(
        "servers", "us-east-1", UltraServerType="ml.u-p6e-gb200x36", UltraServerCount=2, spares=1
    )
    plans.clock.move_to(START + HOUR)
    plans.faults.fail_instances(arn, 2)
    console = open_console("plans/servers", region="us-east-1")
    table = console.page.get_by_role("table", name="UltraServers")
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    assert [row[0].split()[-1] for row in rows] == ["Impaired", "OK"]
    assert rows[0][5] == "2"
    assert rows[1][6] == "1 of 1"


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("DescribeReservedCapacity", "plans/plan"),
        ("ListUltraServersByReservedCapacity", "plans/servers"),
        ("DescribeTrainingPlanExtensionHistory", "plans/plan"),
        ("ListTrainingPlans", "jobs/new"),
        ("ListTrainingPlans", "clusters/new"),
    ],
)
def test_what_cannot_be_told_for_a_refusal_is_not_left_out_in_silence(
    open_console, plans, buy, operation, path
):
    """A page of which a part is refused shows the rest, and why there is no more."""
    buy("plan", "us-east-1")
    buy("servers", "us-east-1", UltraServerType="ml.u-p6e-gb200x36", UltraServerCount=1)
    plans.faults.throttle(operation)
    console = open_console(path, region="us-east-1")
    told = console.page.locator("#page .note.error").all_inner_texts()
    assert told == ["ThrottlingException: Rate exceeded"]
    assert "There is no plan" not in console.text
    console.go(path)
    assert console.page.locator("#page .note.error").count() == 0


def test_tags_are_set_and_removed(open_console, plans, buy, sagemaker):
    """By AddTags and DeleteTags; what AWS refuses is told and shown as text."""
    arn = buy(tags=[("team", "research")])
    console = open_console("plans/plan")
    table = console.page.get_by_role("table", name="Tags")
    console.fill(key="cost-center", value="4711")
    console.press("Set tag")
    table.get_by_text("cost-center").wait_for()
    console.fill(key="team", value="platform")
    console.press("Set tag")
    table.get_by_text("platform").wait_for()
    console.press("Remove tag cost-center")
    table.get_by_text("cost-center").wait_for(state="detached")
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "platform"}]
    assert [call.error for call in plans.calls("AddTags")] == [None, None]
    console.fill(key="<b>", value="<i>")
    console.press("Set tag")
    error = console.page.locator(".note.error")
    error.wait_for()
    assert "ValidationException" in error.inner_text()
    assert "<b>" in error.inner_text()
    assert console.page.locator("#page b, #page i").count() == 0


def test_an_extension_is_found_and_bought(open_console, plans, buy):
    """The plan's page searches, buys, and shows the payment until it is done."""
    buy()
    plans.payments.delay(600)
    console = open_console("plans/plan")
    console.fill(extend="2")
    console.find("Find extensions")
    offers = console.page.get_by_role("table", name="Extensions on offer")
    (offer,) = [row.locator("td").all_inner_texts() for row in offers.locator("tbody tr").all()]
    assert offer[:5] == [
        *("2025-01-23 11:30", "2 days", "2025-01-25 11:30", ZONE, "$651.36"),
    ]
    asked = []
    console.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    console.page.get_by_role("button", name="Buy until 2025-01-25 11:30 UTC").click()
    bought = console.page.get_by_role("table", name="Extensions bought")
    bought.get_by_text("Pending").first.wait_for()
    assert asked == ["Pay $651.36 for this extension? It cannot be cancelled."]
    assert console.sent[0] == "ExtendTrainingPlan"
    assert facts(console)["Total duration"] == "1 day"
    plans.clock.tick(timedelta(minutes=10))
    bought.get_by_text("Pending").first.wait_for(state="detached")
    assert facts(console)["Total duration"] == "3 days"
    # The breakdown goes on being that of the plan's own fee.
    console.page.reload()
    console.page.get_by_text("Price information").click()
    terms = [" ".join(term.split()) for term in console.page.locator(".sum dd").all_inner_texts()]
    assert terms == ["23.5 hours 1 day less the last 30 minutes of it", "1", "$13.57", "$318.89"]
    assert "With its extensions $970.25 were paid." in console.text


@pytest.mark.parametrize(("days", "told"), [("0", "greater than or equal to 1"), ("x", "")])
def test_an_extension_that_cannot_be_searched_is_refused(open_console, buy, days, told):
    """AWS's message stands in the section."""
    buy()
    console = open_console(f"plans/plan?extend={days}")
    error = console.page.locator(".note.error")
    assert "Exception" in error.inner_text()
    assert told in error.inner_text()


def test_the_ledger_and_the_timeline_are_those_of_the_control_object(
    open_console, plans, buy, sagemaker
):
    """What the fee bought by part, workload and tag; the picture of the plan and its job."""
    arn = buy(InstanceCount=2)
    plans.jobs.run_for(6 * 3600, "job")
    sagemaker.create_training_job(
        **job_request("job", arn, 2), Tags=[{"Key": "team", "Value": "research"}]
    )
    plans.clock.move_to(START + 12 * HOUR)
    console = open_console("plans/plan")

    def rows(caption):
        table = console.page.get_by_role("table", name=caption)
        return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]

    assert rows("By part") == [
        ["training", "12.00", "$162.84"],
        ["idle", "12.00", "$162.84"],
        ["left", "24.00", "$312.11"],
    ]
    assert rows("By workload") == [["job\ntraining-job", "12.00", "$162.84"]]
    assert rows("By tag team")[-1] == ["research", "12.00", "$162.84"]
    picture = console.page.locator(".picture .wide svg")
    assert "job x2" in picture.text_content()
    report = plans.report(arn)
    assert f"${report.fee}" in console.text
    assert console.page.evaluate(
        "getComputedStyle(document.querySelector('.picture .wide .c-training')).fill"
    ) not in ("none", "rgb(0, 0, 0)")


def test_a_plan_that_is_not_there_is_told_with_awss_refusal(open_console):
    """404, with code and message, and a way back."""
    console = open_console("plans/nothing")
    assert "ResourceNotFound" in console.text
    assert "nothing" in console.text
    console.follow(console.page.get_by_role("link", name="Plans in us-west-2"))
    assert console.page.url == f"{console.place}/plans"


def test_lists_and_plans_are_accessible_and_fit_a_phone(
    open_console, plans, buy, sagemaker, accessible
):
    """axe-core finds nothing serious in light and dark; at 390 pixels nothing is cut off."""
    arn = buy("Fine-tune-large-llm-code-generation", InstanceCount=2, tags=[("team", "research")])
    sagemaker.create_training_job(**job_request("job", arn, 2))
    plans.clock.move_to(START + HOUR)
    for path in ("plans", "plans/Fine-tune-large-llm-code-generation?extend=1", "plans/none"):
        console = open_console(path, width=390)
        for summary in console.page.locator("details summary").all():
            summary.click()
        width = "document.documentElement.scrollWidth"
        assert console.page.evaluate(width) <= 390
        accessible(console)
