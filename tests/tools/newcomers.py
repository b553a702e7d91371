"""Newcomers: each follows a page from an empty environment to the first green test, timed.

    python -m tests.tools.newcomers                  # all of them
    python -m tests.tools.newcomers fixture server   # or some

What they type is what the page prints, in its order, so that a page that has gone stale fails
here. They have an empty home, an empty folder, no credentials and nothing cached by pip or npm. Two
things are not as printed: `pip install moto-trainingplans` finds the wheel of this checkout, which
is built beforehand, and a server takes a free port.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.examples import examples
from tests.support.npm import HAS_NODE

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
FIVE_MINUTES = 300

# Every `pip install` and `npm install` is timed, wherever a page has it.
PRELUDE = r"""
timed() {
    local begun=$EPOCHREALTIME
    command "$@"
    echo "$begun $EPOCHREALTIME" >> "$INSTALLATIONS"
}
pip() { timed pip "$@"; }
npm() { if [ "$1" = install ]; then timed npm "$@"; else command npm "$@"; fi; }
timed "$PYTHON" -m venv .venv
. .venv/bin/activate
"""
# From the start of the shell to here is the time to the first green test.
GREEN = 'echo "$EPOCHREALTIME" > "$FIRST_GREEN"'


@dataclass(frozen=True)
class Newcomer:
    """Somebody with a page: what they type, in a folder that they have just made."""

    page: Path
    script: Callable[[Path, Path], str]
    needs_node: bool = False


def _install(page: Path) -> str:
    """What a page has them install."""
    return next(each.code for each in examples(page, "sh") if "install" in each.code)


def _write_tests(page: Path, folder: Path) -> list[str]:
    """Each Python block that has tests, in a file of its own."""
    names = []
    for number, block in enumerate(examples(page, "python"), start=1):
        if block.is_test and "not_run" not in block.qualifiers:
            names.append(f"test_{number}.py")
            (folder / names[-1]).write_text(block.code, encoding="utf-8")
    return names


def _in_pytest(page: Path, folder: Path) -> str:
    first, *_ = _write_tests(page, folder)
    return "\n".join([_install(page), f"python -m pytest -q {first}", GREEN, "python -m pytest -q"])


def _in_unittest(page: Path, folder: Path) -> str:
    first, *_ = _write_tests(page, folder)
    return "\n".join(
        [_install(page), f"python -m unittest {first}", GREEN, "python -m unittest"],
    )


def _at_a_server(page: Path, folder: Path) -> str:  # noqa: ARG001
    blocks = [each.code for each in examples(page, "sh")]
    script = "\n".join([*blocks, GREEN])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    script = script.replace("127.0.0.1:5000", f"127.0.0.1:{port}")
    return script.replace("moto-trainingplans server", f"moto-trainingplans server -p {port}")


def _in_node(page: Path, folder: Path) -> str:
    shutil.copytree(page.parent, folder, dirs_exist_ok=True)
    return "\n".join([*(each.code for each in examples(page, "sh")), GREEN])


def _in_a_notebook(page: Path, folder: Path) -> str:
    shutil.copy(page, folder)
    packages = "nbconvert ipykernel matplotlib pandas"
    execute = f"jupyter nbconvert --to notebook --execute --inplace {page.name}"
    return "\n".join([f"pip install moto-trainingplans {packages}", execute, GREEN])


NEWCOMERS = {
    "fixture": Newcomer(DOCS / "quick-start-fixture.md", _in_pytest),
    "decorator": Newcomer(DOCS / "quick-start-decorator.md", _in_pytest),
    "unittest": Newcomer(DOCS / "quick-start-unittest.md", _in_unittest),
    "server": Newcomer(DOCS / "quick-start-server.md", _at_a_server),
    "node": Newcomer(DOCS / "examples" / "javascript" / "README.md", _in_node, needs_node=True),
    "notebook": Newcomer(DOCS / "comparing-offerings.ipynb", _in_a_notebook),
}


def build_wheel(folder: Path) -> None:
    """What `pip install moto-trainingplans` finds until there is a release."""
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(PROJECT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def environment(home: Path, wheels: Path) -> dict[str, str]:
    """What a newcomer's shell has: where to install from, and nothing else."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    found = f"{wheels} {kept.get('PIP_FIND_LINKS', '')}".strip()
    return {
        **kept,
        "PIP_FIND_LINKS": found,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_QUIET": "1",
        "npm_config_cache": str(home / "npm"),
        "HOME": str(home),
        "PATH": os.defpath + os.pathsep + os.environ.get("PATH", ""),
        "PYTHON": sys.executable,
        "INSTALLATIONS": str(home / "installations"),
        "FIRST_GREEN": str(home / "first-green"),
    }


def attempt(name: str, wheels: Path) -> bool:
    """Let a newcomer try; print how long it took, and whether it went well within five minutes."""
    newcomer = NEWCOMERS[name]
    if newcomer.needs_node and not HAS_NODE:
        print(f"{name:10} left out, it needs Node.js and npm", flush=True)
        return True
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        home, folder = Path(made), Path(made) / "project"
        folder.mkdir()
        script = newcomer.script(newcomer.page, folder)
        log = home / "log"
        begun, worked = time.time(), cpu_seconds()
        code = _run(script, folder, environment(home, wheels), log)
        if code != 0:
            print(f"{name:10} FAILED\n{log.read_text(encoding='utf-8')}", flush=True)
            return False
        to_green = float((home / "first-green").read_text()) - begun
        installing = sum(
            float(end) - float(start)
            for start, end in map(str.split, (home / "installations").read_text().splitlines())
        )
    cpu = cpu_seconds() - worked
    print(f"{name:10} {to_green:9.0f} s {installing:9.0f} s {cpu:9.0f} s", flush=True)
    return to_green <= FIVE_MINUTES


def cpu_seconds() -> float:
    """The processor time of all that has run here and has ended: the same on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(script: str, folder: Path, environment: dict[str, str], log: Path) -> int | None:
    with log.open("wb") as output:
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", PRELUDE + script],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return shell.wait(timeout=2 * FIVE_MINUTES)
        except subprocess.TimeoutExpired:
            return None
        finally:
            # The shell, and what it left running in the background.
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGTERM)
            shell.wait()


def main() -> None:
    """Let those that are asked for try; exit with 1 where one fails, or needs too long."""
    parser = argparse.ArgumentParser(description="Follow the quick starts from nothing.")
    parser.add_argument("newcomer", nargs="*", help=f"of {', '.join(NEWCOMERS)}; all by default")
    asked = parser.parse_args().newcomer or list(NEWCOMERS)
    if unknown := set(asked) - set(NEWCOMERS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as wheels:
        build_wheel(Path(wheels))
        print(f"{'':10} {'green':>11} {'installing':>11} {'CPU in all':>11}", flush=True)
        results = [attempt(name, Path(wheels)) for name in asked]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
