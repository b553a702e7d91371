"""How often it is tried: the same few requests each time, or as many others as HOSTILE_EXAMPLES."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

# For a long run, which is a session of nox. `--hypothesis-seed` repeats it.
EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "0"))


def often(few: int, share: float = 1.0) -> settings:
    """So few in CI; in a long run a share of what was asked for."""
    return settings(
        max_examples=max(1, int(EXAMPLES * share)) if EXAMPLES else few,
        derandomize=not EXAMPLES,
        print_blob=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
