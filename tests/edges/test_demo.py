"""The demo, as whoever has just installed the package meets it."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from html import unescape
from pathlib import Path
from unittest.mock import patch

import pytest

from moto_trainingplans.__main__ import main

pytestmark = pytest.mark.in_process("the demo never uses a server")

PICTURE = Path(__file__).parents[2] / ".github" / "timeline.svg"


def environment(**changed: str) -> dict[str, str]:
    """The environment of this process, which says nothing of colours unless it is told to."""
    silent = ("FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR", "COLUMNS")
    return {name: value for name, value in os.environ.items() if name not in silent} | changed


def run(*arguments: str, **changed: str) -> str:
    """Run the demo in this process, its output piped, and give what it says."""
    with (
        patch.dict(os.environ, environment(**changed), clear=True),
        redirect_stdout(io.StringIO()) as told,
    ):
        main(["demo", *arguments])
    return told.getvalue()


@pytest.fixture(scope="module")
def story() -> str:
    return run()


def line_with(story: str, start: str) -> str:
    (line,) = [line for line in story.splitlines() if line.strip().startswith(start)]
    return line


def section(story: str, head: str) -> str:
    """The part of the story under a numbered head."""
    return re.split(r"^\d ", story.partition(head)[2], maxsplit=1, flags=re.M)[0]


def lane(story: str, name: str) -> str:
    """A row of the timeline, its axis included, without the mark of a job that has completed."""
    timeline = section(story, "4 Move the clock").partition("\n  job ")[0]
    return line_with(timeline, name).rstrip("*")


def noon(story: str, day: str) -> int:
    """The column of the timeline in which a day's 11:30 is, which on its scale is noon."""
    axis = lane(story, "| Thu")
    width = axis.index("| Sat") - axis.index("| Fri")
    return axis.index(f"| {day}") + width // 2


@pytest.mark.rule("CATALOG-04", "SEARCH-08")
def test_offerings_are_compared_with_their_prices(story):
    # 8 instances at 36.1836 USD an hour, for 72 hours less half an hour for each block:
    # 8 x 36.1836 x 71.5 = 20697.0192, and with two blocks 8 x 36.1836 x 71 = 20552.2848
    continuous = line_with(story, "1  Fri 31 Jan 11:30  Mon 03 Feb 11:30  72 h")
    assert continuous.endswith(" 20697.02 USD")
    for split in (
        line_with(story, "2  Thu 23 Jan 11:30  Mon 27 Jan 11:30  72 h"),
        line_with(story, "3  Thu 23 Jan 11:30  Tue 28 Jan 11:30  72 h"),
    ):
        assert split.endswith(" 20552.28 USD")


@pytest.mark.rule("PLAN-04")
def test_the_purchase_shows_the_invoice_and_the_payment(story):
    bought = section(story, "2 Buy")
    assert re.findall(r"^  (\w+ \d+ Jan [\d:]+)  (.*)$", bought, re.M) == [
        ("Tue 21 Jan 19:08", "Invoice of 20552.28 USD issued."),
        ("Wed 22 Jan 13:08", "Payment of 20552.28 USD received."),
        ("Wed 22 Jan 13:08", "Payment confirmed, training plan scheduled."),
    ]


@pytest.mark.rule("PLAN-03")
def test_the_timeline_draws_the_blocks_and_the_plan_under_their_days(story):
    thursday, saturday, sunday, monday = (noon(story, day) for day in ("Thu", "Sat", "Sun", "Mon"))
    assert re.search("=.*x", lane(story, "us-west-2a  ")).span() == (thursday, saturday)
    assert re.search("=.*x", lane(story, "us-west-2b  ")).span() == (sunday, monday)
    plan = lane(story, "plan  ")
    names = [(found[0], found.start()) for found in re.finditer("[A-Z][a-z]+", plan)]
    assert [name for name, _ in names] == ["Scheduled", "Active", "Scheduled", "Active", "Expired"]
    starts = [start for _, start in names]
    edges = [0, thursday, saturday, sunday, monday, len(plan)]
    assert all(edges[number] <= starts[number] < edges[number + 1] for number in range(5))


@pytest.mark.rule("JOB-02", "JOB-03", "JOB-05")
def test_the_timeline_draws_who_waits_who_trains_and_what_is_lost(story):
    thursday, saturday, sunday = (noon(story, day) for day in ("Thu", "Sat", "Sun"))
    waiting, training, lost = "[. ]*waiting[. ]*", "[# ]*training[# ]*", "~* lost ~*"
    # 4 and 2 and 2 of the 8 instances are taken at the start.
    for name in ("pretrain x4", "tune-a x2", "tune-b x2"):
        assert re.search(f"{waiting}({training})", lane(story, name)).start(1) == thursday
    # Those that tune-b leaves are too few for distill, and enough for evaluate, which came later.
    tune_b, evaluate, distill = (
        lane(story, name) for name in ("tune-b x2", "evaluate x2", "distill x4")
    )
    assert re.search(f"{waiting}({training})$", evaluate).start(1) == len(tune_b)
    stretches = re.fullmatch(f" *distill x4 ({waiting})({lost})({waiting})({training})", distill)
    assert stretches.start(2) == len(evaluate) == len(lane(story, "tune-a x2"))
    # The cut-off is the last of the columns before Saturday noon.
    assert stretches.end(2) == saturday - 1
    assert stretches.start(4) == sunday


