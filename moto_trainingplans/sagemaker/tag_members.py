"""Tags as requests and answers have them."""

from __future__ import annotations

from collections.abc import Mapping

from ..simulation.kernel.errors import DuplicateTagKeys


def read_tags(tags: list[Mapping[str, str]]) -> dict[str, str]:
    """Tags as a request has them, by key; raises DuplicateTagKeys."""
    by_key: dict[str, str] = {}
    for tag in tags:
        if tag["Key"] in by_key:
            raise DuplicateTagKeys(tag["Key"])
        by_key[tag["Key"]] = tag["Value"]
    return by_key


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as an answer has them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
