"""How the world outside a simulation hears of what happens in it, without being able to hurt it.

What happens is announced at its time, and what a listener makes of it is delivered once the
event or call is finished. A delivery that fails is logged; what happened stays as it is.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

logger = logging.getLogger("moto_trainingplans")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a listener does outside the simulation: who does it, of which resource, and how."""

    listener: str
    resource: str
    act: Callable[[], None]


# Is told of what has happened, reads all that it needs of it, and returns what it will do;
# None for what does not concern it.
Listener = Callable[[object], Delivery | None]


class Announcer:
    """Tells the listeners, and sees to the deliveries."""

    def __init__(self, listeners: Sequence[Listener] = ()) -> None:
        # Whoever has news need not make them where there are none.
        self.listeners = listeners
        self._outbox: deque[Delivery] = deque()

    def announce(self, news: object) -> None:
        """Tell every listener what has happened, as it is now."""
        for listener in self.listeners:
            delivery = listener(news)
            if delivery is not None:
                self._outbox.append(delivery)

    def deliver(self) -> None:
        """Have done what listeners wanted to do."""
        while self._outbox:
            delivery = self._outbox.popleft()
            try:
                delivery.act()
            except Exception:
                # As on AWS: what a target does not take is lost, and whoever caused it goes on.
                logger.exception("%s failed for %s", delivery.listener, delivery.resource)
