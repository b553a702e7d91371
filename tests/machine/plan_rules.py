"""What buyers do: plans, extensions, tags, payments that are late or fail, the last instances."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.machine.book import SERVER_TYPE, SERVER_ZONE, TARGETS, TYPE, Place, Plan, Sale
from tests.machine.story import EAST, HERE, OTHER, Story, knows, only_when, step

HOUR = 3600
NUMBERS = st.integers(0, 9)
COUNTS = st.sampled_from([1, 2, 4])
PLACES = st.sampled_from([HERE, HERE, EAST, OTHER])
WANTED = st.sampled_from(TARGETS)
ENOUGH = 10  # plans; each more makes every look dearer


class PlanRules(Story):
    """Rules of buyers."""

    def search(self, place: Place, target: str, count: int, hours: int, **members: Any) -> Any:
        """What is offered for p4d instances."""
        return self.aws(
            place,
            "search_training_plan_offerings",
            InstanceType=TYPE,
            InstanceCount=count,
            DurationHours=hours,
            TargetResources=[target],
            **members,
        ).get("TrainingPlanOfferings", [])

    def purchase(self, place: Place, target: str, offering: Any, **members: Any) -> Plan | None:
        """Buy what was offered."""
        name = self.new_name("plan")
        arn = self.aws(
            place,
            "create_training_plan",
            TrainingPlanName=name,
            TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
            **members,
        ).get("TrainingPlanArn")
        if arn is None:
            return None
        plan = Plan(place, name, arn, target, "SpareInstanceCountPerUltraServer" in members)
        self.book.plans.append(plan)
        return plan

    def buy_of(self, place: Place, target: str, count: int, hours: int, which: int) -> Any:
        found = self.search(place, target, count, hours)
        return self.purchase(place, target, self.one_of(found, which)) if found else None

    def buy_servers_of(self, count: int, spares: int, which: int) -> None:
        found = self.aws(
            EAST,
            "search_training_plan_offerings",
            UltraServerType=SERVER_TYPE,
            UltraServerCount=count,
            DurationHours=24,
            TargetResources=["hyperpod-cluster"],
        ).get("TrainingPlanOfferings")
        if found:
            self.purchase(
                EAST,
                "hyperpod-cluster",
                self.one_of(found, which),
                SpareInstanceCountPerUltraServer=spares,
            )

    def sell(self, sale: Sale) -> None:
        """Have so much for sale from now on."""
        window = {"start": sale.start, "end": sale.end}
        answer = self.control(
            "capacity/set",
            zone=sale.zone,
            instance_type=sale.kind,
            count=sale.count,
            target=sale.target,
            **{name: time for name, time in window.items() if time is not None},
        )
        if not isinstance(answer, str):
            self.book.sales.append(sale)

    def has_room(self) -> bool:
        return len(self.book.plans) < ENOUGH

    @only_when(has_room)
    @step(place=PLACES, wanted=WANTED, count=COUNTS, hours=st.sampled_from([24, 48]), which=NUMBERS)
    def buy(self, place: Place, wanted: str, count: int, hours: int, which: int) -> None:
        self.buy_of(place, wanted, count, hours, which)

    @only_when(has_room)
    @step(count=st.integers(1, 2), spares=st.integers(0, 2), which=NUMBERS)
    def buy_servers(self, count: int, spares: int, which: int) -> None:
        self.buy_servers_of(count, spares, which)

    @only_when(has_room)
    @step(wanted=WANTED, count=COUNTS)
    def two_buy_the_last(self, wanted: str, count: int) -> None:
        """Both were offered what is enough for one of them."""
        places = (HERE, OTHER)
        found = [self.search(place, wanted, count, 24) for place in places]
        if all(found):
            block = found[0][-1]["ReservedCapacityOfferings"][0]
            zone, start, end = (block[key] for key in ("AvailabilityZone", "StartTime", "EndTime"))
            plans = self.steps.plans
            free = plans.capacity.free(zone, TYPE, target=wanted, start=start, end=end)
            held = self.book.for_sale(zone, TYPE, wanted, start) - free
            self.sell(Sale(zone, TYPE, wanted, held + count, start, end))
            for place, offerings in zip(places, found, strict=True):
                self.purchase(place, wanted, offerings[-1])

    @only_when(has_room)
    @step(wanted=WANTED, what=("declined", "late", "slowly"), which=NUMBERS)
    def buy_and_pay(self, wanted: str, what: str, which: int) -> None:
        if what == "declined":
            self.control("payments/fail_next", times=1, message="card expired")
            self.buy_of(HERE, wanted, 1, 24, which)
        elif what == "late":
            self.control("payments/delay", delta=2 * HOUR)
            self.buy_of(HERE, wanted, 1, 24, which)
            self.control("payments/delay", delta=0)
        else:
            self.buy_as_it_is_described(wanted, which)

    def buy_as_it_is_described(self, target: str, which: int) -> None:
        """In one rule, for whoever looks between would be counted too."""
        name = "sagemaker::training_plan"
        self.do("manager", "set_transition", (name, {"progression": "manual", "times": 2}))
        plan = self.buy_of(HERE, target, 1, 24, which)
        if plan is not None:
            told = [
                self.aws(HERE, "describe_training_plan", TrainingPlanName=plan.name)["Status"]
                for _ in range(3)
            ]
            # Failed where an order for a payment was still to be met.
            assert told[-1] in ("Scheduled", "Failed")
        self.do("manager", "unset_transition", (name,))

    @only_when(knows("ExtendTrainingPlan"))
    @step(
        number=NUMBERS,
        days=st.sampled_from([1, 1, 3]),
        what=("paid", "late", "declined"),
    )
    def extend(self, number: int, days: int, what: str) -> None:
        plan = self.one_of(self.book.plans, number)
        found = self.aws(
            plan.place,
            "search_training_plan_offerings",
            TrainingPlanArn=plan.arn,
            DurationHours=24 * days,
        ).get("TrainingPlanExtensionOfferings")
        if not found:
            return
        if what == "late":
            self.control("payments/delay", delta=3 * HOUR)
        elif what == "declined":
            self.control("payments/fail_next", times=1)
        self.book.extended.add(plan.arn)
        self.aws(
            plan.place,
            "extend_training_plan",
            TrainingPlanExtensionOfferingId=found[0]["TrainingPlanExtensionOfferingId"],
        )
        if what == "late":
            self.control("payments/delay", delta=0)

    @step(number=NUMBERS, what=("add_tags", "delete_tags"))
    def tag(self, number: int, what: str) -> None:
        plan = self.one_of(self.book.plans, number)
        tags = {"add_tags": {"Tags": [{"Key": "k", "Value": "v"}]}}
        self.aws(plan.place, what, ResourceArn=plan.arn, **tags.get(what, {"TagKeys": ["k"]}))

    @step(
        zone=st.sampled_from(["us-west-2a", "us-west-2b", "us-east-1a", SERVER_ZONE]),
        wanted=st.sampled_from([None, *TARGETS]),
        count=st.sampled_from([0, 3, 10, 20]),
        days=st.sampled_from([None, 1, 3]),
    )
    def restock(self, zone: str, wanted: str | None, count: int, days: int | None) -> None:
        end = None if days is None else self.now + timedelta(days=days)
        kind = SERVER_TYPE if zone == SERVER_ZONE else TYPE
        self.sell(Sale(zone, kind, wanted, count, None if days is None else self.now, end))

    @step(rate=st.sampled_from([7.5, 13.0]), region=st.sampled_from(["us-west-2", "us-east-1"]))
    def change_a_price(self, rate: float, region: str) -> None:
        self.control("prices/set", instance_type=TYPE, rate=rate, region=region)
