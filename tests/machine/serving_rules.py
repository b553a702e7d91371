"""What those do who serve models, or work in Studio: endpoints and apps."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.machine.book import TYPE, Named, Plan
from tests.machine.plan_rules import NUMBERS
from tests.machine.story import Story, only_when, step

ROLE = "arn:aws:iam::123456789012:role/inference"
SIZES = st.sampled_from([1, 1, 2, 3])


class ServingRules(Story):
    """Rules of endpoints and apps."""

    def plans_that_run(self, target: str) -> list[Plan]:
        """The plans for a target that run now."""
        seen = self.seen.plans if self.seen is not None else {}
        return [
            plan
            for plan in self.book.plans_for(target)
            if plan.arn not in seen or seen[plan.arn].described["Status"] == "Active"
        ]

    def configure(self, plan: Plan, name: str, count: int) -> dict[str, Any]:
        """A model and a configuration of a name."""
        self.aws(plan.place, "create_model", ModelName=name, ExecutionRoleArn=ROLE)
        reservation = {
            "CapacityReservationPreference": "capacity-reservations-only",
            "MlReservationArn": plan.arn,
        }
        variant = {
            "VariantName": "main",
            "ModelName": name,
            "InstanceType": TYPE,
            "InitialInstanceCount": count,
            "CapacityReservationConfig": reservation,
        }
        return self.aws(
            plan.place,
            "create_endpoint_config",
            EndpointConfigName=name,
            ProductionVariants=[variant],
        )

    @only_when(lambda self: self.plans_that_run("endpoint"))
    @step(number=NUMBERS, count=SIZES)
    def deploy(self, number: int, count: int) -> None:
        plans = self.plans_that_run("endpoint")
        if not plans:
            return
        plan, name = self.one_of(plans, number), self.new_name("endpoint")
        if "Error" in self.configure(plan, name, count):
            return
        made = self.aws(plan.place, "create_endpoint", EndpointName=name, EndpointConfigName=name)
        if "EndpointArn" in made:
            self.book.endpoints.append(Named(plan.place, name, made["EndpointArn"], plan.arn))

    @only_when(lambda self: self.book.endpoints)
    @step(
        number=NUMBERS,
        count=SIZES,
        what=("update", "scale", "delete"),
    )
    def use_endpoint(self, number: int, count: int, what: str) -> None:
        endpoint, name = self.one_of(self.book.endpoints, number), self.new_name("config")
        named = {"EndpointName": endpoint.name}
        if what == "update":
            plan = next(each for each in self.book.plans if each.arn == endpoint.plan)
            if "Error" not in self.configure(plan, name, count):
                self.aws(endpoint.place, "update_endpoint", **named, EndpointConfigName=name)
        elif what == "scale":
            wanted = {"VariantName": "main", "DesiredInstanceCount": count}
            self.aws(
                endpoint.place,
                "update_endpoint_weights_and_capacities",
                **named,
                DesiredWeightsAndCapacities=[wanted],
            )
        elif "Error" not in self.aws(endpoint.place, "delete_endpoint", **named):
            self.book.endpoints.remove(endpoint)

    @staticmethod
    def app(name: str) -> dict[str, str]:
        return {
            "DomainId": "d-domain",
            "SpaceName": "space",
            "AppType": "JupyterLab",
            "AppName": name,
        }

    @only_when(lambda self: self.plans_that_run("studio-apps"))
    @step(number=NUMBERS)
    def open_app(self, number: int) -> None:
        plans = self.plans_that_run("studio-apps")
        if plans:
            plan, name = self.one_of(plans, number), self.new_name("app")
            resources = {"InstanceType": TYPE, "TrainingPlanArn": plan.arn}
            made = self.aws(plan.place, "create_app", **self.app(name), ResourceSpec=resources)
            if "AppArn" in made:
                self.book.apps.append(Named(plan.place, name, made["AppArn"], plan.arn))

    @only_when(lambda self: self.book.apps)
    @step(number=NUMBERS)
    def close_app(self, number: int) -> None:
        app = self.one_of(self.book.apps[::-1], number)
        self.aws(app.place, "delete_app", **self.app(app.name))
