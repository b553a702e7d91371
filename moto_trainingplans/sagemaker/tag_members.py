"""Tags as requests and answers have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..simulation.kernel.errors import DuplicateTagKeys


def read_tags(tags: list[Mapping[str, str]]) -> dict[str, str]:
    """Tags as a request has them, by key; raises DuplicateTagKeys."""
    by_key: dict[str, str] = {}
    for tag in tags:
        if tag["Key"] in by_key:
            raise DuplicateTagKeys(tag["Key"])
        by_key[tag["Key"]] = tag["Value"]
    return by_key


def are_whole(tags: Iterable[Mapping[str, str]] | None) -> bool:
    """Whether each tag that a request has, if any, has a key and a value."""
    return all(tag.get(member) is not None for tag in tags or () for member in ("Key", "Value"))


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as an answer has them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