@pytest.mark.rule("JOB-02", "JOB-05")
def test_the_jobs_end_when_their_work_is_done_and_what_is_lost_was_trained_too(story):
    # Block 1 gives pretrain 47.5 hours and block 2 the other 12.5, from Sunday 11:30 on. distill
    # loses what it trains from Friday 17:30 until Saturday 11:00, and needs 20 hours after that.
    row = r"^  ([\w-]+) x(\d) +(\d+) h +(yes|no) +(\d+ h(?: 30 min)?) +(.* Jan .*)  Completed$"
    rows = re.findall(row, section(story, "4 Move the clock"), re.M)
    assert rows == [
        ("pretrain", "4", "60", "yes", "60 h", "Mon 27 Jan 00:00"),
        ("tune-a", "2", "30", "no", "30 h", "Fri 24 Jan 17:30"),
        ("tune-b", "2", "16", "no", "16 h", "Fri 24 Jan 03:30"),
        ("distill", "4", "20", "no", "37 h 30 min", "Mon 27 Jan 07:30"),
        ("evaluate", "2", "14", "no", "14 h", "Fri 24 Jan 17:30"),
    ]


@pytest.mark.rule("CATALOG-04", "CLUSTER-03", "CLUSTER-04", "CLUSTER-07")
def test_the_cluster_scales_up_survives_a_failure_and_goes_to_0_before_the_end(story):
    told = section(story, "5 Run a cluster")
    # A server at 438.0948 USD an hour, for a day less an hour: 10076.1804
    assert " 9 instances in Dallas, 10076.18 USD" in told
    rows = re.findall(r"^  (\w+ \d+ Jan [\d:]+)  (\w+) +(\d of \d)  (\d) +(\w+) ", told, re.M)
    assert rows == [
        ("Mon 27 Jan 11:30", "Scheduled", "0 of 8", "1", "OK"),
        ("Tue 28 Jan 11:30", "Active", "8 of 8", "1", "OK"),
        ("Tue 28 Jan 18:00", "Active", "8 of 8", "0", "Impaired"),
        ("Wed 29 Jan 10:30", "Active", "0 of 8", "0", "Impaired"),
        ("Wed 29 Jan 11:30", "Expired", "0 of 8", "0", "OK"),
    ]


def test_piped_it_is_plain_text_for_any_log(story):
    assert story.isascii()
    assert "\x1b" not in story
    lines = story.splitlines()
    assert max(map(len, lines)) <= 98
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.rule("TIME-06")
def test_it_says_the_same_on_every_run_whatever_is_configured(story):
    # moto reads its settings when it is imported, so this run is a process of its own.
    again = subprocess.run(
        [sys.executable, "-m", "moto_trainingplans", "demo"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(
            AWS_PROFILE="nobody",
            AWS_ENDPOINT_URL="http://127.0.0.1:9",
            MOTO_ACCOUNT_ID="111111111111",
            TEST_SERVER_MODE="true",
            TEST_SERVER_MODE_ENDPOINT="http://127.0.0.1:9",
            COLUMNS="40",
        ),
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == story


def test_a_terminal_gets_colours_and_no_line_that_is_too_long_for_it():
    told = run(FORCE_COLOR="1", TERM="xterm-256color", COLUMNS="80")
    assert "\x1b[" in told
    assert max(len(line) for line in re.sub(r"\x1b\[[\d;]*m", "", told).splitlines()) <= 80


def test_the_picture_of_the_readme_is_what_the_demo_shows(tmp_path):
    path = tmp_path / "demo.svg"
    assert run("--svg", str(path)) == ""
    drawn = path.read_text("utf-8")
    assert drawn == PICTURE.read_text("utf-8")
    assert "plan pretraining us-west-2, 8 x ml.p5.48xlarge" in words(drawn)
    assert "distill x4" in words(drawn)
    # Nothing is loaded from elsewhere.
    assert re.findall(r"url\(\W*http", drawn) == []


def words(svg: str) -> str:
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    return " ".join(unescape(" ".join(texts)).replace("\xa0", " ").split())


def test_a_picture_that_cannot_be_written_is_said_without_a_traceback(tmp_path):
    with pytest.raises(SystemExit, match=r"^the picture cannot be written: ") as refused:
        run("--svg", str(tmp_path / "missing" / "demo.svg"))
    assert isinstance(refused.value.code, str)  # printed to standard error, and the exit code is 1
