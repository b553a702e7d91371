"""The simulation in the console: its clock, orders, timeline, calls and changes, and its reset."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from moto_trainingplans.console.simulation.orders import ORDERS
from moto_trainingplans.control.calls import CALLS
from tests.support.clusters import group
from tests.support.jobs import job_request

NOW = datetime(2025, 1, 21, 19, 8, 27, 704000, tzinfo=timezone.utc)
START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)


@pytest.fixture
def buy(sagemaker, plans):  # noqa: ARG001
    """Buys a day of one instance that starts at START, and gives the plan's ARN."""

    def run(name="plan", using=sagemaker, target="training-job"):
        offering = using.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=[target]
        )["TrainingPlanOfferings"][-1]
        return using.create_training_plan(
            TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )["TrainingPlanArn"]

    return run


@pytest.fixture
def order(open_console):
    """Opens the page of orders, fills one in, and gives it; gives the page."""

    def run(call, **values):
        console = open_console(f"orders?order={call}")
        form = console.page.locator(f"#{call.replace('/', '-')}")
        for name, value in values.items():
            field = form.locator(f"[name='{name}']")
            if field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.get_by_role("button").click()
        console.page.locator("#page .note").first.wait_for()
        return console

    return run


# -- the clock ---------------------------------------------------------------------------------


def test_the_clock_is_moved_and_what_happened_is_told(open_console, plans, buy):
    """By a preset, by a duration, to the next event and to a date; the header has the time."""
    buy()
    console = open_console("clock")
    header = console.page.locator("#clock")
    assert " ".join(header.inner_text().split()) == "2025-01-21 19:08:27 UTC frozen"
    console.press("Tick 1 hour")
    console.page.get_by_text("Nothing changed.").wait_for()
    assert plans.clock.now() == NOW + timedelta(hours=1)
    assert "20:08:27" in header.inner_text()
    console.page.get_by_label("By, number").fill("90")
    console.page.get_by_label("By, unit").select_option("minutes")
    console.press("Tick")
    console.page.get_by_text("2025-01-21 21:38:27 UTC").last.wait_for()
    console.press("To the next event")
    console.page.get_by_text("The clock has moved to the next event.").wait_for()
    assert plans.clock.now() == START
    rows = console.page.get_by_role("table", name="Changes meanwhile").locator("tbody tr")
    assert [row.locator("td").all_inner_texts()[1:4] for row in rows.all()] == [
        [f"{kind}/plan{suffix}", "Scheduled", "Active"]
        for kind, suffix in (("reserved-capacity", "-rc1"), ("training-plan", ""))
    ]
    console.page.get_by_label("To (UTC)").fill("2025-02-01T00:00")
    console.press("Move there")
    console.page.get_by_text("2025-02-01 00:00 UTC").last.wait_for()
    assert "Expired" in console.text
    assert console.sent == ["clock/move_to", "history"]
    console.press("To the next event")
    console.page.get_by_text("Nothing is due any more.").wait_for()


def test_the_clock_flows_and_freezes(open_console, plans):
    """The header follows a clock that flows, on whichever page, and stops with it."""
    console = open_console("clock")
    console.press("1 day a second")
    console.page.get_by_text("86,400 simulated seconds a second").wait_for()
    console.go("plans")
    header = console.page.locator("#clock")
    shown = header.inner_text()
    console.page.wait_for_function(
        "shown => document.getElementById('clock').innerText !== shown", arg=shown
    )
    console.go("clock")
    console.press("Freeze")
    console.page.get_by_text("The clock stands still.").wait_for()
    assert plans.clock.now() == plans.clock.now()
    assert "frozen" in header.inner_text()
    console.press("Resume")
    console.page.get_by_text("The clock flows.").wait_for()
    assert "86,400" in header.inner_text()


