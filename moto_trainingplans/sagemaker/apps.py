"""The operations on Studio apps, which moto lacks.

Neither domains nor user profiles nor spaces are looked for: moto has only the first. source: choice
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..aws_json.pagination import decode_token, encode_token
from ..simulation.jobs.errors import ConflictingMembers
from ..simulation.studio_apps.apps import AppName, AppRequest, StudioApp
from ..simulation.studio_apps.errors import NotOneOwner
from .models import SageMakerBackend
from .tag_members import read_tags

Members = Mapping[str, Any]

NO_PLAN = "None"  # as a ResourceSpec says it. source: model
DEFAULT_PAGE = 10  # source: model
OWNER_MEMBERS = {"user-profile": "UserProfileName", "space": "SpaceName"}


def app_name(members: Members) -> AppName:
    """What a request calls an app; raises NotOneOwner."""
    owners = [
        (kind, members[member]) for kind, member in OWNER_MEMBERS.items() if member in members
    ]
    if len(owners) != 1:
        raise NotOneOwner
    ((kind, owner),) = owners
    return AppName(members["DomainId"], kind, owner, members["AppType"], members["AppName"])


def create_app(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """CreateApp. source: model"""
    spec = dict(members.get("ResourceSpec", {}))
    if spec.get("TrainingPlanArn") == NO_PLAN:
        del spec["TrainingPlanArn"]
    request = AppRequest(
        app_name(members),
        spec,
        members.get("RecoveryMode", False),
        spec.get("InstanceType"),
        spec.get("TrainingPlanArn"),
    )
    app = backend.studio_apps.create(request, read_tags(members.get("Tags", [])))
    return {"AppArn": app.arn}


def describe_app(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DescribeApp. source: model"""
    return app_description(backend.studio_apps.describe(app_name(members)))


def app_description(app: StudioApp) -> dict[str, Any]:
    """An app, as DescribeApp tells it."""
    answer = {"AppArn": app.arn, **_details(app), "RecoveryMode": app.request.recovery_mode}
    if app.failure_reason is not None:
        answer["FailureReason"] = app.failure_reason
    return answer


def list_apps(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """ListApps, by creation, the only order there is. source: model"""
    if "UserProfileNameEquals" in members and "SpaceNameEquals" in members:
        raise ConflictingMembers("UserProfileNameEquals", "SpaceNameEquals")
    descending = members.get("SortOrder", "Ascending") == "Descending"
    question = {
        name: value for name, value in members.items() if name not in ("NextToken", "MaxResults")
    }
    after = decode_token(members.get("NextToken"), question, (datetime, int))
    found = [
        app
        for app in backend.studio_apps.apps()
        if _matches(app, members)
        and (after is None or ((_position(app) < after) if descending else _position(app) > after))
    ]
    found.sort(key=_position, reverse=descending)
    page = found[: members.get("MaxResults", DEFAULT_PAGE)]
    answer: dict[str, Any] = {"Apps": [_details(app) for app in page]}
    if len(found) > len(page):
        answer["NextToken"] = encode_token(_position(page[-1]), question)
    return answer


def _position(app: StudioApp) -> tuple[datetime, int]:
    return app.created, app.order


def _matches(app: StudioApp, members: Members) -> bool:
    name = app.request.name
    return members.get("DomainIdEquals", name.domain) == name.domain and all(
        f"{member}Equals" not in members
        or (name.owner_kind, name.owner) == (kind, members[f"{member}Equals"])
        for kind, member in OWNER_MEMBERS.items()
    )


def delete_app(backend: SageMakerBackend, members: Members) -> dict[str, Any]:
    """DeleteApp. source: model"""
    backend.studio_apps.delete(app_name(members))
    return {}


def _details(app: StudioApp) -> dict[str, Any]:
    name = app.request.name
    details = {
        "DomainId": name.domain,
        OWNER_MEMBERS[name.owner_kind]: name.owner,
        "AppType": name.app_type,
        "AppName": name.name,
        "Status": app.status.value,
        "CreationTime": app.created,
    }
    return {**details, "ResourceSpec": app.request.spec} if app.request.spec else details


HANDLERS = {
    "CreateApp": create_app,
    "DescribeApp": describe_app,
    "ListApps": list_apps,
    "DeleteApp": delete_app,
}
