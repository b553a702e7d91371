"""What the page and the schema say of scenarios is what the table of calls says."""

from __future__ import annotations

import json

import pytest

from moto_trainingplans import TrainingPlansError
from moto_trainingplans.control.calls import CALLS
from moto_trainingplans.control.scenarios.entries import CALLS_BY_GROUP
from moto_trainingplans.control.scenarios.files import read_source
from moto_trainingplans.control.scenarios.scenario import read_scenario
from moto_trainingplans.control.sharing import LOOKING
from tests.support.examples import examples
from tests.tools.scenario_keys import PAGE, SCHEMA, schema, written

pytestmark = pytest.mark.in_process("reads files alone")
jsonschema = pytest.importorskip("jsonschema")


def test_the_page_and_the_schema_are_those_of_todays_calls():
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "write it anew: python -m tests.tools.scenario_keys"
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema()


def test_a_scenario_can_make_every_call_that_sets_or_orders_something_but_those_on_the_clock():
    made = {f"{group}/{call}" for group, calls in CALLS_BY_GROUP.items() for call in calls}
    not_made = {name for name in CALLS if name.startswith(("clock/", "mock/")) or "/" not in name}
    assert made == CALLS.keys() - not_made - LOOKING


@pytest.mark.parametrize("example", examples(PAGE, "toml"), ids=lambda each: f"line {each.line}")
def test_what_the_page_shows_is_a_scenario_and_fits_the_schema(example, tmp_path):
    file = tmp_path / "example.toml"
    file.write_text(example.code, encoding="utf-8")
    content, _ = read_source(file)
    jsonschema.Draft7Validator(schema()).validate(content)
    read_scenario(content).check()


@pytest.mark.parametrize(
    "content",
    [
        {"capasity": {}},
        {"capacity": {"sett": []}},
        {"capacity": {"free": []}},
        {"capacity": {"set": {"zone": "us-west-2a"}}},
        {"capacity": {"clear": "us-west-9"}},
        {"clock": {"tick": 1}},
        {"clock": {"speed": -1}},
        {"quotas": {"set": [{"name": "ml.p5.48xlarge", "value": -1, "region": "us-west-2"}]}},
        {"quotas": {"set": "ml.p5.48xlarge"}},
        {"payments": {"delay": True}},
        {"payments": {"fail_next": [{"times": 0}]}},
        {"jobs": {"fail": {"job_name": "job", "reason": "none"}}},
        {"faults": {"throttle": {"operation": "Search", "after": -1}}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_reader_refuses(content):
    assert not jsonschema.Draft7Validator(schema()).is_valid(content)
    with pytest.raises(TrainingPlansError):
        read_scenario(content)
