"""The queue of what is due: a heap of events, executed in the order of (time, sequence)."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from datetime import datetime, timezone

BEFORE_ALL = datetime.min.replace(tzinfo=timezone.utc)
NEVER = datetime.max.replace(tzinfo=timezone.utc)
# Fewer cancelled events than this are not worth a clearing.
MANY = 1000


class Event:
    """Something that will happen at `due`, unless it is cancelled before.

    `action` is None once it has happened, or never will. `followed_by`, where there is one, puts
    into the queue what comes after it, as soon as it has left the queue itself.
    """

    __slots__ = ("_queue", "action", "due", "followed_by")

    def __init__(
        self,
        due: datetime,
        action: Callable[[], None],
        queue: EventQueue,
        followed_by: Callable[[], None] | None = None,
    ) -> None:
        self.due = due
        self.action: Callable[[], None] | None = action
        self.followed_by = followed_by
        self._queue = queue

    def cancel(self) -> None:
        """Take the event out of the queue; one that has happened stays so."""
        if self.action is not None:
            self.action = None
            if self.followed_by is None:
                self._queue.count_cancelled()


class EventQueue:
    """Events in the order in which they are due; of two at one time, the one scheduled first.

    While an event is executed, `now` is its own due time. `after_each` is called when an event
    is finished. What is put off until the end of an instant comes after all events of that
    instant, and before any later one.
    """

    __slots__ = (
        "_after_each",
        "_at_end",
        "_cancelled",
        "_executing",
        "_heap",
        "_reached",
        "_sequence",
        "now",
    )

    # The simulation's time: that of the event being executed, else of the last `run_until`; an
    # AttributeError before that. It is asked for at every change of anything, so it is no property.
    now: datetime

    def __init__(self, after_each: Callable[[], None]) -> None:
        self._heap: list[tuple[datetime, int, Event]] = []
        self._sequence = 0
        self._at_end: deque[Callable[[], None]] = deque()
        # What has been executed until now; before the first `run_until` nothing.
        self._reached = BEFORE_ALL
        self._after_each = after_each
        self._executing = False
        self._cancelled = 0

    def look_ahead(self, now: datetime) -> None:
        """Have a present until `run_until` is called, which may have an earlier one."""
        self.now = now

    @property
    def has_begun(self) -> bool:
        """Whether `run_until` has been called."""
        return self._reached is not BEFORE_ALL

    @property
    def is_executing(self) -> bool:
        """Whether an event is being executed now."""
        return self._executing

    def schedule(self, due: datetime, action: Callable[[], None]) -> Event:
        """Have `action` called at `due`."""
        event = Event(due, action, self)
        self._sequence += 1
        heapq.heappush(self._heap, (due, self._sequence, event))
        return event

    def take_number(self) -> int:
        """The place of an event that is put in later, as if it were scheduled now."""
        self._sequence += 1
        return self._sequence

    def put_in(self, number: int, event: Event) -> None:
        """Put an event in at the place that was taken for it."""
        heapq.heappush(self._heap, (event.due, number, event))

    def at_end_of_instant(self, action: Callable[[], None]) -> None:
        """Have `action` called once all events of this instant have been executed.

        At once where no event is being executed: those of the instant have been, then.
        """
        if self._executing:
            self._at_end.append(action)
        else:
            action()

    def peek(self) -> datetime | None:
        """When the next event is due, None if there is none."""
        heap = self._heap
        while heap and heap[0][2].action is None:
            self._pass_over()
        return heap[0][0] if heap else None

    def _pass_over(self) -> None:
        """Let go of the next event, which has been cancelled."""
        followed_by = heapq.heappop(self._heap)[2].followed_by
        if followed_by is None:
            self._cancelled -= 1
        else:
            followed_by()

    def count_cancelled(self) -> None:
        """One more event waits for nothing; once most do, they are let go together."""
        self._cancelled += 1
        if self._cancelled > MANY and 2 * self._cancelled > len(self._heap):
            self._heap[:] = [
                entry
                for entry in self._heap
                if entry[2].action is not None or entry[2].followed_by is not None
            ]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def run_until(self, when: datetime) -> None:
        """Execute all that is due up to and including `when`, which is then the present.

        Raises RuntimeError where an event that is being executed asks for it: it would see
        the simulation half changed.
        """
        if self._executing:
            raise RuntimeError("an event cannot move the clock while it is being executed")
        heap, at_end = self._heap, self._at_end
        while True:
            if heap and heap[0][2].action is None:
                self._pass_over()
                continue
            due = heap[0][0] if heap else NEVER
            if at_end and due > self._reached:
                action = at_end.popleft()
            elif due > when:
                break
            else:
                action = self._take_next()
            self._executing = True
            try:
                action()
            finally:
                self._executing = False
            self._after_each()
        # A delivery may have moved the clock further.
        self._reach(when)

    def _take_next(self) -> Callable[[], None]:
        """What the next event is to do; the present is moved to its time."""
        due, _, event = heapq.heappop(self._heap)
        if event.followed_by is not None:
            event.followed_by()
        if due > self._reached:
            self._reached = self.now = due
        action, event.action = event.action, None
        assert action is not None
        return action

    def _reach(self, when: datetime) -> None:
        self._reached = max(self._reached, when)
        self.now = self._reached
