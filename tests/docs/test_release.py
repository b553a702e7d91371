"""What a release publishes is what was checked, and what it says of itself is so."""

from __future__ import annotations

import re
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml

from tests.tools.release_notes import notes

PROJECT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.in_process("reads files alone")


@pytest.fixture(scope="module")
def project():
    tomllib = pytest.importorskip("tomllib", reason="a part of Python since 3.11")
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def workflow(name):
    return yaml.safe_load((PROJECT / ".github" / "workflows" / name).read_text(encoding="utf-8"))


def test_the_version_has_its_notes_in_the_changelog(project):
    assert len(notes(project["version"])) > 100


def test_only_files_that_were_built_once_and_checked_are_published():
    jobs = workflow("release.yml")["jobs"]
    assert jobs["checks"]["uses"].endswith("/ci.yml")
    publish = jobs["pypi"]
    assert set(publish["needs"]) == {"checks", "build"}
    # Nothing of the repository runs where the right to publish is.
    assert publish["permissions"] == {"id-token": "write"}
    assert [step["uses"].split("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]
    build = [step.get("run", "") for step in jobs["build"]["steps"]]
    assert [command for command in build if "nox" in command] == [
        ".venv/bin/python -m nox -s wheel -- dist"
    ]


def test_every_python_that_the_index_is_told_of_is_in_ci(project):
    told = set(re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"])))
    jobs = workflow("ci.yml")["jobs"]
    (setup,) = (
        step["with"]["python-version"]
        for step in jobs["everything"]["steps"]
        if "python-version" in step.get("with", {})
    )
    tested = {*jobs["pythons"]["strategy"]["matrix"]["python"], *setup.split()}
    assert told <= tested


def test_all_is_every_extra_for_users(project):
    extras = project["optional-dependencies"]
    (everything,) = extras["all"]
    named = set(re.search(r"\[(.*)\]", everything)[1].split(","))
    assert named == extras.keys() - {"all", "clients", "dev", "docs", "test"}


def test_what_is_installed_leads_to_its_documentation_and_issues():
    urls = dict(url.split(", ") for url in metadata("moto-trainingplans").get_all("Project-URL"))
    assert urls.keys() == {"Documentation", "Source", "Changelog", "Issues"}
