"""Random plans, extensions, workloads and faults: a ledger is exact, however it comes."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from moto_trainingplans.simulation.endpoints.errors import InsufficientCapacity
from moto_trainingplans.simulation.endpoints.shares import Demand
from moto_trainingplans.simulation.kernel.errors import ServiceError, TrainingPlansError
from moto_trainingplans.simulation.market.catalog import Target
from moto_trainingplans.simulation.market.offerings import OfferingRequest
from moto_trainingplans.simulation.plans.extensions import ExtensionRequest, PaymentStatus
from moto_trainingplans.simulation.plans.statuses import PlanStatus
from moto_trainingplans.simulation.studio_apps.apps import AppName, AppRequest
from moto_trainingplans.views.folding import fold
from moto_trainingplans.views.lanes import View
from moto_trainingplans.views.ledger import PARTS, Ledger
from moto_trainingplans.views.money import cents
from moto_trainingplans.views.reading import read_ledger, read_view
from moto_trainingplans.views.report import PlanReport
from tests.clusters.test_clusters_machine import ClustersMachine
from tests.jobs.test_training_jobs_machine import TrainingJobsMachine
from tests.support.jobs import DAY, HOUR, MINUTE, START
from tests.support.observed_use import ObservedUse
from tests.support.simulated_jobs import TYPE, ZONES, new_world

pytestmark = pytest.mark.in_process("looks into the simulation of this process")

END = START + 12 * DAY
HELD = ("training", "warm", "lost", "cluster_nodes", "endpoints", "apps")
MICROSECOND = timedelta(microseconds=1)
# Many more by hand: 2,000 histories take about a quarter of an hour.
EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "20"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class Watched(RuleBasedStateMachine):
    """Holds the world's ledgers against what was watched, at every step."""

    world = None

    @property
    def simulated(self):
        return self.has_simulated

    @simulated.setter
    def simulated(self, simulated):
        """A machine begins, and is watched before its clock is moved."""
        self.has_simulated = simulated
        self.watch(simulated.world)

    def watch(self, world):
        self.world = world
        self.observed = ObservedUse(world)
        for zone in ZONES:
            world.set_capacity(zone, TYPE, 64, None, START + 3 * DAY, None)

    @rule(days=st.integers(1, 3), which=st.integers(0, 5))
    def extend(self, days, which):
        for account in self.world.accounts() if self.world else ():
            plans = account.plans.plans()
            if plans:
                plan = plans[which % len(plans)]
                request = ExtensionRequest(arn=plan.arn, duration_hours=24 * days)
                with suppress(ServiceError):
                    for offering in account.extensions.search(request):
                        account.extensions.extend(offering.offering_id)

    @invariant()
    def every_ledger_is_exact(self):
        if self.world is None:
            return
        for account in self.world.accounts():
            for plan in account.plans.plans():
                self.is_exact(account, plan, read_ledger(self.world, plan.arn))

    def is_exact(self, account, plan, ledger):
        paid = [cents(plan.upfront_fee)] if plan.status is not PlanStatus.FAILED else []
        if paid:
            paid += [
                cents(each.offering.upfront_fee)
                for each in account.extensions.bought(plan)
                if each.payment_status is PaymentStatus.COMPLETED
            ]
        assert sum(entry.cents for entry in ledger.entries) == sum(paid)
        assert all(entry.cents >= 0 for entry in ledger.entries)
        parts = {
            part: each.instance_time // MICROSECOND
            for part, each in PlanReport(ledger).parts.items()
        }
        assert set(parts) == set(PARTS)
        if not paid:
            assert not any(parts.values())
            return
        whole = sum(
            (
                (each.block.end - each.block.start) * each.total_count
                for each in plan.reserved_capacities
            ),
            timedelta(0),
        )
        assert sum(parts.values()) == whole // MICROSECOND
        watched = self.observed.of_plan.get(plan.arn, {})
        assert sum(parts[part] for part in HELD) == watched.get("held", 0)
        assert parts["idle"] == watched.get("idle", 0)
        assert parts["unhealthy"] == watched.get("unhealthy", 0)
        assert parts["spares"] == watched.get("spares", 0)
        assert parts["cut_off"] + parts["outage"] == watched.get("closed", 0)
        # No hour without its money, but those after the last cut-offs.
        assert all(
            each.cents or each.part in ("cut_off", "left") or each.instance_time < HOUR
            for each in ledger.entries
        )

    @invariant()
    def lanes_exclude_each_other(self):
        if self.world is None:
            return
        view = read_view(self.world, None, None, None)
        for drawn in (view, fold(view)):
            for lane in drawn.lanes:
                assert all(span.start < span.end for span in lane.spans)
                assert all(
                    before.end <= after.start
                    for before, after in zip(lane.spans, lane.spans[1:], strict=False)
                )

    def looking_again_shows_the_same(self):
        view = read_view(self.world, None, None, None)
        assert View.from_json(view.to_json()) == view == read_view(self.world, None, None, None)
        for account in self.world.accounts():
            for plan in account.plans.plans():
                ledger = read_ledger(self.world, plan.arn)
                assert Ledger.from_json(ledger.to_json()) == ledger

    def teardown(self):
        if self.world is not None:
            plans = [each for account in self.world.accounts() for each in account.plans.plans()]
            self.world.move_to(max((END, *(plan.end for plan in plans))))
            self.every_ledger_is_exact()
            self.lanes_exclude_each_other()
            self.looking_again_shows_the_same()
            for account in self.world.accounts():
                for plan in account.plans.plans():
                    assert (
                        not PlanReport(read_ledger(self.world, plan.arn))
                        .parts["left"]
                        .instance_time
                    )


