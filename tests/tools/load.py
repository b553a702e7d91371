"""Many clients at once on a server whose clock flows: 32 of them, an hour a second.

    python -m tests.tools.load [--seconds 60]

Each asks at random for what users ask: searches, purchases, jobs, clusters, listings, pages of
the console, control calls. It fails if anything is answered with a 5xx or not at all, if more
was sold than there is, if two operations tell different counts, or if the server's memory grows
from one third of the time to the next, each of which ends with a reset.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from moto_trainingplans import connect
from tests.support.servers import RunningServer

CLIENTS = 32
ROUNDS = 3
SPEED = 3600
FOR_SALE = 40
ZONE, INSTANCE_TYPE = "us-west-2a", "ml.p4d.24xlarge"
TARGETS = ("training-job", "hyperpod-cluster")
# What a reset may leave behind: the interpreter keeps pages that it has had.
GROWTH = 1.25
CONTROL = "/moto-api/training-plans"
CONSOLE = f"{CONTROL}/console/us-west-2/123456789012"
ROLE = "arn:aws:iam::123456789012:role/role"
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20250121/us-west-2/sagemaker/aws4_request, "
    "SignedHeaders=host, Signature=0123"
)


class Client:
    """One of many, on a connection of its own; `statuses` counts what it was answered."""

    def __init__(self, url: str, number: int) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._random = random.Random(number)
        self._names = (f"own-{number}-{each}" for each in count())
        self._plans: list[str] = []
        self._jobs: list[str] = []
        self._clusters: list[str] = []
        self.statuses: Counter[str] = Counter()
        self.slowest = 0.0

    def run(self, until: float) -> None:
        """Ask on until then."""
        asks: list[tuple[int, Callable[[], Any]]] = [
            (4, self._buy),
            (6, lambda: self._aws("DescribeTrainingPlan", TrainingPlanName=self._one(self._plans))),
            (3, lambda: self._aws("ListTrainingPlans", MaxResults=20)),
            (4, self._train),
            (6, lambda: self._aws("DescribeTrainingJob", TrainingJobName=self._one(self._jobs))),
            (2, lambda: self._aws("ListTrainingJobs", MaxResults=20)),
            (1, lambda: self._aws("StopTrainingJob", TrainingJobName=self._one(self._jobs))),
            (1, self._make_cluster),
            (2, lambda: self._aws("DescribeCluster", ClusterName=self._one(self._clusters))),
            (1, lambda: self._aws("ListClusters")),
            (2, lambda: self._ask("GET", f"{CONTROL}/clock")),
            (1, lambda: self._ask("GET", f"{CONTROL}/history?last=20")),
            (1, lambda: self._call("clock/tick", {"delta": 900})),
            (1, lambda: self._ask("GET", f"{CONSOLE}/plans")),
            (1, lambda: self._ask("GET", f"{CONTROL}/health")),
        ]
        weights = [weight for weight, _ in asks]
        while time.monotonic() < until:
            ((_, ask),) = self._random.choices(asks, weights)
            begun = time.monotonic()
            ask()
            self.slowest = max(self.slowest, time.monotonic() - begun)
        self._connection.close()

    def _one(self, names: list[str]) -> str:
        return self._random.choice(names) if names else "none"

    def _buy(self) -> None:
        target = self._random.choice(TARGETS)
        found = self._aws(
            "SearchTrainingPlanOfferings",
            InstanceType=INSTANCE_TYPE,
            InstanceCount=self._random.choice([1, 2, 4]),
            DurationHours=self._random.choice([24, 48]),
            TargetResources=[target],
        ).get("TrainingPlanOfferings")
        if found:
            name = next(self._names)
            offering = self._random.choice(found)["TrainingPlanOfferingId"]
            self._aws("CreateTrainingPlan", TrainingPlanName=name, TrainingPlanOfferingId=offering)
            self._plans.append(name)

    def _train(self) -> None:
        plan = self._aws("DescribeTrainingPlan", TrainingPlanName=self._one(self._plans))
        resources = {"InstanceType": INSTANCE_TYPE, "InstanceCount": 1, "VolumeSizeInGB": 10}
        if "TrainingPlanArn" in plan:
            resources["TrainingPlanArn"] = plan["TrainingPlanArn"]
        name = next(self._names)
        self._aws(
            "CreateTrainingJob",
            TrainingJobName=name,
            RoleArn=ROLE,
            AlgorithmSpecification={"TrainingInputMode": "File", "TrainingImage": "image"},
            OutputDataConfig={"S3OutputPath": "s3://bucket/output"},
            ResourceConfig=resources,
            StoppingCondition={"MaxRuntimeInSeconds": 3600},
        )
        self._jobs.append(name)

    def _make_cluster(self) -> None:
        group = {
            "InstanceGroupName": "group",
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "ExecutionRole": ROLE,
            "LifeCycleConfig": {
                "SourceS3Uri": "s3://sagemaker-scripts",
                "OnCreate": "on_create.sh",
            },
        }
        name = next(self._names)
        self._aws("CreateCluster", ClusterName=name, InstanceGroups=[group])
        self._clusters.append(name)

    def _aws(self, operation: str, **members: Any) -> dict[str, Any]:
        headers = {
            "Authorization": AUTHORIZATION,
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"SageMaker.{operation}",
        }
        answer: dict[str, Any] = json.loads(self._ask("POST", "/", headers, json.dumps(members)))
        return answer

    def _call(self, name: str, arguments: dict[str, Any]) -> None:
        headers = {"Content-Type": "application/json"}
        self._ask("POST", f"{CONTROL}/{name}", headers, json.dumps(arguments))

    def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None
    ) -> bytes:
        what = (headers or {}).get("X-Amz-Target", path.partition("?")[0])
        try:
            self._connection.request(method, path, body, headers or {})
            answer = self._connection.getresponse()
            content = answer.read()
            status = answer.status
        except (OSError, HTTPException) as broken:
            self._connection.close()
            self.statuses[f"{what}: {broken!r}"] += 1
            return b"{}"
        self.statuses["ok" if status < 400 else "refused"] += 1
        if status >= 500:
            self.statuses[f"{what}: {status} {content[:200]!r}"] += 1
        return content


def reset(server: RunningServer) -> None:
    """Begin anew, with moto's own jobs gone too."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == 200
    connection.close()


