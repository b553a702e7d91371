"""Tags of whatever has an ARN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .errors import ReservedTagKey, TooManyTags

MOST_TAGS = 50  # source: model


class Taggable:
    """A resource with an ARN that carries tags."""

    __slots__ = ("_tags", "arn")

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self._tags: dict[str, str] | None = None

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, always the same object: made when first asked for, since most have none."""
        if self._tags is None:
            self._tags = {}
        return self._tags

    def add_tags(self, tags: Mapping[str, str]) -> None:
        """Add tags; a key that is there already gets the new value.

        Raises TooManyTags where there would be too many, and ReservedTagKey for one of AWS's;
        then none is added.
        """
        if not tags:
            return
        for key in tags:
            # source: documented, in any case of its letters
            if key.lower().startswith("aws:"):
                raise ReservedTagKey(key)
        together = {**self.tags, **tags}
        if len(together) > MOST_TAGS:
            raise TooManyTags(self.arn, MOST_TAGS)
        self.tags.update(tags)

    def remove_tags(self, keys: Iterable[str]) -> None:
        """Remove tags; keys that are not there do not matter."""
        for key in keys:
            self.tags.pop(key, None)
