"""What the control object does in a story: faults, orders, the clock, saving, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from moto_trainingplans.aws_json.validation import is_operation
from tests.machine.book import TYPE, Place
from tests.machine.invariants import workloads
from tests.machine.plan_rules import HOUR, NUMBERS
from tests.machine.story import MODELS, Story, bitten, next_due, only_when, step
from tests.support.steps import ACCOUNTS

QUOTAS = "service-quotas"
PLANS_QUOTA = "L-867702E6"
ZONES = st.sampled_from(["us-west-2a", "us-west-2b", "us-east-1a", "us-east-1-dfw-2a"])
ERROR = {"operation": "ListClusters", "code": "ValidationException", "message": "no"}


def knows_reports(_: object) -> bool:
    """Whether this botocore's model has reports of quotas."""
    return is_operation("StartQuotaUtilizationReport", QUOTAS)


class OrderRules(Story):
    """Rules of the control object."""

    @step(
        number=NUMBERS,
        count=st.sampled_from([1, 1, 2, 8, 9]),
        what=("plan", "job", "node", "server", "repair"),
    )
    def break_or_repair(self, number: int, count: int, what: str) -> None:
        resources = list(getattr(self, f"{what}s_that_fit")())
        if not resources:
            what, resources = "plan", list(self.plans_that_fit())
        if resources:
            resource = self.one_of(resources, number)
            if what == "repair":
                self.control("faults/repair", resource=resource)
            else:
                count = count if what == "server" else min(count, 2)
                self.control(
                    "faults/fail_instances",
                    resource=resource,
                    count=1 if what == "node" else count,
                )

    def plans_that_fit(self) -> Iterator[str]:
        """The plans that run."""
        for arn, plan in self.seen.plans.items() if self.seen else ():
            if plan.described["Status"] == "Active":
                yield arn

    def jobs_that_fit(self) -> Iterator[str]:
        """The jobs that train."""
        for arn, job in self.seen.jobs.items() if self.seen else ():
            if job["SecondaryStatus"] == "Training":
                yield arn

    def nodes_that_fit(self) -> Iterator[str]:
        """The nodes that run."""
        for cluster in self.seen.clusters.values() if self.seen else ():
            for node in cluster.nodes:
                if node["InstanceStatus"]["Status"] == "Running":
                    yield node["InstanceId"]

    def servers_that_fit(self) -> Iterator[str]:
        """The UltraServers that run."""
        for plan in self.seen.plans.values() if self.seen else ():
            if plan.described["Status"] == "Active":
                yield from (server["UltraServerId"] for server in plan.servers)

    def repairs_that_fit(self) -> Iterator[str]:
        """The plans of which something is broken."""
        for arn, plan in self.seen.plans.items() if self.seen else ():
            if plan.described["UnhealthyInstanceCount"]:
                yield arn

    @step(zone=ZONES, after=st.sampled_from([0, 1, 6]), hours=st.sampled_from([1, 3, 20]))
    def outage(self, zone: str, after: int, hours: int) -> None:
        start = self.now + timedelta(hours=after)
        end = start + timedelta(hours=hours)
        if not isinstance(self.control("faults/zone_outage", zone=zone, start=start, end=end), str):
            self.book.outages.append((zone, start, end))

    @step(number=NUMBERS, what=("throttle", "error"))
    def meet_a_fault(self, number: int, what: str) -> None:
        """A call that is to fail, and then one that is answered again."""
        place = self.one_of(self.book.plans, number).place
        operation = "list_training_jobs" if what == "throttle" else "list_clusters"
        arguments = {"operation": "ListTrainingJobs"} if what == "throttle" else ERROR
        self.control(f"faults/{what}", **arguments)
        assert "Error" in self.aws(place, operation)
        assert "Error" not in self.aws(place, operation)
        self.changed = False

    @step(number=NUMBERS, value=st.sampled_from([30, 400]), what=("denied", "approved"))
    def ask_for_quota(self, number: int, value: int, what: str) -> None:
        if what == "denied":
            self.control("quotas/deny_next")
        self.aws(
            self.one_of(self.book.plans, number).place,
            "request_service_quota_increase",
            QUOTAS,
            ServiceCode="sagemaker",
            QuotaCode=PLANS_QUOTA,
            DesiredValue=value,
        )

    @step(unit=st.sampled_from(["seconds", "milliseconds"]))
    def tell_the_expiration_in(self, unit: str) -> None:
        self.control("jobs/expiration_in", unit=unit)

    @step(
        model=st.sampled_from(MODELS),
        transition=st.sampled_from(
            [
                {"progression": "immediate"},
                {"progression": "time", "seconds": 600},
                {"progression": "time", "seconds": 4000},
            ]
        ),
    )
    def pace(self, model: str, transition: dict[str, Any]) -> None:
        self.do("manager", "set_transition", (model, transition))

    # -- the clock -------------------------------------------------------------------------

    @step(minutes=st.integers(1, 90), what=("a while", "a while", "half a day"))
    def tick(self, minutes: int, what: str) -> None:
        self.move_by(minutes * (10 if what == "half a day" else 1))

    @step(times=st.integers(1, 3))
    def next_events(self, times: int) -> None:
        for _ in range(times):
            due = next_due()
            if due is not None:
                self.move(due)

    @step(number=NUMBERS, before=st.sampled_from([-90, -60, -30, -5, -1, 0, 1]))
    def go_to_an_edge(self, number: int, before: int) -> None:
        """To where a block begins or ends, or shortly before or after it."""
        edges = [
            time + timedelta(minutes=before)
            for plan in (self.seen.plans.values() if self.seen else ())
            for block in plan.described["ReservedCapacitySummaries"]
            for time in (block["StartTime"], block["EndTime"])
        ]
        ahead = sorted(edge for edge in edges if edge > self.now)
        if ahead:
            self.move(self.one_of(ahead[:3], number))

    # -- saving ----------------------------------------------------------------------------

    def has_gone_on(self, steps: int) -> bool:
        """Whether so much was done since it was saved that it is worth while to look at it."""
        assert self.saved is not None
        return abs(len(self.book.record) - len(self.saved.record)) > steps

    @only_when(lambda self: self.saved is None or self.has_gone_on(15))
    @step()
    def save_and_load(self) -> None:
        """All that is loaded is what was, at once; and goes on so, as the end of a story shows."""
        plans = self.steps.plans
        calls = plans.calls()
        plans.save(self.file)
        plans.load(self.file)
        assert plans.calls() == calls
        self.saved = self.book.copy()
        bitten["save"] += 1
        self.touched.update(plan.place for plan in self.book.plans)

    @only_when(lambda self: self.saved is not None and self.has_gone_on(9))
    @step()
    def go_back(self) -> None:
        self.load()

    # -- quotas and refusals ---------------------------------------------------------------

    @step(number=NUMBERS)
    def ask_how_much_is_used(self, number: int) -> None:
        """A quota of nothing is refused with what is used, which is what is there."""
        assert self.seen is not None
        place = self.one_of(self.book.plans, number).place
        plans = [
            plan.described
            for plan in self.seen.plans.values()
            if plan.plan.place == place and plan.described["Status"] not in ("Expired", "Failed")
        ]
        of_type = [
            plan["TotalInstanceCount"]
            for plan in plans
            if plan["ReservedCapacitySummaries"][0]["InstanceType"] == TYPE
        ]
        self.set_quota("training-plan-total_count", 0, place)
        offered = self.aws(
            place,
            "search_training_plan_offerings",
            InstanceType=TYPE,
            DurationHours=24,
            TargetResources=["training-job"],
        ).get("TrainingPlanOfferings")
        if offered:
            offering = offered[0]["TrainingPlanOfferingId"]
            members = {"TrainingPlanName": "refused", "TrainingPlanOfferingId": offering}
            self.is_told(len(plans), place, "create_training_plan", **members)
        self.set_quota("training-plan-total_count", 25, place)
        self.set_quota(TYPE, 0, place)
        self.is_told(
            sum(of_type),
            place,
            "search_training_plan_offerings",
            InstanceType=TYPE,
            DurationHours=24,
            TargetResources=["training-job"],
        )
        self.set_quota(TYPE, 256, place)
        self.changed = True  # what others were given is set back

    @only_when(knows_reports)
    @step(number=NUMBERS)
    def report_quotas(self, number: int) -> None:
        self.look_at_the_report_of_quotas(self.one_of(self.book.plans, number).place)

    def look_at_the_report_of_quotas(self, place: Place) -> None:
        """What it says is used is what there is."""
        name = self.aws(place, "start_quota_utilization_report", QUOTAS)["ReportId"]
        report = self.aws(place, "get_quota_utilization_report", QUOTAS, ReportId=name)
        found = list(report["Quotas"])
        while "NextToken" in report:
            report = self.aws(
                place,
                "get_quota_utilization_report",
                QUOTAS,
                ReportId=name,
                NextToken=report["NextToken"],
            )
            found += report["Quotas"]
        used = {
            each["QuotaName"]: round(each["Utilization"] * each["AppliedValue"] / 100)
            for each in found
            if each["AppliedValue"]
        }
        for quota, count in workloads.use_of_quotas(self.seen_now(), place, TYPE).items():
            assert used.get(quota, count) == count, (place, quota)

    def set_quota(self, name: str, value: int, place: Place) -> None:
        account = ACCOUNTS[place.account]
        self.control("quotas/set", name=name, value=value, region=place.region, account=account)

    def is_told(self, used: int, place: Any, operation: str, /, **members: Any) -> None:
        error = self.aws(place, operation, **members)["Error"]
        assert error["Code"] == "ResourceLimitExceeded"
        assert f"utilization of {used} " in error["Message"], (used, error)

    @step(number=NUMBERS, which=st.integers(0, 15))
    def do_what_is_refused(self, number: int, which: int) -> None:
        plan = self.one_of(self.book.plans, number)
        place = plan.place
        requests: list[tuple[str, dict[str, Any]]] = [
            ("describe_training_plan", {"TrainingPlanName": "nobodys"}),
            ("stop_training_job", {"TrainingJobName": "nobodys"}),
            ("delete_cluster", {"ClusterName": "nobodys"}),
            ("update_cluster", {"ClusterName": "nobodys", "InstanceGroupsToDelete": ["a"]}),
            (
                "create_training_plan",
                {"TrainingPlanName": plan.name, "TrainingPlanOfferingId": "tpo-" + "0" * 64},
            ),
            (
                "search_training_plan_offerings",
                {"InstanceType": TYPE, "InstanceCount": 3, "DurationHours": 24},
            ),
            ("delete_endpoint", {"EndpointName": "nobodys"}),
            ("list_training_plans", {"NextToken": "none"}),
        ]
        misuses: list[tuple[str, dict[str, Any]]] = [
            ("clock/tick", {"delta": -HOUR}),
            ("clock/move_to", {"when": self.now - timedelta(hours=1)}),
            ("capacity/set", {"zone": "us-west-9z", "instance_type": TYPE, "count": 1}),
            ("capacity/set", {"zone": "us-west-2a", "instance_type": TYPE, "count": -1}),
            ("payments/fail_next", {"times": 0}),
            ("jobs/fail", {"job_name": "nobodys", "reason": "none"}),
            ("faults/fail_instances", {"resource": plan.arn, "count": 999}),
            ("quotas/set", {"name": "none", "value": 1, "region": "us-west-2"}),
        ]
        if which < len(requests):
            operation, members = requests[which]
            assert "Error" in self.aws(place, operation, **members)
        else:
            name, arguments = misuses[which - len(requests)]
            assert isinstance(self.control(name, **arguments), str)
        bitten["refusal"] += 1