def prepare(server: RunningServer) -> None:
    """Something to sell, but not to everybody."""
    reset(server)
    plans = connect(server.url)
    plans.capacity.clear()
    for target in TARGETS:
        plans.capacity.set(ZONE, INSTANCE_TYPE, FOR_SALE, target=target)
    plans.quotas.set(INSTANCE_TYPE, 10**6, region="us-west-2")
    plans.quotas.set("training-plan-total_count", 10**6, region="us-west-2")


def faults(server: RunningServer) -> Iterable[str]:
    """What of the simulation does not agree with itself; its clock is stopped for that."""
    import boto3

    connect(server.url).clock.freeze()
    sagemaker = boto3.client(
        *("sagemaker", "us-west-2"),
        endpoint_url=server.url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    pages = sagemaker.get_paginator("list_training_plans").paginate()
    listed = [plan for page in pages for plan in page["TrainingPlanSummaries"]]
    plans = [
        sagemaker.describe_training_plan(TrainingPlanName=plan["TrainingPlanName"])
        for plan in listed
    ]
    if not plans:
        yield "nobody has bought anything"
    used = _used_by_jobs(sagemaker)
    for summary, plan in zip(listed, plans, strict=True):
        yield from _faults_of_counts(summary, plan, used[plan["TrainingPlanArn"]])
    for target in TARGETS:
        yield from _oversold([plan for plan in plans if plan["TargetResources"] == [target]])


def _used_by_jobs(sagemaker: Any) -> Counter[str]:
    """How many instances of each plan jobs say that they have."""
    used: Counter[str] = Counter()
    for page in sagemaker.get_paginator("list_training_jobs").paginate(StatusEquals="InProgress"):
        for summary in page["TrainingJobSummaries"]:
            job = sagemaker.describe_training_job(TrainingJobName=summary["TrainingJobName"])
            if job["SecondaryStatus"] not in {"Starting", "Pending"}:
                used[job["ResourceConfig"].get("TrainingPlanArn", "")] += 1
    return used


def _faults_of_counts(summary: Any, plan: Any, used: int) -> Iterable[str]:
    name = plan["TrainingPlanName"]
    for each in ("TotalInstanceCount", "AvailableInstanceCount", "InUseInstanceCount"):
        if summary.get(each) != plan.get(each):
            yield f"{name}: {each} listed and described differ"
    if plan["Status"] == "Active":
        in_use = plan["InUseInstanceCount"]
        if in_use + plan["AvailableInstanceCount"] > plan["TotalInstanceCount"]:
            yield f"{name}: more in use than it has"
        if in_use != used:
            yield f"{name}: {in_use} in use, and {used} by jobs"


def _oversold(plans: list[Any]) -> Iterable[str]:
    changes: Counter[Any] = Counter()
    for plan in plans:
        if plan["Status"] in {"Scheduled", "Active", "Expired"}:
            for capacity in plan["ReservedCapacitySummaries"]:
                changes[capacity["StartTime"]] += capacity["TotalInstanceCount"]
                changes[capacity["EndTime"]] -= capacity["TotalInstanceCount"]
    held = 0
    for when, change in sorted(changes.items()):
        held += change
        if held > FOR_SALE:
            yield f"{held} of {FOR_SALE} instances sold at {when}"


def memory(server: RunningServer) -> float:
    """The server's memory in MiB, 0 where the system does not tell it."""
    told = Path(f"/proc/{server.pid}/status")
    if not told.exists():
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", told.read_text())
    assert found is not None
    return int(found[1]) / 1024


def main() -> None:
    """Load a server, and tell what went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    server = RunningServer("--now", "2025-01-21T19:08:27Z", "--speed", str(SPEED))
    wrong: list[str] = []
    grown: list[float] = []
    try:
        for number in range(ROUNDS):
            prepare(server)
            clients = [Client(server.url, number * CLIENTS + each) for each in range(CLIENTS)]
            until = time.monotonic() + seconds / ROUNDS
            with ThreadPoolExecutor(CLIENTS) as pool:
                list(pool.map(Client.run, clients, [until] * CLIENTS))
            statuses: Counter[str] = sum((each.statuses for each in clients), Counter())
            done, refused = statuses.pop("ok"), statuses.pop("refused", 0)
            wrong += [f"{what} ({count} times)" for what, count in statuses.items()]
            wrong += faults(server)
            held = memory(server)
            reset(server)
            grown.append(memory(server))
            slowest = max(each.slowest for each in clients)
            print(
                f"{done} requests done, {refused} refused, the slowest {slowest:.2f} s; "
                f"{held:.0f} MiB, {grown[-1]:.0f} after a reset"
            )
        if grown[-1] > grown[0] * GROWTH:
            wrong.append(f"the memory grows: {', '.join(f'{each:.0f}' for each in grown)} MiB")
    finally:
        server.stop()
    if "Traceback" in server.log():
        wrong.append(server.log())
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
