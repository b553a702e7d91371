"""docs/errors.md, from the package's texts of refusals and what the tests have been refused with.

    python -m tests.tools.error_table             # writes it anew, for the operations it lists
    python -m tests.tools.error_table --record    # runs all tests first, and notes who met what

`tests/docs/test_errors.py` sees to it that the page has today's texts, and each test that is
refused as the page does not say fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from moto_trainingplans.sagemaker.clusters.nodes import DELETION_CODES, RESTART_CODES
from moto_trainingplans.simulation.clusters.requests.additions import AdditionFault
from moto_trainingplans.simulation.endpoints.capacity import NO_INSTANCES, RESERVATION_EXPIRED
from tests.support.refusals import (
    PAGE,
    PROJECT,
    SEEN,
    Refusal,
    listed_rows,
    refusals,
    refusals_of_templates,
)

BEGIN = "<!-- from here on written by tests/tools/error_table.py -->"
ANY = "Any operation"

# What each code means: the status of HTTP, and when it is answered.
CODES = {
    "AccessDeniedException": (
        400,
        "The caller's policies do not give a permission that is needed; only where "
        "[authorization](permissions.md) is on.",
    ),
    "ConflictException": (400, "The cluster or group is busy with something else."),
    "IllegalArgumentException": (400, "A value that Service Quotas cannot do anything with."),
    "IncompleteSignatureException": (
        400,
        "The Authorization header is not one of Signature Version 4.",
    ),
    "InternalFailure": (500, "Only where `faults.error` has ordered it."),
    "InvalidPaginationTokenException": (400, "A NextToken of Service Quotas that is none."),
    "InvalidSignatureException": (400, "The request is signed for a Region that does not exist."),
    "MissingAuthenticationTokenException": (
        400,
        "The request is not signed; only where [authorization](permissions.md) is on.",
    ),
    "ModelError": (
        424,
        "InvokeEndpoint on an endpoint whose instances are gone; `OriginalMessage` says why.",
    ),
    "NoSuchResourceException": (
        400,
        "A quota, request or report that Service Quotas does not know.",
    ),
    "RequestEntityTooLargeException": (413, "The body is longer than any request needs."),
    "ResourceAlreadyExistsException": (400, "A quota has an open request for an increase already."),
    "ResourceInUse": (400, "A name that is taken, or a resource that is not yet done."),
    "ResourceLimitExceeded": (400, "A [quota](quotas.md) does not allow it."),
    "ResourceNotFound": (400, "A plan, offering, cluster, node or app that is not there."),
    "SerializationException": (
        400,
        "The body is no JSON object, or a value in it has the wrong type.",
    ),
    "ServiceUnavailable": (503, "Only where `faults.error` has ordered it."),
    "ThrottlingException": (
        400,
        "Only where `faults.throttle` has ordered it; the text is `Rate exceeded`.",
    ),
    "UnknownOperationException": (
        404,
        "No operation of the service, or, on a server, one that neither moto nor this package has.",
    ),
    "ValidationError": (
        400,
        "InvokeEndpoint on an endpoint that never was in service; a template that CloudFormation "
        "cannot make a [cluster](cloudformation.md) of.",
    ),
    "ValidationException": (
        400,
        "The request breaks the service model, or a rule: the text says which.",
    ),
}

# What is answered where the control object has ordered it, in a text of the domain's.
ORDERED = Refusal("ThrottlingException", "Rate exceeded", "documented", of_any=True)


INVOCATIONS = (
    "A `ModelError` says what became of the instances:",
    f"`{RESERVATION_EXPIRED}`",
    f"where the endpoint's plan has ended, else `{NO_INSTANCES}`",
    "An endpoint that never was in service is a `ValidationError`:",
    "`Endpoint {name} of account {account} not found.`",
)
STACKS = (
    "A cluster that SageMaker refuses rolls its stack back; the event's reason is",
    "`Resource handler returned message: '{text}' ({code})`, with a text and a code from above.",
)


def written(page: str, met: Iterable[tuple[str, tuple[str, str]]] | None = None) -> str:
    """The page with today's texts, for what it lists or for what has been met."""
    if met is None:
        met = [(operation, Refusal(code, text).key) for operation, code, text in listed_rows()]
    return page.partition(BEGIN)[0] + BEGIN + "\n\n" + "\n".join(_tables(set(met))) + "\n"


