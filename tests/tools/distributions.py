"""What is in the wheel and in the source distribution: all that git has of each, nothing else.

    python -m tests.tools.distributions FOLDER           # what `python -m build` made
    python -m tests.tools.distributions FOLDER --tests   # and run tests of the unpacked source

Run it where nothing is uncommitted: what git does not know has no place in a release.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = "moto_trainingplans"
# What belongs to the form of a distribution, and to no file of the project.
OF_A_WHEEL = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
OF_AN_SDIST = {"PKG-INFO"}
# What the package cannot be without.
CORE = {"botocore", "moto", "tomli"}
# They look at what a release must bring along: pages, data, workflows, types.
TESTS = (
    "tests/docs/test_behaviour.py",
    "tests/docs/test_pages.py",
    "tests/market/test_data_files.py",
    "tests/plans/test_training_plans.py",
)


def tracked() -> set[str]:
    """The files of the project, by git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True)
    return {name for name in listed.stdout.decode().split("\0") if name}


def compare(what: str, found: set[str], expected: set[str]) -> None:
    """Exit where a distribution has other files than it should."""
    if found != expected:
        lines = [f"  {name} should not be there" for name in sorted(found - expected)]
        lines += [f"  {name} is missing" for name in sorted(expected - found)]
        sys.exit("\n".join([f"{what}:", *lines]))
    print(f"{what}: {len(found)} files")


def check_wheel(file: Path) -> None:
    """The package and its metadata, and no tests."""
    with zipfile.ZipFile(file) as wheel:
        names = {name for name in wheel.namelist() if not name.endswith("/")}
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        told = message_from_string(wheel.read(metadata).decode())
    about = metadata.removesuffix("METADATA")
    package = {name for name in tracked() if name.startswith(f"{PACKAGE}/")}
    compare(file.name, names, package | {about + name for name in OF_A_WHEEL})
    check_metadata(told)


def check_metadata(told: Message) -> None:
    """What the index shows: a version that the changelog tells of, extras that ask for no tests."""
    version = told["Version"]
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    if f"\n## [{version}]" not in changelog:
        sys.exit(f"CHANGELOG.md does not tell of {version}")
    core = [each for each in told.get_all("Requires-Dist", []) if "extra ==" not in each]
    names = {each.split(">")[0] for each in core}
    if names != CORE:
        sys.exit(f"the package itself should need {sorted(CORE)} alone, not {core}")
    pinned = [each for each in core if "<" in each.split(";")[0] or "==" in each.split(";")[0]]
    if pinned:
        sys.exit(f"no upper bounds: {pinned}")
    print(f"{told['Name']} {version}, Python {told['Requires-Python']}, {', '.join(sorted(core))}")


def check_sdist(file: Path, runs_tests: bool) -> None:
    """All that git has, enough for its tests to run."""
    with tarfile.open(file) as archive, tempfile.TemporaryDirectory() as folder:
        root = file.name.removesuffix(".tar.gz")
        names = {each.name.removeprefix(f"{root}/") for each in archive if each.isfile()}
        compare(file.name, names, tracked() | OF_AN_SDIST)
        if not runs_tests:
            return
        archive.extractall(folder, filter="data")
        unpacked = Path(folder) / root
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider", *TESTS],
            cwd=unpacked,
            env={**os.environ, "PYTHONPATH": str(unpacked)},
            check=True,
        )


def main() -> None:
    """Check the one wheel and the one source distribution in a folder."""
    parser = argparse.ArgumentParser(description="Check what would be published.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tests", action="store_true", help="run tests of the unpacked source")
    asked = parser.parse_args()
    (wheel,) = asked.folder.glob("*.whl")
    (sdist,) = asked.folder.glob("*.tar.gz")
    check_wheel(wheel)
    check_sdist(sdist, asked.tests)


if __name__ == "__main__":
    main()
