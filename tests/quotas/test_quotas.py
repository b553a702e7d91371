"""Service Quotas for SageMaker, and requests to increase them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from moto_trainingplans import TrainingPlansError
from tests.support.clusters import group
from tests.support.jobs import START, job_request

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


@pytest.mark.rule("QUOTA-05")
def test_there_is_a_quota_on_warm_pools_of_each_type_that_trains(plans, service_quotas):
    quotas = everything(service_quotas, "list_service_quotas", "Quotas", ServiceCode="sagemaker")
    by_name = {quota["QuotaName"]: quota for quota in quotas}
    for_training = {name for name in by_name if name.endswith(" for training job usage")}
    assert {name for name in by_name if name.endswith(" for training warm pool usage")} == {
        name.replace("training job", "training warm pool") for name in for_training
    }
    quota = by_name["ml.p4d.24xlarge for training warm pool usage"]
    assert quota["Value"] == 10_000.0
    plans.quotas.set(quota["QuotaName"], 0, region="us-west-2")
    asked = {"ServiceCode": "sagemaker", "QuotaCode": quota["QuotaCode"]}
    assert service_quotas.get_service_quota(**asked)["Quota"]["Value"] == 0.0


@pytest.mark.rule("QUOTA-05")
def test_sagemaker_is_among_the_services_that_have_quotas(service_quotas):
    services = everything(service_quotas, "list_services", "Services")
    names = {each["ServiceCode"]: each["ServiceName"] for each in services}
    assert names["sagemaker"] == "Amazon SageMaker"
    # Those that moto knows go by the name that moto's own quotas have for them.
    (motos,) = {
        (each["ServiceCode"], each["ServiceName"])
        for each in service_quotas.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
    }
    assert motos in names.items()
    first = service_quotas.list_services(MaxResults=1)
    rest = service_quotas.list_services(MaxResults=1, NextToken=first["NextToken"])
    assert first["Services"] + rest["Services"] == services
    assert "NextToken" not in rest


@pytest.mark.rule("QUOTA-03")
def test_a_quota_is_at_most_what_the_models_number_for_it_holds(plans, value):
    plans.quotas.set("ml.p4d.24xlarge", 10_000_000_000, region="us-west-2")
    assert value(P4D) == 1e10
    with pytest.raises(TrainingPlansError, match="from 0 to 10,000,000,000, not 10000000001"):
        plans.quotas.set("ml.p4d.24xlarge", 10_000_000_001, region="us-west-2")
    assert value(P4D) == 1e10


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
    from moto_trainingplans.host.backend import current_world
    from moto_trainingplans.simulation.kernel.scope import Scope
    from moto_trainingplans.simulation.quotas.errors import QuotaExceeded
    from moto_trainingplans.simulation.quotas.limits import Usage

    plans.quotas.set("ml.p5.48xlarge for cluster usage", 4, region="us-west-2", account=ACCOUNT)
    quotas = current_world().quotas
    where = (Usage.CLUSTER, Scope(ACCOUNT, "us-west-2", "aws"), "ml.p5.48xlarge")
    quotas.check_usage(*where, held=3, requested=1)
    with pytest.raises(QuotaExceeded) as refused:
        quotas.check_usage(*where, held=3, requested=2)
    exceeded = refused.value
    assert exceeded.quota_name == "ml.p5.48xlarge for cluster usage"
    assert (exceeded.limit, exceeded.used, exceeded.requested) == (4, 3, 2)
    for other in (
        (Usage.TRAINING_JOB, Scope(ACCOUNT, "us-west-2", "aws"), "ml.p5.48xlarge"),
        (Usage.CLUSTER, Scope("999999999999", "us-west-2", "aws"), "ml.p5.48xlarge"),
        (Usage.CLUSTER, Scope(ACCOUNT, "us-east-1", "aws"), "ml.p5.48xlarge"),
        (Usage.CLUSTER, Scope(ACCOUNT, "us-west-2", "aws"), "ml.m5.large"),
    ):
        quotas.check_usage(*other, held=9_999, requested=1)


@pytest.mark.rule("CLIENT-08")
def test_quotas_and_requests_are_cleared_by_a_reset(plans, increase, value, service_quotas):
    increase(PLANS, 26)
    plans.reset()
    assert value(PLANS) == 25
    assert service_quotas.list_requested_service_quota_change_history()["RequestedQuotas"] == []


REACHED = (
    "The account-level service limit 'ml.p4d.24xlarge for {usage} usage' is {limit} Instances, "
    "with current utilization of {used} Instances and a request delta of {more} Instances. "
    "Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas "
    "is not available, contact AWS support to request an increase for this quota."
)


@pytest.fixture
def allow(plans):
    """Sets how many instances of the plans' type jobs may hold, or keep warm."""

    def run(count, usage="training job"):
        plans.quotas.set(f"ml.p4d.24xlarge for {usage} usage", count, region="us-west-2")

    return run


