"""What the history tells of each kind of resource, in which words."""

from __future__ import annotations

import pytest

from tests.clusters.test_node_moves import EKS, on_eks
from tests.studio_apps.test_studio_apps import app, spec
from tests.support.clusters import group
from tests.support.jobs import DAY, HOUR, START
from tests.support.rich_story import extend


@pytest.fixture
def life(plans):
    """The changes of a resource, without their times."""

    def look(resource: str) -> list[str]:
        return [f"{each.before} -> {each.after}: {each.reason}" for each in plans.history(resource)]

    return look


BOUGHT = [
    "None -> Pending: Training plan created.",
    "Pending -> Pending: Invoice of 318.89 USD issued.",
]
PAID = [
    "Pending -> Pending: Payment of 318.89 USD received.",
    "Pending -> Scheduled: Payment confirmed, training plan scheduled.",
]


@pytest.mark.rule("PLAN-03", "PLAN-06")
def test_a_plan_is_bought_paid_and_active_in_each_of_its_blocks(
    plans, life, buy_two_blocks, sagemaker
):
    plans.payments.delay(HOUR)
    arn = buy_two_blocks()
    plans.clock.tick(5 * DAY)
    assert life(arn) == [
        "None -> Pending: Training plan created.",
        "Pending -> Pending: Invoice of 637.79 USD issued.",
        "Pending -> Pending: Payment of 637.79 USD received.",
        "Pending -> Scheduled: Payment confirmed, training plan scheduled.",
        "Scheduled -> Active: Reserved capacity block started.",
        "Active -> Scheduled: Reserved capacity block ended.",
        "Scheduled -> Active: Reserved capacity block started.",
        "Active -> Expired: The last reserved capacity block ended.",
    ]
    described = sagemaker.describe_training_plan(TrainingPlanName="plan")
    for block in described["ReservedCapacitySummaries"]:
        assert life(block["ReservedCapacityArn"]) == [
            "None -> Pending: Reserved capacity created.",
            "Pending -> Scheduled: Payment confirmed, training plan scheduled.",
            "Scheduled -> Active: Reserved capacity block started.",
            "Active -> Expired: Reserved capacity block ended.",
        ]


@pytest.mark.rule("PLAN-05")
def test_a_plan_that_is_not_paid_says_why(plans, life, buy):
    plans.payments.fail_next(message="card expired")
    assert life(buy("told")) == [*BOUGHT, "Pending -> Failed: card expired"]
    plans.payments.fail_next()
    unpaid = "Pending -> Failed: Payment failed, training plan cannot be scheduled."
    assert life(buy("not-told")) == [*BOUGHT, unpaid]
    plans.payments.delay(DAY)
    late = buy("late")
    plans.clock.tick(2 * DAY)
    too_late = "Payment was not completed 5 minutes before the start of the training plan."
    assert life(late) == [*BOUGHT, f"Pending -> Failed: {too_late}"]


@pytest.mark.rule("EXTEND-04")
def test_extensions_are_told_with_their_ends_in_the_history_of_their_plan(
    plans, life, buy, sagemaker
):
    arn = buy("plan")
    plans.payments.delay(HOUR)
    extend(sagemaker, arn)
    plans.clock.tick(HOUR)
    plans.payments.fail_next(message="card expired")
    extend(sagemaker, arn)
    plans.clock.tick(4 * DAY)
    first = "Extension until 2025-01-24T11:30:00+00:00"
    second = "Extension until 2025-01-25T11:30:00+00:00"
    assert life(arn) == [
        *BOUGHT,
        *PAID,
        f"Scheduled -> Scheduled: {first}: bought.",
        f"Scheduled -> Scheduled: {first}: invoice of 325.68 USD issued.",
        f"Scheduled -> Scheduled: {first}: payment of 325.68 USD received.",
        f"Scheduled -> Scheduled: {first}: Scheduled.",
        f"Scheduled -> Scheduled: {second}: bought.",
        f"Scheduled -> Scheduled: {second}: invoice of 325.68 USD issued.",
        f"Scheduled -> Scheduled: {second}: card expired.",
        f"Scheduled -> Scheduled: {second}: Failed.",
        "Scheduled -> Active: Reserved capacity block started.",
        f"Active -> Active: {first}: Active.",
        f"Active -> Active: {first}: Expired.",
        "Active -> Expired: The last reserved capacity block ended.",
    ]


