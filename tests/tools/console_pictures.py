"""Pictures of the console: those of the documentation, or all pages, to be looked at.

    python -m tests.tools.console_pictures            # the two in docs/images
    python -m tests.tools.console_pictures /tmp/seen  # every page, narrow and wide, light and dark

The simulation that they show is always the same.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import boto3

from moto_trainingplans import connect
from tests.support.browser import chromium
from tests.support.clusters import group
from tests.support.console import CONSOLE
from tests.support.jobs import HOUR, START, job_request
from tests.support.servers import RunningServer

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PLAN = "Fine-tune-large-llm-code-generation"
SEARCH = "offerings?target=training-job&type=ml.p5.48xlarge&count=16&duration=14&unit=days"
PAGES = {
    "find": SEARCH,
    "find-nothing": "offerings?type=ml.p4d.24xlarge&count=64&duration=100&end=2025-02-20",
    "find-refused": "offerings?type=ml.p4d.24xlarge&count=3&duration=0",
    "plans": "plans",
    "plan": f"plans/{PLAN}?extend=1",
    "plan-cluster": "plans/pretraining-2025-q1",
    "plan-pending": "plans/evaluation",
    "missing": "plans/nothing",
    "jobs": "jobs",
    "job": "jobs/llm-code-1",
    "job-new": "jobs/new?instance_type=ml.p4d.24xlarge",
    "clusters": "clusters",
    "cluster": "clusters/research",
    "cluster-new": "clusters/new",
    "group-new": "clusters/research/new-group",
    "timeline": "timeline",
    "clock": "clock",
    "orders": "orders?order=capacity/set",
    "capacity": "capacity",
    "quotas": "quotas",
    "calls": "calls",
    "changes": "changes",
    "state": "state",
}
IN_DOCS = {"console-find": (SEARCH, 820), "console-plan": (f"plans/{PLAN}", 1000)}


def fill(url: str) -> None:
    """Make what the pictures show: plans in each status, and jobs on one of them."""
    plans = connect(url)
    sagemaker = boto3.client("sagemaker", region_name="us-west-2", endpoint_url=url)

    def buy(name: str, tags: dict[str, str] | None = None, **asked: Any) -> str:
        asked = {"InstanceType": "ml.p4d.24xlarge", "TargetResources": ["training-job"], **asked}
        offering = sagemaker.search_training_plan_offerings(**asked)["TrainingPlanOfferings"][-1]
        arn: str = sagemaker.create_training_plan(
            TrainingPlanName=name,
            TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
            Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        )["TrainingPlanArn"]
        return arn

    arn = buy(PLAN, {"team": "research", "cost-center": "4711"}, DurationHours=72, InstanceCount=16)
    plans.jobs.run_for(30 * 3600, "llm-code-*")
    plans.jobs.run_for(5 * 3600, "llm-eval-*")
    for name, count, team in (
        ("llm-code-1", 8, "research"),
        ("llm-code-2", 4, "research"),
        ("llm-eval-1", 2, "evaluation"),
        ("llm-eval-2", 4, "evaluation"),
    ):
        tags = [{"Key": "team", "Value": team}]
        sagemaker.create_training_job(**job_request(name, arn, count), Tags=tags)
    buy(
        "pretraining-2025-q1",
        InstanceCount=4,
        DurationHours=24 * 14,
        StartTimeAfter="2025-02-03",
        TargetResources=["hyperpod-cluster"],
    )
    sagemaker.create_cluster(
        ClusterName="research",
        InstanceGroups=[group("head", count=2)],
        NodeProvisioningMode="Continuous",
    )
    plans.payments.fail_next(message="The card was declined.")
    buy("declined", DurationHours=24)
    plans.clock.move_to(START + 14 * HOUR)
    plans.payments.delay(3600)
    buy("evaluation", DurationHours=48, InstanceCount=2)


def take(
    running: Any, address: str, path: Path, width: int, scheme: str, height: int | None
) -> None:
    """Take a picture of a page; of all of it, where no height is given."""
    context = running.new_context(
        viewport={"width": width, "height": height or 900}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(address)
    page.screenshot(path=path, full_page=height is None)
    context.close()
    print(path)


def main(arguments: list[str]) -> None:
    """Take the pictures of the documentation, or those of every page into a directory."""
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
    server = RunningServer("--now", "2025-01-21T19:08:27.704Z", "--speed", "0")
    try:
        fill(server.url)
        place = f"{server.url}/{CONSOLE}/us-west-2/123456789012"
        with chromium() as running:
            if not arguments:
                IMAGES.mkdir(exist_ok=True)
                for name, (path, height) in IN_DOCS.items():
                    take(running, f"{place}/{path}", IMAGES / f"{name}.png", 1280, "light", height)
            for directory in arguments:
                Path(directory).mkdir(parents=True, exist_ok=True)
                for name, path in PAGES.items():
                    for width in (390, 1280):
                        for scheme in ("light", "dark"):
                            picture = Path(directory) / f"{name}-{width}-{scheme}.png"
                            take(running, f"{place}/{path}", picture, width, scheme, None)
    finally:
        server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
