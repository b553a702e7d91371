"""Service Quotas for SageMaker, and requests to increase them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.clusters import CONTINUOUS, group
from tests.jobs import HOUR, START, job_request

ACCOUNT = "123456789012"
RESERVED_P4D = (
    "Number of ml.p4d.24xlarge instances in reserved capacity across training plans per Region"
)
# Codes that were seen, and the names that the guide or AWS's own listings give them.
CODES = {
    "L-867702E6": "Number of training plans per Region",
    "L-B9718876": RESERVED_P4D,
    "L-9EF527CA": RESERVED_P4D.replace("p4d.24xlarge", "p5.48xlarge"),
    "L-95C2C3D0": RESERVED_P4D.replace("p4d.24xlarge", "p4de.24xlarge"),
    "L-8762A75F": "ml.p5.48xlarge for cluster usage",
    "L-47E0BC8F": "ml.p4d.24xlarge for cluster usage",
    "L-BEF3120E": "ml.p4de.24xlarge for cluster usage",
    "L-FD431820": "ml.p5e.48xlarge for cluster usage",
    "L-6EF3AE05": "ml.p5en.48xlarge for cluster usage",
    "L-44097F05": "ml.p6-b200.48xlarge for cluster usage",
    "L-9883FE68": "ml.p6-b300.48xlarge for cluster usage",
    "L-5DB70460": "ml.p6e-gb200.36xlarge for cluster usage",
}
PLANS, P4D = "L-867702E6", "L-B9718876"


@pytest.fixture
def service_quotas(client):
    """A Service Quotas client in the guide's Region."""
    return client("service-quotas")


@pytest.fixture
def value(service_quotas):
    """The value of a quota."""

    def look(code, using=service_quotas):
        quota = using.get_service_quota(ServiceCode="sagemaker", QuotaCode=code)["Quota"]
        return quota["Value"]

    return look


@pytest.fixture
def increase(service_quotas):
    """Asks for a higher value, and gives the request."""

    def ask(code, value, **settings):
        return service_quotas.request_service_quota_increase(
            ServiceCode="sagemaker", QuotaCode=code, DesiredValue=value, **settings
        )["RequestedQuota"]

    return ask


@pytest.fixture
def slowly():
    """Has moto's state manager take its time for requests."""
    from moto.moto_api import state_manager

    name = "servicequotas::quota_increase_request"
    yield lambda **setting: state_manager.set_transition(name, setting)
    state_manager.unset_transition(name)


def everything(client, operation, member, **asked):
    pages = client.get_paginator(operation).paginate(**asked)
    return [each for page in pages for each in page[member]]


@pytest.mark.rule("QUOTA-01", "QUOTA-03")
@pytest.mark.parametrize("operation", ["list_service_quotas", "list_aws_default_service_quotas"])
def test_every_quota_is_listed_once_with_its_code_and_default(service_quotas, operation):
    quotas = everything(service_quotas, operation, "Quotas", ServiceCode="sagemaker")
    by_code = {quota["QuotaCode"]: quota for quota in quotas}
    assert len(by_code) == len(quotas)
    assert {code: by_code[code]["QuotaName"] for code in CODES} == CODES
    assert by_code[PLANS]["Value"] == 25.0
    assert by_code[P4D]["Value"] == 256.0
    assert by_code["L-47E0BC8F"]["Value"] == 10_000.0
    names = {quota["QuotaName"] for quota in quotas}
    assert sum("in reserved capacity" in name for name in names) == 11
    assert "ml.m5.large for training job usage" in names
    assert all(quota["Adjustable"] for quota in quotas)


@pytest.mark.rule("QUOTA-01")
def test_a_quota_and_its_default_are_told_apart(service_quotas, plans):
    plans.quotas.set("training-plan-total_count", 3, region="us-west-2")
    asked = {"ServiceCode": "sagemaker", "QuotaCode": PLANS}
    applied = service_quotas.get_service_quota(**asked)["Quota"]
    default = service_quotas.get_aws_default_service_quota(**asked)["Quota"]
    assert (applied["Value"], default["Value"]) == (3.0, 25.0)
    assert applied["QuotaArn"] == f"arn:aws:servicequotas:us-west-2:{ACCOUNT}:sagemaker/{PLANS}"
    assert applied["QuotaName"] == "Number of training plans per Region"
    (listed,) = service_quotas.list_service_quotas(**asked)["Quotas"]
    assert listed == applied
    assert (
        service_quotas.list_service_quotas(**asked, QuotaAppliedAtLevel="RESOURCE")["Quotas"] == []
    )


