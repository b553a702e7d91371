"""What other emulators have of SageMaker and training plans: the table of docs/comparison.md.

    python -m tests.tools.emulators             # fetches the newest of each, and writes the table
    python -m tests.tools.emulators --check     # fails where the page says otherwise, dates aside

What the package index has is fetched by pip and looked into, never run; the operations of moto
and of this package are counted in what is installed.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.sagemaker.responses import SageMakerResponse

from moto_trainingplans.sagemaker.operations import HANDLERS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "comparison.md"
BEGIN = "<!-- from here on written by tests/tools/emulators.py -->"
END = "<!-- until here -->"

OF_PLANS = re.compile(r"TrainingPlan|ReservedCapacity")
LOCAL_CLIENT = "LocalSagemakerClient"


def written(page: str) -> str:
    """The page with today's table."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + "\n\n" + "\n".join(_table()) + "\n\n" + END + rest.partition(END)[2]


def _table() -> Iterator[str]:
    operations = list(get_service_model("sagemaker").operation_names)
    of_plans = [name for name in operations if OF_PLANS.search(name)]
    in_moto = [n for n in operations if hasattr(SageMakerResponse, camelcase_to_underscores(n))]
    with tempfile.TemporaryDirectory() as folder:
        localstack, in_localstack = _localstack(Path(folder))
        sdk, in_sdk = _local_mode(Path(folder))
    today = f"{datetime.now(timezone.utc):%Y-%m-%d}"
    yield f"Looked at on {today}. Of the {len(operations)} operations of"
    yield f"SageMaker in botocore {version('botocore')}, {len(of_plans)} are about training plans:"
    yield ""
    yield "| package | version | SageMaker | training plans |"
    yield "|---|---|---|---|"
    yield _row("moto", version("moto"), f"{len(in_moto)} operations", _count(of_plans, in_moto))
    both = {*in_moto, *HANDLERS}
    told = f"{len(both)} operations, {len(HANDLERS)} of them ours"
    yield _row("moto with this", f"moto {version('moto')}", told, _count(of_plans, HANDLERS))
    told = "the service is in it" if in_localstack else "the service is not in it"
    yield _row("localstack-core", localstack, told, "see below" if in_localstack else "none")
    yield _row(
        "sagemaker-core, local mode", sdk, f"{len(in_sdk)} operations", _count(of_plans, in_sdk)
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _count(wanted: list[str], there: object) -> str:
    names = set(there)  # type: ignore[call-overload]
    found = [name for name in wanted if name in names]
    return f"{len(found)} of {len(wanted)} operations" if found else "none"


def _fetch(package: str, folder: Path) -> tuple[str, ZipFile]:
    """The version of a package's newest wheel, and the wheel."""
    target = folder / package
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*command, "--only-binary", ":all:", "--dest", str(target), package], check=True)
    (wheel,) = target.glob("*.whl")
    return wheel.name.split("-")[1], ZipFile(wheel)


def _localstack(folder: Path) -> tuple[str, bool]:
    number, wheel = _fetch("localstack-core", folder)
    with wheel:
        return number, any("/services/sagemaker" in name for name in wheel.namelist())


def _local_mode(folder: Path) -> tuple[str, list[str]]:
    number, wheel = _fetch("sagemaker-core", folder)
    with wheel:
        source = wheel.read("sagemaker/core/local/local_session.py").decode()
    (client,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == LOCAL_CLIENT
    )
    public = [
        node.name
        for node in client.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    return number, ["".join(word.title() for word in name.split("_")) for name in public]


def _undated(page: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d", "", page)


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    if "--check" not in sys.argv:
        PAGE.write_text(written(page), encoding="utf-8")
    elif _undated(written(page)) != _undated(page):
        sys.exit("docs/comparison.md is no longer true: python -m tests.tools.emulators")
