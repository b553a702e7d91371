"""Which tests execute which lines, found out once by running each file of tests under coverage."""

from __future__ import annotations

import difflib
import hashlib
import json
import shutil
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from coverage import Coverage

from .forking import OF_ALL
from .tree import KEPT, PROJECT, Tree

CONFIGURATION = Path(__file__).with_name("coverage.ini")
RECORDS = KEPT / "executed"
SOURCES = KEPT / "sources"  # the files of the package as they were when tests were recorded
LONGEST = 600.0  # seconds of a processor that a file of tests may take


@dataclass(frozen=True)
class Test:
    """A test, and how many seconds of a processor it takes.

    Alone it may take `shared` more: what the tests of its file share, such as a server, was made
    by the first of them when they were recorded.
    """

    name: str
    seconds: float
    shared: float = 0.0

    @property
    def file(self) -> str:
        """The file that it is in."""
        return self.name.partition("::")[0]


def digest(data: bytes) -> str:
    """A short name for the bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def record(tree: Tree) -> None:
    """Run each file of tests that has changed since it was recorded, or never was."""
    RECORDS.mkdir(parents=True, exist_ok=True)
    SOURCES.mkdir(parents=True, exist_ok=True)
    collected = tree.run([], "--collect-only", "-q", processor_seconds=LONGEST)["collected"]
    files = sorted({name.partition("::")[0] for name in collected})
    for gone in set(RECORDS.glob("*.json")) - {_record_of(file) for file in files}:
        gone.unlink()
    wanted = [file for file in files if not _is_recorded(file)]
    for number, file in enumerate(wanted, 1):
        kept = _run(tree, file)
        _record_of(file).write_text(json.dumps(kept), encoding="utf-8")
        told = f"{len(kept['seconds'])} tests, {sum(kept['seconds'].values()):.0f} s"
        print(f"[{number}/{len(wanted)}] {file}: {told}", file=sys.stderr, flush=True)


def _record_of(file: str) -> Path:
    return RECORDS / (file.replace("/", ".") + ".json")


def _is_recorded(file: str) -> bool:
    kept = _record_of(file)
    if not kept.exists():
        return False
    recorded: str = json.loads(kept.read_text("utf-8"))["digest"]
    return recorded == digest((PROJECT / file).read_bytes())


def _run(tree: Tree, file: str) -> dict[str, Any]:
    pieces = KEPT / "pieces"
    shutil.rmtree(pieces, ignore_errors=True)
    pieces.mkdir()
    told = tree.run(
        [file],
        "-q",
        coverage=CONFIGURATION,
        processor_seconds=LONGEST,
        MUTANTS_DATA=str(pieces / "data"),
    )
    tests = sorted(told["seconds"] or {})
    lines: dict[str, dict[int, list[int]]] = {}
    sources = {}
    if list(pieces.iterdir()):
        coverage = Coverage(data_file=pieces / "all", config_file=False)
        coverage.combine([str(piece) for piece in pieces.iterdir()])
        numbers = {name: number for number, name in enumerate(tests)} | {OF_ALL: -1}
        data = coverage.get_data()
        for measured in data.measured_files():
            path = str(Path(measured).relative_to(tree.folder))
            by_line = {
                line: sorted(numbers[name] for name in contexts if name in numbers)
                for line, contexts in data.contexts_by_lineno(measured).items()
            }
            lines[path] = {line: executed for line, executed in by_line.items() if executed}
            sources[path] = digest(text := Path(measured).read_bytes())
            (SOURCES / sources[path]).write_bytes(text)
    return {
        "digest": digest((tree.folder / file).read_bytes()),
        "sources": sources,
        "tests": tests,
        "seconds": told["seconds"] or {},
        "failures": told["failures"] or ({file: "took too long"} if told["late"] else {}),
        "lines": lines,
    }


class Executed:
    """All that was recorded, by the lines of today's files."""

    def __init__(self) -> None:
        self._tests: dict[str, dict[int, list[Test]]] = defaultdict(lambda: defaultdict(list))
        self.failures: dict[str, str] = {}
        for file in sorted(RECORDS.glob("*.json")):
            self._read(json.loads(file.read_text("utf-8")))

    def _read(self, kept: dict[str, Any]) -> None:
        self.failures |= kept["failures"]
        starts_processes = any(
            -1 in numbers for lines in kept["lines"].values() for numbers in lines.values()
        )
        shared = max(kept["seconds"].values(), default=0.0) if starts_processes else 0.0
        tests = [Test(name, kept["seconds"][name], shared) for name in kept["tests"]]
        for path, lines in kept["lines"].items():
            today = _lines_today(path, kept["sources"][path])
            for line, numbers in lines.items():
                if (now := today.get(int(line))) is not None:
                    chosen = tests if -1 in numbers else [tests[number] for number in numbers]
                    self._tests[path][now] += [
                        test for test in chosen if test.name not in kept["failures"]
                    ]

    def of(self, path: str, first: int, last: int | None = None) -> set[Test]:
        """The tests that execute one of these lines of a file."""
        executed = self._tests.get(path, {})
        return {
            test for line in range(first, (last or first) + 1) for test in executed.get(line, ())
        }


@cache
def _lines_today(path: str, recorded: str) -> dict[int, int]:
    """By the line where it was when it was recorded, the line where it is today."""
    file = PROJECT / path
    if not file.exists():
        return {}
    before = (SOURCES / recorded).read_text("utf-8").splitlines()
    after = file.read_text("utf-8").splitlines()
    compared = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    moved = {}
    for _, a_first, a_last, b_first, b_last in compared.get_opcodes():
        if b_last > b_first:
            for at in range(a_first, a_last):
                moved[at + 1] = min(b_first + at - a_first, b_last - 1) + 1
    return moved
