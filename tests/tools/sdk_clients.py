"""The SageMaker Python SDKs against jobs on plans, and the HyperPod CLI against clusters.

Each in an environment of its own.

    python -m tests.tools.sdk_clients              # all of them side by side
    python -m tests.tools.sdk_clients version-2    # or one of them

Versions 2 and 3 are one package, `sagemaker`, and pin versions of `sagemaker-core` that exclude
each other, so that no environment holds both. pip makes one for each when it is first needed,
kept in `.cache/`; the tests in `tests/sdk/` run in it, in process and against a server.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.support.servers import RunningServer

PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Client:
    """An SDK: what pip installs for it, and what it installs without what that asks for."""

    name: str
    packages: tuple[str, ...]
    packages_alone: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Its environment. Other packages make another one."""
        text = " ".join((*self.packages, "--no-deps", *self.packages_alone))
        return PROJECT / ".cache" / f"sagemaker-{self.name}-{sha256(text.encode()).hexdigest()[:8]}"

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


CLIENTS = (
    Client("version-2", ("sagemaker==2.257.7",)),
    # The packages behind `sagemaker==3.27.0` that train. All of it is 1.5 times as many again,
    # for serving and for MLflow, which training does not import.
    Client(
        "version-3",
        ("sagemaker-core==2.27.0", "graphene>=3,<4", "jinja2"),
        packages_alone=("sagemaker-train==1.27.0",),
    ),
    # No SDK, but the HyperPod CLI. What it asks for besides is for recipes, notebooks and its own
    # tests, and twice as much again: the AWS CLI, a test runner, a linter. Each has its version,
    # or pip would try many.
    Client(
        "hyperpod-cli",
        (
            *("sagemaker-core==1.0.78", "kubernetes==37.0.1", "kr8s==0.20.15"),
            *("click==8.1.7", "ratelimit==2.2.1", "tabulate==0.9.0", "jinja2==3.1.6"),
            *("pydantic==2.14.4", "requests==2.32.4", "moto[cloudformation]"),
            "hyperpod-cluster-stack-template==1.0.2",
            "hyperpod-custom-inference-template==1.2.1",
            "hyperpod-jumpstart-inference-template==1.2.0",
            "hyperpod-pytorch-job-template==1.5.0",
            "hyperpod-space-template==1.1.0",
        ),
        packages_alone=("sagemaker-hyperpod==3.12.0",),
    ),
)


def install(client: Client) -> None:
    """Make the environment of an SDK, if it is not there: it, and training plans beside it."""
    done = client.folder / "complete"
    if done.exists():
        return
    venv.create(client.folder, with_pip=True, clear=True)
    # Most of what comes along is never imported, so nothing is compiled beforehand.
    pip = [str(client.python), "-m", "pip", "install", "-qq", "--no-compile"]
    project = ["--editable", str(PROJECT), "moto[s3]", "pytest"]
    subprocess.run([*pip, *client.packages, *project], check=True)
    if client.packages_alone:
        subprocess.run([*pip, "--no-deps", *client.packages_alone], check=True)
    done.touch()


def run_tests(client: Client, server: RunningServer | None) -> tuple[int, str]:
    """Run the tests of an SDK, in process or against a server: pytest's exit code and output."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
    }
    if server is not None:
        environment |= {
            "TEST_SERVER_MODE": "true",
            "TEST_SERVER_MODE_ENDPOINT": server.url,
        }
    done = subprocess.run(
        [
            *(str(client.python), "-m", "pytest", "-q", "--color=no", "--tb=short"),
            # The SDKs warn of themselves and of what they use.
            *("-W", "ignore", "-p", "no:cacheprovider", "tests/sdk"),
        ],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def say(line: str) -> None:
    """Print a line in one piece, as several clients are checked at once."""
    print(f"{line}\n", end="", flush=True)


def check(client: Client) -> bool:
    """Install an SDK and run its tests both ways; say how that went, and whether it went well."""
    begun = time.monotonic()
    install(client)
    installed = time.monotonic()
    say(f"{client.name}: installed in {installed - begun:.0f} s")
    server = RunningServer()
    # Against the server some tests wait in real time, so the others run meanwhile.
    try:
        with ThreadPoolExecutor(1) as meanwhile:
            against_server = meanwhile.submit(run_tests, client, server)
            code, output = run_tests(client, None)
            server_code, server_output = against_server.result()
    finally:
        server.stop()
    for where, answer, text in (
        ("in process", code, output),
        ("against a server", server_code, server_output),
    ):
        summary = text.strip().rpartition("\n")[2]
        say(f"{client.name}, {where}: {summary if answer == 0 else text}")
    return code == server_code == 0


def main() -> None:
    """Check the SDKs that are asked for; exit with 1 where a test fails."""
    names = [client.name for client in CLIENTS]
    parser = argparse.ArgumentParser(description="Run the SageMaker Python SDKs' tests.")
    parser.add_argument("client", nargs="*", help=f"of {', '.join(names)}; all by default")
    asked = parser.parse_args().client or names
    if unknown := set(asked) - set(names):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    chosen = [client for client in CLIENTS if client.name in asked]
    with ThreadPoolExecutor(len(chosen)) as together:
        results = list(together.map(check, chosen))
    if not all(results):
        sys.exit(1)


if __name__ == "__main__":
    main()
