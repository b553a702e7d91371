"""When botocore's models came to have what they have: tests/support/model_history.json.

    python -m tests.tools.model_history            # writes it, and the table of docs/versions.md
    python -m tests.tools.model_history --check    # fails if PyPI's botocore says otherwise

Downloads the oldest supported botocore and the newest, and between two that differ the one in the
middle, until there is nothing between: about eighty wheels, each looked into and thrown away. What
has been read of them is kept in the folder that MODELS names, for the next time.
`tests/docs/test_versions.py` sees to it that the page has the record's table.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from botocore.model import ServiceModel

from tests.support.model_history import RECORD, SERVICES, Fact, facts_of, parsed

PROJECT = Path(__file__).resolve().parents[2]
Version = tuple[int, ...]


def versions() -> list[Version]:
    """Every botocore on PyPI from the oldest that pyproject.toml allows, in order."""
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = parsed(re.findall(r'^    "botocore>=([\d.]+)",', text, re.MULTILINE)[0])
    listed = _pip("index", "versions", "botocore")
    found = re.search(r"^Available versions: (.*)$", listed, re.MULTILINE)
    assert found, listed
    return sorted(each for each in map(parsed, found[1].split(", ")) if each >= oldest)


def _name(version: Version) -> str:
    return ".".join(map(str, version))


def _pip(*arguments: str) -> str:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


@cache
def facts(version: Version) -> frozenset[Fact]:
    """What the models of a version say."""
    return frozenset(
        fact
        for service, model in _models(version).items()
        for fact in facts_of(service, ServiceModel(model, service_name=service))
    )


def _models(version: Version) -> dict[str, Any]:
    kept = Path(os.environ.get("MODELS", "")) / f"botocore-{_name(version)}.json.gz"
    if "MODELS" in os.environ and kept.exists():
        return json.loads(gzip.decompress(kept.read_bytes()))
    print("looking into botocore", _name(version), file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        _pip("download", "-q", "--no-deps", "-d", folder, f"botocore=={_name(version)}")
        (wheel,) = Path(folder).glob("*.whl")
        models = {service: _model(wheel, service) for service in SERVICES}
    if "MODELS" in os.environ:
        kept.write_bytes(gzip.compress(json.dumps(models).encode()))
    return models


def _model(wheel: Path, service: str) -> Any:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (
            each
            for each in archive.namelist()
            if re.fullmatch(rf"botocore/data/{service}/[\d-]+/service-2\.json(\.gz)?", each)
        )
        content = archive.read(name)
    return json.loads(gzip.decompress(content) if name.endswith(".gz") else content)


def changed(first: int, last: int, known: list[Version]) -> list[int]:
    """The places of the versions that say something else than the version before."""
    if facts(known[first]) == facts(known[last]):
        return []
    if last - first == 1:
        return [last]
    middle = (first + last) // 2
    return changed(first, middle, known) + changed(middle, last, known)


def record(known: list[Version]) -> dict[str, Any]:
    """What model_history.json should be."""
    places = changed(0, len(known) - 1, known)
    oldest, newest = facts(known[0]), facts(known[-1])
    since: dict[str, list[Fact]] = {}
    told: dict[Fact, str] = {}
    for fact in newest - oldest | {
        fact for fact in newest if any(fact not in facts(known[place]) for place in places)
    }:
        # From then on without a break: some things came, went and came back.
        place = max(
            place
            for place in places
            if fact in facts(known[place]) and fact not in facts(known[place - 1])
        )
        told[fact] = _name(known[place])
    containers = [fact for fact in told if fact.kind in ("operation", "member")]
    for fact, version in told.items():
        if not any(told[each] == version and fact.is_below(each) for each in containers):
            since.setdefault(version, []).append(fact)
    return {
        "from": _name(known[0]),
        "to": _name(known[-1]),
        "since": {version: _written(since[version]) for version in sorted(since, key=parsed)},
    }


def _written(facts: list[Fact]) -> list[list[Any]]:
    """Service, kind, values and paths: all values of a path at once, and all paths with them."""
    values: dict[tuple[str, str, str], list[Any]] = {}
    for fact in sorted(
        facts, key=lambda each: (each.service, each.path, each.kind, str(each.value))
    ):
        values.setdefault((fact.service, fact.kind, fact.path), []).append(fact.value)
    paths: dict[str, list[str]] = {}
    for (service, kind, path), found in values.items():
        paths.setdefault(json.dumps([service, kind, found]), []).append(path)
    return [[*json.loads(what), where] for what, where in paths.items()]


def as_text(content: dict[str, Any]) -> str:
    """The record as JSON, a fact a line."""
    blocks = [
        f'    "{version}": [\n'
        + ",\n".join("      " + json.dumps(fact) for fact in listed)
        + "\n    ]"
        for version, listed in content["since"].items()
    ]
    ends = f'{{\n  "from": "{content["from"]}",\n  "to": "{content["to"]}",\n  "since": {{\n'
    return ends + ",\n".join(blocks) + "\n  }\n}\n"


def main() -> None:
    """Write the record, or hold it against PyPI's versions."""
    text = as_text(record(versions()))
    if "--check" not in sys.argv[1:]:
        RECORD.write_text(text, encoding="utf-8")
    elif text != RECORD.read_text(encoding="utf-8"):
        sys.exit(f"{RECORD.name} is not what PyPI's botocore says: python -m {__spec__.name}")


if __name__ == "__main__":
    main()