@pytest.mark.parametrize(
    ("label", "typed", "button", "told"),
    [
        ("By, number", "-1", "Tick", "not negative"),
        ("By, number", "soon", "Tick", "must be a number, not 'soon'"),
        ("To (UTC)", "2020-01-01T00:00", "Move there", "cannot go back"),
        ("Speed", "-1", "Set the speed", "speed must be from 0"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    open_console, plans, sagemaker, label, typed, button, told
):
    """The message of the control object, or of the field; the clock stays."""
    sagemaker.list_training_plans()  # before it any time may be set
    console = open_console("clock")
    console.page.get_by_label(label).fill(typed)
    console.press(button)
    console.page.get_by_text(told).first.wait_for()
    assert plans.clock.now() == NOW


# -- orders ------------------------------------------------------------------------------------


def test_every_control_call_that_orders_something_is_a_form():
    """All that the control object can order or set, but for clock, reading and mocks."""
    read = {"capacity/free", "jobs/environment"}
    orders = {call for call in CALLS if "/" in call and call.split("/")[0] not in ("clock", "mock")}
    assert set(ORDERS) == orders - read


@pytest.mark.parametrize(
    ("call", "values", "sent"),
    [
        ("payments/fail_next", {"times": "2", "message": "Declined."}, None),
        ("payments/delay", {"delta": "2"}, {"delta": 7200}),
        ("quotas/deny_next", {"times": "1"}, None),
        (
            "quotas/set",
            {"name": "ml.p4d.24xlarge", "value": "4", "account": "111122223333"},
            {
                "name": "ml.p4d.24xlarge",
                "value": 4,
                "region": "us-west-2",
                "account": "111122223333",
            },
        ),
        (
            "capacity/set",
            {
                "zone": "us-west-2c",
                "instance_type": "ml.p5.48xlarge",
                "count": "5",
                "target": "training-job",
                "start": "2025-02-01T00:00",
            },
            {
                "zone": "us-west-2c",
                "instance_type": "ml.p5.48xlarge",
                "count": 5,
                "target": "training-job",
                "start": "2025-02-01T00:00:00+00:00",
            },
        ),
        ("capacity/clear", {"region": "us-west-2"}, None),
        (
            "prices/set",
            {"instance_type": "ml.p4d.24xlarge", "rate": "39.7992", "region": "us-west-2"},
            None,
        ),
        (
            "jobs/run_for",
            {"duration": "3", "job_name": "llm-*"},
            {"duration": 10800, "job_name": "llm-*"},
        ),
        ("jobs/expiration_in", {"unit": "milliseconds"}, None),
        (
            "faults/zone_outage",
            {"zone": "us-west-2a", "start": "2025-01-22T00:00", "end": "2025-01-23T00:00"},
            {
                "zone": "us-west-2a",
                "start": "2025-01-22T00:00:00+00:00",
                "end": "2025-01-23T00:00:00+00:00",
            },
        ),
        (
            "faults/error",
            {
                "operation": "CreateTrainingPlan",
                "code": "ResourceLimitExceeded",
                "message": "No.",
                "times": "3",
            },
            {
                "operation": "CreateTrainingPlan",
                "code": "ResourceLimitExceeded",
                "message": "No.",
                "times": 3,
            },
        ),
        ("faults/throttle", {"operation": "ListClusters", "times": "1"}, None),
    ],
)
def test_an_order_is_the_control_call_that_it_shows(order, call, values, sent):
    """What was typed is what is sent, and the simulation takes it."""
    import json

    console = order(call, **values)
    assert "It is ordered." in console.text
    assert console.sent[0] == call
    console.page.locator(".sent summary").first.click()
    shown = console.page.locator(".sent pre").first.inner_text()
    plain = {key: int(each) if each.isdigit() else each for key, each in values.items()}
    assert json.loads(shown) == (plain if sent is None else sent)


def test_orders_have_their_effects(order, plans, sagemaker, buy):
    """A declined payment fails the plan; an order that waits is listed until it is met."""
    console = order("payments/fail_next", message="The card was declined.")
    waiting = console.page.get_by_role("table", name="Orders that wait").inner_text()
    assert "payments.fail_next(message='The card was declined.')" in waiting
    buy()
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert (plan["Status"], plan["StatusMessage"]) == ("Failed", "The card was declined.")
    console.go("orders")
    assert "No order waits for something to happen to." in console.text
    assert plans.history()[-1].after == "Failed"


def test_instances_of_a_cluster_break_and_are_repaired(open_console, sagemaker, buy, plans):
    """From the cluster's page to the order about it, and back to a node that is another."""
    arn = buy(target="hyperpod-cluster")
    sagemaker.create_cluster(
        ClusterName="cluster", InstanceGroups=[group("workers", arn)], NodeRecovery="None"
    )
    plans.clock.move_to(START)
    console = open_console("clusters/cluster")
    for link, form in (("Fail its instances", "fail_instances"), ("Repair them", "repair")):
        console.go("clusters/cluster")
        console.follow(console.page.get_by_role("link", name=link))
        console.page.locator(f"#faults-{form}").get_by_role("button").click()
        console.page.get_by_text("It is ordered.").wait_for()
        status = sagemaker.list_cluster_nodes(ClusterName="cluster")["ClusterNodeSummaries"][0]
        expected = "Failure" if form == "fail_instances" else "Running"
        assert status["InstanceStatus"]["Status"] == expected


@pytest.mark.parametrize(
    ("call", "values", "told"),
    [
        ("faults/fail_instances", {"resource": "nothing"}, "names nothing that has instances"),
        ("jobs/fail", {"job_name": "none", "reason": "because"}, "none"),
        (
            "prices/set",
            {"instance_type": "ml.p4d.24xlarge", "rate": "much"},
            "rate must be a price",
        ),
        ("quotas/set", {"name": "p4d", "value": "4"}, "unknown quota"),
    ],
)
def test_a_refused_order_says_what_is_allowed(order, call, values, told):
    """The control object's own words, and the form as it was."""
    console = order(call, **values)
    assert told in console.page.get_by_role("alert").first.inner_text()
    form = console.page.locator(f"#{call.replace('/', '-')}")
    name, value = next(iter(values.items()))
    assert form.locator(f"[name='{name}']").input_value() == value


def test_what_is_free_is_a_table_of_zones_and_types(open_console, plans, buy):
    """What was bought is missing there; what was set is there; sold out is told."""
    buy()
    plans.capacity.set("us-west-2c", "ml.p5.48xlarge", 7, target="training-job")
    console = open_console("capacity")
    table = console.page.get_by_role("table", name="Free capacity")
    heads = table.locator("thead th").all_inner_texts()

    def cell(compute_type, zone):
        row = table.locator("tbody tr", has=console.page.get_by_text(compute_type, exact=True))
        return int(row.locator("th, td").all_inner_texts()[heads.index(zone)])

    free = [cell("ml.p4d.24xlarge", f"us-west-2{each}") for each in "ab"]
    assert sorted(free) == [63, 64]
    assert cell("ml.p5.48xlarge", "us-west-2c") == 7
    plans.capacity.clear("us-west-2")
    console.choose(target="hyperpod-cluster")
    console.find("Show")
    assert "Nothing is free in us-west-2 for this target then." in console.text


def test_a_quota_is_found_and_set(open_console, plans):
    """From its row to the order that sets it, and back to its new value."""
    console = open_console("quotas")
    table = console.page.get_by_role("table", name="Quotas")
    row = table.locator("tbody tr", has=console.page.get_by_text("ml.p4d.24xlarge instances in"))
    assert "256" in row.inner_text()
    console.follow(row.get_by_role("link"))
    form = console.page.locator("#quotas-set")
    form.locator("[name=value]").fill("512")
    form.get_by_role("button").click()
    console.page.get_by_text("It is ordered.").wait_for()
    console.go("quotas?name=p4d.24xlarge+instances+in")
    assert "512" in table.inner_text()
    console.fill(name="for training job usage")
    console.find("Show")
    assert table.locator("tbody tr").count() == 100
    assert "more: narrow the name down." in console.text
    assert plans.history() == []


# -- timeline, calls, changes, reset -----------------------------------------------------------


def test_the_timeline_is_of_the_region_until_everywhere_is_asked_for(
    open_console, frozen_server, buy, sagemaker, plans
):
    """Plans of other Regions are left out; a window and a resource narrow it down."""
    import boto3

    plan = buy("here")
    buy("there", boto3.client("sagemaker", region_name="us-east-1", endpoint_url=frozen_server.url))
    sagemaker.create_training_job(**job_request("llm", plan))
    plans.clock.move_to(START + timedelta(hours=2))
    console = open_console("timeline")
    figure = console.page.locator("figure .wide svg")
    assert "plan here" in figure.text_content()
    assert "plan there" not in figure.text_content()
    console.choose(where="everywhere")
    console.press("Draw")
    assert "plan there" in figure.text_content()
    console.go("timeline")
    whole = figure.text_content()
    console.follow(console.page.get_by_role("link", name="6 hours"))
    console.page.wait_for_url("**start=2025-01-22T10**")
    assert "Active" in figure.text_content()
    assert figure.text_content() != whole
    console.go(f"timeline?resource={plan.replace('training-plan/here', 'training-job/llm')}")
    assert "llm" in figure.text_content()
    assert "block" not in figure.text_content()
    console.go("timeline?resource=nothing")
    assert "nothing is drawn of 'nothing'" in console.text


def test_the_last_calls_are_shown_and_narrowed_down(open_console, buy, sagemaker, plans):
    """Operation, place, answer and parameters; by operation, without reading, refused ones."""
    buy()
    with pytest.raises(sagemaker.exceptions.ClientError):
        sagemaker.describe_training_plan(TrainingPlanName="none")
    console = open_console("calls")
    rows = console.page.locator("tbody tr")
    assert rows.locator("th").all_inner_texts() == [
        "DescribeTrainingPlan",
        "CreateTrainingPlan",
        "SearchTrainingPlanOfferings",
    ]
    assert "ResourceNotFound" in rows.nth(0).inner_text()
    assert "granted" in rows.nth(1).inner_text()
    rows.nth(1).locator("summary").click()
    assert '"TrainingPlanName": "plan"' in rows.nth(1).inner_text()
    console.choose(which="changing")
    console.find("Show")
    assert rows.locator("th").all_inner_texts() == ["CreateTrainingPlan"]
    console.choose(which="refused")
    console.find("Show")
    assert rows.locator("th").all_inner_texts() == ["DescribeTrainingPlan"]
    console.choose(which="", operation="SearchTrainingPlanOfferings")
    console.find("Show")
    assert rows.locator("th").all_inner_texts() == ["SearchTrainingPlanOfferings"]
    assert len(plans.calls()) == 3


def test_long_lists_of_calls_have_pages(open_console, sagemaker, plans):
    """Fifty a page, the newest first."""
    for size in range(1, 61):
        sagemaker.list_clusters(MaxResults=size)
    console = open_console("calls")
    rows = console.page.locator("tbody tr")
    assert rows.count() == 50
    console.follow(console.page.get_by_role("link", name="Older"))
    console.page.get_by_role("link", name="Newer").wait_for()
    assert rows.count() == 10
    rows.last.locator("summary").click()
    assert '"MaxResults": 1\n' in rows.last.inner_text()
    assert len(plans.calls()) == 60


def test_changes_are_of_everything_or_of_one_resource(open_console, buy, plans):
    """As history() tells them, the newest first."""
    plan = buy("first")
    buy("second")
    console = open_console("changes")
    rows = console.page.locator("tbody tr")
    shown = [row.locator("td").nth(1).get_attribute("title") for row in rows.all()]
    assert shown == [change.resource for change in reversed(plans.history())]
    console.fill(resource=plan)
    console.find("Show")
    assert {row.locator("td").nth(1).inner_text() for row in rows.all()} == {"training-plan/first"}


SCENARIO = """
[capacity]
clear = true
[[capacity.set]]
zone = "us-west-2c"
instance_type = "ml.p5.48xlarge"
count = 3
"""


def test_a_scenario_is_loaded_as_its_file_has_it(open_console, plans):
    """TOML or JSON; what is wrong in it is told with its key, and changes nothing."""
    console = open_console("state")
    console.fill(source=SCENARIO.replace("ml.p5.48xlarge", "ml.p5"), name="scarce.toml")
    console.press("Load")
    refused = console.page.get_by_role("alert")
    refused.wait_for()
    assert "scarce.toml: capacity.set[1].instance_type" in refused.inner_text()
    assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="endpoint") == 64
    console.fill(source=SCENARIO)
    console.press("Load")
    console.page.get_by_text("It is loaded").wait_for()
    assert console.sent == ["load"]
    assert plans.capacity.free("us-west-2c", "ml.p5.48xlarge", target="endpoint") == 3
    assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="endpoint") == 0
    console.fill(source='{"clock": {')
    console.press("Load")
    console.page.get_by_text("what was typed is not JSON").wait_for()
    assert console.page.locator("#source").input_value() == '{"clock": {'