@pytest.mark.rule("JOB-08")
def test_a_job_has_its_status_messages_and_its_warm_pool_in_its_history(
    plans, life, buy, jobs, sagemaker
):
    plan = buy("plan", InstanceCount=2)
    plans.jobs.run_for(HOUR, "done")
    done = jobs.create("done", plan, 2, resources={"KeepAlivePeriodInSeconds": 3600})
    plans.clock.move_to(START + 3 * HOUR)
    stopped = jobs.create("stopped", plan, 1)
    sagemaker.stop_training_job(TrainingJobName="stopped")
    plans.clock.tick(HOUR)
    sagemaker.delete_training_job(TrainingJobName="done")
    trained = [
        "Starting -> Downloading: Downloading input data",
        "Downloading -> Training: Training image download completed. Training in progress.",
    ]
    assert life(done) == [
        "None -> Pending: Waiting for the training plan to be active",
        "Pending -> Starting: Preparing the instances for training.",
        *trained,
        "Training -> Uploading: Uploading generated training model",
        "Uploading -> Completed: Training job completed",
        "Completed -> Completed: Warm pool InUse -> Available.",
        "Completed -> Completed: Warm pool Available -> Terminated.",
        "Completed -> Deleted: Training job deleted.",
    ]
    assert life(stopped) == [
        "None -> Starting: Preparing the instances for training.",
        *trained,
        "Training -> Stopping: Stopping the training job.",
        "Stopping -> Stopped: The training job has stopped.",
    ]


@pytest.mark.rule("CLUSTER-05")
def test_a_cluster_and_its_nodes_say_what_is_done_to_them(
    plans, life, clusters, reserve, sagemaker, state_manager
):
    plan = reserve(count=4)
    state_manager("sagemaker::cluster_node", {"progression": "time", "seconds": 60})
    checked = {"OnStartDeepHealthChecks": ["InstanceStress"]}
    cluster = clusters.create("one", group("a", plan, 2), group("b", count=2, **checked))
    plans.clock.move_to(START + HOUR)
    rebooted, replaced = clusters.ids("one", InstanceGroupNameContains="b")
    kept = clusters.ids("one", InstanceGroupNameContains="a")[0]
    sagemaker.batch_reboot_cluster_nodes(ClusterName="one", NodeIds=[rebooted])
    plans.clock.tick(HOUR)
    sagemaker.batch_replace_cluster_nodes(ClusterName="one", NodeIds=[replaced])
    plans.clock.tick(HOUR)
    sagemaker.update_cluster_software(ClusterName="one")
    plans.clock.tick(HOUR)
    failed = clusters.ids("one", InstanceGroupNameContains="a")[1]
    plans.faults.fail_instances(failed)
    plans.clock.tick(HOUR)
    clusters.update("one", group("a", plan, 2), group("b", count=1, **checked))
    plans.clock.tick(HOUR)
    clusters.update("one", InstanceGroupsToDelete=["b"])
    plans.clock.tick(DAY)
    clusters.delete("one")
    assert life(cluster) == [
        "None -> Creating: Cluster created.",
        "Creating -> InService: Cluster is in service.",
        "InService -> SystemUpdating: Software is updated.",
        "SystemUpdating -> InService: Software was updated.",
        "InService -> Updating: Cluster is updated.",
        "Updating -> InService: Cluster was updated.",
        "InService -> Updating: Cluster is updated.",
        "Updating -> InService: Cluster was updated.",
        "InService -> Deleting: Cluster is deleted.",
        "Deleting -> Deleted: Cluster was deleted.",
    ]
    launched = "None -> Pending: Instance launched."
    deep = "Pending -> DeepHealthCheckInProgress: Deep health check runs."
    checked_and_running = [
        launched,
        deep,
        "DeepHealthCheckInProgress -> Running: Instance is running.",
    ]
    updated = [
        "Running -> SystemUpdating: Software is updated.",
        "SystemUpdating -> Running: Instance is running.",
    ]
    running = [launched, "Pending -> Running: Instance is running."]
    gone = "ShuttingDown -> NotFound: Instance has ended."
    assert life(rebooted) == [
        *checked_and_running,
        "Running -> Pending: Node is rebooted.",
        "Pending -> Running: Instance is running.",
        *updated,
        "Running -> ShuttingDown: Instance group is deleted.",
        gone,
    ]
    assert life(replaced) == [
        *checked_and_running,
        "Running -> ShuttingDown: Node is replaced.",
        gone,
    ]
    assert life(kept) == [
        *running,
        *updated,
        "Running -> ShuttingDown: The reserved capacity block is about to end.",
        gone,
    ]
    assert life(failed) == [
        *running,
        *updated,
        "Running -> Failure: Instance has failed.",
        "Failure -> NotFound: Failed instance is replaced.",
    ]
    # The newest goes first, which is the one that replaced another.
    (newest,) = {
        each.resource for each in plans.history() if each.reason == "Instance group is scaled down."
    }
    assert life(newest) == [
        *checked_and_running,
        *updated,
        "Running -> ShuttingDown: Instance group is scaled down.",
        gone,
    ]