@pytest.mark.rule("QUOTA-01")
def test_motos_own_quotas_stay_as_they_are(service_quotas, refusal):
    quotas = service_quotas.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
    assert {quota["ServiceCode"] for quota in quotas} == {"vpc"}
    code = quotas[0]["QuotaCode"]
    assert service_quotas.get_service_quota(ServiceCode="vpc", QuotaCode=code)["Quota"] == quotas[0]
    code, _ = refusal(service_quotas.get_service_quota, ServiceCode="other", QuotaCode=PLANS)
    assert code == "NoSuchResourceException"


@pytest.mark.rule("QUOTA-03")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("training-plan-total_count", PLANS),
        ("Number of training plans per Region", PLANS),
        ("reserved-capacity-ml-p4d-24xlarge", P4D),
        ("ml.p4d.24xlarge", P4D),
        ("ml.p4d.24xlarge for cluster usage", "L-47E0BC8F"),
    ],
)
def test_the_control_object_sets_any_quota_by_any_of_its_names(plans, value, client, name, code):
    plans.quotas.set(name, 7, region="us-west-2")
    assert value(code) == 7
    plans.quotas.set(name, 8, region="us-west-2", account=ACCOUNT)
    assert value(code) == 8
    assert value(code, using=client("service-quotas", region="us-east-1")) > 8


@pytest.mark.rule("QUOTA-03")
def test_an_unknown_quota_name_is_an_error_that_says_what_is_allowed(plans):
    from moto_trainingplans import TrainingPlansError

    with pytest.raises(TrainingPlansError, match="training-plan-total_count"):
        plans.quotas.set("ml.p9.large for cluster usage", 1, region="us-west-2")


@pytest.mark.rule("QUOTA-02", "SEARCH-11")
def test_an_increase_is_approved_and_lets_more_be_bought(
    plans, increase, value, search, service_quotas, refusal, sagemaker
):
    plans.quotas.set("ml.p4d.24xlarge", 0, region="us-west-2")
    code, _ = refusal(
        sagemaker.search_training_plan_offerings,
        InstanceType="ml.p4d.24xlarge",
        DurationHours=24,
        TargetResources=["training-job"],
    )
    assert code == "ResourceLimitExceeded"
    request = increase(P4D, 8)
    assert (request["QuotaCode"], request["DesiredValue"]) == (P4D, 8.0)
    request = service_quotas.get_requested_service_quota_change(RequestId=request["Id"])[
        "RequestedQuota"
    ]
    assert request["Status"] == "APPROVED"
    assert request["CaseId"]
    assert value(P4D) == 8
    assert search()
    assert [change.after for change in plans.history(request["QuotaArn"])] == [
        "PENDING",
        "CASE_OPENED",
        "APPROVED",
    ]


@pytest.mark.rule("QUOTA-02")
def test_a_request_is_denied_where_the_control_object_said_so(plans, increase, value):
    plans.quotas.deny_next()
    assert increase(PLANS, 26)["Status"] == "DENIED"
    assert value(PLANS) == 25
    assert increase(PLANS, 26)["Status"] == "APPROVED"
    assert value(PLANS) == 26


@pytest.mark.rule("QUOTA-02")
def test_without_a_support_case_a_request_is_not_approved(increase, value):
    request = increase(PLANS, 26, SupportCaseAllowed=False)
    assert request["Status"] == "NOT_APPROVED"
    assert "CaseId" not in request
    assert value(PLANS) == 25


