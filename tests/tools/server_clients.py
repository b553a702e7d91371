"""Clients that are not Python's boto3, against a server: JavaScript's SDK, and aioboto3.

    python -m tests.tools.server_clients              # all of them
    python -m tests.tools.server_clients javascript   # or one

Each is installed into a folder of its own in `.cache/` when it is first needed: the SDK for
JavaScript by npm (Node 20 or newer), and aioboto3 by pip, which pins a botocore that is almost
the oldest that is supported: with this package beside it, whose server runs there. Their tests are
in `tests/sdk/`, and get a server of their own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from tests.support.servers import RunningServer

PROJECT = Path(__file__).resolve().parent.parent.parent
TESTS = PROJECT / "tests" / "sdk"
GUIDE_TIME = "2025-01-21T19:08:27.704Z"
AIOBOTO3 = "aioboto3==15.5.0"


def installed(name: str, wanted: str, install: Callable[[Path], None]) -> Path:
    """The folder of a client; other packages make another one."""
    folder = PROJECT / ".cache" / f"{name}-{sha256(wanted.encode()).hexdigest()[:8]}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install(folder)
        (folder / "complete").touch()
    return folder


def javascript() -> tuple[list[str], dict[str, str]]:
    """The command that runs the tests of the SDK for JavaScript, and what it has to know."""
    packages = TESTS / "javascript" / "package.json"

    def install(folder: Path) -> None:
        shutil.copy(packages, folder)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        subprocess.run(command, cwd=folder, check=True)

    folder = installed("javascript", packages.read_text(encoding="utf-8"), install)
    command = ["node", "--test", "--test-reporter=spec", str(packages.parent)]
    return command, {"PACKAGES": str(folder), "NODE_NO_WARNINGS": "1"}


def aioboto3() -> tuple[list[str], dict[str, str]]:
    """The command that runs the tests of aioboto3."""

    def install(folder: Path) -> None:
        venv.create(folder, with_pip=True, clear=True)
        pip = [python(folder), "-m", "pip", "install", "-qq"]
        subprocess.run([*pip, AIOBOTO3, "--editable", f"{PROJECT}[server]"], check=True)

    pins = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    folder = installed("aioboto3", AIOBOTO3 + pins, install)
    return [python(folder), str(TESTS / "aioboto3_client.py")], {}


def python(folder: Path) -> str:
    """The interpreter of an environment."""
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


CLIENTS = {"javascript": javascript, "aioboto3": aioboto3}


def check(name: str) -> bool:
    """Install a client and run its tests; whether they pass."""
    command, settings = CLIENTS[name]()
    print(f"{name}:", flush=True)
    # aioboto3 and the server are one environment: one botocore does for both.
    where = command[0] if name == "aioboto3" else sys.executable
    server = RunningServer("--now", GUIDE_TIME, "--speed", "0", python=where)
    try:
        environment = {**os.environ, **settings, "ENDPOINT": server.url}
        return subprocess.run(command, env=environment, check=False).returncode == 0
    finally:
        server.stop()


def main() -> None:
    """Check the clients that are asked for; exit with 1 where a test fails."""
    parser = argparse.ArgumentParser(description="Run the tests of clients against a server.")
    parser.add_argument("client", nargs="*", help=f"of {', '.join(CLIENTS)}; all by default")
    asked = parser.parse_args().client or list(CLIENTS)
    if unknown := set(asked) - set(CLIENTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    results = [check(name) for name in asked]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