@pytest.mark.rule("CLUSTER-12")
def test_a_node_that_moves_is_deleted_or_loses_its_zone_says_so(
    plans, life, clusters, reserve, sagemaker, state_manager
):
    plan = reserve(count=4)
    plans.clock.move_to(START)
    one = clusters.create("one", on_eks("a", plan, 2), **EKS)
    two = clusters.create("two", on_eks("b", plan, 1), **EKS)
    first, second = clusters.ids("one")
    state_manager("sagemaker::cluster_node", {"progression": "time", "seconds": 60})
    sagemaker.move_cluster_nodes(
        SourceClusterArn=one,
        SourceInstanceGroupName="a",
        TargetClusterArn=two,
        TargetInstanceGroupName="b",
        NodeIds=[first],
    )
    plans.clock.tick(600)
    sagemaker.batch_delete_cluster_nodes(ClusterName="two", NodeIds=[first])
    plans.clock.tick(600)
    (zone,) = {node["Placement"]["AvailabilityZone"] for node in (clusters.node("one", second),)}
    plans.faults.zone_outage(zone, START, START + DAY)
    plans.clock.tick(600)
    running = ["None -> Pending: Instance launched.", "Pending -> Running: Instance is running."]
    gone = "ShuttingDown -> NotFound: Instance has ended."
    assert life(first) == [
        *running,
        "Running -> DetachInProgress: Node moves to b.",
        "DetachInProgress -> AttachInProgress: Node joins b.",
        "AttachInProgress -> Running: Instance is running.",
        "Running -> ShuttingDown: Node is deleted.",
        gone,
    ]
    assert life(second) == [
        *running,
        "Running -> ShuttingDown: The Availability Zone is down.",
        gone,
    ]


@pytest.mark.rule("OTHER-02")
def test_an_app_says_what_it_has_ended_by(plans, life, buy, sagemaker):
    plan = buy("plan", InstanceCount=4, TargetResources=["studio-apps"])
    plans.clock.move_to(START)
    create = sagemaker.create_app

    def made(name: str) -> str:
        arn: str = create(**app(name), ResourceSpec=spec(plan))["AppArn"]
        return arn

    deleted, broken = made("deleted"), made("broken")
    sagemaker.delete_app(**app("deleted"))
    plans.faults.fail_instances(plan, 4)
    plans.faults.repair(plan)
    dark = made("dark")
    described = sagemaker.describe_training_plan(TrainingPlanName="plan")
    (block,) = described["ReservedCapacitySummaries"]
    plans.faults.zone_outage(block["AvailabilityZone"], START, START + HOUR)
    plans.clock.tick(2 * HOUR)
    late = made("late")
    plans.clock.tick(2 * DAY)
    created = "None -> InService: App created."
    assert life(deleted) == [created, "InService -> Deleted: App deleted."]
    no_other = "The app's instance has failed, and the training plan has no other that is free."
    assert life(broken) == [created, f"InService -> Failed: {no_other}"]
    is_down = "The Availability Zone of the app's instance is down."
    assert life(dark) == [created, f"InService -> Failed: {is_down}"]
    ending = "The reserved capacity of the training plan is ending."
    assert life(late) == [created, f"InService -> Deleted: {ending}"]


@pytest.mark.rule("QUOTA-02")
def test_requests_for_quotas_are_told_with_what_they_want(plans, life, client):
    plans.quotas.deny_next()
    for wanted in (50, 60):
        client("service-quotas").request_service_quota_increase(
            ServiceCode="sagemaker", QuotaCode="L-867702E6", DesiredValue=wanted
        )
    assert life("arn:aws:servicequotas:us-west-2:123456789012:sagemaker/L-867702E6") == [
        "None -> PENDING: Increase to 50 requested.",
        "PENDING -> CASE_OPENED: Increase to 50: CASE_OPENED.",
        "CASE_OPENED -> DENIED: Increase to 50: DENIED.",
        "None -> PENDING: Increase to 60 requested.",
        "PENDING -> CASE_OPENED: Increase to 60: CASE_OPENED.",
        "CASE_OPENED -> APPROVED: Increase to 60: APPROVED.",
    ]
