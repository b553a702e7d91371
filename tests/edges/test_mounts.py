"""What is mounted in the server, and what it is given."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.test import Client

from moto_trainingplans.server.application import Application

pytestmark = pytest.mark.in_process("asks an application of its own")


def test_what_is_mounted_answers_below_its_path_and_reaches_all_of_aws_through_the_door():
    made = []

    def page(door: Any) -> Any:
        made.append(door)

        def respond(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            buckets = Client(door).get("/", headers={"Host": "s3.amazonaws.com"})
            start_response("200 OK", [("Content-Type", "application/json")])
            told = environ["SCRIPT_NAME"], environ["PATH_INFO"], buckets.text
            return [json.dumps(told).encode()]

        return respond

    client = Client(Application(create_backend_app, {"/pages": page}))
    assert made == []
    for path, rest in (("/pages", ""), ("/pages/", "/"), ("/pages/plans/a", "/plans/a")):
        mounted_at, below, buckets = client.get(path).json
        assert (mounted_at, below) == ("/pages", rest)
        assert "ListAllMyBucketsResult" in buckets
    assert len(made) == 1
    assert "NoSuchBucket" in client.get("/pagesother", headers={"Host": "s3.amazonaws.com"}).text
