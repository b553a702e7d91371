"""Does what docs/examples/container says, without a container engine.

    python -m tests.tools.container_example        # `nox -s container`

The Containerfile's RUN steps are run in an empty environment and a temporary folder, which stands
for the container's root; then its entry point with the command and the volumes of compose.yaml, as
the user that it names where that is possible, on a free port. The health check must say what it
says, a client by the service's name be answered, a stranger refused, and the state outlive a stop.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
EXAMPLE = PROJECT / "docs" / "examples" / "container"
SERVICE = "aws"
PORT = "5000"
SECONDS_TO_STOP = 10  # what engines give before they kill


class Containerfile:
    """The instructions of a Containerfile, in order."""

    def __init__(self, text: str) -> None:
        joined = re.sub(r"\\\n\s*", "", text)
        lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
        self.instructions = [tuple(line.split(maxsplit=1)) for line in lines]

    def all(self, name: str) -> list[str]:
        """What follows each instruction of a name."""
        return [rest for instruction, rest in self.instructions if instruction == name]

    def one(self, name: str) -> str:
        """What follows the one instruction of a name."""
        (rest,) = self.all(name)
        return rest


class Root:
    """A folder that stands for the container's root, with a Python of its own."""

    def __init__(self, folder: Path, containerfile: Containerfile) -> None:
        self.folder = folder
        self.containerfile = containerfile
        self.port = _free_port()
        folder.chmod(0o755)
        venv.create(folder / "python", with_pip=True)
        names = {"PATH": f"{folder / 'python' / 'bin'}:{os.defpath}", "HOME": str(folder)}
        for setting in (*containerfile.all("ARG"), *containerfile.all("ENV")):
            names |= dict(word.split("=", 1) for word in shlex.split(setting))
        self.environment = names

    def here(self, text: str) -> str:
        """A command or path of the container's, with this folder as its root and its own port."""
        moved = re.sub(r"(?<![\w/.:'])/(state|scenario)\b", rf"{self.folder}/\1", text)
        return moved.replace(f":{PORT}/", f":{self.port}/")

    def build(self, package: str) -> None:
        """Run the RUN steps; `package` is what pip installs."""
        self.environment["PACKAGE"] = package
        for step in self.containerfile.all("RUN"):
            print(f"RUN {step}", flush=True)
            command = ["sh", "-euc", self.here(step)]
            subprocess.run(command, env=self.environment, cwd=self.folder, check=True)

    def start(self, arguments: list[str]) -> subprocess.Popen[str]:
        """Run the entry point as its user, and wait until the health check is content."""
        words = [*json.loads(self.containerfile.one("ENTRYPOINT")), *arguments]
        words = [str(self.port) if word == PORT else self.here(word) for word in words]
        user = self._user()
        who = "the user of this run" if user is None else f"user {user}"
        print(f"as {who}: {shlex.join(words)}", flush=True)
        found = self.folder / "python" / "bin" / words[0]
        started = subprocess.Popen(
            [str(found), *words[1:]],
            env=self.environment,
            cwd=self.folder,
            text=True,
            user=user,
        )
        for _ in self._turns():
            if started.poll() is not None:
                raise SystemExit(f"the server ended with {started.returncode}")
            if self.is_healthy():
                return started
        raise SystemExit("the server is not healthy")

    def _user(self) -> int | None:
        """The user of the Containerfile, where this one can become it and it can run Python."""
        user = int(self.containerfile.one("USER").partition(":")[0])
        python = Path(sys.executable).resolve()
        may_run = all(part.stat().st_mode & 0o001 for part in (python, *python.parents))
        return user if os.geteuid() == 0 and may_run else None

    def _turns(self) -> Iterator[None]:
        for _ in range(100):
            yield
            time.sleep(0.2)

    def is_healthy(self) -> bool:
        """What the health check says."""
        command = json.loads(self.containerfile.one("HEALTHCHECK").partition("CMD ")[2])
        words = [self.here(word) for word in command]
        checked = subprocess.run(words, env=self.environment, capture_output=True, check=False)
        return checked.returncode == 0

    def ask(self, path: str, host: str, arguments: Any = None) -> tuple[int, Any]:
        """Status and JSON of an answer to a client that calls the server by a name."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/moto-api/training-plans/{path}",
            data=None if arguments is None else json.dumps(arguments).encode(),
            headers={"Host": host, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def stop(started: subprocess.Popen[str]) -> None:
    """As an engine does it: the server must end by itself, in time and content."""
    started.send_signal(signal.SIGTERM)
    try:
        code = started.wait(timeout=SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        started.kill()
        raise SystemExit("the server did not stop when it was told to") from None
    check(code == 0, f"stopped with {code}")


def check(holds: bool, what: str) -> None:
    """Say that something holds, or end."""
    print(f"{'ok' if holds else 'FAILED'}: {what}", flush=True)
    if not holds:
        sys.exit(1)


def check_compose(compose: dict[str, Any], containerfile: Containerfile) -> None:
    """Hold compose.yaml against what it names."""
    service = compose["services"][SERVICE]
    build = service["build"]
    check(
        (EXAMPLE / build["context"] / build["dockerfile"]).is_file(), "compose builds what is there"
    )
    inner = {port.rpartition(":")[2] for port in service["ports"]}
    check(inner == {containerfile.one("EXPOSE"), PORT}, "compose publishes the exposed port")
    sources = [volume.split(":")[0] for volume in service["volumes"]]
    files = [source for source in sources if source.startswith(".")]
    check(all((EXAMPLE / file).is_file() for file in files), "the files that it mounts are there")
    named = {source for source in sources if not source.startswith(".")}
    check(named == set(compose["volumes"]), "the volumes that it mounts are declared")
    command = service["command"]
    targets = [volume.split(":")[1] for volume in service["volumes"]]
    paths = [word for word in command if word.startswith("/")]
    inside = all(any(path.startswith(target) for target in targets) for path in paths)
    check(inside, "the files of its command are in what it mounts")
    for other in compose["services"].values():
        for name in other.get("depends_on", ()):
            check(name in compose["services"], f"{name} is a service")
        url = other.get("environment", {}).get("AWS_ENDPOINT_URL")
        if url is not None:
            check(url == f"http://{SERVICE}:{PORT}", f"clients call it by its name: {url}")
    check(SERVICE in command, "and the server is told that name")


def main() -> None:
    """Do it; exit with 1 where something is not as it says."""
    package = sys.argv[1] if len(sys.argv) > 1 else f"{PROJECT}[server]"
    containerfile = Containerfile((EXAMPLE / "Containerfile").read_text(encoding="utf-8"))
    compose = yaml.safe_load((EXAMPLE / "compose.yaml").read_text(encoding="utf-8"))
    check_compose(compose, containerfile)
    command = compose["services"][SERVICE]["command"]
    with tempfile.TemporaryDirectory() as folder:
        root = Root(Path(folder), containerfile)
        root.build(package)
        for volume in compose["services"][SERVICE]["volumes"]:
            source, target = volume.split(":")[:2]
            if source.startswith("."):
                Path(root.here(target)).write_bytes((EXAMPLE / source).read_bytes())
        started = root.start(command)
        try:
            check(root.ask("clock", f"{SERVICE}:{PORT}")[0] == 200, "it is called by its name")
            check(root.ask("clock", f"localhost:{PORT}")[0] == 200, "and from this machine")
            check(root.ask("clock", "rebound.example")[0] == 403, "and by no other name")
            asked = {"zone": "us-west-2a", "instance_type": "ml.p4d.24xlarge", "target": "endpoint"}
            free = root.ask("capacity/free", f"{SERVICE}:{PORT}", asked)
            check(free == (200, 4), "what is for sale is as in the scenario")
            root.ask("clock/freeze", f"{SERVICE}:{PORT}", {"at": "2035-01-01T00:00:00Z"})
        finally:
            stop(started)
        check(Path(root.here("/state/plans.json")).is_file(), "the state is saved")
        started = root.start(command)
        try:
            now = root.ask("clock", f"{SERVICE}:{PORT}")[1]
            check(now == {"now": "2035-01-01T00:00:00+00:00"}, "and goes on after a start")
        finally:
            stop(started)
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
