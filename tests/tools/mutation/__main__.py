"""Mutation testing, on a random sample: `nox -s mutants -- --sample 300 --seed 7 --rooms jobs`.

Says which share of the mutants died, with the 95 % interval of such a sample, and shows the
survivors. What was tried is kept in `.cache/mutants/`: the same command goes on where it was
stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import time
from collections import Counter
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from .mutating import Mutant, count, drawn, files
from .recording import Executed, record
from .tree import KEPT, Tree
from .trying import Outcome, attempt

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RESULTS = KEPT / "results"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
Z = 1.96  # of 95 %


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=300, help="how many mutants")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--rooms", nargs="+", default=["simulation", "sagemaker"], metavar="ROOM")
    parser.add_argument("--but", nargs="+", default=[], metavar="ROOM", help="without these")
    parser.add_argument("--again", action="store_true", help="try those again that survived")
    parser.add_argument("--record", action="store_true", help="only see which test executes what")
    parser.add_argument("--at-least", type=float, default=0.0, metavar="%", help="or fail")
    asked = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    tree = Tree()
    tree.copy()
    with tree:
        record(tree)
        if asked.record:
            return 0
        executed = Executed()
        for test, message in executed.failures.items():
            first, *_ = message.splitlines() or [""]
            print(f"left out, for it fails without any mutant: {test}: {first}")
        paths = files(asked.rooms, asked.but)
        print(
            f"{count(paths)} mutants in {len(paths)} files of {' '.join(asked.rooms)}", flush=True
        )
        name = hashlib.sha256(repr((asked.rooms, asked.but)).encode()).hexdigest()[:8]
        kept = _Results(RESULTS / f"{name}-{asked.seed}.jsonl", again=asked.again)
        equivalent = _equivalent()
        told, left_out = [], 0
        for number, mutant in enumerate(islice(drawn(paths, asked.seed), asked.sample), 1):
            if mutant.key in equivalent:
                left_out += 1
                continue
            if (outcome := kept.of(mutant)) is None:
                began = time.monotonic()
                outcome = attempt(tree, mutant, executed)
                kept.keep(mutant, outcome)
                print(
                    f"[{number}/{asked.sample}] {outcome.how} after {outcome.tests} tests, "
                    f"{time.monotonic() - began:.1f} s: {mutant.path}:{mutant.place.line}",
                    flush=True,
                )
            told.append((mutant, outcome))
    return _tell(told, left_out, asked.at_least)


class _Results:
    """What became of mutants, in a file that is added to."""

    def __init__(self, file: Path, *, again: bool) -> None:
        self._file = file
        self._known: dict[tuple[str, ...], Outcome] = {}
        for line in file.read_text("utf-8").splitlines() if file.exists() else ():
            entry: dict[str, Any] = json.loads(line)
            outcome = Outcome(**entry["outcome"])
            self._known[tuple(entry["key"])] = outcome
        if again:
            self._known = {key: each for key, each in self._known.items() if each.died}

    def of(self, mutant: Mutant) -> Outcome | None:
        return self._known.get(mutant.key)

    def keep(self, mutant: Mutant, outcome: Outcome) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": mutant.key, "outcome": asdict(outcome)}) + "\n")


def _equivalent() -> dict[tuple[str, str, str, str], str]:
    """The mutants that nobody could tell from the original, and why."""
    entries = tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]
    return {
        (entry["path"], entry["within"], entry["before"], entry["after"]): entry["reason"]
        for entry in entries
    }


def interval(died: int, of: int) -> tuple[float, float]:
    """Wilson's, for a share that was counted in a sample."""
    share, spread = died / of, Z**2 / of
    middle = share + spread / 2
    half = Z * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def _tell(told: list[tuple[Mutant, Outcome]], equivalent: int, at_least: float) -> int:
    for mutant, outcome in told:
        if not outcome.died:
            print(f"\n{outcome.how}, {outcome.tests} tests: {mutant.title}")
    kinds: dict[str, Counter[bool]] = {}
    for mutant, outcome in told:
        kinds.setdefault(mutant.kind, Counter())[outcome.died] += 1
    print("\nkind of change: died of tried")
    for kind, counted in sorted(kinds.items(), key=lambda each: -each[1].total()):
        print(f"  {kind}: {counted[True]} of {counted.total()}")
    how = Counter(outcome.how for _, outcome in told)
    died = sum(outcome.died for _, outcome in told)
    low, high = interval(died, len(told)) if told else (0.0, 1.0)
    share = 100 * died / max(len(told), 1)
    print(f"\n{len(told) + equivalent} drawn, {equivalent} of them equivalent")
    print(", ".join(f"{how[each]} {each}" for each in sorted(how)))
    print(f"died: {died} of {len(told)}, {share:.1f} % (95 %: {100 * low:.1f} to {100 * high:.1f})")
    if share < at_least:
        print(f"fewer than {at_least} %")
    return int(share < at_least)


if __name__ == "__main__":
    sys.exit(main())
