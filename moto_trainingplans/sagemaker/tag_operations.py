"""The tag operations, for resources of the simulation; those of moto are moto's to tag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..simulation.errors import DuplicateTagKeys
from .models import SageMakerBackend, is_own_arn
from .pagination import decode_token

Members = Mapping[str, Any]


def is_own_tag_request(_operation: str, _backend: SageMakerBackend, body: Members) -> bool:
    """Whether a request is about a resource of the simulation."""
    return is_own_arn(body.get("ResourceArn"))


def add_tags(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """AddTags. source: M"""
    resource = backend.taggable(members["ResourceArn"])
    resource.add_tags(read_tags(members["Tags"]))
    return {"Tags": _tag_list(resource.tags)}


def list_tags(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """ListTags. A page holds all the tags that a resource can have. source: M"""
    resource = backend.taggable(members["ResourceArn"])
    decode_token(members.get("NextToken"), resource.arn, ())
    return {"Tags": _tag_list(resource.tags)}


def delete_tags(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DeleteTags. source: M"""
    backend.taggable(members["ResourceArn"]).remove_tags(members["TagKeys"])
    return {}


HANDLERS = {"AddTags": add_tags, "ListTags": list_tags, "DeleteTags": delete_tags}


def read_tags(tags: list[Mapping[str, str]]) -> dict[str, str]:
    """Tags as a request has them, by key; raises DuplicateTagKeys."""
    by_key: dict[str, str] = {}
    for tag in tags:
        if tag["Key"] in by_key:
            raise DuplicateTagKeys(tag["Key"])
        by_key[tag["Key"]] = tag["Value"]
    return by_key


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
