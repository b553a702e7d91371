"""`AWS::SageMaker::Cluster`: a cluster that a stack creates, updates and deletes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.sagemaker.models import sagemaker_backends

from ..aws_json.errors import WireError, answer_to
from ..aws_json.validation import check_request
from ..host.backend import present_world
from ..sagemaker.models import SageMakerBackend
from ..sagemaker.operations import CLUSTER_HANDLERS
from ..sagemaker.refusals import ANSWERS
from ..sagemaker.tag_members import read_tags
from ..simulation.kernel.errors import ServiceError
from .properties import members_of
from .refusals import ResourceRefused

Members = Mapping[str, Any]

RESOURCE_TYPE = "AWS::SageMaker::Cluster"
NAME_PROPERTY = "ClusterName"
LONGEST_NAME = 63  # source: model
GROUPS = ("InstanceGroups", "RestrictedInstanceGroups")
# What cannot be changed without another cluster in its place. source: documented
FIXED = ("ClusterName", "VpcConfig", "Orchestrator")
FIXED_IN_GROUPS = ("ExecutionRole", "InstanceType", "OverrideVpcConfig", "ThreadsPerCore")
# source: documented
RENAME = (
    "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
    "Rename {name} and update the stack again."
)


class ClusterResource:
    """A cluster as moto's CloudFormation sees it. What it is now the simulation knows.

    `properties` are those of the template, without functions and references.
    """

    def __init__(self, arn: str, properties: Members, backend: SageMakerBackend) -> None:
        self.physical_resource_id = arn
        self.properties = properties
        self.backend = backend
        # moto sets it as soon as there is one.
        self.logical_resource_id: str | None = None

    # -- what moto asks of the type --------------------------------------------------------

    @staticmethod
    def cloudformation_type() -> str:
        """The type of the resource."""
        return RESOURCE_TYPE

    @staticmethod
    def cloudformation_name_type() -> str:
        """The property that names it."""
        return NAME_PROPERTY

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Fn::GetAtt knows an attribute."""
        return attr in ("ClusterArn", "ClusterStatus", "CreationTime")

    # -- what moto asks of one -------------------------------------------------------------

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """An attribute, as it is now."""
        if attribute_name == "ClusterArn":
            return self.physical_resource_id
        if not self.has_cfn_attr(attribute_name):
            from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

            raise UnformattedGetAttTemplateException
        described = _call(self.backend, "DescribeCluster", ClusterName=self.physical_resource_id)
        value = described[attribute_name]
        if attribute_name == "CreationTime":
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")  # type: ignore[no-any-return]
        return value  # type: ignore[no-any-return]

    def is_created(self) -> bool:
        """Whether its creation is over; also where it has been deleted since."""
        try:
            return self.get_cfn_attribute("ClusterStatus") != "Creating"
        except ResourceRefused:
            return True

    # -- creating, updating, deleting ------------------------------------------------------

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Members,
        account_id: str,
        region_name: str,
        **context: Any,
    ) -> ClusterResource:
        """Create a cluster; its name is moto's to make up where the template has none."""
        properties = cloudformation_json["Properties"]
        backend = _backend(account_id, region_name)
        with _told_of(context.get("LogicalId")):
            members = members_of("CreateCluster", properties)
            members.setdefault(NAME_PROPERTY, resource_name[-LONGEST_NAME:].lstrip("-"))
            arn = _call(backend, "CreateCluster", **members)["ClusterArn"]
        return cls(arn, properties, backend)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: ClusterResource | None,
        new_resource_name: str,
        cloudformation_json: Members,
        account_id: str,
        region_name: str,
    ) -> ClusterResource:
        """Make a cluster what the template says, or put another in its place.

        moto has also that updated which a condition keeps out of the stack: `original_resource`
        is None then, and the answer names no cluster.
        """
        properties = cloudformation_json["Properties"]
        where = (cloudformation_json, account_id, region_name)
        if original_resource is None:
            return cls("", properties, _backend(account_id, region_name))
        arn = original_resource.physical_resource_id
        with _told_of(original_resource.logical_resource_id):
            before = members_of("CreateCluster", original_resource.properties)
            after = members_of("CreateCluster", properties)
            with _as_refusals():
                check_request("CreateCluster", {NAME_PROPERTY: "any", **after})
            if not _needs_another(before, after):
                _update(original_resource.backend, arn, before, after)
                return cls(arn, properties, original_resource.backend)
            name = after.get(NAME_PROPERTY)
            if name is not None and name == before.get(NAME_PROPERTY):
                raise ResourceRefused("ValidationException", RENAME.format(name=name))
            made = cls.create_from_cloudformation_json(new_resource_name, *where)
            cls.delete_from_cloudformation_json(arn, *where)
            return made

    @classmethod
    def delete_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Members,  # noqa: ARG003
        account_id: str,
        region_name: str,
    ) -> None:
        """Delete a cluster, unless that has been done already."""
        try:
            _call(_backend(account_id, region_name), "DeleteCluster", ClusterName=resource_name)
        except ResourceRefused as refused:
            if refused.code != "ResourceNotFound":
                raise


