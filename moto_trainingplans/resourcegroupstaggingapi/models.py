"""Training plans in the tagging API of moto before 5.2.2, which lists each service by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.resourcegroupstaggingapi.models import (
    ResourceGroupsTaggingAPIBackend as MotoTaggingBackend,
)
from moto.sagemaker.models import sagemaker_backends

from ..sagemaker.models import is_own_arn

# The newest moto's types are not those of the versions this is for.
# mypy: disable-error-code="override, misc"

Filters = list[dict[str, Any]]


class ResourceGroupsTaggingAPIBackend(MotoTaggingBackend):
    """Adds the resources of the simulation to what moto's backend lists. It has no state."""

    def _own(self) -> list[tuple[str, str, dict[str, str]]]:
        backend: Any = sagemaker_backends[self.account_id][self.region_name]
        resources: list[tuple[str, str, dict[str, str]]] = backend.own_tagged_resources()
        return resources

    def _get_resources_generator(
        self,
        tag_filters: Filters | None = None,
        resource_type_filters: list[str] | None = None,
    ) -> Iterator[dict[str, Any]]:
        yield from super()._get_resources_generator(tag_filters, resource_type_filters)
        for arn, resource_type, tags in self._own():
            wanted = resource_type_filters or ["sagemaker"]
            of_wanted_type = any(each in ("sagemaker", resource_type) for each in wanted)
            if tags and of_wanted_type and _matches(tags, tag_filters or []):
                pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
                yield {"ResourceARN": arn, "Tags": pairs}

    def _get_tag_keys_generator(self) -> Iterator[str]:
        yield from super()._get_tag_keys_generator()
        for _, _, tags in self._own():
            yield from tags

    def _get_tag_values_generator(self, tag_key: str) -> Iterator[str]:
        yield from super()._get_tag_values_generator(tag_key)
        for _, _, tags in self._own():
            if tag_key in tags:
                yield tags[tag_key]

    def untag_resources(
        self, resource_arn_list: list[str], tag_keys: list[str]
    ) -> dict[str, dict[str, Any]]:
        """Untag resources; moto's own backend knows how to tag those of SageMaker, not this."""
        own = [arn for arn in resource_arn_list if is_own_arn(arn)]
        for arn in own:
            sagemaker_backends[self.account_id][self.region_name].delete_tags(arn, tag_keys)
        rest = [arn for arn in resource_arn_list if arn not in own]
        failed: dict[str, dict[str, Any]] = super().untag_resources(rest, tag_keys)
        return failed


def _matches(tags: dict[str, str], filters: Filters) -> bool:
    """Whether tags satisfy every filter: the key is there, with one of the values if any."""
    return all(
        each["Key"] in tags and (not each.get("Values") or tags[each["Key"]] in each["Values"])
        for each in filters
    )
