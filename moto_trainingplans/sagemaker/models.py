"""moto's SageMaker backend of an account and Region, with training plans in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sagemaker.models import SageMakerModelBackend

from ..control_api.models import current_world, present_world
from ..simulation.errors import ServiceError
from ..simulation.training_plans import TrainingPlanRegistry
from .exceptions import answer_to

OWN_RESOURCE_TYPES = ("training-plan", "reserved-capacity")


def is_own_arn(arn: object) -> bool:
    """Whether an ARN names a resource of the simulation, not one of moto's."""
    return isinstance(arn, str) and _resource_type(arn) in OWN_RESOURCE_TYPES


def _resource_type(arn: str) -> str:
    return arn.split(":", 5)[-1].partition("/")[0]


class SageMakerBackend(SageMakerModelBackend):
    """Adds to moto's backend what lives in the simulation. It has no state of its own."""

    @property
    def plans(self) -> TrainingPlanRegistry:
        """The training plans of this account and Region, in the present simulation."""
        return current_world().plans(self.account_id, self.region_name, self.partition)

    # The three methods through which moto's Resource Groups Tagging API sees a backend.

    def iter_tagged_resources(self) -> Iterator[Any]:
        """Every taggable resource: moto's own, then plans and reserved capacities."""
        from moto.core.resource_tagging import TaggedResource

        yield from super().iter_tagged_resources()
        for arn, resource_type, tags in self.own_tagged_resources():
            yield TaggedResource(arn, tags, resource_type)

    def own_tagged_resources(self) -> list[tuple[str, str, dict[str, str]]]:
        """ARN, type and tags of each plan and reserved capacity."""
        with present_world():
            return [
                (each.arn, f"sagemaker:{_resource_type(each.arn)}", dict(each.tags))
                for each in self.plans.taggables()
            ]

    def add_tags(self, arn: str, tags: list[dict[str, str]]) -> list[dict[str, str]]:
        """Tag a resource: called by the tagging API, and by SageMaker for moto's own."""
        if not is_own_arn(arn):
            return super().add_tags(arn, tags)
        with _refusals_as_moto_errors(), present_world():
            self.plans.taggable(arn).add_tags({tag["Key"]: tag["Value"] for tag in tags})
        return tags

    def delete_tags(self, arn: str, tag_keys: list[str]) -> None:
        """Untag a resource: called by the tagging API, and by SageMaker for moto's own."""
        if not is_own_arn(arn):
            super().delete_tags(arn, tag_keys)
            return
        with _refusals_as_moto_errors(), present_world():
            self.plans.taggable(arn).remove_tags(tag_keys)


class _refusals_as_moto_errors:  # noqa: N801
    """Lets another service of moto answer what the simulation refuses."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ServiceError):
            answer = answer_to(error)
            raise ServiceException(answer.code, answer.message) from error
