"""The AWS SDK for JavaScript against a server.

    python -m tests.tools.javascript_client

npm installs the SDK's clients for `tests/sdk/javascript/` when they are first needed, into
`.cache/`; Node runs the tests there against a server of their own. Needs Node 20 or newer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from tests.support.servers import RunningServer

PROJECT = Path(__file__).resolve().parent.parent.parent
TESTS = PROJECT / "tests" / "sdk" / "javascript"
GUIDE_TIME = "2025-01-21T19:08:27.704Z"


def install() -> Path:
    """The folder with the packages; other packages make another one."""
    wanted = TESTS / "package.json"
    digest = sha256(wanted.read_bytes()).hexdigest()[:8]
    folder = PROJECT / ".cache" / f"javascript-{digest}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(wanted, folder)
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"],
            cwd=folder,
            check=True,
        )
        (folder / "complete").touch()
    return folder


def main() -> None:
    """Run the tests; exit with 1 where one fails."""
    packages = install()
    server = RunningServer("--now", GUIDE_TIME, "--speed", "0")
    try:
        done = subprocess.run(
            ["node", "--test", "--test-reporter=spec", str(TESTS)],
            env={**os.environ, "ENDPOINT": server.url, "PACKAGES": str(packages)},
            check=False,
        )
    finally:
        server.stop()
    sys.exit(1 if done.returncode else 0)


if __name__ == "__main__":
    main()
