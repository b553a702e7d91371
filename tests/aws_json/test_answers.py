"""An answer has what the installed model has, and the simulation keeps the rest."""

from __future__ import annotations

import copy

import pytest
from botocore.model import ServiceModel

from moto_trainingplans.aws_json import answers

pytestmark = [
    pytest.mark.in_process("with a model of its own"),
    pytest.mark.usefixtures("model"),
]
STRING = {"type": "string"}


def structure(**members):
    return {"type": "structure", "members": {name: {"shape": of} for name, of in members.items()}}


@pytest.fixture
def model(monkeypatch):
    """An older model, in which plans have names and parts that lie within each other."""
    older = ServiceModel(
        {
            "metadata": {},
            "operations": {
                "Ask": {"name": "Ask", "output": {"shape": "Answer"}},
                "Tell": {"name": "Tell"},
            },
            "shapes": {
                "Answer": structure(Plans="Plans", ByName="ByName"),
                "Plans": {"type": "list", "member": {"shape": "Plan"}},
                "ByName": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Plan"}},
                "Plan": structure(Name="Text", Parts="Plans"),
                "Text": STRING,
            },
        }
    )
    monkeypatch.setattr(answers, "get_service_model", lambda _: older)
    answers._keeper_of.cache_clear()
    yield
    answers._keeper_of.cache_clear()


def test_what_the_model_lacks_is_left_out_at_every_depth_and_kept_where_it_came_from():
    new = {"Name": "b", "Zone": "us-west-2a"}
    told = {
        "Plans": [{"Name": "a"}, {"Name": "c", "Parts": [new]}],
        "ByName": {"b": new},
        "Total": 2,
    }
    before = copy.deepcopy(told)
    assert answers.known_answer("Ask", told) == {
        "Plans": [{"Name": "a"}, {"Name": "c", "Parts": [{"Name": "b"}]}],
        "ByName": {"b": {"Name": "b"}},
    }
    assert told == before


def test_an_answer_of_which_all_is_known_is_not_copied():
    told = {"Plans": [{"Name": "a", "Parts": [{"Name": "b"}]}], "ByName": {}}
    assert answers.known_answer("Ask", told) is told
    assert answers.known_answer("Tell", {}) == {}
