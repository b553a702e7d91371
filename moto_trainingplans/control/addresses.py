"""Where the control API is, and the names that go with what it is asked and answers."""

from __future__ import annotations

PREFIX = "/moto-api/training-plans/"
# Where an order was written, and which ended simulation is asked, when our own client asks.
ORDERED_AT_HEADER = "X-Training-Plans-Ordered-At"
ENDED_HEADER = "X-Training-Plans-Ended"

JSON, SVG, HTML = "application/json", "image/svg+xml", "text/html"
PICTURE = "timeline.svg"

# As moto's routes give it: status, headers, content.
Answer = tuple[int, dict[str, str], str]
