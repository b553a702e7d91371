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
    "Use": (
        Link("Training jobs", "jobs.list_jobs"),
        Link("Clusters", "clusters.list_clusters"),
    ),
    "Simulation": (
        Link("Timeline", "timeline.show_timeline"),
        Link("Clock", "clock.show_clock"),
        Link("Orders", "orders.show_orders"),
        Link("Free capacity", "capacity.show_capacity"),
        Link("Quotas", "quotas.show_quotas"),
        Link("Calls", "activity.show_calls"),
        Link("Changes", "activity.show_changes"),
        Link("Scenario and state", "state.show_state"),
    ),
}


def current_link(endpoint: str | None) -> Link | None:
    """The link to the page that is shown, or to the one that it belongs to."""
    links = [link for links in NAVIGATION.values() for link in links]
    blueprint = (endpoint or "").partition(".")[0]
    exact = (link for link in links if link.endpoint == endpoint)
    near = (link for link in links if link.endpoint.partition(".")[0] == blueprint)
    return next(exact, next(near, None))
