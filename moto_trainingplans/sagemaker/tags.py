"""The tag operations, for resources of the simulation; those of moto are moto's to tag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..aws_json.errors import ValidationException
from ..aws_json.pagination import decode_token
from ..aws_json.validation import check_request
from .models import SageMakerBackend, is_own_arn
from .tag_members import are_whole, read_tags, tag_list

Members = Mapping[str, Any]

NEEDED = {"AddTags": "Tags", "DeleteTags": "TagKeys"}


def is_own_tag_request(operation: str, backend: SageMakerBackend, body: Members) -> bool:
    """Whether a request is about a resource of the simulation, or one that nobody has."""
    arn = body.get("ResourceArn")
    if is_own_arn(arn) or not backend.has_in_moto(arn):
        return True
    _check_for_moto(operation, body)
    return False


def _check_for_moto(operation: str, body: Members) -> None:
    """Check a request that moto will read, which takes its members for granted.

    Constraints of the model that moto is lenient about stay so.
    """
    try:
        check_request(operation, dict(body))
    except ValidationException:
        member = NEEDED.get(operation)
        if member and (body.get(member) is None or not are_whole(body.get("Tags"))):
            raise


def add_tags(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """AddTags. source: model"""
    resource = backend.taggable(members["ResourceArn"])
    resource.add_tags(read_tags(members["Tags"]))
    return {"Tags": tag_list(resource.tags)}


def list_tags(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """ListTags. A page holds all the tags that a resource can have. source: model"""
    resource = backend.taggable(members["ResourceArn"])
    decode_token(members.get("NextToken"), resource.arn, ())
    return {"Tags": tag_list(resource.tags)}


def delete_tags(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DeleteTags. source: model"""
    backend.taggable(members["ResourceArn"]).remove_tags(members["TagKeys"])
    return {}


HANDLERS = {"AddTags": add_tags, "ListTags": list_tags, "DeleteTags": delete_tags}
