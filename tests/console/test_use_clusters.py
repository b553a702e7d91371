"""Clusters in the console: created, grown, moved to another plan, their nodes looked after."""

from __future__ import annotations

import pytest

from tests.support.clusters import START, group

ROLE = "arn:aws:iam::123456789012:role/cluster"


@pytest.fixture
def reserve(sagemaker, plans):  # noqa: ARG001
    """Buys a day of four instances for clusters that starts at START, and gives the plan's ARN."""

    def run(name="plan", target="hyperpod-cluster"):
        offering = sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge",
            InstanceCount=4,
            DurationHours=24,
            TargetResources=[target],
        )["TrainingPlanOfferings"][-1]
        return sagemaker.create_training_plan(
            TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )["TrainingPlanArn"]

    return run


@pytest.fixture
def create(sagemaker, plans):  # noqa: ARG001
    """Creates a cluster of some groups through the API, Continuous unless told otherwise."""

    def run(name, *groups, **members):
        members = {"NodeProvisioningMode": "Continuous", **members}
        sagemaker.create_cluster(ClusterName=name, InstanceGroups=list(groups), **members)

    return run


def groups_of(sagemaker, name):
    """The current and target count and the plan of each group."""
    return {
        each["InstanceGroupName"]: (
            each["CurrentCount"],
            each["TargetCount"],
            each.get("TrainingPlanArn"),
        )
        for each in sagemaker.describe_cluster(ClusterName=name)["InstanceGroups"]
    }


def accept(console):
    """Say yes to what is asked."""
    console.page.on("dialog", lambda dialog: dialog.accept())


def test_a_cluster_is_created_with_a_plan_for_a_group(open_console, sagemaker, plans, reserve):
    """Two groups of a Slurm cluster, one on demand, one on a plan; nodes come with the plan."""
    plan = reserve()
    reserve("for-jobs", target="training-job")
    console = open_console("clusters/new")
    console.fill(name="research")
    console.choose(provisioning="Continuous")
    console.page.get_by_label("Slurm", exact=False).first.check()
    console.press("Add a group")
    console.page.get_by_text("Instance group 2").wait_for()
    assert console.page.locator("[name=name]").input_value() == "research"
    for number, node_type in ((0, "Controller"), (1, "Compute")):
        details = console.page.get_by_text("Slurm, capacity, threads").nth(number)
        details.click()
        console.choose(**{f"group-{number}-node-type": node_type})
    console.fill(
        **{
            "group-0-name": "head",
            "group-1-name": "workers",
            "group-1-count": "3",
            "group-1-minimum": "2",
            "group-1-partition": "gpu",
            "group-1-scripts": "s3://bucket/scripts",
            "group-1-script": "on_create.sh",
        }
    )
    options = console.page.locator("[name=group-1-plan] option").all_inner_texts()
    assert [each.partition(":")[0] for each in options] == ["On-demand", "plan"]
    console.choose(**{"group-1-plan": plan})
    console.page.get_by_role("button", name="Create cluster").last.click()
    console.page.get_by_text("Cluster research is created.").wait_for()
    assert console.page.url.endswith("/clusters/research")

    (call,) = plans.calls("CreateCluster")
    assert call.parameters == {
        "ClusterName": "research",
        "NodeProvisioningMode": "Continuous",
        "NodeRecovery": "Automatic",
        "Orchestrator": {"Slurm": {}},
        "InstanceGroups": [
            {
                "InstanceGroupName": "head",
                "InstanceType": "ml.p4d.24xlarge",
                "InstanceCount": 1,
                "ExecutionRole": ROLE,
                "SlurmConfig": {"NodeType": "Controller"},
            },
            {
                "InstanceGroupName": "workers",
                "InstanceType": "ml.p4d.24xlarge",
                "InstanceCount": 3,
                "MinInstanceCount": 2,
                "ExecutionRole": ROLE,
                "LifeCycleConfig": {
                    "SourceS3Uri": "s3://bucket/scripts",
                    "OnCreate": "on_create.sh",
                },
                "TrainingPlanArn": plan,
                "SlurmConfig": {"NodeType": "Compute", "PartitionNames": ["gpu"]},
            },
        ],
    }
    assert groups_of(sagemaker, "research") == {"head": (1, 1, None), "workers": (0, 3, plan)}
    plans.clock.move_to(START)
    console.follow(console.page.get_by_role("link", name="Refresh"))
    nodes = console.page.get_by_role("table", name="Nodes").locator("tbody tr")
    assert nodes.count() == 4
    assert "Cluster research creation completed successfully" in console.text


