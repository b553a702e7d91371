"""How each state looks: a character where there are no colours, and colours on light and dark."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a state; colours as #rrggbb, `pale` ones with dark writing on light ground.

    `hatched` ones are told apart without their colour too.
    """

    meaning: str
    character: str
    colour: str
    light: str | None = None
    hatched: bool = False

    @property
    def on_light(self) -> str:
        """Its colour on light ground."""
        return self.light or self.colour


# White is readable on each colour, and dark on each that is given for light ground.
LOOKS: dict[str, Look] = {
    "pending": Look("pending", "?", "#6b5b2a", "#efe3b8"),
    "scheduled": Look("scheduled", "-", "#5f6b7a", "#d3dae3"),
    "active": Look("active", "=", "#2f7351"),
    "expired": Look("expired", ".", "#454b54", "#e3e6ea"),
    "failed": Look("failed", "!", "#a8323a"),
    "block": Look("reserved", "=", "#31618f"),
    "ahead": Look("reserved, to come", "-", "#3f5871", "#c9dcee"),
    "extension": Look("extension", "+", "#2a6d80"),
    "cut-off": Look("cut-off", "x", "#b0563f", hatched=True),
    "outage": Look("zone down", "%", "#8c2f5e", hatched=True),
    "waiting": Look("waiting", ".", "#454b54", "#dde1e6"),
    "starting": Look("starting", ":", "#4c6a86", "#b9d0e6"),
    "training": Look("training", "#", "#5d5496"),
    "lost": Look("lost", "~", "#86693a", hatched=True),
    "stopping": Look("stopping", ",", "#6f5560", "#e2cfd7"),
    "warm": Look("kept warm", "w", "#8a5a1c"),
    "nodes": Look("nodes", "#", "#2f6f73"),
    "endpoint": Look("endpoint", "#", "#4f5f9a"),
    "app": Look("app", "#", "#7a4f83"),
    "completed": Look("completed", "*", "#2f7351"),
    "stopped": Look("stopped", "!", "#6f5560"),
    "fault": Look("instances failed", "!", "#a8323a"),
    "repaired": Look("instances repaired", "+", "#2f7351"),
}
UNKNOWN = Look("other", "o", "#5f6b7a")


def look(state: str) -> Look:
    """The look of a state; one of a newer server looks like none of these."""
    return LOOKS.get(state, UNKNOWN)