class LedgersOfJobs(Watched, TrainingJobsMachine):
    """Jobs: with and without checkpoints, warm pools, broken instances, zones that go down."""


class LedgersOfClusters(Watched, ClustersMachine):
    """Clusters: instance groups on plans, UltraServers with spares, nodes that fail or move."""

    @rule(count=st.integers(1, 3), servers=st.integers(1, 9))
    def create_cluster_that_keeps_failed_nodes(self, count, servers):
        self.create_cluster("three", "large", "small", (count, count, servers), "None", False)

    @rule(number=st.integers(0, 30))
    def fail_and_repair_later(self, number):
        nodes = [node for node in self.simulated.nodes() if node.instance is not None]
        if nodes:
            resource = nodes[number % len(nodes)].instance.instance_id
            with suppress(TrainingPlansError):
                self.world.faults.fail_instances(resource, 1)
                self.move(60)
                self.world.faults.repair(resource)


ENDPOINTS = st.sampled_from(["one", "two"])


class LedgersOfEndpointsAndApps(Watched):
    """Endpoints of several variants, and Studio apps."""

    @initialize(count=st.sampled_from([1, 2, 4]))
    def buy(self, count):
        self.watch(new_world())
        self.account = self.world.account("123456789012", "us-west-2", "aws")
        for target in (Target.ENDPOINT, Target.STUDIO_APPS):
            (*_, offering) = self.account.plans.search(
                OfferingRequest(
                    target=target, instance_type=TYPE, instance_count=count, duration_hours=24
                )
            )
            self.account.plans.create(target.value, offering.offering_id, None, {})

    @rule(name=ENDPOINTS, counts=st.lists(st.integers(0, 3), min_size=1, max_size=2))
    def deploy(self, name, counts):
        arn = self.account.plans.arn("training-plan", "endpoint")
        with suppress(ServiceError, InsufficientCapacity):
            self.account.endpoints.deploy(
                name, [Demand(f"v{n}", arn, TYPE, count) for n, count in enumerate(counts)]
            )

    @rule(name=ENDPOINTS)
    def withdraw(self, name):
        self.account.endpoints.withdraw(name)

    @rule(name=st.sampled_from("abcd"))
    def create_app(self, name):
        arn = self.account.plans.arn("training-plan", "studio-apps")
        app = AppName("domain", "user-profile", "me", "JupyterLab", name)
        with suppress(ServiceError):
            self.account.studio_apps.create(AppRequest(app, {}, False, TYPE, arn), {"app": name})

    @rule(name=st.sampled_from("abcd"))
    def delete_app(self, name):
        app = AppName("domain", "user-profile", "me", "JupyterLab", name)
        with suppress(ServiceError):
            self.account.studio_apps.delete(app)

    @rule(plan=st.sampled_from(["endpoint", "studio-apps"]), repair=st.booleans())
    def fault(self, plan, repair):
        faults, arn = self.world.faults, self.account.plans.arn("training-plan", plan)
        with suppress(TrainingPlansError):
            faults.repair(arn) if repair else faults.fail_instances(arn, 1)

    @rule(zone=st.sampled_from(ZONES), after=st.integers(0, 20), hours=st.integers(1, 9))
    def outage(self, zone, after, hours):
        start = self.world.now + after * HOUR
        self.world.faults.zone_outage(zone, start, start + hours * HOUR)

    @rule(minutes=st.sampled_from([1, 30, 90, 600, 1440]))
    def move(self, minutes):
        self.world.move_to(min(END, self.world.now + minutes * MINUTE))


for machine in (LedgersOfJobs, LedgersOfClusters, LedgersOfEndpointsAndApps):
    machine.TestCase.settings = SETTINGS


class TestLedgersOfJobs(LedgersOfJobs.TestCase):
    """Run by pytest."""


class TestLedgersOfClusters(LedgersOfClusters.TestCase):
    """Run by pytest."""


class TestLedgersOfEndpointsAndApps(LedgersOfEndpointsAndApps.TestCase):
    """Run by pytest."""
