"""What becomes of a mutant: the tests that execute it run, the quickest first, until one fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .mutating import PACKAGE, Mutant
from .recording import Executed, Test
from .tree import PROJECT, Tree

# Each batch of tests has a process of its own. Of the first, most mutants die; what has come
# through the last has survived, even if slower tests were left. In seconds of a processor that
# the tests took when they were recorded.
BATCHES = (2.0, 20.0, 60.0)
NOTHING_FAILED = (0, 5)  # pytest's exit codes: all tests have passed, or there were none
ELSEWHERE = 3.0  # a test of the mutant's own room is preferred to one so many times as fast


@dataclass(frozen=True)
class Outcome:
    """`how` it ended: by an `assertion`, by another `exception`, `late`, or `survived`.

    `unexecuted` is a survivor that no test executes. `by` is the test that failed.
    """

    how: str
    tests: int
    by: str = ""
    message: str = ""

    @property
    def died(self) -> bool:
        """Whether a test noticed."""
        return self.how not in ("survived", "unexecuted")


def attempt(tree: Tree, mutant: Mutant, executed: Executed) -> Outcome:
    """Put the mutant into the tree, run the tests, and take it out again."""
    chosen = ordered(mutant, tests_of(mutant, executed))
    if not chosen:
        return Outcome("unexecuted", 0)
    run = 0
    with tree.changed(mutant.path, mutant.text):
        for batch in _batches(chosen):
            run += len(batch)
            shared = {test.file: test.shared for test in batch}
            expected = sum(test.seconds for test in batch) + sum(shared.values())
            told = tree.run(
                list(dict.fromkeys(test.file for test in batch)),
                "-x",
                "-q",
                "--tb=no",
                tests=[test.name for test in batch],
                processor_seconds=10 + 3 * expected,
            )
            if told["late"]:
                return Outcome("late", run)
            if told["code"] not in NOTHING_FAILED:
                by, message = next(iter((told["failures"] or {}).items()), ("", "it ended"))
                how = "assertion" if told["by_assertion"] else "exception"
                return Outcome(how, run, by, message)
    return Outcome("survived", run)


def ordered(mutant: Mutant, tests: Iterable[Test]) -> list[Test]:
    """The quickest first, and those of the mutant's own room before others."""
    rooms = set(Path(mutant.path).parts[1:])

    def cost(test: Test) -> tuple[float, str]:
        alone = test.seconds + test.shared
        return alone * (1 if rooms & set(Path(test.file).parts) else ELSEWHERE), test.name

    return sorted(tests, key=cost)


def tests_of(mutant: Mutant, executed: Executed) -> set[Test]:
    """Those which execute its line, or its statement; for a constant, lines that speak of it."""
    place = mutant.place
    for first, last in place.executed:
        if tests := executed.of(mutant.path, first, last):
            return tests
    tests = set()
    for name in place.names:
        for path, line in _lines_with(name):
            tests |= executed.of(path, line)
    if place.names and not tests:
        tests = executed.of(mutant.path, 1, len(mutant.text.splitlines()))
    return tests


@cache
def _lines_with(name: str) -> list[tuple[str, int]]:
    word = re.compile(rf"\b{re.escape(name)}\b")
    return [
        (str(file.relative_to(PROJECT)), number)
        for file in sorted((PROJECT / PACKAGE).rglob("*.py"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if word.search(line)
    ]


def _batches(tests: list[Test]) -> Iterator[list[Test]]:
    """Lists of tests for a process each, the tests of a file one after another."""
    at = 0
    for limit in BATCHES:
        batch: list[Test] = []
        while at < len(tests) and (not batch or sum(t.seconds for t in batch) < limit):
            batch.append(tests[at])
            at += 1
        if batch:
            files = {test.file: number for number, test in reversed(list(enumerate(batch)))}
            yield sorted(batch, key=lambda test: files[test.file])
