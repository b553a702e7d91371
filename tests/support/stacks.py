"""CloudFormation stacks through a client."""

from __future__ import annotations

from typing import Any


class Stack:
    """One stack through a client."""

    def __init__(self, client: Any, name: str = "stack") -> None:
        self.client = client
        self.name = name

    def create(self, body: str, **members: Any) -> None:
        self.client.create_stack(StackName=self.name, TemplateBody=body, **members)

    def update(self, body: str, **members: Any) -> None:
        self.client.update_stack(StackName=self.name, TemplateBody=body, **members)

    def note(self, kind: str, change_set: str, body: str, **parameters: str) -> None:
        """Create a change set of the type CREATE or UPDATE."""
        self.client.create_change_set(
            StackName=self.name,
            ChangeSetName=change_set,
            ChangeSetType=kind,
            TemplateBody=body,
            Parameters=parameter_list(parameters),
        )

    def execute(self, change_set: str) -> None:
        """Have a change set become true."""
        self.client.execute_change_set(StackName=self.name, ChangeSetName=change_set)

    def delete(self) -> None:
        self.client.delete_stack(StackName=self.name)

    def describe(self) -> dict[str, Any]:
        (stack,) = self.client.describe_stacks(StackName=self.name)["Stacks"]
        found: dict[str, Any] = stack
        return found

    @property
    def status(self) -> str:
        status: str = self.describe()["StackStatus"]
        return status

    @property
    def outputs(self) -> dict[str, str]:
        outputs = self.describe().get("Outputs", ())
        return {each["OutputKey"]: each["OutputValue"] for each in outputs}

    def events(self) -> list[tuple[str, str, str]]:
        """Resource, status and reason of each event, the earliest first."""
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        return [
            (
                each["LogicalResourceId"],
                each["ResourceStatus"],
                each.get("ResourceStatusReason", ""),
            )
            for each in reversed(events)
        ]


def parameter_list(parameters: dict[str, str]) -> list[dict[str, str]]:
    """Parameters as CloudFormation takes them."""
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