@pytest.mark.rule("QUOTA-02")
@pytest.mark.in_process("moto's state manager is set in Python")
def test_a_request_takes_the_time_that_the_state_manager_says(
    plans, increase, value, service_quotas, refusal, slowly
):
    slowly(progression="time", seconds=60)
    request = increase(PLANS, 26)
    assert increase(P4D, 300)["Status"] == "PENDING"
    seen = []
    for _ in range(3):
        found = service_quotas.get_requested_service_quota_change(RequestId=request["Id"])
        seen.append((found["RequestedQuota"]["Status"], "CaseId" in found["RequestedQuota"]))
        if seen[-1][0] != "APPROVED":
            code, _ = refusal(
                service_quotas.request_service_quota_increase,
                ServiceCode="sagemaker",
                QuotaCode=PLANS,
                DesiredValue=30,
            )
            assert code == "ResourceAlreadyExistsException"
            assert value(PLANS) == 25
        plans.clock.tick(timedelta(seconds=60))
    assert seen == [("PENDING", False), ("CASE_OPENED", True), ("APPROVED", True)]
    assert value(PLANS) == 26
    found = service_quotas.get_requested_service_quota_change(RequestId=request["Id"])
    lasted = found["RequestedQuota"]["LastUpdated"] - found["RequestedQuota"]["Created"]
    assert lasted == timedelta(seconds=120)


@pytest.mark.rule("QUOTA-02")
@pytest.mark.in_process("moto's state manager is set in Python")
def test_a_request_goes_on_by_being_looked_at_where_the_state_manager_says(
    increase, service_quotas, slowly
):
    slowly(progression="manual", times=2)
    request = increase(PLANS, 26)
    seen = [
        service_quotas.get_requested_service_quota_change(RequestId=request["Id"])[
            "RequestedQuota"
        ]["Status"]
        for _ in range(4)
    ]
    assert seen == ["PENDING", "CASE_OPENED", "CASE_OPENED", "APPROVED"]


@pytest.mark.rule("QUOTA-02", "VALIDATE-01")
@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"DesiredValue": 25}, "IllegalArgumentException"),
        ({"DesiredValue": 24}, "IllegalArgumentException"),
        ({"DesiredValue": 25.5}, "IllegalArgumentException"),
        ({"ContextId": "arn:aws:sagemaker:us-west-2:123456789012:x"}, "IllegalArgumentException"),
        ({"QuotaCode": "L-00000000"}, "NoSuchResourceException"),
        ({"QuotaCode": "7"}, "ValidationException"),
        ({"DesiredValue": 1e11}, "ValidationException"),
    ],
)
def test_an_increase_that_cannot_be_is_refused_and_changes_nothing(
    service_quotas, plans, refusal, value, members, expected
):
    asked = {"ServiceCode": "sagemaker", "QuotaCode": PLANS, "DesiredValue": 30, **members}
    code, _ = refusal(service_quotas.request_service_quota_increase, **asked)
    assert code == expected
    assert value(PLANS) == 25
    assert plans.history() == []


@pytest.mark.rule("QUOTA-02")
def test_the_history_of_requests_is_told_by_service_by_quota_and_by_status(
    plans, increase, service_quotas
):
    plans.quotas.deny_next()
    for code, desired in ((PLANS, 26), (P4D, 300), (PLANS, 27), (PLANS, 28)):
        increase(code, desired)

    def values(operation, **asked):
        found = everything(service_quotas, operation, "RequestedQuotas", **asked)
        return [request["DesiredValue"] for request in found]

    history = "list_requested_service_quota_change_history"
    of_quota = {"ServiceCode": "sagemaker", "QuotaCode": PLANS}
    page = {"PaginationConfig": {"PageSize": 1}}
    assert values(history) == [26, 300, 27, 28]
    assert values(history, ServiceCode="sagemaker", **page) == [26, 300, 27, 28]
    assert values(history, Status="DENIED") == [26]
    assert values(history, QuotaRequestedAtLevel="RESOURCE") == []
    assert values(f"{history}_by_quota", **of_quota, **page) == [26, 27, 28]
    assert values(f"{history}_by_quota", **of_quota, Status="APPROVED") == [27, 28]