def test_a_state_is_downloaded_and_loaded_again(open_console, plans, buy):
    """What was there before the reset is there after the load, the clock too."""
    plan = buy()
    plans.clock.move_to(START)
    changes = plans.history()
    console = open_console("state")
    with console.page.expect_download() as downloaded:
        console.page.get_by_role("link", name="Download the state").click()
    assert downloaded.value.suggested_filename == "state.json"
    plans.reset()
    console.fill(source=downloaded.value.path().read_text(encoding="utf-8"))
    console.press("Load")
    console.page.get_by_text("It is loaded.").wait_for()
    assert (plans.clock.now(), plans.history()) == (START, changes)
    assert plans.report(plan).fee > 0
    console.press("Save to the server's file")
    console.page.get_by_role("alert").wait_for()
    assert "a server started with --state FILE" in console.text


@pytest.mark.parametrize(
    ("size", "told", "heading"),
    [
        (1_200_000, "A form may have 1,000,000 bytes here", "413 Request Entity Too Large"),
        (9_000_000, "a body may have 8,388,608 bytes here", "Scenario and state"),
    ],
)
def test_what_is_too_large_to_load_is_told_with_how_large_it_may_be(
    open_console, size, told, heading
):
    """Nothing but a page takes the place of a page: what the server itself refuses stands in it."""
    console = open_console("state")
    field = console.page.locator("[name='source']")
    field.evaluate("(field, size) => { field.value = 'a'.repeat(size); }", size)
    console.press("Load")
    console.page.locator("#page .note.error", has_text=told).wait_for()
    assert console.page.locator("h1").inner_text() == heading


