"""Tests as users should not write them: a type checker complains of each marked line, no other."""

from __future__ import annotations

from moto_trainingplans import TrainingPlans, mock_training_plans


@mock_training_plans
def decorated(name: str) -> int:
    return len(name)


decorated(1)  # wrong: the decorated function takes a text
decorated("plan").upper()  # wrong: and gives a number


@mock_training_plans("2025-01-21")  # wrong: by keyword alone
def with_a_position() -> None:
    return None


mock_training_plans(speed=3600)  # wrong: no such argument
mock_training_plans(strict="no")  # wrong: not a bool
mock_training_plans(now=["2025-01-21"])  # wrong: no time


def test_literals(training_plans: TrainingPlans) -> None:
    capacity, faults = training_plans.capacity, training_plans.faults
    capacity.set("us-west-2a", "ml.p5.48xlarge", 8, target="training-jobs")  # wrong: target
    capacity.free("us-west-2a", "ml.p5.48xlarge", target="hyperpod")  # wrong: target
    training_plans.jobs.expiration_in("minutes")  # wrong: unit
    faults.throttle("CreateTrainingPlans")  # wrong: operation
    faults.error("create_training_plan", "ThrottlingException", "Slow.")  # wrong: operation
    training_plans.calls("SearchTrainingPlanOffering")  # wrong: operation


def test_arguments(training_plans: TrainingPlans) -> None:
    training_plans.capacity.set("us-west-2a", "ml.p5.48xlarge", "8")  # wrong: no count
    training_plans.capacity.free("us-west-2a", "ml.p5.48xlarge")  # wrong: no target
    training_plans.clock.tick("1 hour")  # wrong: no duration
    training_plans.clock.move_to(None)  # wrong: no time
    training_plans.quotas.set("ml.p5.48xlarge", 8)  # wrong: no Region
    training_plans.payments.fail_next(message=402)  # wrong: no text
    training_plans.prices.set("ml.p5.48xlarge", 30, "us-west-2")  # wrong: by keyword alone
    training_plans.jobs.run_for()  # wrong: no duration


def test_results(training_plans: TrainingPlans) -> None:
    training_plans.clock.forward(3600)  # wrong: no such call
    training_plans.clocks.tick(3600)  # wrong: no such group
    training_plans.history()[0].before.upper()  # wrong: None at a creation
    training_plans.clock.next_event().hour  # wrong: None if nothing is due  # noqa: B018
    training_plans.calls()[0].error = None  # wrong: frozen