def _tables(met: set[tuple[str, tuple[str, str]]]) -> Iterator[str]:
    known = {each.key: each for each in refusals()}
    by_operation: dict[str, list[Refusal]] = defaultdict(list)
    by_code: dict[str, set[str]] = defaultdict(set)
    for operation, key in met:
        if operation != ANY and key in known and not known[key].of_any:
            by_operation[operation].append(known[key])
            by_code[key[0]].add(operation)
    yield "## By code"
    for code, (status, told) in sorted(CODES.items()):
        yield from ("", f"### `{code}`", "", f"{told} HTTP status {status}.")
        if by_code[code]:
            links = (f"[{name}](#{name.lower()})" for name in sorted(by_code[code]))
            yield from ("", "Answered by " + ", ".join(links) + ".")
    yield from ("", "## By operation", "", f"### {ANY}", "")
    yield from _rows([ORDERED, *(each for each in refusals() if each.of_any)])
    for operation, answers in sorted(by_operation.items()):
        yield from ("", f"### {operation}", "")
        yield from _rows(answers)
    yield from ("", "### InvokeEndpoint", "", *INVOCATIONS, "", "### Stacks with clusters", "")
    yield from _rows(refusals_of_templates())
    yield from ("", *STACKS, "", "## Codes within an answer", "")
    yield from _codes_of_nodes()


def _rows(answers: Iterable[Refusal]) -> Iterator[str]:
    yield "| code | text | source |"
    yield "|---|---|---|"
    for each in sorted(answers):
        text = each.text.replace("|", "\\|")
        yield f"| `{each.code}` | {text} | {each.source} |"


def _codes_of_nodes() -> Iterator[str]:
    yield "BatchAddClusterNodes, BatchDeleteClusterNodes, BatchRebootClusterNodes and"
    yield "BatchReplaceClusterNodes succeed in part, and say of each node or group that failed why."
    codes = {
        **{fault.value: "BatchAddClusterNodes: the group" for fault in AdditionFault},
        **{
            code: f"BatchDeleteClusterNodes: the node {fault.value}"
            for fault, code in DELETION_CODES.items()
        },
        **{
            code: f"BatchRebootClusterNodes, BatchReplaceClusterNodes: the node {fault.value}"
            for fault, code in RESTART_CODES.items()
        },
    }
    told = {
        AdditionFault.GROUP_NOT_FOUND.value: " is not in the cluster",
        AdditionFault.GROUP_STATUS.value: " is in a status that does not allow it",
        AdditionFault.ZONES.value: " cannot have nodes in the zones asked for",
        AdditionFault.TYPES.value: " cannot have nodes of the types asked for",
    }
    for code, where in sorted(codes.items()):
        yield from ("", f"### `{code}`", "", f"{where}{told.get(code, '')}.")
    yield from ("", "### `CapacityError`", "")
    yield "How the FailureReason of a training job begins that got no instances, and of no other:"
    yield "`CapacityError: InsufficientCapacityError: …` where it waited too long."
    yield from ("", "### `AlgorithmError`", "")
    yield "How the FailureReason of a training job begins that `jobs.fail` has failed."


def record() -> set[tuple[str, tuple[str, str]]]:
    """Run all tests, and give what each operation was refused with."""
    with tempfile.TemporaryDirectory() as folder:
        seen = Path(folder) / "seen"
        command = [sys.executable, "-m", "pytest", "-n", "auto", "-q", "tests"]
        subprocess.run(command, cwd=PROJECT, env={**os.environ, SEEN: str(seen)}, check=True)
        rows = [json.loads(line) for line in seen.read_text(encoding="utf-8").splitlines()]
    return {(operation, (code, text)) for operation, code, text in rows}


if __name__ == "__main__":
    met = record() if "--record" in sys.argv else None
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), met), encoding="utf-8")