@pytest.mark.rule("QUOTA-02", "QUOTA-01")
def test_what_is_not_there_is_no_such_resource(service_quotas, client, increase, refusal):
    request = increase(PLANS, 26)
    elsewhere = client("service-quotas", region="us-east-1")
    unknown = {"ServiceCode": "sagemaker", "QuotaCode": "L-00000000"}
    for call, members in (
        (elsewhere.get_requested_service_quota_change, {"RequestId": request["Id"]}),
        (service_quotas.get_service_quota, unknown),
        (service_quotas.get_aws_default_service_quota, unknown),
        (service_quotas.list_service_quotas, unknown),
        (service_quotas.list_requested_service_quota_change_history_by_quota, unknown),
    ):
        assert refusal(call, **members)[0] == "NoSuchResourceException"
    code, _ = refusal(service_quotas.list_service_quotas, ServiceCode="sagemaker", NextToken="x")
    assert code == "InvalidPaginationTokenException"
    code, _ = refusal(
        service_quotas.get_service_quota, ServiceCode="sagemaker", QuotaCode=PLANS, ContextId="x"
    )
    assert code == "IllegalArgumentException"


@pytest.mark.rule("QUOTA-04")
@pytest.mark.in_process("jobs and clusters ask the domain")
def test_instances_in_use_are_limited_for_each_account_region_and_type(plans):
    from moto_trainingplans.control_api.models import current_world
    from moto_trainingplans.simulation.errors import QuotaExceeded
    from moto_trainingplans.simulation.quotas import Usage

    plans.quotas.set("ml.p5.48xlarge for cluster usage", 4, region="us-west-2", account=ACCOUNT)
    quotas = current_world().quotas
    where = (Usage.CLUSTER, ACCOUNT, "us-west-2", "ml.p5.48xlarge")
    quotas.check_usage(*where, held=3, requested=1)
    with pytest.raises(QuotaExceeded) as refused:
        quotas.check_usage(*where, held=3, requested=2)
    exceeded = refused.value
    assert exceeded.quota_name == "ml.p5.48xlarge for cluster usage"
    assert (exceeded.limit, exceeded.used, exceeded.requested) == (4, 3, 2)
    for other in (
        (Usage.TRAINING_JOB, ACCOUNT, "us-west-2", "ml.p5.48xlarge"),
        (Usage.CLUSTER, "999999999999", "us-west-2", "ml.p5.48xlarge"),
        (Usage.CLUSTER, ACCOUNT, "us-east-1", "ml.p5.48xlarge"),
        (Usage.CLUSTER, ACCOUNT, "us-west-2", "ml.m5.large"),
    ):
        quotas.check_usage(*other, held=9_999, requested=1)


P4D_TYPE = "ml.p4d.24xlarge"
JOB_USAGE, CLUSTER_USAGE = f"{P4D_TYPE} for training job usage", f"{P4D_TYPE} for cluster usage"


def exceeded(quota, limit, used, requested):
    """What AWS answers a request past a usage quota."""
    return (
        "ResourceLimitExceeded",
        f"The account-level service limit '{quota}' is {limit} Instances, with current "
        f"utilization of {used} Instances and a request delta of {requested} Instances. "
        "Please use AWS Service Quotas to request an increase for this quota.",
    )


@pytest.mark.rule("QUOTA-04", "JOB-08")
def test_jobs_are_limited_by_the_instances_that_jobs_hold(
    plans, buy, jobs, sagemaker, refusal, unchanged
):
    plan = buy(InstanceCount=4)
    plans.quotas.set(JOB_USAGE, 3, region="us-west-2")
    create = sagemaker.create_training_job
    # Those that wait hold nothing.
    jobs.create("waits", plan, 2, resources={"KeepAlivePeriodInSeconds": 2 * 3600})
    assert refusal(create, **job_request("large", plan, 4)) == exceeded(JOB_USAGE, 3, 0, 4)
    jobs.create("small", plan, 1)
    plans.clock.move_to(START)
    before = unchanged()
    assert refusal(create, **job_request("third", plan, 1)) == exceeded(JOB_USAGE, 3, 3, 1)
    assert unchanged() == before
    plans.clock.tick(HOUR)
    # What is kept warm is held, too.
    assert jobs.states("waits", "small") == ["Completed", "Completed"]
    assert refusal(create, **job_request("third", plan, 2)) == exceeded(JOB_USAGE, 3, 2, 2)
    jobs.create("third", plan, 1)
    plans.clock.tick(2 * HOUR)
    jobs.create("fourth", plan, 3)
    assert jobs.states("third", "fourth") == ["Completed", "Training"]


