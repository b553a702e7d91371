"""moto's CloudFormation, in which a refused cluster makes its stack fail and roll back.

moto itself answers the call that creates or updates the stack with the resource's error. What
else it does otherwise than AWS is mended here for stacks with clusters, and for them alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from moto.cloudformation.models import CloudFormationBackend as MotoCloudFormationBackend
from moto.cloudformation.models import Event, Stack
from moto.cloudformation.parsing import clean_json, parse_and_update_resource

from .clusters import RESOURCE_TYPE, ClusterResource
from .refusals import ResourceRefused
from .templates import check_template, clusters_of

# Stacks whose resources are all there, but not all ready.
_waiting: WeakSet[Stack] = WeakSet()


class CloudFormationBackend(MotoCloudFormationBackend):
    """Stacks with clusters in them. It has no state of its own."""

    def create_stack(self, name: str, template: str, *args: Any, **members: Any) -> Stack:
        """Create a stack; one with a cluster that is refused is rolled back."""
        check_template(template)
        there = set(self.stacks)
        exports = set(self.exports)
        try:
            stack = super().create_stack(name, template, *args, **members)
            if stack.status == "CREATE_IN_PROGRESS":
                _waiting.add(stack)
            return stack
        except ResourceRefused as refused:
            (stack,) = (
                each for key, each in self.stacks.items() if key not in there and each.name == name
            )
            for export in self.exports.keys() - exports:
                del self.exports[export]
            _roll_back_creation(stack, refused)
            return stack

    def update_stack(self, name: str, template: str, *args: Any, **members: Any) -> Stack:
        """Update a stack; it stays as it was where a cluster is refused."""
        check_template(template)
        stack = self.get_stack(name)
        with _rolling_back_updates(stack):
            super().update_stack(name, template, *args, **members)
            _bring_up_to_date(stack)
        self._show_outputs(stack)
        return stack

    def create_change_set(
        self, stack_name: str, change_set_name: str, template: str, *args: Any, **members: Any
    ) -> tuple[str, str]:
        """Note what is to become of a stack."""
        check_template(template)
        return super().create_change_set(stack_name, change_set_name, template, *args, **members)

    def execute_change_set(self, change_set_name: str, stack_name: str | None = None) -> None:
        """Create or update a stack, as above."""
        change_set_id = self._change_set_id(change_set_name, stack_name)
        change_set = self.describe_change_set(change_set_id)
        assert change_set is not None
        stack = change_set.stack
        if change_set.change_set_type != "CREATE":
            with _rolling_back_updates(stack):
                super().execute_change_set(change_set_id, stack_name)
                stack._parse_template()
                if clusters_of(stack.template_dict) and change_set.parameters:
                    stack.parameters = change_set.parameters
                _bring_up_to_date(stack)
            self._show_outputs(stack)
            return
        try:
            super().execute_change_set(change_set_id, stack_name)
        except ResourceRefused as refused:
            _roll_back_creation(stack, refused)
            return
        stack._parse_template()
        self._show_outputs(stack)
        if clusters_of(stack.template_dict) and not stack.resource_map.creation_complete():
            # moto has told of its completion already.
            stack.events.pop()
            stack.status = "CREATE_IN_PROGRESS"
            _waiting.add(stack)

    def _change_set_id(self, name: str, stack_name: str | None) -> str:
        """The id of a change set; moto takes the latest of its name, whatever its stack."""
        found = [
            change_set_id
            for change_set_id, change_set in self.change_sets.items()
            if change_set.change_set_name == name
            and stack_name in (None, change_set.stack_name, change_set.stack_id)
        ]
        return found[-1] if found else name

    def _show_outputs(self, stack: Stack) -> None:
        """Have a stack with clusters show the outputs and exports of its template."""
        is_done = stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        if not is_done or not clusters_of(stack.template_dict):
            return
        stack.output_map = stack._create_output_map()
        for export in stack.exports:
            self.exports[export.name] = export

    def delete_stack(self, name_or_stack_id: str) -> None:
        """Delete a stack; one whose cluster cannot be deleted is there still."""
        stack = self.stacks.get(name_or_stack_id)
        try:
            super().delete_stack(name_or_stack_id)
        except ResourceRefused as refused:
            if stack is None:
                raise
            self.stacks[stack.stack_id] = stack
            _enter(stack, "DELETE_FAILED", refused.reason)

    def describe_stacks(self, name_or_stack_id: str) -> list[Stack]:
        """Stacks as they are now: complete once all clusters in them are created."""
        found = super().describe_stacks(name_or_stack_id)
        for stack in found:
            if stack in _waiting and stack.status == "CREATE_IN_PROGRESS":
                stack.verify_readiness()
        return found


def _bring_up_to_date(stack: Stack) -> None:
    """Have the clusters of an updated stack be what its template says now.

    moto changes what has another text in the template, or names a parameter that has another
    value. Conditions, mappings and other resources change a cluster too.
    """
    resources, where = stack.resource_map, (stack.account_id, stack.region_name)
    made = resources._parsed_resources
    for logical_id, resource in clusters_of(stack.template_dict).items():
        condition = resource.get("Condition")
        is_wanted = condition is None or resources.lazy_condition_map[condition]
        there = made.get(logical_id)
        if there is None or not there.physical_resource_id:
            made.pop(logical_id, None)
            if is_wanted:
                # To look at a resource creates it.
                _ = resources[logical_id]
        elif not is_wanted:
            arn = there.physical_resource_id
            ClusterResource.delete_from_cloudformation_json(arn, resource, *where)
            del made[logical_id]
        elif clean_json(resource.get("Properties", {}), resources) != there.properties:
            updated: Any = parse_and_update_resource(logical_id, dict(resource), resources, *where)
            made[logical_id] = updated


def _enter(stack: Stack, status: str, reason: str | None = None) -> None:
    stack.status = status
    stack._add_stack_event(status, resource_status_reason=reason)


def _tell_of(stack: Stack, refused: ResourceRefused, verb: str) -> str:
    """Have a refusal among the stack's events; the reason for what becomes of the stack."""
    stack.events.append(
        Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=refused.logical_id or "",
            physical_resource_id="",
            resource_type=RESOURCE_TYPE,
            resource_status=f"{verb.upper()}_FAILED",
            resource_status_reason=refused.reason,
            resource_properties=None,
        )
    )
    # source: observed
    return f"The following resource(s) failed to {verb}: [{refused.logical_id}]."


