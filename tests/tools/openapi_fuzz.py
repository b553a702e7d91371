"""Holds a running server against its own `openapi.json`, with requests nobody would think of.

    python -m tests.tools.openapi_fuzz        # needs schemathesis: `nox -s openapi` has it

Schemathesis makes them of the description: valid ones, and invalid in every way. No answer is a
5xx, each is of a described status, type and schema, what the schema excludes is refused, and what
it allows is refused only for a reason that no schema can say. The same requests each time.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from tests.support.servers import RunningServer

PROJECT = Path(__file__).resolve().parents[2]
GUIDE_TIME = "2025-01-21T19:08:27.704Z"
CASES = 25  # of each operation, besides those of examples and of each bound
SLOWEST = 5  # seconds
# Why a request is refused that is as described.
REASONS = (
    r"the clock can(not go back| show times from 1970)",
    r"the window must end after it starts",
    r"(when|at|start|end) must be a datetime, an ISO 8601 string or epoch seconds, not ['\"]\d{4}",
    r"the outage must end in the future",
    r"there is no training (job|plan) ",
    r"names nothing that has instances",
    r"nothing is drawn of ",
    r"save: there is no file to save to",
    r"unknown quota ",
    r"rate must be (from 0 to 1000000 USD|a price such as)",
    r"duration must be .* more than 0, not ",  # by less than a microsecond
)


def description(address: str) -> dict[str, Any]:
    """The server's description, as schemathesis can read it."""
    with urllib.request.urlopen(f"{address}/moto-api/training-plans/openapi.json") as answer:
        document: dict[str, Any] = json.load(answer)
    # It takes `prefixItems` for something of older drafts where answers have them; the tests
    # hold these answers against the whole schema.
    for schema in (document["components"]["schemas"][name] for name in ("View", "Ledger")):
        _leave_out(schema, "prefixItems")
    return document


def _leave_out(schema: Any, keyword: str) -> None:
    if isinstance(schema, dict):
        schema.pop(keyword, None)
    for each in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(each, (dict, list)):
            _leave_out(each, keyword)


def main() -> None:
    """Run it; exit with 1 where the server is not as it says."""
    server = RunningServer("--now", GUIDE_TIME, "--speed", "0")
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "openapi.json")
            file.write_text(json.dumps(description(server.url)), encoding="utf-8")
            command = [
                *(str(Path(sys.executable).with_name("schemathesis")), "run", str(file)),
                *("--url", f"{server.url}/", "--phases", "examples,coverage,fuzzing"),
                *("--checks", "all", "--exclude-checks", "positive_data_acceptance"),
                *("--max-examples", str(CASES), "--max-response-time", str(SLOWEST)),
                *("--generation-deterministic", "--continue-on-failure", "--warnings", "off"),
                *sys.argv[1:],
            ]
            environment = {
                **os.environ,
                "SCHEMATHESIS_HOOKS": __spec__.name,
                "PYTHONPATH": str(PROJECT),
            }
            # Where it is started it leaves a folder with what it found.
            ended = subprocess.run(command, cwd=folder, env=environment, check=False)
            sys.exit(ended.returncode)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
else:
    import schemathesis

    @schemathesis.check
    def refused_for_what_no_schema_says(_ctx: Any, response: Any, case: Any) -> None:
        """A request that is as described is refused for one of the reasons alone."""
        generated = case.meta and case.meta.generation.mode
        if generated is None or generated.is_negative or response.status_code != 400:
            return
        if case.operation.path.endswith("/load"):
            return  # what a scenario may say has a schema of its own, docs/scenario.schema.json
        message = response.json()["message"]
        assert any(re.search(reason, message) for reason in REASONS), message
