"""How fast training plans are, as ratios measured in one run.

    python -m tests.benchmarks.bench_training_plans

Absolute times drift with the machine, so each figure stands beside what it is compared
with, taken in turn. The program fails if a ratio is worse than what the project promises.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from statistics import median
from time import process_time
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from moto_trainingplans import mock_training_plans

NOW = "2025-01-21T19:08:27.704Z"
DAY = timedelta(days=1)


def in_turn(*calls: Callable[[], Any], rounds: int = 40, repeat: int = 5) -> list[float]:
    """The median seconds of each call, all taken in turn so that drift hits them alike.

    Seconds of this process alone, whatever else the machine does.
    """
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(rounds):
        for of_call, call in zip(times, calls, strict=True):
            of_call.append(seconds_of(call, repeat))
    return [median(of_call) for of_call in times]


def seconds_of(call: Callable[[], Any], repeat: int) -> float:
    """What a call takes of the processor, the mean of so many."""
    start = process_time()
    for _ in range(repeat):
        call()
    return (process_time() - start) / repeat


def beside_moto(
    ours: Callable[[], AbstractContextManager[Callable[[], Any]]],
    theirs: Callable[[], AbstractContextManager[Callable[[], Any]]],
    rounds: int = 15,
    repeat: int = 30,
) -> tuple[float, float]:
    """The median seconds of a call of a client's in our mock and of one in moto's, in turn.

    Both mocks cannot run at once, so each round has one after the other; both are warm.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for of_mock, mock in zip(times, (ours, theirs), strict=True):
            with mock() as call:
                seconds_of(call, repeat // 5)
                of_mock.append(seconds_of(call, repeat))
    return median(times[0]), median(times[1])


def report_beside_moto(what: str, times: tuple[float, float], allowed: float) -> bool:
    """Print how long both take, and the ratio; False if it is more than allowed."""
    print(f"{what}: {times[0] * 1e6:.0f} and {times[1] * 1e6:.0f} microseconds")
    return report(what, times[0] / times[1], allowed)


def report(what: str, ratio: float, allowed: float | None = None) -> bool:
    """Print a ratio; False if it is more than allowed."""
    promise = "" if allowed is None else f"   (at most {allowed})"
    print(f"{what:72} {ratio:6.2f}{promise}")
    return allowed is None or ratio <= allowed


def client() -> Any:
    """A SageMaker client."""
    return boto3.client("sagemaker", region_name="us-west-2")


def floor_client() -> Any:
    """A client whose requests are answered at once: what botocore itself costs."""
    floor = client()
    floor.meta.events.unregister("before-send", botocore_stubber)
    floor.meta.events.register_first(
        "before-send.sagemaker.*",
        lambda request, **_: AWSResponse(request.url, 200, {}, MockRawResponse(b"{}")),
    )
    return floor


def buy(sagemaker: Any, name: str, **asked: Any) -> None:
    """Buy the last offering of a search."""
    found = sagemaker.search_training_plan_offerings(
        **{"InstanceType": "ml.p4d.24xlarge", "DurationHours": 48, **asked}
    )
    sagemaker.create_training_plan(
        TrainingPlanName=name,
        TrainingPlanOfferingId=found["TrainingPlanOfferings"][-1]["TrainingPlanOfferingId"],
    )


@contextmanager
def describing_a_plan() -> Iterator[Callable[[], Any]]:
    """DescribeTrainingPlan in our mock."""
    with mock_training_plans(now=NOW):
        sagemaker = client()
        buy(sagemaker, "plan")
        yield lambda: sagemaker.describe_training_plan(TrainingPlanName="plan")


@contextmanager
def listing_no_jobs() -> Iterator[Callable[[], Any]]:
    """ListTrainingJobs of none in moto's: it has no plans, and nothing that it does sooner."""
    with mock_aws():
        yield client().list_training_jobs


def simple_call() -> bool:
    """DescribeTrainingPlan beside plain moto's list of no training jobs."""
    with mock_training_plans(now=NOW):
        sagemaker, floor = client(), floor_client()
        buy(sagemaker, "plan")
        describe, nothing = in_turn(
            lambda: sagemaker.describe_training_plan(TrainingPlanName="plan"),
            lambda: floor.describe_training_plan(TrainingPlanName="plan"),
        )
    report("DescribeTrainingPlan / botocore's floor", describe / nothing)
    times = beside_moto(describing_a_plan, listing_no_jobs)
    return report_beside_moto("DescribeTrainingPlan / plain moto's list_training_jobs", times, 0.65)


def search_among_reservations() -> bool:
    """A search with 10,000 reservations in the inventory beside one with none."""
    with mock_training_plans(now=NOW) as plans:
        sagemaker = client()
        plans.quotas.set("training-plan-total_count", 20_000, region="us-west-2")
        plans.quotas.set("ml.p4d.24xlarge", 10**6, region="us-west-2")
        for zone in ("us-west-2a", "us-west-2b"):
            plans.capacity.set(zone, "ml.p4d.24xlarge", 10**6, target="training-job")
        start = plans.clock.now()
        for number in range(10_000):
            buy(
                sagemaker,
                f"plan-{number}",
                DurationHours=24 * (1 + number % 7),
                StartTimeAfter=start + (number % 50) * DAY,
            )

        def search(target: str) -> Any:
            return sagemaker.search_training_plan_offerings(
                InstanceType="ml.p4d.24xlarge", DurationHours=48, TargetResources=[target]
            )

        among, alone = in_turn(lambda: search("training-job"), lambda: search("endpoint"))
        within = report("search among 10,000 reservations / among none", among / alone, 2.0)

        # As many steps as there can be: a window of its own for each of 10,000 settings.
        for number in range(10_000):
            begin = start + timedelta(minutes=30 * number)
            plans.capacity.set(
                "us-west-2a",
                "ml.p4d.24xlarge",
                10**6 + number % 2,
                target="training-job",
                start=begin,
                end=begin + timedelta(minutes=30),
            )
        among, alone = in_turn(lambda: search("training-job"), lambda: search("endpoint"))
        return within & report(
            "search among 10,000 windows of capacity / among none", among / alone, 2.0
        )


def page_among(count: int) -> float:
    """What the sixth page of so many plans costs, in units of botocore's floor."""
    with mock_training_plans(now=NOW) as plans:
        sagemaker, floor = client(), floor_client()
        plans.quotas.set("training-plan-total_count", 20_000, region="us-west-2")
        plans.quotas.set("ml.p4d.24xlarge", 10**6, region="us-west-2")
        plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 10**6, target="training-job")
        for number in range(count):
            buy(sagemaker, f"plan-{number:05}")
        asked: dict[str, str] = {}
        for _ in range(5):
            asked = {"NextToken": sagemaker.list_training_plans(**asked)["NextToken"]}
        page, nothing = in_turn(
            lambda: sagemaker.list_training_plans(**asked),
            lambda: floor.describe_training_plan(TrainingPlanName="plan"),
        )
    return page / nothing