@pytest.mark.rule("QUOTA-04", "CLUSTER-09")
def test_nodes_are_added_to_groups_up_to_their_quota(plans, clusters, refusal, sagemaker):
    sagemaker.create_cluster(
        ClusterName="cluster",
        InstanceGroups=[group("a", None, 2), group("b", None, 1)],
        NodeProvisioningMode="Continuous",
    )

    def add(**counts):
        return {
            "ClusterName": "cluster",
            "NodesToAdd": [
                {"InstanceGroupName": name, "IncrementTargetCountBy": count}
                for name, count in counts.items()
            ],
        }

    plans.quotas.set("ml.p4d.24xlarge for cluster usage", 4, region="us-west-2")
    code, message = refusal(sagemaker.batch_add_cluster_nodes, **add(a=1, b=1))
    assert code == "ResourceLimitExceeded"
    assert message == REACHED.format(usage="cluster", limit=4, used=3, more=2)
    assert clusters.counts("cluster") == {"a": (2, 2), "b": (1, 1)}
    sagemaker.batch_add_cluster_nodes(**add(b=1))
    assert clusters.counts("cluster") == {"a": (2, 2), "b": (2, 2)}


@pytest.mark.rule("QUOTA-04")
def test_a_job_past_the_quota_on_what_jobs_hold_is_refused(plans, buy, jobs, refusal, allow):
    plan = buy(InstanceCount=4)
    allow(3)
    jobs.create("first", plan, 3)
    plans.clock.move_to(START)
    for on in (plan, None):
        code, message = refusal(jobs.client.create_training_job, **job_request("more", on, 1))
        assert code == "ResourceLimitExceeded"
        assert message == REACHED.format(usage="training job", limit=3, used=3, more=1)
    _, message = refusal(jobs.client.describe_training_job, TrainingJobName="more")
    assert message == "Requested resource not found."
    allow(4)
    jobs.create("more", plan, 1)


@pytest.mark.rule("QUOTA-04", "JOB-03")
def test_jobs_queued_before_the_start_wait_for_the_quota_in_their_order(plans, buy, jobs, allow):
    plan = buy(InstanceCount=8)
    allow(3)
    for name, count in (("first", 2), ("second", 2), ("third", 1), ("fourth", 1)):
        jobs.create(name, plan, count)  # those that wait hold nothing
    plans.clock.move_to(START)
    # The third is small enough to start though the second is not.
    names = ("first", "second", "third", "fourth")
    assert jobs.states(*names) == ["Training", "Pending", "Training", "Pending"]
    plans.clock.tick(timedelta(hours=1))
    assert jobs.states(*names) == ["Completed", "Training", "Completed", "Training"]


