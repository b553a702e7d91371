"""Files of saved states: whole or not there, and never taken for what they are not."""

from __future__ import annotations

import json
import os
import random
import signal
import stat
import time
from hashlib import sha256

import pytest

from moto_trainingplans import TrainingPlansError
from moto_trainingplans.control.states.file import write_state

pytestmark = pytest.mark.in_process("files are read and written by this process in both modes")


@pytest.fixture
def saved(plans, buy, tmp_path):
    """A state with a plan in it, whose simulation has gone on since."""
    buy()
    plans.quotas.set("ml.p5.48xlarge", 8, region="us-west-2")
    path = tmp_path / "state.json"
    plans.save(path)
    plans.clock.tick(3600)
    return path


@pytest.fixture
def refused(plans, client, unchanged):
    """Loads a file that must be refused, with nothing changed by it; gives the refusal."""
    client("ec2").create_security_group(GroupName="group", Description="-")

    def look():
        groups = client("ec2").describe_security_groups()["SecurityGroups"]
        return unchanged(), plans.clock.now(), plans.calls(), groups

    def load(path):
        before, content = look(), path.read_bytes()
        with pytest.raises(TrainingPlansError) as misuse:
            plans.load(path)
        assert look() == before
        assert path.read_bytes() == content
        return str(misuse.value)

    return load


def signed(content):
    """A state as somebody writes it who knows how."""
    rest = {key: value for key, value in content.items() if key != "sha256"}
    digest = sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return json.dumps({**rest, "sha256": digest})


def changed(path, change):
    """Changes a state, and its checksum with it."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(signed(content))
    return path


def test_a_file_is_for_its_owner_alone_and_nothing_is_left_beside_it(saved):
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert os.listdir(saved.parent) == [saved.name]


def test_a_file_that_was_there_is_replaced_and_a_link_to_it_stays_one(plans, saved):
    link = saved.with_name("link.json")
    link.symlink_to(saved)
    before = saved.read_bytes()
    plans.save(str(link))
    assert link.is_symlink()
    assert saved.read_bytes() != before
    plans.load(link)


def test_where_no_file_can_be_written_all_stays(plans, saved, monkeypatch):
    before = saved.read_bytes()
    with pytest.raises(TrainingPlansError, match=r"cannot be saved to .*nowhere/state.json"):
        plans.save(saved.parent / "nowhere" / "state.json")
    with pytest.raises(TrainingPlansError, match=r"^the state cannot be saved to \S+: it is no"):
        plans.save(saved.parent)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TrainingPlansError, match="No space left on device"):
        plans.save(saved)
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == [saved.name]


def test_save_needs_a_path_unless_a_server_has_one(plans):
    with pytest.raises(TrainingPlansError, match=r"plans.save\('state.json'\)"):
        plans.save()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be killed at once")
def test_whoever_is_killed_while_they_save_leaves_a_whole_file(plans, saved):
    state, dice = json.loads(saved.read_text()), random.Random(13)
    for _ in range(60):
        child = os.fork()
        if not child:
            while True:
                state["requests"] += 1
                write_state(saved, state)
        time.sleep(dice.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = json.loads(saved.read_text())
        assert found == {**state, "requests": found["requests"]}
    assert found["requests"] > state["requests"]
    plans.load(changed(saved, lambda _: None))


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_refused(saved, refused, part):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * part)])
    assert "is not JSON" in refused(saved)


def test_a_file_in_which_something_was_changed_is_refused(saved, refused):
    saved.write_text(saved.read_text().replace('"ml.p5.48xlarge"', '"ml.p4d.24xlarge"'))
    assert "is damaged: it is not as it was written (its checksum differs)" in refused(saved)


def test_a_file_of_a_newer_format_is_refused_with_what_reads_it(saved, refused):
    def newer(content):
        content["version"] = 2
        content["written_by"]["moto-trainingplans"] = "9.1"

    text = refused(changed(saved, newer))
    assert "has version 2 of the format, written by moto-trainingplans 9.1" in text
    assert "Install the newer one" in text


def test_a_file_that_comes_to_another_history_is_refused(saved, refused):
    def other(content):
        content["history"]["sha256"] = "0" * 64

    assert "comes to another history here than it did" in refused(changed(saved, other))


def of_request(content):
    return next(each for each in content["chapters"][0]["entries"] if "service" in each)


def set_in(*path):
    *way, last, value = path

    def change(content):
        for key in way:
            content = content[key] if key != "request" else of_request(content)
        content[last] = value

    return change


HOSTILE = {
    "a service that no state has": (set_in("request", "service", "s3"), "a request to 's3'"),
    "a service of no name": (set_in("request", "service", 7), "no service as it should be"),
    "a call that no state has": (
        lambda content: content["chapters"][0]["entries"].append(
            {"at": "2025-01-21T20:00:00+00:00", "call": "save", "arguments": {}}
        ),
        "a call of 'save'",
    ),
    "misuse": (
        lambda content: content["chapters"][0]["entries"].append(
            {
                "at": "2025-01-21T20:00:00+00:00",
                "call": "quotas/set",
                "arguments": {"name": "x", "value": 1, "region": "us-west-2"},
            }
        ),
        "quotas/set, is refused",
    ),
    "time that runs backwards": (
        lambda content: content["chapters"][0]["entries"].append(
            {
                "at": "2025-01-20T00:00:00+00:00",
                "call": "capacity/clear",
                "arguments": {},
            }
        ),
        "the clock cannot go back",
    ),
    "a time that no clock shows": (set_in("request", "at", "9999-12-31T00:00:00+00:00"), "clock"),
    "a time that is none": (set_in("clock", "shows", "soon"), "is no time"),
    "a speed that is none": (set_in("clock", "flow", 1e300), "speed must be"),
    "entries that are none": (set_in("chapters", 0, "entries", {}), "no entries as it should be"),
    "no chapters": (set_in("chapters", []), "no chapters"),
    "a number as an entry": (set_in("chapters", 0, "entries", [1]), "is no object"),
    "a body that is no text": (set_in("request", "body", {"a": 1}), "no body as it should be"),
    "draws that are none": (set_in("request", "draws", "f" * 99), "draws as they should be"),
    "a function's stack": (
        lambda content: of_request(content).update(
            service="cloudformation",
            body="Action=CreateStack&StackName=s&TemplateBody=Custom%3A%3AThing",
            headers={"content-type": "application/x-www-form-urlencoded"},
        ),
        "call functions is not repeated",
    ),
    "random numbers that are none": (set_in("random", "g" * 5000), "damaged"),
    "calls that are none": (set_in("calls", [[1, 2]]), "one of its calls is none"),
    "settings of others": (set_in("settings", {"s3::bucket": {}}), "settings of 's3::bucket'"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_of_somebody_who_knows_how_can_do_no_more_than_a_state(saved, refused, name):
    change, why = HOSTILE[name]
    assert why in refused(changed(saved, change))


def test_requests_that_moto_cannot_do_again_are_told_and_left_out(plans, saved, caplog):
    def gone(content):
        entry = {
            **of_request(content),
            "service": "iam",
            "region": "us-east-1",
            "headers": {"content-type": "application/x-www-form-urlencoded"},
            "body": "Action=DeleteUser&UserName=gone&Version=2010-05-08",
        }
        content["chapters"][0]["entries"].insert(0, entry)

    plans.load(changed(saved, gone))
    assert "a request to iam (DeleteUser), is refused, as it was not then" in caplog.text
    assert len(plans.history()) > 0
