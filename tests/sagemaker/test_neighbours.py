"""What else moto has of SageMaker is as it is without training plans, to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from moto import mock_aws

from moto_trainingplans import mock_training_plans
from tests.support.neighbours import Asker, Outcome, differences, operations
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("has a mock, or a server, of moto's own beside ours")


def in_process(ask: Callable[[Asker], None], with_plans: bool) -> list[Outcome]:
    with mock_training_plans() if with_plans else mock_aws():
        asker = Asker(None)
        ask(asker)
    return asker.outcomes


def on_a_server(ask: Callable[[Asker], None], with_plans: bool) -> list[Outcome]:
    server = RunningServer(module="moto_trainingplans" if with_plans else "moto.server")
    try:
        asker = Asker(server.url)
        ask(asker)
    finally:
        server.stop()
    return asker.outcomes


def every_question(asker: Asker) -> None:
    asker.tell()
    asker.complain()


def malformed_bodies(asker: Asker) -> None:
    for operation in operations():
        for body in (b"[]", b"{", b"\xff", b"null", b'{"a": NaN}'):
            asker.ask(operation, body)


@pytest.mark.parametrize("run", [in_process, on_a_server])
def test_every_other_operation_of_moto_answers_the_same_with_training_plans(run):
    plain, ours = run(every_question, False), run(every_question, True)
    done = {each.operation for each in plain if each.status == 200}
    # What a newer moto has may need more in its request than the model says: neighbours.MORE.
    assert [each for each in operations() if each not in done] == []
    assert len(done) > 100
    assert differences(plain, ours) == []


@pytest.mark.rule("VALIDATE-04")
@pytest.mark.parametrize("run", [in_process, on_a_server])
def test_a_body_that_is_no_request_never_reaches_moto(run):
    answers = run(malformed_bodies, True)
    told = {(each.status, json.loads(each.body)["__type"]) for each in answers}
    assert told == {(400, "SerializationException")}