def test_a_state_is_saved_to_the_servers_file(tmp_path):
    """The file of a server with --state is written when the form says so."""
    import requests

    from tests.support.servers import RunningServer

    file = tmp_path / "state.json"
    server = RunningServer("--state", str(file))
    try:
        place = "moto-api/training-plans/console/us-west-2/123456789012"
        saved = requests.post(f"{server.url}/{place}/state/save", json={}, timeout=30)
        assert f"The state is saved to {file}." in saved.text
        assert file.exists()
    finally:
        server.stop()


def test_a_reset_wants_to_be_confirmed(open_console, buy, plans):
    """Nothing is gone before the box is ticked, everything afterwards."""
    buy()
    plans.clock.move_to(START)
    console = open_console("state")
    console.press("Reset the simulation")
    assert plans.clock.now() == START
    console.page.get_by_label("I do not need them any more.").check()
    console.press("Reset the simulation")
    console.page.get_by_text("The simulation begins anew").wait_for()
    assert (plans.clock.now(), plans.history()) == (NOW, [])
    assert "2025-01-21 19:08:27" in console.page.locator("#clock").inner_text()


REACHABLE = """
each => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]'
)].filter(each => each.checkVisibility() && each.tabIndex >= 0 && each.type !== 'hidden')
  .map(each => {
    if (each.type === 'radio') return `radio ${each.name}`;
    return each.dataset.stop ||= String(Math.random());
  })
"""
FOCUSED = """
() => {
  const each = document.activeElement;
  return each.type === 'radio' ? `radio ${each.name}` : each.dataset.stop;
}
"""


