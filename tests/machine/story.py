"""A random story: how its steps are done, put down, and done again with another clock."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from moto_trainingplans import mock_training_plans
from moto_trainingplans.aws_json.validation import is_operation
from moto_trainingplans.host.backend import current_world
from tests.machine.book import Book, Place, Use
from tests.machine.invariants import ALWAYS, sameness, workloads
from tests.machine.observation import Observation
from tests.support.steps import Step, Steps

NOW = "2025-01-21T19:08:27.704Z"
MODELS = (
    "sagemaker::training_plan",
    "sagemaker::training_job",
    "sagemaker::cluster",
    "sagemaker::cluster_node",
    "servicequotas::quota_increase_request",
)
HERE, EAST, OTHER = Place(0, "us-west-2"), Place(0, "us-east-1"), Place(1, "us-west-2")
# No even part of an hour, so that ticks fall between what happens.
TICK = timedelta(minutes=47)
READS = ("describe_", "list_", "search_", "get_")
Thing = TypeVar("Thing")
Method = TypeVar("Method", bound=Callable[..., Any])
# By the name of a step, how often it was more than a refusal in all stories of a run.
bitten: Counter[str] = Counter()


def told(answer: Any) -> Any:
    """An answer without what differs between two requests for the same."""
    if isinstance(answer, dict) and "ResponseMetadata" in answer:
        status = answer["ResponseMetadata"]["HTTPStatusCode"]
        return {**answer, "ResponseMetadata": status}
    return answer


def name_of(step: Step) -> str:
    """What a step is called: an operation of AWS's, or a control call."""
    return step[4] if step[0] == "aws" else step[1]  # type: ignore[no-any-return]


def is_refused(answer: Any) -> bool:
    """Whether nothing came of a step: an error, misuse, or nodes that all failed."""
    if isinstance(answer, str):
        return True
    if not isinstance(answer, dict):
        return False
    nothing_successful = "Failed" in answer and not answer.get("Successful")
    return "Error" in answer or bool(nothing_successful and answer["Failed"])