def _roll_back_creation(stack: Stack, refused: ResourceRefused) -> None:
    """Delete what has been created of a stack."""
    _enter(stack, "ROLLBACK_IN_PROGRESS", _tell_of(stack, refused, "create"))
    try:
        stack.resource_map.delete()
    except Exception as failed:
        _enter(stack, "ROLLBACK_FAILED", str(failed))
        return
    # Whatever looks at a resource that is in the template would have it created again.
    stack.template_dict = {**stack.template_dict, "Resources": {}, "Outputs": {}}
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    _enter(stack, "ROLLBACK_COMPLETE")


@contextmanager
def _rolling_back_updates(stack: Stack) -> Iterator[None]:
    """Have a stack as it was, where an update of it fails for a cluster."""
    template = stack.template
    slots = stack.template_dict.get("Parameters", {}).items()
    defaults = {name: slot["Default"] for name, slot in slots if "Default" in slot}
    parameters = {**defaults, **stack.parameters}
    try:
        yield
    except ResourceRefused as refused:
        _enter(stack, "UPDATE_ROLLBACK_IN_PROGRESS", _tell_of(stack, refused, "update"))
        stack.template = template
        stack._parse_template()
        try:
            stack.resource_map.update(stack.template_dict, parameters)
            _bring_up_to_date(stack)
        except Exception as failed:
            _enter(stack, "UPDATE_ROLLBACK_FAILED", str(failed))
            return
        stack.output_map = stack._create_output_map()
        _enter(stack, "UPDATE_ROLLBACK_COMPLETE")
