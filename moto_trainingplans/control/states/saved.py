"""Saved states: a simulation as JSON, and back."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version as version_of
from typing import Any

from ...aws_json.journaled import status_of
from ...aws_json.repeating import repeat
from ...host.journal import Chapter, ControlEntry
from ...host.journaled_world import Scenario, Startup
from ...host.replay import Taken, put_back, take_down
from ...simulation.kernel.calls import CALLS_KEPT, Row
from ...simulation.kernel.clock import ClockSetting, check_speed, check_time
from ...simulation.kernel.errors import TrainingPlansError
from ..in_order import do_in_order, invoke_in_order
from ..scenarios.scenario import read_scenario
from .entries import entry_from_json, entry_to_json, settings_from_json
from .fields import Damaged, Fields, as_time, plain_number, time_text

logger = logging.getLogger("moto_trainingplans")

FORMAT = "moto-trainingplans state"
VERSION = 1
WORDS = 625  # of the generator that Python and moto have
WORD_BITS = 32
WRITERS = ("moto-trainingplans", "moto", "botocore")


def is_saved_state(content: Mapping[str, Any]) -> bool:
    """Whether a document is a saved state, by its own word; not whether it can be loaded."""
    return content.get("format") == FORMAT


def saved_state() -> dict[str, Any]:
    """The simulation that goes on now, as JSON: for `load_state`, today or in another process."""
    taken = take_down()
    clock = taken.clock
    state = {
        "chapters": [_chapter_to_json(each) for each in taken.chapters],
        "clock": {
            "shows": time_text(clock.shows),
            "seen": None if clock.seen is None else time_text(clock.seen),
            "flow": None if clock.flow is None else plain_number(clock.flow),
            "last_flow": plain_number(clock.last_flow),
        },
        "settings": dict(taken.settings),
        "seed": taken.seed,
        "random": "".join(f"{word:08x}" for word in taken.random),
        "requests": taken.requests,
        "calls": [[time_text(row[0]), *row[1:]] for row in taken.calls],
        "history": {"changes": taken.changes, "sha256": taken.digest},
    }
    written_by = {name: version_of(name) for name in WRITERS}
    head = {"format": FORMAT, "version": VERSION, "written_by": written_by}
    # What is not JSON cannot be a setting that means anything.
    content: dict[str, Any] = json.loads(json.dumps({**head, **state}, default=repr))
    return {**content, "sha256": _digest_of(content)}


def load_state(content: Mapping[str, Any]) -> None:
    """Have a saved state go on in place of the present simulation.

    Raises TrainingPlansError for one that is damaged, of a newer format, or comes to something
    else here than it did: then nothing has changed.
    """
    taken = _read(content)
    try:
        failed = put_back(taken, _perform_again, lambda entry: status_of(repeat(entry)))
    except TrainingPlansError as refused:
        raise TrainingPlansError(
            f"the saved state cannot be loaded, and nothing has changed: {refused}"
        ) from None
    for each in failed:
        logger.warning("the saved state is loaded, but %s", each)


def _perform_again(entry: ControlEntry) -> Any:
    if entry.name == "load":
        scenario = read_scenario(entry.arguments["source"], entry.arguments["name"])
        return do_in_order(entry.name, entry.arguments, None, scenario.load)
    return invoke_in_order(entry.name, entry.arguments, entry.ordered_at)


def _digest_of(content: Mapping[str, Any]) -> str:
    """What tells a damaged document from the one that was written, however it is laid out."""
    rest = {name: value for name, value in content.items() if name != "sha256"}
    return sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _chapter_to_json(chapter: Chapter) -> dict[str, Any]:
    startup = chapter.startup
    return {
        "startup": {
            "now": None if startup.now is None else time_text(startup.now),
            "speed": plain_number(startup.speed),
            "scenarios": [
                {"source": dict(each.content), "name": each.name} for each in startup.scenarios
            ],
        },
        "began": time_text(chapter.began),
        "seed": chapter.seed,
        "settings": dict(chapter.settings),
        "entries": [entry_to_json(each) for each in chapter.entries],
    }


# -- reading -----------------------------------------------------------------------------------


def _read(content: Mapping[str, Any]) -> Taken:
    """What a document tells. Raises TrainingPlansError for one that cannot be read."""
    if not isinstance(content, Mapping) or not is_saved_state(content):
        raise TrainingPlansError(f"this is no saved state: its format is not {FORMAT!r}")
    version = content.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _damaged("it has no version")
    if version > VERSION:
        writer = content.get("written_by")
        by = writer.get("moto-trainingplans") if isinstance(writer, Mapping) else None
        raise TrainingPlansError(
            f"the saved state has version {version} of the format, written by "
            f"moto-trainingplans {by}: this is {version_of('moto-trainingplans')}, which reads "
            f"versions up to {VERSION}. Install the newer one"
        )
    try:
        if content.get("sha256") != _digest_of(content):
            raise Damaged("it is not as it was written (its checksum differs)")
        return _read_version_1(content)
    except TrainingPlansError as damaged:
        raise _damaged(str(damaged)) from None
    except (RecursionError, OverflowError, ValueError, TypeError) as odd:
        raise _damaged(f"{type(odd).__name__}: {odd}") from None


def _damaged(why: str) -> TrainingPlansError:
    return TrainingPlansError(f"the saved state is damaged: {why}")


def _read_version_1(content: Mapping[str, Any]) -> Taken:
    fields = Fields("the state", content)
    clock, history = Fields("clock", content.get("clock")), Fields("history", content["history"])
    chapters = [
        _chapter_from_json(f"chapter {number}", each)
        for number, each in enumerate(fields.objects("chapters"), 1)
    ]
    if not chapters:
        raise Damaged("it has no chapters")
    flow = clock.optional_number("flow")
    seen = clock.optional_time("seen")
    calls = [_call_from_json(each) for each in fields.objects("calls")]
    return Taken(
        chapters=chapters,
        clock=ClockSetting(
            check_time(clock.time("shows")),
            None if seen is None else check_time(seen),
            None if flow is None else check_speed(flow),
            check_speed(clock.number("last_flow")),
        ),
        settings=settings_from_json("settings", content.get("settings")),
        seed=fields.get("seed", str),
        random=_random_from_text(fields.get("random", str)),
        requests=_count(fields.get("requests", int)),
        calls=calls[-CALLS_KEPT:],
        changes=_count(history.get("changes", int)),
        digest=history.get("sha256", str),
    )


def _chapter_from_json(where: str, content: Any) -> Chapter:
    fields = Fields(where, content)
    startup = Fields(f"startup of {where}", content.get("startup"))
    now = startup.optional_time("now")
    return Chapter(
        Startup(
            None if now is None else check_time(now),
            float(check_speed(startup.number("speed"))),
            tuple(_scenario_from_json(where, each) for each in startup.objects("scenarios")),
        ),
        check_time(fields.time("began")),
        fields.get("seed", str),
        settings_from_json(f"settings of {where}", content.get("settings")),
        [
            entry_from_json(f"entry {number} of {where}", each)
            for number, each in enumerate(fields.objects("entries"), 1)
        ],
    )


def _scenario_from_json(where: str, content: Any) -> Scenario:
    fields = Fields(f"a scenario of {where}", content)
    return read_scenario(fields.get("source", dict), fields.get("name", str, default=None))


def _call_from_json(content: Any) -> Row:
    match content:
        case [time, str(operation), str(region), str(account), str(parameters), error] if (
            error is None or isinstance(error, str)
        ):
            json.loads(parameters)
            return as_time("a call", time), operation, region, account, parameters, error
    raise Damaged("one of its calls is none")


def _random_from_text(text: str) -> tuple[int, ...]:
    digits = WORD_BITS // 4
    if len(text) != digits * WORDS:
        raise Damaged("it has no random numbers as they should be")
    words = tuple(int(text[at : at + digits], 16) for at in range(0, len(text), digits))
    # The last is how many of the others are used up.
    if words[-1] >= WORDS or any(word < 0 for word in words):
        raise Damaged("it has no random numbers as they should be")
    return words


def _count(number: int) -> int:
    if number < 0:
        raise Damaged("it counts less than nothing")
    return number