def pages() -> bool:
    """A page of ListTrainingPlans at 10,000 plans beside one at 100."""
    return report("a page of 10,000 plans / of 100", page_among(10_000) / page_among(100), 1.2)


def start_and_stop() -> bool:
    """The decorator's start and stop beside moto's."""

    def ours() -> None:
        with mock_training_plans():
            pass

    def theirs() -> None:
        with mock_aws():
            pass

    a, b = in_turn(ours, theirs, rounds=60, repeat=3)
    return report("mock_training_plans start and stop / mock_aws", a / b, 1.1)


def imports() -> bool:
    """Importing the mock beside importing moto and its SageMaker."""

    def seconds(code: str) -> float:
        timed = f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
        found = subprocess.run(
            [sys.executable, "-c", timed], capture_output=True, text=True, check=True
        )
        return float(found.stdout)

    moto = "import moto, moto.sagemaker"
    pairs = [
        (seconds(f"{moto}; from moto_trainingplans import mock_training_plans"), seconds(moto))
        for _ in range(9)
    ]
    more = median(a - b for a, b in pairs) * 1000
    return report("import of the mock, milliseconds beside moto and its SageMaker", more, 30)


def main() -> None:
    """Measure everything."""
    kept = [simple_call(), search_among_reservations(), pages(), start_and_stop(), imports()]
    if not all(kept):
        sys.exit("a ratio is worse than promised")


if __name__ == "__main__":
    main()