@pytest.mark.rule("QUOTA-04", "JOB-12")
def test_quotas_are_checked_for_every_type_that_a_job_would_take(
    plans, buy, jobs, sagemaker, refusal
):
    plan = buy()
    plans.clock.move_to(START)
    preferences = [
        {"InstanceType": P4D_TYPE, "InstanceCount": 1, "TrainingPlanArns": [plan]},
        {"InstanceType": "ml.m5.large", "InstanceCount": 2},
    ]
    members = {"resources": {"InstanceType": None, "InstancePreferences": preferences}}
    quota = "ml.m5.large for training job usage"
    plans.quotas.set(quota, 3, region="us-west-2")
    for name in ("on-the-plan", "on-demand"):
        jobs.create(name, None, None, **members)
    assert jobs.states("on-the-plan", "on-demand") == ["Training", "Training"]
    code_and_text = refusal(
        sagemaker.create_training_job, **job_request("third", None, None, **members)
    )
    assert code_and_text == exceeded(quota, 3, 2, 2)
    jobs.client.stop_training_job(TrainingJobName="on-demand")
    plans.clock.tick(timedelta(seconds=120))
    jobs.create("third", None, None, **members)


@pytest.mark.rule("QUOTA-04", "QUOTA-02")
def test_clusters_are_limited_by_the_targets_of_their_groups(
    plans, reserve, clusters, sagemaker, refusal, unchanged, increase
):
    plan = reserve()
    plans.quotas.set(CLUSTER_USAGE, 5, region="us-west-2")
    # The plan has not started, so that nothing runs of the first group.
    clusters.create("one", group("a", plan, 3), group("b", None, 1))
    before = unchanged()
    asked = {"ClusterName": "two", "InstanceGroups": [group("c", plan, 1), group("d", None, 1)]}
    refused = exceeded(CLUSTER_USAGE, 5, 4, 2)
    assert refusal(sagemaker.create_cluster, **asked) == refused
    up = {"ClusterName": "one", "InstanceGroups": [group("b", None, 3)]}
    assert refusal(sagemaker.update_cluster, **up) == refused
    assert unchanged() == before
    assert clusters.counts("one") == {"a": (0, 3), "b": (1, 1)}
    clusters.create("other", group("c", None, 9, InstanceType="ml.m5.large"))
    # What a request gives up counts.
    clusters.update("one", group("a", plan, 2), group("b", None, 3))
    clusters.update("one", group("a", plan, 4), InstanceGroupsToDelete=["b"])
    plans.quotas.set(CLUSTER_USAGE, 1, region="us-west-2")
    clusters.update("one", group("a", plan, 1))
    assert refusal(sagemaker.create_cluster, **asked) == exceeded(CLUSTER_USAGE, 1, 1, 2)
    increase("L-47E0BC8F", 3)
    sagemaker.create_cluster(**asked)
    clusters.delete("two")
    clusters.create("three", group("a", None, 2))


@pytest.mark.rule("QUOTA-04", "CLUSTER-09")
def test_nodes_that_are_added_one_by_one_are_limited_too(plans, clusters, sagemaker, refusal):
    clusters.create("one", group("a", None, 1), **CONTINUOUS)
    plans.quotas.set(CLUSTER_USAGE, 2, region="us-west-2")
    asked = {
        "ClusterName": "one",
        "NodesToAdd": [{"InstanceGroupName": "a", "IncrementTargetCountBy": 2}],
    }
    refused = refusal(sagemaker.batch_add_cluster_nodes, **asked)
    assert refused == exceeded(CLUSTER_USAGE, 2, 1, 2)
    assert clusters.counts("one") == {"a": (1, 1)}
    plans.quotas.set(CLUSTER_USAGE, 3, region="us-west-2")
    sagemaker.batch_add_cluster_nodes(**asked)
    assert clusters.counts("one") == {"a": (3, 3)}


@pytest.mark.rule("CLIENT-08")
def test_quotas_and_requests_are_cleared_by_a_reset(plans, increase, value, service_quotas):
    increase(PLANS, 26)
    plans.reset()
    assert value(PLANS) == 25
    assert service_quotas.list_requested_service_quota_change_history()["RequestedQuotas"] == []
