"""The queue of what is due."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from moto_trainingplans.simulation.kernel.events import EventQueue

pytestmark = pytest.mark.in_process("asks the domain")
NOON = datetime(2025, 1, 1, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


@pytest.mark.rule("TIME-02")
def test_an_event_cannot_run_others_in_its_midst():
    queue = EventQueue(lambda: None)
    queue.run_until(NOON)
    seen = []
    queue.schedule(NOON + HOUR, lambda: queue.run_until(NOON + 3 * HOUR))
    queue.schedule(NOON + 2 * HOUR, lambda: seen.append(queue.now))
    with pytest.raises(RuntimeError, match="cannot move the clock while it is being executed"):
        queue.run_until(NOON + 3 * HOUR)
    assert seen == []
    queue.run_until(NOON + 3 * HOUR)
    assert seen == [NOON + 2 * HOUR]


@pytest.mark.rule("TIME-02")
def test_cancelled_events_are_let_go_and_all_others_happen():
    queue = EventQueue(lambda: None)
    queue.run_until(NOON)
    seen = []
    kept = range(0, 20_000, 100)
    for number in range(20_000):
        event = queue.schedule(NOON + HOUR, lambda number=number: seen.append(number))
        if number not in kept:
            event.cancel()
    assert len(queue._heap) < 3_000
    queue.run_until(NOON + HOUR)
    assert seen == list(kept)
