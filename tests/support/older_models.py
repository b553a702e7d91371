"""Skips a test that needs what the installed botocore's models do not have yet.

An older botocore is supported, and what AWS has added since is absent with it. A test that asks for
some of that cannot be passed there: it is skipped, at the call that asks, with what it asked for
and the botocore that has it first. Nobody has to say so at the test.

It is decided by the models alone. What is new is known from model_history.json, and what is there
from the installed models: with a botocore that has all of that nothing is ever skipped, and
`tests/docs/test_versions.py` fails if the newest does not.

    a method for a new operation            skipped when it is looked up
    a request that only newer models allow  skipped before it is sent
    a member that an answer lacks           skipped when KeyError is raised for it
    what is needed in another way           `needs("MoveClusterNodes")`, at the test (model_history)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.handlers import BUILTIN_HANDLERS

from tests.support.model_history import SERVICES, Fact, lacking, lacking_for, reason_of


def pytest_configure() -> None:
    """Have every session that is made from now on look at requests and methods."""
    for service in SERVICES:
        BUILTIN_HANDLERS.append((f"provide-client-params.{service}", _look_at_request))
        BUILTIN_HANDLERS.append((f"getattr.{service}", _look_at_method))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Skip a test that has looked for a member which no answer can have."""
    from moto_trainingplans.decorator import _running

    begun = len(_running)
    try:
        try:
            return (yield)
        except KeyError as missing:
            for fact in lacking():
                if ".output." in fact.path and fact.path.rpartition(".")[2] == missing.args[0]:
                    _skip(fact)
            raise
    except pytest.skip.Exception:
        # What the test has begun by hand it does not come to end.
        for mock in reversed(_running[begun:]):
            mock.stop(failed=True)
        raise


def _look_at_request(params: Any, model: Any, **_: Any) -> None:
    service = model.service_model.service_name
    unknown = lacking_for(service, model.name, params)
    if unknown is not None:
        _skip(unknown)


def _look_at_method(event_name: str, **_: Any) -> None:
    _, service, method = event_name.split(".", 2)
    for fact in lacking():
        if (fact.service, fact.kind) == (service, "operation") and xform_name(fact.path) == method:
            _skip(fact)


def _skip(fact: Fact) -> None:
    pytest.skip(reason_of(fact))
