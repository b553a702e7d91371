"""moto's CloudFormation, in which a refused cluster makes its stack fail and roll back.

moto itself answers the call that creates or updates the stack with the resource's error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from moto.cloudformation.models import CloudFormationBackend as MotoCloudFormationBackend
from moto.cloudformation.models import Event, Stack

from .clusters import RESOURCE_TYPE
from .refusals import ResourceRefused

# Stacks whose resources are all there, but not all ready.
_waiting: WeakSet[Stack] = WeakSet()


class CloudFormationBackend(MotoCloudFormationBackend):
    """Stacks with clusters in them. It has no state of its own."""

    def create_stack(self, name: str, *args: Any, **members: Any) -> Stack:
        """Create a stack; one with a cluster that is refused is rolled back."""
        there = set(self.stacks)
        exports = set(self.exports)
        try:
            stack = super().create_stack(name, *args, **members)
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

    def update_stack(self, name: str, *args: Any, **members: Any) -> Stack:
        """Update a stack; it stays as it was where a cluster is refused."""
        stack = self.get_stack(name)
        with _rolling_back_updates(stack):
            super().update_stack(name, *args, **members)
        return stack

    def execute_change_set(self, change_set_name: str, stack_name: str | None = None) -> None:
        """Create or update a stack, as above."""
        change_set = self.describe_change_set(change_set_name)
        assert change_set is not None
        stack = change_set.stack
        if change_set.change_set_type != "CREATE":
            with _rolling_back_updates(stack):
                super().execute_change_set(change_set_name, stack_name)
            return
        try:
            super().execute_change_set(change_set_name, stack_name)
        except ResourceRefused as refused:
            _roll_back_creation(stack, refused)

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
        except Exception as failed:
            _enter(stack, "UPDATE_ROLLBACK_FAILED", str(failed))
            return
        stack.output_map = stack._create_output_map()
        _enter(stack, "UPDATE_ROLLBACK_COMPLETE")
