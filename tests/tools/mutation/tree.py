"""A copy of the checkout, in which mutants are tried, and the process that runs tests in it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[3]
# What is kept between runs: what each test executes, and what became of each mutant.
KEPT = PROJECT / ".cache" / "mutants"


class Tree:
    """The copy, in a folder for temporary files that is this checkout's own."""

    def __init__(self) -> None:
        name = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:8]
        self.folder = Path(tempfile.gettempdir()) / f"moto_trainingplans-mutants-{name}"
        self._runner: subprocess.Popen[str] | None = None

    def copy(self) -> None:
        """Make it what the checkout is now, with all that git does not ignore."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=PROJECT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        names = [name for name in listed.split("\0") if name and (PROJECT / name).is_file()]
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in names:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, self.folder / name)
        # Some tests ask git which files there are.
        for command in (["init", "--quiet"], ["add", "--all"]):
            subprocess.run(["git", *command], cwd=self.folder, check=True)

    def __enter__(self) -> Tree:
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "CI": "true"}
        # What is compiled once need not be in each fork.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._runner = subprocess.Popen(
            [sys.executable, "-m", "tests.tools.mutation.forking"],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._runner is not None
        self._runner.communicate()

    def run(
        self,
        files: list[str],
        *arguments: str,
        tests: list[str] | None = None,
        coverage: Path | None = None,
        processor_seconds: float,
        **environment: str,
    ) -> dict[str, Any]:
        """Run tests in a fork: those of the files, or of them the named ones in that order.

        Gives `code`, pytest's; `seconds` of each test; `failures`, tests and messages;
        `by_assertion`, of the first failure; and whether it was `late`, and ended.
        """
        assert self._runner is not None
        assert self._runner.stdin is not None
        assert self._runner.stdout is not None
        # What has been imported before is never asserted with.
        ignored = "ignore::pytest.PytestAssertRewriteWarning"
        options = ["-n", "0", "-p", "no:cacheprovider", "-W", ignored]
        order = {
            "arguments": [*options, *arguments, *files],
            "tests": tests,
            "coverage": None if coverage is None else str(coverage),
            "environment": environment,
            "log": str(self.folder.with_suffix(".log")),
            "processor_seconds": processor_seconds,
            "wall_seconds": 30 + 4 * processor_seconds,
        }
        self._runner.stdin.write(json.dumps(order) + "\n")
        self._runner.stdin.flush()
        told: dict[str, Any] = json.loads(self._runner.stdout.readline())
        return told

    @contextmanager
    def changed(self, path: str, text: str) -> Iterator[None]:
        """For a while a file of the copy has another text."""
        file = self.folder / path
        before, times = file.read_bytes(), file.stat()
        file.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            # With its former time the module is read from what was compiled before.
            file.write_bytes(before)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