def test_groups_are_added_to_and_taken_from_the_form(open_console):
    """What was typed into the others stays; the last one cannot be taken away."""
    console = open_console("clusters/new")
    for number in (2, 3):
        console.press("Add a group")
        console.page.get_by_text(f"Instance group {number}").wait_for()
    console.fill(**{"group-2-name": "third", "group-2-count": "7"})
    console.press("Remove group 2")
    console.page.get_by_text("Instance group 3").wait_for(state="detached")
    assert console.page.locator("[name=group-2-name]").input_value() == "third"
    assert console.page.locator("[name=group-2-count]").input_value() == "7"
    console.press("Remove group 1")
    console.page.get_by_text("Instance group 2").wait_for(state="detached")
    assert console.page.get_by_role("button", name="Remove group").count() == 0


def test_a_refused_cluster_is_told_in_aws_words(open_console, sagemaker):
    """Slurm without a Controller: AWS's text, and the form as it was."""
    console = open_console("clusters/new")
    console.fill(name="headless")
    console.choose(provisioning="Continuous")
    console.page.get_by_label("Slurm", exact=False).first.check()
    console.page.get_by_text("Slurm, capacity, threads").click()
    console.choose(**{"group-0-node-type": "Compute"})
    console.fill(**{"group-0-partition": "gpu"})
    console.page.get_by_role("button", name="Create cluster").last.click()
    refused = console.page.get_by_role("alert")
    refused.wait_for()
    assert "ValidationException" in refused.inner_text()
    assert "Controller" in refused.inner_text()
    assert console.page.locator("[name=name]").input_value() == "headless"
    assert sagemaker.list_clusters(NameContains="headless")["ClusterSummaries"] == []


def test_a_group_is_scaled_and_changes_its_plan(open_console, sagemaker, plans, reserve, create):
    """From on demand to a plan and back; the other group and all other members stay."""
    plan = reserve()
    scripts = {"LifeCycleConfig": {"SourceS3Uri": "s3://bucket/x", "OnCreate": "on_create.sh"}}
    create("cluster", group("head"), group("workers", None, 2, **scripts))
    console = open_console("clusters/cluster")
    console.page.get_by_text("Change workers").click()
    console.fill(**{"workers:count": "4"})
    console.choose(**{"workers:plan": plan})
    console.press("Update workers")
    console.page.get_by_text("Group workers is changed.").wait_for()
    assert groups_of(sagemaker, "cluster") == {"head": (1, 1, None), "workers": (0, 4, plan)}
    assert plans.calls("UpdateCluster")[-1].parameters == {
        "ClusterName": "cluster",
        "InstanceGroups": [group("workers", plan, 4, **scripts)],
    }
    plans.clock.move_to(START)
    console.go("clusters/cluster")
    console.page.get_by_text("Change workers").click()
    console.fill(**{"workers:count": "1"})
    console.choose(**{"workers:plan": ""})
    console.press("Update workers")
    console.page.get_by_text("Group workers is changed.").wait_for()
    assert groups_of(sagemaker, "cluster") == {"head": (1, 1, None), "workers": (1, 1, None)}


def test_groups_and_nodes_are_added_and_groups_deleted(open_console, sagemaker, create):
    """A group more, two nodes more, and a group less."""
    create("cluster", group("workers"))
    console = open_console("clusters/cluster")
    accept(console)
    console.follow(console.page.get_by_role("link", name="Add a group"))
    console.fill(**{"group-0-name": "others", "group-0-count": "2"})
    console.press("Add the group")
    console.page.get_by_text("The group is added.").wait_for()
    console.page.get_by_text("Change others").click()
    console.fill(**{"others:more": "2"})
    console.press("Add nodes to others")
    console.page.get_by_text("2 nodes are added to others.").wait_for()
    assert groups_of(sagemaker, "cluster") == {"workers": (1, 1, None), "others": (4, 4, None)}
    console.page.get_by_text("Change workers").click()
    console.press("Delete workers")
    console.page.get_by_text("Group workers is deleted.").wait_for()
    assert groups_of(sagemaker, "cluster") == {"others": (4, 4, None)}