@pytest.mark.rule("QUOTA-04")
def test_a_job_waits_for_the_quota_on_whichever_plan_it_is_used_up(plans, buy, jobs, allow):
    allow(2)
    for name in ("one", "two"):
        jobs.create(name, buy(name, InstanceCount=2), 2)
    plans.clock.move_to(START)
    assert jobs.states("one", "two") == ["Training", "Pending"]
    plans.clock.tick(timedelta(hours=1))
    assert jobs.states("one", "two") == ["Completed", "Training"]


@pytest.mark.rule("QUOTA-04")
def test_of_jobs_on_several_plans_the_first_created_gets_the_quota(plans, buy, jobs, allow):
    one, two = buy("one", InstanceCount=2), buy("two", InstanceCount=2)
    allow(2)
    for name, plan in (("first", one), ("second", one), ("third", two)):
        jobs.create(name, plan, 2)
    plans.clock.move_to(START + timedelta(hours=1))
    assert jobs.states("first", "second", "third") == ["Completed", "Training", "Pending"]


@pytest.mark.rule("QUOTA-04")
def test_a_job_that_waits_for_the_quota_starts_when_it_is_raised(plans, buy, jobs, allow, client):
    plan = buy(InstanceCount=4)
    allow(1)
    for name in ("one", "two", "three"):
        jobs.create(name, plan, 1)
    plans.clock.move_to(START)
    assert jobs.states("one", "two", "three") == ["Training", "Pending", "Pending"]
    allow(2)
    assert jobs.states("two", "three") == ["Training", "Pending"]
    quotas = client("service-quotas")
    (code,) = [
        each["QuotaCode"]
        for page in quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
        for each in page["Quotas"]
        if each["QuotaName"] == "ml.p4d.24xlarge for training job usage"
    ]
    quotas.request_service_quota_increase(ServiceCode="sagemaker", QuotaCode=code, DesiredValue=3)
    assert jobs.states("three") == ["Training"]


@pytest.mark.rule("QUOTA-04")
def test_warm_instances_are_still_held_and_a_job_that_reuses_them_needs_no_more(
    plans, buy, jobs, refusal, allow
):
    plan = buy(InstanceCount=4)
    allow(3)
    jobs.create("first", plan, 3, resources={"KeepAlivePeriodInSeconds": 600})
    plans.clock.move_to(START + timedelta(hours=1))
    code, message = refusal(jobs.client.create_training_job, **job_request("other", plan, 1))
    assert (code, message) == (
        "ResourceLimitExceeded",
        REACHED.format(usage="training job", limit=3, used=3, more=1),
    )
    jobs.create("second", plan, 3)
    assert jobs.states("second") == ["Training"]
    plans.clock.tick(timedelta(hours=1))
    jobs.create("other", plan, 1)


@pytest.mark.rule("QUOTA-05", "JOB-08")
def test_the_quota_on_warm_pools_bounds_what_stays_and_refuses_nothing(plans, buy, jobs, allow):
    plan = buy(InstanceCount=4)
    plans.clock.move_to(START)
    allow(3, "training warm pool")
    warm = {"KeepAlivePeriodInSeconds": 600}
    jobs.create("first", plan, 2, resources=warm)
    jobs.create("second", plan, 2, resources=warm)
    plans.clock.tick(timedelta(hours=1))

    def pools():
        return [jobs.describe(name)["WarmPoolStatus"]["Status"] for name in ("first", "second")]

    assert jobs.states("first", "second") == ["Completed", "Completed"]
    assert pools() == ["Available", "Terminated"]
    # What has been taken over makes room for the next.
    jobs.create("third", plan, 2, resources=warm)
    assert pools() == ["Reused", "Terminated"]
    plans.clock.tick(timedelta(hours=1))
    assert jobs.describe("third")["WarmPoolStatus"]["Status"] == "Available"


