"""The timeline: its lanes, and each of the forms in which it can be looked at."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest

from moto_trainingplans.simulation.kernel.errors import TrainingPlansError
from moto_trainingplans.views.lanes import Lane, Mark, Section, Span, View
from moto_trainingplans.views.timeline import Timeline
from tests.clusters.test_node_moves import EKS, on_eks
from tests.endpoints.test_endpoints import Endpoints
from tests.support.clusters import group
from tests.support.jobs import CUT_OFF, DAY, HOUR, START
from tests.support.servers import RunningServer

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('1')</script> \x1b[31m ]]> & \"'\u202e"


def lane(timeline, name):
    (found,) = [each for each in timeline.view.lanes if each.name == name]
    return found


def states(timeline, name):
    """The states of a lane, with the hours since START at which each begins."""
    return [((span.start - START) / HOUR, span.state) for span in lane(timeline, name).spans]


@pytest.fixture
def week(plans, buy_two_blocks, jobs):
    """A plan of two blocks, a job that loses its work between them, and one that never fits."""
    arn = buy_two_blocks(count=4)
    plans.jobs.run_for(30 * HOUR, "long")
    plans.jobs.run_for(4 * HOUR, "short")
    jobs.create("long", arn, 3)
    jobs.create("short", arn, 2, resources={"KeepAlivePeriodInSeconds": 3600})
    return arn


@pytest.mark.usefixtures("week")
def test_lanes_tell_what_plans_blocks_and_jobs_did(plans):
    plans.clock.move_to(START + 4 * DAY)
    timeline = plans.timeline()
    assert [each.name for each in timeline.view.lanes] == [
        "plan",
        "us-west-2a",
        "us-west-2b",
        "long x3",
        "short x2",
    ]
    assert [state for _, state in states(timeline, "plan")] == [
        "scheduled",
        "active",
        "scheduled",
        "active",
        "expired",
    ]
    assert states(timeline, "us-west-2a") == [(0, "block"), (23.5, "cut-off")]
    assert [state for _, state in states(timeline, "long x3")] == [
        "waiting",
        "lost",
        "waiting",
        "training",
    ]
    # It never fits beside the long one, and has waited in vain when the plan is over.
    assert [state for _, state in states(timeline, "short x2")] == ["waiting"]
    assert lane(timeline, "short x2").marks[-1].label == "Failed"
    assert lane(timeline, "long x3").marks[-1].label == "Stopped"
    assert lane(timeline, "long x3").resource.endswith(":training-job/long")


def test_what_is_to_come_of_a_plan_is_drawn_apart(plans, week):
    plans.clock.move_to(START + 6 * HOUR)
    timeline = plans.timeline(week)
    assert states(timeline, "us-west-2a") == [(0, "block"), (6, "ahead"), (23.5, "cut-off")]
    assert states(timeline, "us-west-2b") == [(48, "ahead"), (71.5, "cut-off")]
    assert timeline.view.now == START + 6 * HOUR
    assert timeline.view.end == START + 3 * DAY


def test_instances_kept_warm_faults_and_outages_are_drawn(plans, buy, jobs):
    arn = buy(InstanceCount=2)
    plans.jobs.run_for(2 * HOUR)
    jobs.create("job", arn, resources={"KeepAlivePeriodInSeconds": 3600})
    plans.clock.move_to(START + 2.5 * HOUR)
    plans.faults.fail_instances(arn, 2)
    plans.faults.zone_outage("us-west-2a", START + 5 * HOUR, START + 7 * HOUR)
    plans.clock.move_to(START + 8 * HOUR)
    plans.faults.repair(arn)
    timeline = plans.timeline()
    assert states(timeline, "job x1")[1:] == [(0, "training"), (2, "warm")]
    # The instances that were kept warm are gone with the failure.
    assert lane(timeline, "job x1").spans[-1].end == START + 2.5 * HOUR
    (block,) = [each for each in timeline.view.lanes if each.kind == "zone"]
    assert [((span.start - START) / HOUR, span.state) for span in block.spans[:3]] == [
        (0, "block"),
        (5, "outage"),
        (7, "block"),
    ]
    assert block.marks[0].detail == "Used until then: 1 of training-job job, 1 of nobody."
    marks = [(mark.time, mark.label) for mark in block.marks]
    assert marks == [
        (START + 2.5 * HOUR, "2 instances failed"),
        (START + 8 * HOUR, "2 instances repaired"),
    ]
    (outage,) = [each for each in timeline.view.lanes if each.kind == "outage"]
    assert [(span.start, span.end) for span in outage.spans] == [
        (START + 5 * HOUR, START + 7 * HOUR)
    ]


def test_groups_endpoints_and_extensions_are_drawn(plans, buy, reserve, clusters, sagemaker):
    nodes = reserve("nodes", 4)
    clusters.create("cluster", group("workers", nodes, 3))
    serving = buy("serving", TargetResources=["endpoint"], InstanceCount=2)
    plans.clock.move_to(START + HOUR)
    endpoints = Endpoints(sagemaker)
    endpoints.deploy("endpoint", endpoints.variant(serving, 2))
    (extension,) = sagemaker.search_training_plan_offerings(
        TrainingPlanArn=nodes, DurationHours=24
    )["TrainingPlanExtensionOfferings"]
    sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=extension["TrainingPlanExtensionOfferingId"]
    )
    plans.clock.move_to(START + 2 * DAY)
    timeline = plans.timeline(nodes)
    assert states(timeline, "us-west-2a") == [(0, "block"), (24, "extension"), (47, "cut-off")]
    assert states(timeline, "cluster/workers") == [(0, "nodes")]
    assert lane(timeline, "cluster/workers").spans[0].label == "3 nodes"
    assert [mark.label for mark in lane(timeline, "plan").marks] == ["extension, Expired"]
    assert lane(plans.timeline(), "endpoint/main").spans[0].label == "2 instances"


def test_groups_on_demand_are_drawn_without_a_plan(plans, reserve, clusters):
    plan = reserve("plan", 2)
    clusters.create("cluster", group("a", None, 2), group("b", plan, 1))
    plans.clock.move_to(START + HOUR)
    clusters.update("cluster", group("a", None, 3), group("b", None, 1))
    plans.clock.move_to(START + 2 * HOUR)
    clusters.delete("cluster")
    plans.clock.move_to(START + 3 * HOUR)
    of_plan, on_demand = plans.timeline().view.sections
    assert (of_plan.title, on_demand.title) == ("plan plan", "without a plan")
    spans = {
        each.name: [((span.start - START) / HOUR, span.label) for span in each.spans]
        for each in on_demand.lanes
    }
    assert spans["cluster/a"][1:] == [(1, "3 nodes")]
    assert spans["cluster/b"] == [(1, "1 node")]
    (b,) = [each for each in of_plan.lanes if each.kind == "instance-group"]
    assert [(span.start, span.end) for span in b.spans] == [(START, START + HOUR)]
    assert {each.spans[-1].end for each in on_demand.lanes} == {START + 2 * HOUR}


@pytest.mark.parametrize("on_plan", [True, False])
def test_a_node_that_moves_is_drawn_in_its_new_group(plans, reserve, clusters, sagemaker, on_plan):
    plan = reserve("plan", 4) if on_plan else None
    plans.clock.move_to(START)
    one = clusters.create("one", on_eks("a", plan, 2), **EKS)
    two = clusters.create("two", on_eks("b", plan, 1), **EKS)
    plans.clock.tick(HOUR)
    sagemaker.move_cluster_nodes(
        SourceClusterArn=one,
        SourceInstanceGroupName="a",
        TargetClusterArn=two,
        TargetInstanceGroupName="b",
        InstanceCount=1,
    )
    plans.clock.tick(HOUR)
    labels = {
        each.name: [span.label for span in each.spans]
        for each in plans.timeline().view.lanes
        if each.kind == "instance-group"
    }
    assert labels == {"one/a": ["2 nodes", "1 node"], "two/b": ["1 node", "2 nodes"]}


def test_one_resource_is_drawn_alone_and_an_unknown_one_is_misuse(plans, week):
    plans.clock.move_to(START + 4 * DAY)
    arn = "arn:aws:sagemaker:us-west-2:123456789012:training-job/long"
    assert [each.name for each in plans.timeline(arn).view.lanes] == ["long x3"]
    assert plans.timeline(week) == plans.timeline()
    window = plans.timeline(arn, start=START, end=START + DAY)
    assert [(span.start, span.end) for span in window.view.lanes[0].spans] == [
        (START, CUT_OFF),
        (CUT_OFF, START + DAY),
    ]
    with pytest.raises(TrainingPlansError, match="nothing is drawn of 'long'"):
        plans.timeline("long")
    with pytest.raises(TrainingPlansError, match="the window must end after it starts"):
        plans.timeline(start=START, end=START)


@pytest.mark.rule("TIME-02")
def test_looking_changes_nothing(plans, week):
    plans.clock.move_to(START + HOUR)
    before = plans.history()
    assert str(plans.timeline()) == str(plans.timeline())
    assert plans.report(week) == plans.report(week)
    assert plans.history() == before


@pytest.mark.parametrize("looks", [True, False])
def test_what_breaks_at_the_instant_at_which_it_is_taken_was_nobodys_whoever_has_looked(
    plans, buy, jobs, looks
):
    arn = buy(InstanceCount=2)
    jobs.create("job", arn, 1)
    plans.clock.move_to(START)
    if looks:
        assert plans.report(arn).parts["training"].instance_hours == 0
    plans.faults.fail_instances(arn)
    plans.clock.tick(HOUR)
    (mark,) = lane(plans.timeline(), "us-west-2a").marks
    assert (mark.label, mark.detail) == ("1 instance failed", "Used until then: 1 of nobody.")


@pytest.mark.in_process("compares this process with a server of its own")
def test_a_server_has_the_same_view_and_the_picture(plans, buy, jobs, server: RunningServer):
    from moto_trainingplans import connect

    remote = connect(server.url)
    remote.clock.freeze(plans.clock.now())
    import boto3
    import requests

    here, there = (
        boto3.client("sagemaker", region_name="us-west-2", endpoint_url=url)
        for url in (None, server.url)
    )
    for control, client in ((plans, here), (remote, there)):
        client_jobs = type(jobs)(client)
        arn = buy(using=client, InstanceCount=2)
        control.jobs.run_for(30 * HOUR)
        client_jobs.create("job", arn, Tags=[{"Key": "a", "Value": "b"}])
        control.clock.move_to(START + 5 * HOUR)
        control.faults.fail_instances(arn)
        control.clock.move_to(START + 9 * HOUR)
    assert remote.timeline().view == plans.timeline().view
    assert remote.report(arn).ledger == plans.report(arn).ledger
    answer = requests.get(
        f"{server.url}/moto-api/training-plans/timeline.svg", params={"resource": arn}, timeout=10
    )
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.text == plans.timeline(arn).svg()
    refused = requests.get(
        f"{server.url}/moto-api/training-plans/timeline.svg", params={"resource": "x"}, timeout=10
    )
    assert refused.status_code == 400
    assert "nothing is drawn of 'x'" in refused.json()["message"]


# -- the forms ---------------------------------------------------------------------------------


def at(hours):
    return datetime(2025, 1, 22, tzinfo=timezone.utc) + timedelta(hours=hours)


def view_of(*lanes, end=96.0, now=60.0, title="plan", facts=""):
    return View(at(now), at(0), at(end), (Section(title, facts, tuple(lanes)),))


NARROW_SPANS = Lane(
    "job",
    "arn",
    "job",
    (
        Span(at(1), at(2), "waiting", "a long label"),
        Span(at(2), at(3), "training", "another one"),
        Span(at(3), at(90), "lost", "lost"),
    ),
    (Mark(at(95), "failed", "Failed", "because"),),
)


@pytest.mark.parametrize("width", [40, 80, 133])
def test_no_label_vanishes_from_the_text(width):
    text = Timeline(view_of(NARROW_SPANS)).text(width, colours=False)
    for label in ("a long label", "another one", "lost", "Failed"):
        assert label in text
    assert max(map(len, text.splitlines())) <= width
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert "\x1b" not in text


def test_the_text_is_plain_where_there_is_no_terminal_and_coloured_in_one(monkeypatch):
    timeline = Timeline(view_of(NARROW_SPANS))
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    assert str(timeline) == timeline.text(80, colours=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = str(timeline)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured).split() == timeline.text(80, False).split()
    assert "\x1b[" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in str(timeline)


def test_hostile_names_and_reasons_stay_text():
    hostile = Lane(
        "job",
        HOSTILE,
        HOSTILE,
        (Span(at(1), at(50), "training", HOSTILE, HOSTILE),),
        (Mark(at(60), "failed", HOSTILE, HOSTILE),),
    )
    timeline = Timeline(view_of(hostile, title=HOSTILE, facts=HOSTILE))
    text = timeline.text(120, colours=False)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<script>" in text
    for form in (timeline.svg(), timeline.html(), timeline._repr_html_()):
        assert "<script" not in form
    root = ElementTree.fromstring(timeline.svg())
    assert {each.tag for each in root.iter()} <= {
        f"{SVG}{name}" for name in ("svg", "style", "rect", "g", "path", "text", "tspan")
    }
    assert "<script>alert('1')</script>" in "".join(root.itertext())


@pytest.mark.usefixtures("week")
def test_the_pictures_need_nothing_else(plans):
    plans.clock.move_to(START + 4 * DAY)
    timeline = plans.timeline()
    for form in (timeline.svg(), timeline.html(), timeline._repr_html_()):
        assert re.findall(r"(?:href|src|url\(|@import)\W*http", form) == []
        assert "prefers-color-scheme:dark" in form
    assert "default-src 'none'" in timeline.html()
    root = ElementTree.fromstring(timeline.svg())
    told = [each for each in root.iter(f"{SVG}g") if each.get("tabindex") == "0"]
    (lost,) = [
        "".join(each.itertext()) for each in told if "".join(each.itertext()).startswith("lost")
    ]
    assert lost.startswith("lost, Wed 22 Jan 11:30 to Thu 23 Jan 11:00 UTC (23 h 30 min)")
    # Who hears the picture is told the same.
    for each in told:
        assert each.get("aria-label").split()[:3] == "".join(each.itertext()).split()[:3]


def test_thousands_of_jobs_fold_into_lanes_that_count_them():
    lanes = [
        Lane(
            "job",
            f"arn-{n}",
            f"job-{n}",
            (
                Span(at(0), at(n % 48), "waiting", "waiting"),
                Span(at(n % 48), at(n % 48 + 2), "training", "training"),
            )[0 if n % 48 else 1 :],
            (Mark(at(n % 48 + 2), "failed", "Failed"),) if n % 100 == 0 else (),
        )
        for n in range(4800)
    ]
    text = Timeline(view_of(*lanes, end=50.0, now=50.0)).text(80, colours=False)
    assert "4800 jobs: waiting" in text
    assert "4800 jobs: training" in text
    # 100 jobs begin each hour, and train for two.
    assert "at most 200" in text
    assert len(text.splitlines()) < 20
    assert "48 Failed" in Timeline(view_of(*lanes, end=50.0, now=50.0)).svg()


def test_nothing_to_show_is_said(plans):
    assert "Nothing has happened." in str(plans.timeline())
