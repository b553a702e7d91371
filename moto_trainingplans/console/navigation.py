"""What the navigation leads to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """A page of the navigation, which the other pages of its blueprint belong to."""

    label: str
    endpoint: str


# By heading; in the order in which they stand.
NAVIGATION: dict[str, tuple[Link, ...]] = {
    "Training plans": (
        Link("Find training plan", "offerings.find"),
        Link("Plans", "plans.list_plans"),
    ),
}


def current_link(endpoint: str | None) -> Link | None:
    """The link to the page that is shown, or to the one that it belongs to."""
    links = [link for links in NAVIGATION.values() for link in links]
    blueprint = (endpoint or "").partition(".")[0]
    exact = (link for link in links if link.endpoint == endpoint)
    near = (link for link in links if link.endpoint.partition(".")[0] == blueprint)
    return next(exact, next(near, None))
