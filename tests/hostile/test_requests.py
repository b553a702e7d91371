"""Requests of every emulated operation that are almost right, as no client of AWS's sends them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.core.utils import get_service_model

from tests.support.hostile import story
from tests.support.hostile.attacked import LOOKS, Attacked, check_refusal
from tests.support.hostile.mutations import changed, spoilt
from tests.support.hostile.often import often
from tests.support.hostile.values import HEADERS

KINDS = {
    "plans": "TrainingPlan|Reserved|Tags",
    "jobs": "TrainingJob|^Search$",
    "clusters": "Cluster",
    "endpoints and apps": "Endpoint|App",
    "quotas": "Quota|Services",
}


def attack(attacked: Attacked, data: st.DataObject, service: str, operation: str) -> None:
    """Send one such request; it is refused and has changed nothing, or it is done."""
    valid = data.draw(st.sampled_from(attacked.requests[service, operation]))
    shape = get_service_model(service).operation_model(operation).input_shape
    body = spoilt(data.draw, changed(data.draw, valid, shape, attacked.texts))
    headers = data.draw(st.sampled_from(HEADERS)) if data.draw(st.integers(0, 15)) == 0 else {}
    closely = data.draw(st.integers(0, 3)) == 0
    answer = attacked.send(service, operation, body, headers)
    if answer.status != 200:
        check_refusal(answer, service, operation)
        assert attacked.changed_nothing(), answer.told
    elif not LOOKS.match(operation):
        if closely:
            attacked.live_with_it()
        attacked.restore()


def test_every_operation_has_a_request_that_is_done(attacked):
    assert set(attacked.requests) == set(story.operations())
    for (service, operation), of_it in attacked.requests.items():
        for each in of_it:
            answer = attacked.send(service, operation, json.dumps(each).encode())
            assert answer.status == 200, answer.told
            if not LOOKS.match(operation):
                attacked.restore()


def operations_of(kind: str) -> list[tuple[str, str]]:
    """Each operation is of the first kind that its name fits."""
    import re

    first = {
        operation: next(each for each, names in KINDS.items() if re.search(names, operation[1]))
        for operation in story.operations()
    }
    return [operation for operation in first if first[operation] == kind]


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_almost_a_request_is_refused_in_awss_words_and_changes_nothing(attacked, kind):
    @often(40)
    @given(data=st.data())
    def send_many(data):
        with attacked.attempt():
            attack(attacked, data, *data.draw(st.sampled_from(operations_of(kind))))

    send_many()
    attacked.check_unchanged()
