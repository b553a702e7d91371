"""`openapi.json` describes the control API as it is: every call, and nothing else."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from moto_trainingplans.control.addresses import PREFIX
from moto_trainingplans.control.calls import CALLS
from moto_trainingplans.control.http.description.openapi import document
from moto_trainingplans.control.http.routes import PAGES, READABLE
from moto_trainingplans.control.perform import PUBLIC_CALLS, WITHOUT_WORLD, arguments_of
from tests.support.jobs import START

# What the examples order need not happen.
pytestmark = pytest.mark.training_plans(now="2025-01-21T19:08:27.704Z", strict=False)

DOCUMENT = document()
OPERATIONS = {
    (method.upper(), path.removeprefix(PREFIX)): operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}


@pytest.fixture
def busy(plans, jobs, buy):
    """A simulation of which there is something to tell: a job that runs on a plan."""
    jobs.create("train-1", buy("large-models", InstanceCount=2))
    plans.clock.move_to(START + timedelta(minutes=10))


def conforms(operation, answer) -> None:
    """Assert that an answer is one of those that are described."""
    described = operation["responses"][str(answer.status_code)]
    if "$ref" in described:
        described = DOCUMENT["components"]["responses"][described["$ref"].rpartition("/")[2]]
    described = described["content"]
    kind = answer.headers["Content-Type"].partition(";")[0]
    assert kind in described
    content = answer.json() if kind == "application/json" else answer.text
    schema = {**described[kind]["schema"], "components": DOCUMENT["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(content)


@pytest.mark.in_process("reads the tables")
def test_the_document_is_valid_openapi():
    validate(DOCUMENT)
    assert DOCUMENT["openapi"] == "3.1.0"


@pytest.mark.in_process("reads the tables")
def test_it_lists_every_call_and_nothing_that_is_for_mocks_alone():
    posts = {path for method, path in OPERATIONS if method == "POST"}
    gets = {path for method, path in OPERATIONS if method == "GET"}
    for_users = {name for name in (*CALLS, *WITHOUT_WORLD) if not name.startswith("mock/")}
    assert posts == for_users
    assert gets == {*READABLE, *PAGES}
    assert not [path for path in DOCUMENT["paths"] if "mock" in path]


def test_each_path_has_the_methods_that_it_is_described_with_and_no_other(ask):
    for path in {path for _, path in OPERATIONS}:
        described = {method for method, each in OPERATIONS if each == path}
        allowed = set(ask("OPTIONS", path).headers["Allow"].split(", "))
        assert allowed - {"HEAD", "OPTIONS"} == described, path


@pytest.mark.in_process("reads the tables")
@pytest.mark.parametrize("name", PUBLIC_CALLS)
def test_every_call_is_described(name):
    operation = OPERATIONS["POST", name]
    assert operation["summary"]
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]
    for argument in arguments_of(name).values():
        assert argument.kind, f"{name}: the annotation of {argument.name} names no kind"
        assert argument.description.endswith("."), f"{name}: what is {argument.name} for?"
        assert argument.kind.words
    examples = [OPERATIONS["POST", name]["requestBody"]["content"]["application/json"]["example"]]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    for argument, said in schema["properties"].items():
        examples += [{**examples[0], argument: each} for each in said["examples"]]
    for example in examples:
        validator.validate(example)


@pytest.mark.usefixtures("busy")
# A server saves where it was told to at its start, and this one was not.
@pytest.mark.parametrize("name", sorted({*PUBLIC_CALLS} - {"save"}))
def test_the_example_of_each_call_is_granted_and_answered_as_described(ask, name):
    operation = OPERATIONS["POST", name]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    answer = ask("POST", name, json=example)
    assert answer.status_code == 200, answer.text
    conforms(operation, answer)


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("path", sorted({*READABLE, *PAGES}))
def test_what_can_be_fetched_is_answered_as_described(ask, path):
    operation = OPERATIONS["GET", path]
    conforms(operation, ask("GET", path))
    for parameter in operation.get("parameters", ()):
        answer = ask("GET", path, params={parameter["name"]: parameter["example"]})
        assert answer.status_code == 200, answer.text
        conforms(operation, answer)


@pytest.mark.usefixtures("busy")
def test_misuse_is_answered_as_described(ask):
    for name in PUBLIC_CALLS:
        answer = ask("POST", name, json={"nonsense": 1})
        assert answer.status_code == 400
        conforms(OPERATIONS["POST", name], answer)


def test_it_is_served_as_it_is_made(ask):
    answer = ask("GET", "openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == json.loads(json.dumps(DOCUMENT))