class Story(RuleBasedStateMachine):
    """Does steps, looks at everything after each rule, and tells the story again in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.numbers = count(1)
        self.book = Book()
        self.saved: Book | None = None
        self.seen: Observation | None = None
        # Of the present step: whether it was more than a look or a refusal, and where.
        self.changed = False
        self.touched: set[Place] = set()
        self.only_there = True  # in `touched`; nothing was ordered, and the clock did not move
        self.taken: Counter[tuple[str, str | None]] = Counter()
        self.begin_mock()

    def begin_mock(self) -> None:
        self.mock = mock_training_plans(now=NOW, strict=False)
        self.steps = Steps(self.mock.start())
        self.steps.enter_other_account()

    # -- what happens next -----------------------------------------------------------------

    @classmethod
    def all_steps(cls) -> Iterator[tuple[str, str | None]]:
        """Everything that is marked as a step, by the name of its method, and what of it."""
        for name in sorted(dir(cls)):
            for what in getattr(getattr(cls, name), "what", ()):
                yield name, what

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """A step that can be taken now: mostly one that this story has had less often than others.

        Hypothesis would have each story be of a few kinds of steps, and few steps bite so.
        """
        can = [
            (name, what)
            for name, what in self.all_steps()
            if all(when(self) for when in getattr(self, name).conditions)
        ]
        least = min(self.taken[each] for each in can)
        rare = [each for each in can if self.taken[each] == least]
        name, what = taken = data.draw(st.sampled_from([*rare, *rare, *can]), "step")
        self.taken[taken] += 1
        method = getattr(self, name)
        arguments = data.draw(st.fixed_dictionaries(method.strategies), "with")
        method(**arguments, **({} if what is None else {"what": what}))

    # -- steps -----------------------------------------------------------------------------

    def do(self, *step: Any) -> Any:
        """Do a step, and put it down."""
        answer = self.steps.do(step)
        if step[0] == "aws":
            self.touched.add(Place(*step[1:3]))
            status = answer["ResponseMetadata"]["HTTPStatusCode"]
            assert status < 500, (step, answer)
        else:
            self.only_there = False
        self.book.record.append((step, told(answer)))
        name = name_of(step)
        if not is_refused(answer):
            bitten[name] += 1
            self.changed |= not name.startswith(READS)
        return answer

    def aws(
        self, place: Place, operation: str, service: str = "sagemaker", /, **members: Any
    ) -> dict[str, Any]:
        """A request to AWS."""
        answer: dict[str, Any] = self.do("aws", *place, service, operation, members)
        return answer

    def control(self, name: str, /, **arguments: Any) -> Any:
        """A call of the control object."""
        return self.do("control", name, arguments)

    def look(self, place: Place, operation: str, /, **members: Any) -> dict[str, Any]:
        """A request that only reads, and is no part of the story."""
        answer: dict[str, Any] = self.steps.aws(*place, operation, **members)
        return answer

    def new_name(self, kind: str) -> str:
        """A name that nothing in any of the story's branches has."""
        return f"{kind}-{next(self.numbers)}"

    @staticmethod
    def one_of(things: list[Thing], number: int) -> Thing:
        return things[number % len(things)]

    # -- the clock -------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        now: datetime = self.steps.plans.clock.now()
        return now

    def move(self, until: datetime) -> None:
        """Move the clock from event to event, and watch how many instances are used between."""
        self.book.record.append((("move", until), None))
        counts = self.counts()
        while (since := self.now) < until:
            due = next_due()
            self.steps.plans.clock.move_to(until if due is None else min(due, until))
            for arn, (held, idle, total) in counts.items():
                use, span = self.book.uses.setdefault(arn, Use()), self.now - since
                use.held += held * span
                use.idle += idle * span
                use.rest += (total - held - idle) * span
            counts = self.counts()
        self.changed, self.only_there = True, False

    def move_by(self, minutes: int) -> None:
        self.move(self.now + timedelta(minutes=minutes))

    def counts(self) -> dict[str, tuple[int, int, int]]:
        """How many instances of each Active plan are in use, available, and there at all."""
        found = {}
        for place in {plan.place for plan in self.book.plans}:
            for plan in self.look(place, "list_training_plans", MaxResults=100)[
                "TrainingPlanSummaries"
            ]:
                blocks, now = plan["ReservedCapacitySummaries"], self.now
                block = next((each for each in blocks if each["Status"] == "Active"), None)
                if block is not None:
                    total = plan["TotalInstanceCount"]
                    in_use, free = plan["InUseInstanceCount"], plan["AvailableInstanceCount"]
                    # Nodes may take their time to go, which counts no longer.
                    is_open = self.book.is_open(block, plan["TargetResources"][0], now)
                    found[plan["TrainingPlanArn"]] = (in_use if is_open else 0, free, total)
        return found

    # -- saving ----------------------------------------------------------------------------

    @property
    def file(self) -> Path:
        return Path(self.folder.name) / "state.json"

    def load(self) -> None:
        """Go back to what was saved, and take another way from there."""
        assert self.saved is not None
        self.steps.plans.load(self.file)
        self.book = self.saved.copy()
        self.seen = None
        bitten["load"] += 1

    # -- what always holds -----------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        if not self.book.record:
            return
        before = self.seen
        where = self.touched if self.only_there else {plan.place for plan in self.book.plans}
        # What must not have changed is looked at with more care than what has changed.
        afresh = where if before is None or not self.changed else set()
        self.seen = Observation.of(self.steps, self.book, before, where, afresh)
        if before is not None and not self.changed:
            sameness.refusals_change_nothing(before, self.seen)
        self.changed, self.only_there = False, True
        self.touched.clear()
        for invariant_ in ALWAYS:
            invariant_(before, self.seen, self.book)

    # -- what holds in the end -------------------------------------------------------------

    def teardown(self) -> None:
        try:
            # A story that has failed already is told as it was.
            if self.seen is not None and sys.exc_info()[1] is None:
                self.end()
        finally:
            self.stop()
            self.folder.cleanup()

    def end(self) -> None:
        """Go on until all plans are over; then tell the story again, twice."""
        while True:
            ends = [plan.described["EndTime"] for plan in self.seen_now().plans.values()]
            if self.now > max(ends, default=self.now - TICK):
                break
            # Extensions that are paid for only now move them.
            self.move(max(ends) + timedelta(hours=1))
            self.everything_holds()
        workloads.in_the_end(self.seen_now())
        self.when_all_is_over()
        whole = Observation.of(self.steps, self.book)
        sameness.what_is_over_stays_as_it_was(self.seen_now(), whole)
        for ticks in (None, TICK):
            self.stop()
            self.begin_mock()
            for step, answer in list(self.merged(self.book.record)):
                self.do_again(step, answer, ticks)
            again = Observation.of(self.steps, self.book)
            sameness.path_makes_no_difference(whole, again)

    def when_all_is_over(self) -> None:
        """What is looked at when the last plan is over, and nothing is moved any more."""

    def seen_now(self) -> Observation:
        assert self.seen is not None
        return self.seen

    @staticmethod
    def merged(record: list[tuple[Step, Any]]) -> Iterable[tuple[Step, Any]]:
        """The record with moves that follow each other as one."""
        for number, (step, answer) in enumerate(record):
            following = record[number + 1][0][0] if number + 1 < len(record) else None
            if step[0] != "move" or following != "move":
                yield step, answer

    def do_again(self, step: Step, answer: Any, ticks: timedelta | None) -> None:
        if step[0] != "move":
            assert told(self.steps.do(step)) == answer, step
            return
        (_, until), clock = step, self.steps.plans.clock
        while ticks is not None and clock.now() + ticks < until:
            clock.tick(ticks)
        clock.move_to(until)

    def stop(self) -> None:
        for model in MODELS:
            self.steps.do(("manager", "unset_transition", (model,)))
        self.mock.stop()


def step(what: Sequence[str | None] = (None,), **strategies: Any) -> Callable[[Method], Method]:
    """Have a method be something that may happen in a story, with arguments like these.

    With `what`, it is as many things, of which the method's argument of that name tells one.
    """

    def mark(method: Method) -> Method:
        method.strategies, method.what = strategies, what  # type: ignore[attr-defined]
        method.conditions = ()  # type: ignore[attr-defined]
        return method

    return mark


def only_when(condition: Callable[[Any], Any]) -> Callable[[Method], Method]:
    """Have a step happen only in stories of which this holds."""

    def mark(method: Method) -> Method:
        method.conditions += (condition,)  # type: ignore[attr-defined]
        return method

    return mark


def next_due() -> datetime | None:
    """When the next event is due; no call tells that without moving the clock there."""
    return current_world()._events.peek()


def knows(*operations: str) -> Callable[[Any], bool]:
    """Whether this botocore's model has operations: a precondition."""
    known = all(is_operation(operation) for operation in operations)
    return lambda _: known