@pytest.mark.parametrize(
    "path", ["clock", "orders?order=capacity/set", "timeline", "calls", "jobs/new", "clusters/new"]
)
def test_all_of_a_page_is_reached_with_the_keyboard(open_console, buy, path):
    """Tab comes to each link, button, field and table, in turn, and is caught by none."""
    buy()
    console = open_console(path)
    wanted = set(console.page.evaluate(REACHABLE))
    reached = set()
    for _ in range(4 * len(wanted)):
        console.page.keyboard.press("Tab")
        reached.add(console.page.evaluate(FOCUSED))
        if wanted <= reached:
            break
    assert wanted <= reached


def test_the_clock_is_moved_with_the_keyboard(open_console, plans):
    """Enter presses a button that has the focus, and a form's own one from its field."""
    console = open_console("clock")
    console.page.get_by_role("button", name="Tick 1 hour").press("Enter")
    console.page.get_by_text("The clock has moved.").wait_for()
    assert plans.clock.now() == NOW + timedelta(hours=1)
    # What was done is said, and has the focus.
    assert console.page.evaluate("document.activeElement.innerText") == "The clock has moved."
    console.page.get_by_label("By, number").fill("2")
    console.page.get_by_label("By, number").press("Enter")
    console.page.get_by_text("2025-01-21 22:08:27").last.wait_for()
    assert plans.clock.now() == NOW + timedelta(hours=3)


def test_the_pages_of_the_simulation_are_accessible(open_console, accessible, buy, plans):
    """axe-core finds nothing serious in any of them; on a phone each fits the window."""
    buy()
    plans.faults.throttle("DeleteCluster")
    plans.clock.move_to(START)
    paths = ["timeline", "clock", "capacity", "quotas", "calls", "changes", "state"]
    console = open_console("clock")
    console.press("Tick 7 days")
    console.page.get_by_text("The clock has moved.").wait_for()
    accessible(console)
    for path in (*paths, "orders?order=capacity/set"):
        console.go(path)
        accessible(console)
        console.page.set_viewport_size({"width": 390, "height": 800})
        assert console.page.evaluate("document.documentElement.scrollWidth") <= 390
        console.page.set_viewport_size({"width": 1280, "height": 900})