@pytest.mark.rule("QUOTA-04")
def test_each_preference_of_a_job_is_checked(plans, buy, jobs, refusal):
    plan = buy()
    plans.quotas.set("ml.p5.48xlarge for training job usage", 0, region="us-west-2")
    preferences = [
        {"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArns": [plan]},
        {"InstanceType": "ml.p5.48xlarge"},
    ]
    resources = {
        "InstanceType": None,
        "TrainingPlanArn": None,
        "InstancePreferences": preferences,
    }
    request = job_request("job", plan, resources=resources)
    code, message = refusal(jobs.client.create_training_job, **request)
    assert code == "ResourceLimitExceeded"
    assert "ml.p5.48xlarge for training job usage" in message


@pytest.mark.rule("QUOTA-04")
def test_clusters_are_limited_by_the_targets_of_their_groups(plans, reserve, clusters, refusal):
    plan = reserve()
    plans.quotas.set("ml.p4d.24xlarge for cluster usage", 5, region="us-west-2")
    clusters.create("one", group("planned", plan, 2), group("demand", None, 1))
    code, message = refusal(
        clusters.client.create_cluster,
        ClusterName="two",
        InstanceGroups=[group("planned", plan, 1), group("demand", None, 2)],
    )
    assert code == "ResourceLimitExceeded"
    assert message == REACHED.format(usage="cluster", limit=5, used=3, more=3)
    clusters.create("two", group("planned", plan, 1))
    code, message = refusal(
        clusters.client.update_cluster,
        ClusterName="one",
        InstanceGroups=[group("planned", plan, 4)],
    )
    assert code == "ResourceLimitExceeded"
    assert message == REACHED.format(usage="cluster", limit=5, used=4, more=2)
    # What goes makes room for what comes.
    clusters.update("one", group("planned", plan, 4), InstanceGroupsToDelete=["demand"])
    clusters.delete("two")
    clusters.update("one", group("planned", plan, 4), group("demand", None, 1))


@pytest.mark.rule("QUOTA-01", "QUOTA-03", "QUOTA-04")
def test_a_report_tells_how_much_of_each_quota_is_in_use_the_most_used_first(
    plans, client, buy, clusters
):
    plans.quotas.set("ml.p4d.24xlarge", 32, region="us-west-2")
    plans.quotas.set("ml.t3.large for cluster usage", 16, region="us-west-2")
    buy(InstanceCount=16)
    clusters.create(
        "cluster", {**group("workers"), "InstanceType": "ml.t3.large", "InstanceCount": 4}
    )
    quotas = client("service-quotas")
    report = quotas.start_quota_utilization_report()["ReportId"]
    first = quotas.get_quota_utilization_report(ReportId=report, MaxResults=3)
    shown = [(each["QuotaName"], each["Utilization"]) for each in first["Quotas"]]
    assert shown == [
        (
            "Number of ml.p4d.24xlarge instances in reserved capacity across training plans per "
            "Region",
            50.0,
        ),
        ("ml.t3.large for cluster usage", 25.0),
        ("Number of training plans per Region", 4.0),
    ]
    assert first["Quotas"][0]["AppliedValue"] == 32
    assert first["Quotas"][0]["DefaultValue"] == 256
    every = first["Quotas"]
    while "NextToken" in first:
        token = first["NextToken"]
        first = quotas.get_quota_utilization_report(
            ReportId=report, NextToken=token, MaxResults=100
        )
        every += first["Quotas"]
    assert len(every) == first["TotalCount"]
    assert {each["Utilization"] for each in every[3:]} == {0.0}


@pytest.mark.rule("QUOTA-01")
def test_a_report_is_not_found_before_it_is_started_nor_15_minutes_later(plans, client, refusal):
    look = client("service-quotas").get_quota_utilization_report
    assert refusal(look, ReportId="report")[0] == "NoSuchResourceException"
    started = client("service-quotas").start_quota_utilization_report()
    assert started["Status"] == "PENDING"
    plans.clock.tick(timedelta(minutes=14))
    assert look(ReportId=started["ReportId"])["Status"] == "COMPLETED"
    plans.clock.tick(timedelta(minutes=1))
    assert refusal(look, ReportId=started["ReportId"])[0] == "NoSuchResourceException"
