"""The tables of docs/versions.md, from tests/support/model_history.json.

    python -m tests.tools.version_tables     # writes them into the page

`tests/docs/test_versions.py` sees to it that the page has those of today's record.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.support.model_history import Fact, named, parsed, recorded

PAGE = Path(__file__).resolve().parents[2] / "docs" / "versions.md"
BEGIN = "<!-- from here on written by tests/tools/version_tables.py -->"
SEARCH = "SearchTrainingPlanOfferings.input"
GROUP = "CreateCluster.input.InstanceGroups[]"
# What somebody would look for, and the paths in the record that it stands or falls with.
FEATURES = {
    "plans for endpoints": [f"{SEARCH}.TargetResources[]=endpoint"],
    "plans for Studio apps": [
        f"{SEARCH}.TargetResources[]=studio-apps",
        "CreateApp.input.ResourceSpec.TrainingPlanArn",
    ],
    "plans of ml.p6-b300.48xlarge": [f"{SEARCH}.InstanceType=ml.p6-b300.48xlarge"],
    "a search without a target or a duration": [
        f"{SEARCH}.TargetResources",
        f"{SEARCH}.DurationHours",
    ],
    "extensions of plans": [
        "ExtendTrainingPlan",
        "DescribeTrainingPlanExtensionHistory",
        f"{SEARCH}.TrainingPlanArn",
    ],
    "a plan described by its ARN": ["DescribeTrainingPlan.input.TrainingPlanName"],
    "the ids of zones in a plan's capacity": [
        "DescribeTrainingPlan.output.ReservedCapacitySummaries[].AvailabilityZoneId"
    ],
    "`DeleteTrainingJob`": ["DeleteTrainingJob"],
    "jobs with `InstancePreferences`": [
        "CreateTrainingJob.input.ResourceConfig.InstancePreferences"
    ],
    "jobs that wait for 30 minutes to 2 hours": [
        "CreateTrainingJob.input.StoppingCondition.MaxPendingTimeInSeconds"
    ],
    "warm pools of more than an hour": [
        "CreateTrainingJob.input.ResourceConfig.KeepAlivePeriodInSeconds"
    ],
    "`NodeProvisioningMode` of a cluster that is there": [
        "UpdateCluster.input.NodeProvisioningMode"
    ],
    "nodes replaced and rebooted on request": [
        "BatchReplaceClusterNodes",
        "BatchRebootClusterNodes",
    ],
    "`MinInstanceCount`, Spot and Kubernetes labels of groups": [
        f"{GROUP}.MinInstanceCount",
        f"{GROUP}.CapacityRequirements",
        f"{GROUP}.KubernetesConfig",
    ],
    "Slurm clusters": ["CreateCluster.input.Orchestrator.Slurm", f"{GROUP}.SlurmConfig"],
    "groups without `LifeCycleConfig`": [f"{GROUP}.LifeCycleConfig"],
    "groups of several instance types": [f"{GROUP}.InstanceRequirements"],
    "`AutoPatchConfig` and release versions of images": [
        f"{GROUP}.AutoPatchConfig",
        f"{GROUP}.ImageReleaseVersion",
    ],
    "health checks on request": ["StartClusterHealthCheck"],
    "Slurm's accounting database": ["CreateCluster.input.Orchestrator.Slurm.AccountingDatabase"],
    "operations of clusters": ["ListClusterOperations", "DescribeClusterOperation"],
    "nodes moved from group to group": ["MoveClusterNodes"],
    "reports of how much of the quotas is used": [
        "StartQuotaUtilizationReport",
        "GetQuotaUtilizationReport",
    ],
}


def written(page: str) -> str:
    """The page with the tables of today's record."""
    lines = [*_features(), "", *_facts()]
    return page.partition(BEGIN)[0] + BEGIN + "\n\n" + "\n".join(lines) + "\n"


def since(paths: list[str]) -> str:
    """The first botocore that has all of something."""
    return max((recorded()[fact] for path in paths for fact in named(path)), key=parsed)


def _features() -> Iterator[str]:
    yield "## What is there from which botocore on"
    yield ""
    yield "| feature | botocore |"
    yield "|---|---|"
    rows = sorted((parsed(since(paths)), name) for name, paths in FEATURES.items())
    for version, name in rows:
        yield f"| {name} | {'.'.join(map(str, version))} |"


def _facts() -> Iterator[str]:
    yield "## Operations and members by version"
    yield ""
    yield "In each version all of those above it are there too. What is under something new is new"
    yield "with it, and not listed again."
    yield ""
    yield "| botocore | operations and members | what requests may leave out |"
    yield "|---|---|---|"
    versions: dict[str, list[Fact]] = {}
    for fact, version in recorded().items():
        versions.setdefault(version, []).append(fact)
    for version, facts in versions.items():
        new = _listed(facts, "operation", "member")
        optional = _listed(facts, "optional")
        if new or optional:
            yield f"| {version} | {new} | {optional} |"


def _listed(facts: list[Fact], *kinds: str) -> str:
    """Operations, each with its members."""
    operations: dict[str, list[str]] = {}
    for fact in sorted(facts):
        if fact.kind in kinds:
            operation, _, path = fact.path.partition(".")
            members = operations.setdefault(operation, [])
            if path:
                members.append(f"`{path.partition('.')[2]}`")
    return "; ".join(
        f"`{operation}`" + (f": {', '.join(dict.fromkeys(members))}" if members else "")
        for operation, members in operations.items()
    )


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
