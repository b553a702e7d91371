"""What type checkers and editors make of the public interface, as it is installed for users."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import moto_trainingplans
from moto_trainingplans import TrainingPlans
from moto_trainingplans.control import client_groups, types

pytest.importorskip("pyright", reason="nox -s typing has it")

HERE = Path(__file__).parent
PACKAGE = "moto_trainingplans"

pytestmark = pytest.mark.in_process("asks type checkers, not the service")


def found_by_pyright(file: Path) -> dict[int, str]:
    """The first complaint on each line."""
    (file.parent / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, file],
        capture_output=True,
        text=True,
        cwd=file.parent,
        check=False,
    )
    complaints = json.loads(done.stdout)["generalDiagnostics"]
    return {each["range"]["start"]["line"] + 1: each["message"] for each in complaints[::-1]}


def found_by_mypy(file: Path) -> dict[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-pretty", file.name],
        capture_output=True,
        text=True,
        cwd=file.parent,
        check=False,
    )
    assert not done.stderr, done.stderr
    complaints = re.findall(r"^[^:\n]+:(\d+): error: (.*)$", done.stdout, re.MULTILINE)
    return {int(line): message for line, message in complaints[::-1]}


CHECKERS = pytest.mark.parametrize("check", [found_by_pyright, found_by_mypy])


@pytest.fixture
def copied(tmp_path):
    """A copy of a sample, away from this checkout and its settings."""
    return lambda name: Path(shutil.copy(HERE / name, tmp_path))


@CHECKERS
def test_tests_as_users_write_them_have_no_complaint(check, copied):
    assert check(copied("correct.py")) == {}


@CHECKERS
def test_each_mistake_is_found_and_nothing_else(check, copied):
    file = copied("mistakes.py")
    lines = file.read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, start=1) if "# wrong: " in line}
    found = check(file)
    assert {lines[number - 1].strip(): found[number] for number in found.keys() - marked} == {}
    assert [lines[number - 1].strip() for number in sorted(marked - found.keys())] == []


@pytest.fixture(scope="module")
def verified(tmp_path_factory):
    """What pyright knows of every symbol of the package."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pyright", "--pythonpath", sys.executable),
            *("--verifytypes", PACKAGE, "--ignoreexternal", "--outputjson"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path_factory.mktemp("empty"),
        check=False,
    )
    return json.loads(done.stdout)["typeCompleteness"]


def is_public(name: str, homes: set[str]) -> bool:
    """Whether it is a name of the package itself, or of what such a name leads to."""
    module, _, member = name.rpartition(".")
    if module == PACKAGE:
        return member in moto_trainingplans.__all__
    return any(name == home or name.startswith(f"{home}.") for home in homes)


def test_every_name_that_users_reach_has_a_type_that_all_checkers_agree_on(verified):
    homes = {
        f"{value.__module__}.{value.__qualname__}"
        for value in (getattr(moto_trainingplans, name) for name in moto_trainingplans.__all__)
        if not isinstance(value, str)
    }
    groups = {
        f"{PACKAGE}.control.client_groups.{name}"
        for name in vars(client_groups)
        if name.endswith("Control")
    }
    homes |= groups | {f"{PACKAGE}.control.types", f"{PACKAGE}.control.unused_orders.UnusedOrder"}
    symbols = [each for each in verified["symbols"] if is_public(each["name"], homes)]
    assert len(symbols) > 150
    unsure = {
        each["name"]: [problem["message"] for problem in each["diagnostics"]]
        for each in symbols
        if not each["isTypeKnown"] or each["isTypeAmbiguous"]
    }
    assert unsure == {}


def public_names(of: type) -> set[str]:
    return {name for name in dir(of) if not name.startswith("_")}


@pytest.fixture
def complete(tmp_path):
    """Completes the last line of a test that has the fixture: the names, without quotes."""
    from tests.typing.language_server import LanguageServer

    servers = []

    def run(line: str) -> set[str]:
        file = tmp_path / "test_it.py"
        text = (
            "from moto_trainingplans import TrainingPlans\n\n\n"
            f"def test_it(plans: TrainingPlans) -> None:\n    {line}"
        )
        file.write_text(text + "\n", encoding="utf-8")
        settings = f'{{"venvPath": "{Path(sys.prefix).parent}", "venv": "{Path(sys.prefix).name}"}}'
        (tmp_path / "pyrightconfig.json").write_text(settings, encoding="utf-8")
        command = [str(Path(sys.executable).with_name("pyright-langserver")), "--stdio"]
        servers.append(LanguageServer(command, file))
        last = text.splitlines()[-1]
        found = servers[-1].completions(text.count("\n"), len(last))
        return {label.strip("\"'") for label in found if not label.startswith("_")}

    yield run
    for server in servers:
        server.stop()


def test_an_editor_completes_groups_and_calls(complete):
    assert complete("plans.") == public_names(TrainingPlans)
    for group in ("clock", "capacity"):
        of = inspect.signature(getattr(TrainingPlans, group).fget).return_annotation
        control = getattr(sys.modules[TrainingPlans.__module__], of)
        assert complete(f"plans.{group}.") == public_names(control)


@pytest.mark.parametrize(
    ("line", "literal"),
    [
        ('plans.capacity.free("us-west-2a", "ml.p5.48xlarge", target="', types.Target),
        ('plans.jobs.expiration_in("', types.Unit),
        ('plans.faults.throttle("', types.Operation),
    ],
)
def test_an_editor_completes_targets_units_and_operations(complete, line, literal):
    assert complete(line) >= set(get_args(literal))