def _by_name(groups: list[Members]) -> dict[str, Members]:
    return {group["InstanceGroupName"]: group for group in groups}


def _needs_another(before: Members, after: Members) -> bool:
    """Whether a change cannot be made to the cluster that there is."""
    if any(before.get(name) != after.get(name) for name in FIXED):
        return True
    for name in GROUPS:
        old, new = _by_name(before.get(name, [])), _by_name(after.get(name, []))
        for group in old.keys() & new.keys():
            if any(old[group].get(each) != new[group].get(each) for each in FIXED_IN_GROUPS):
                return True
    return False


def _changes(before: Members, after: Members) -> dict[str, Any]:
    """The members of UpdateCluster that make one cluster of the other."""
    changes = {
        name: value
        for name, value in after.items()
        if name not in (*FIXED, *GROUPS, "Tags") and value != before.get(name)
    }
    gone = []
    for name in GROUPS:
        old, new = _by_name(before.get(name, [])), _by_name(after.get(name, []))
        changed = [group for key, group in new.items() if group != old.get(key)]
        if changed:
            changes[name] = changed
        gone += [key for key in old if key not in new]
    if gone:
        changes["InstanceGroupsToDelete"] = gone
    return changes


def _update(backend: SageMakerBackend, arn: str, before: Members, after: Members) -> None:
    """Change tags and members of a cluster, or nothing where one of them is refused."""
    old, new = before.get("Tags", []), after.get("Tags", [])
    changes = _changes(before, after)
    with _as_refusals(), present_world():
        tags, cluster = read_tags(new), backend.taggable(arn)
        as_it_was = dict(cluster.tags)
        try:
            if old != new:
                cluster.remove_tags([tag["Key"] for tag in old if tag["Key"] not in tags])
                cluster.add_tags(tags)
            if changes:
                _call(backend, "UpdateCluster", **{NAME_PROPERTY: arn}, **changes)
        except (ResourceRefused, ServiceError):
            cluster.remove_tags(list(cluster.tags))
            cluster.add_tags(as_it_was)
            raise


def _backend(account_id: str, region_name: str) -> SageMakerBackend:
    backend = sagemaker_backends[account_id][region_name]
    assert isinstance(backend, SageMakerBackend)
    return backend


def _call(backend: SageMakerBackend, operation: str, **members: Any) -> dict[str, Any]:
    """What SageMaker answers; raises ResourceRefused where it refuses."""
    with _as_refusals():
        checked = check_request(operation, members)
        with present_world():
            return CLUSTER_HANDLERS[operation](backend.cluster_service, checked)


@contextmanager
def _as_refusals() -> Iterator[None]:
    try:
        yield
    except ServiceError as refused:
        answer = answer_to(refused, ANSWERS)
        raise ResourceRefused(answer.code, answer.message) from refused
    except WireError as refused:
        raise ResourceRefused(refused.code, refused.message) from refused


@contextmanager
def _told_of(logical_id: str | None) -> Iterator[None]:
    """Have a refusal say which resource of the template it is about."""
    try:
        yield
    except ResourceRefused as refused:
        refused.logical_id = refused.logical_id or logical_id
        raise