def test_chosen_nodes_are_replaced_rebooted_and_deleted(open_console, sagemaker, create):
    """Each operation takes those that were ticked, and no others."""
    create("cluster", group("workers", None, 3))

    def ids():
        listed = sagemaker.list_cluster_nodes(ClusterName="cluster")["ClusterNodeSummaries"]
        return [each["InstanceId"] for each in listed]

    first, second, third = ids()
    console = open_console("clusters/cluster")
    accept(console)
    console.press("Replace chosen nodes")
    console.page.get_by_text("Choose nodes first.").wait_for()
    assert ids() == [first, second, third]
    console.page.get_by_label(f"Choose {first}").check()
    console.page.get_by_label(f"Choose {second}").check()
    console.press("Reboot chosen nodes")
    console.page.get_by_text("2 of 2 nodes are rebooted.").wait_for()
    assert ids() == [first, second, third]
    console.page.get_by_label(f"Choose {first}").check()
    console.press("Replace chosen nodes")
    console.page.get_by_text("1 of 1 nodes are replaced.").wait_for()
    assert first not in ids()
    assert {second, third} < set(ids())
    console.page.get_by_label(f"Choose {second}").check()
    console.press("Delete chosen nodes")
    console.page.get_by_text("1 of 1 nodes are deleted.").wait_for()
    assert second not in ids()
    assert groups_of(sagemaker, "cluster") == {"workers": (2, 2, None)}


def test_what_fails_for_a_node_is_told_for_it(open_console, sagemaker, create):
    """A node that has gone meanwhile: AWS's code beside its id."""
    create("cluster", group("workers", None, 2))
    console = open_console("clusters/cluster")
    accept(console)
    node, _ = sagemaker.list_cluster_nodes(ClusterName="cluster")["ClusterNodeSummaries"]
    sagemaker.batch_delete_cluster_nodes(ClusterName="cluster", NodeIds=[node["InstanceId"]])
    console.page.get_by_label(f"Choose {node['InstanceId']}").check()
    console.press("Reboot chosen nodes")
    console.page.get_by_text("0 of 1 nodes are rebooted.").wait_for()
    failure = console.page.get_by_role("alert").inner_text()
    assert f"{node['InstanceId']}: InstanceIdNotFound" in failure


def test_nodes_and_events_are_of_one_group_and_paged(open_console, create):
    """Fifty nodes and twenty events a page, each list for itself."""
    create("cluster", group("workers", None, 60), group("others", None, 2))
    console = open_console("clusters/cluster")
    nodes = console.page.get_by_role("table", name="Nodes").locator("tbody tr")
    events = console.page.get_by_role("table", name="Events").locator("tbody tr")
    assert (nodes.count(), events.count()) == (50, 20)
    console.follow(
        console.page.get_by_label("Pages of nodes").get_by_role("link", name="Next page")
    )
    console.page.get_by_role("link", name="First page").wait_for()
    assert (nodes.count(), events.count()) == (12, 20)
    console.choose(group="others")
    console.find("Show")
    console.page.get_by_label("Pages of nodes").wait_for(state="detached")
    assert nodes.count() == 2
    assert {row.locator("td").nth(1).inner_text() for row in nodes.all()} == {"others"}


def test_a_cluster_is_deleted(open_console, sagemaker, create):
    """Once it is confirmed, the list is shown without it."""
    create("cluster", group("workers"))
    console = open_console("clusters")
    accept(console)
    console.follow(console.page.get_by_role("link", name="cluster", exact=True))
    console.press("Delete cluster")
    console.page.get_by_text("Cluster cluster is deleted.").wait_for()
    assert console.page.url.endswith("/clusters")
    assert sagemaker.list_clusters()["ClusterSummaries"] == []


def test_the_pages_of_clusters_are_accessible(open_console, accessible, plans, reserve, create):
    """axe-core finds nothing serious in the list, the forms, a cluster and a node."""
    create("cluster", group("head"), group("workers", reserve(), 3))
    plans.clock.move_to(START)
    console = open_console("clusters/cluster")
    console.page.get_by_text("Change workers").click()
    accessible(console)
    console.follow(console.page.get_by_role("table", name="Nodes").locator("tbody a").first)
    console.page.get_by_text("All that DescribeClusterNode tells").wait_for()
    accessible(console)
    for path in ("clusters", "clusters/new", "clusters/cluster/new-group"):
        console.go(path)
        accessible(console)


def test_the_pages_of_clusters_fit_a_phone(open_console, create):
    """Tables scroll by themselves: no page is wider than the window."""
    create("cluster", group("workers", None, 3))
    console = open_console("clusters", width=390)
    for path in ("clusters", "clusters/new", "clusters/cluster", "clusters/cluster/new-group"):
        console.go(path)
        assert console.page.evaluate("document.documentElement.scrollWidth") <= 390
