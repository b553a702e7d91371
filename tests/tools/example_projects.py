"""Runs the tests of the projects in docs/examples/, each as somebody has it who copied it.

    python -m tests.tools.example_projects              # all of them
    python -m tests.tools.example_projects launcher     # or one

A project is copied to a folder of its own, so that nothing of this checkout is found by accident.
Those in Python run in this environment, which `nox -s examples` makes; what npm installs is kept in
`.cache/`. Without Node.js, which CDK needs too, two of them are left out, and it says so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.npm import HAS_NODE
from tests.tools.server_clients import installed

PROJECT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = PROJECT / "docs" / "examples"
NEED_NODE = {"cdk-app", "javascript"}


def main() -> None:
    """Check the projects that are asked for; exit with 1 where a test fails."""
    # `container` has files for `nox -s container`, and no tests.
    projects = sorted(each.parent.name for each in EXAMPLES.glob("*/README.md"))
    parser = argparse.ArgumentParser(description="Run the tests of the examples.")
    parser.add_argument("project", nargs="*", help=f"of {', '.join(projects)}; all by default")
    asked = parser.parse_args().project or projects
    if unknown := set(asked) - set(projects):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    results = [check(name) for name in asked]
    sys.exit(0 if all(results) else 1)


def check(name: str) -> bool:
    """Run the tests of a project; whether they pass."""
    if name in NEED_NODE and not HAS_NODE:
        print(f"{name}: left out, it needs Node.js and npm", flush=True)
        return True
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        shutil.copytree(EXAMPLES / name, copy)
        command = in_python() if (copy / "pyproject.toml").exists() else in_node(copy)
        done = subprocess.run(command, cwd=copy, env=environment(), check=False)
    print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    return done.returncode == 0


def in_python() -> list[str]:
    """The command that tests a project in Python."""
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def in_node(copy: Path) -> list[str]:
    """The command that tests a project in JavaScript, once its packages are there."""

    def install(folder: Path) -> None:
        shutil.copy(copy / "package.json", folder)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        subprocess.run(command, cwd=folder, check=True)

    packages = installed(f"example-{copy.name}", (copy / "package.json").read_text(), install)
    (copy / "node_modules").symlink_to(packages / "node_modules")
    return ["npm", "test", "--silent"]


def environment() -> dict[str, str]:
    """What a developer has: the commands of the environment, and no credentials."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return {**kept, "PATH": path, "NODE_NO_WARNINGS": "1"}


if __name__ == "__main__":
    main()
