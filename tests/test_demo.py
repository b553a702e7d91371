"""The demo, as whoever has just installed the package meets it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

pytestmark = pytest.mark.in_process("the demo is a process of its own")

PICTURE = Path(__file__).parents[1] / ".github" / "demo.svg"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the demo, its output piped, in an environment that says nothing of colours."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR", "COLUMNS")
    }
    return subprocess.run(
        [sys.executable, "-m", "moto_trainingplans", "demo", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**kept, **environment},
    )


@pytest.fixture(scope="module")
def story() -> str:
    told = run()
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    return told.stdout


def line_with(story: str, start: str) -> str:
    (line,) = [line for line in story.splitlines() if line.strip().startswith(start)]
    return line


@pytest.mark.rule("CATALOG-04", "SEARCH-08")
def test_offerings_are_compared_with_their_prices(story):
    # 8 instances at 47.7574 USD an hour, for 72 hours less half an hour for each block:
    # 8 x 47.7574 x 71.5 = 27317.2328, and with two blocks 8 x 47.7574 x 71 = 27126.2032
    continuous = line_with(story, "1  Fri 31 Jan 11:30  Mon 03 Feb 11:30  72 h")
    assert continuous.endswith(" 27317.23 USD")
    for split in (
        line_with(story, "2  Thu 23 Jan 11:30  Mon 27 Jan 11:30  72 h"),
        line_with(story, "3  Thu 23 Jan 11:30  Tue 28 Jan 11:30  72 h"),
    ):
        assert split.endswith(" 27126.20 USD")


@pytest.mark.rule("PLAN-03")
def test_the_plan_lives_through_its_two_blocks_until_it_is_expired(story):
    table = story.partition("3 Move the clock")[2].partition("\n\n")[0]
    rows = re.findall(r"^  (\w+ \d+ Jan [\d:]+) +(\w+) +(\w+) +(\w+) +(\d) of 8$", table, re.M)
    assert rows == [
        ("Tue 21 Jan 19:08", "Pending", "Pending", "Pending", "8"),
        ("Wed 22 Jan 13:08", "Scheduled", "Scheduled", "Scheduled", "8"),
        ("Thu 23 Jan 11:30", "Active", "Active", "Scheduled", "8"),
        ("Sat 25 Jan 11:30", "Scheduled", "Expired", "Scheduled", "8"),
        ("Sun 26 Jan 11:30", "Active", "Expired", "Active", "8"),
        ("Mon 27 Jan 11:30", "Expired", "Expired", "Expired", "0"),
    ]


@pytest.mark.rule("PLAN-04")
def test_the_history_has_the_invoice_and_the_payment(story):
    history = story.partition("4 Look back")[2]
    assert re.search(r"Tue 21 Jan 19:08 +Pending +Pending +Invoice of 27126\.20 USD", history)
    assert re.search(r"Wed 22 Jan 13:08 +Pending +Pending +Payment of 27126\.20 USD", history)
    assert history.splitlines()[-1].startswith("  Mon 27 Jan 11:30  Active     Expired")


def test_the_timeline_draws_what_happened_under_its_days(story):
    axis = line_with(story, "| Wed 22")
    day = axis.index("| Fri 24") - axis.index("| Thu 23")
    # Blocks begin and end at 11:30, which on this scale is noon.
    thursday, saturday, sunday = (
        axis.index(f"| {name}") + day // 2 for name in ("Thu", "Sat", "Sun")
    )
    first = re.search("=.*x", line_with(story, "us-west-2a  "))
    second = re.search("=.*x", line_with(story, "us-west-2b  "))
    assert first.span() == (thursday, saturday)
    assert second.span() == (sunday, sunday + day)
    status = line_with(story, "status  ")
    names = [(found[0], found.start()) for found in re.finditer("[A-Z][a-z]+", status)]
    assert [name for name, _ in names] == [
        "Pending",
        "Scheduled",
        "Active",
        "Scheduled",
        "Active",
        "Expired",
    ]
    assert thursday < names[2][1] < saturday < names[3][1] < sunday < names[4][1] < sunday + day


def test_piped_it_is_plain_text_for_any_log(story):
    assert story.isascii()
    assert "\x1b" not in story
    lines = story.splitlines()
    assert max(map(len, lines)) <= 100
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.rule("TIME-06")
def test_it_says_the_same_on_every_run_whatever_is_configured(story):
    again = run(
        AWS_PROFILE="nobody",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        MOTO_ACCOUNT_ID="111111111111",
        TEST_SERVER_MODE="true",
        TEST_SERVER_MODE_ENDPOINT="http://127.0.0.1:9",
        COLUMNS="40",
    )
    assert again.stdout == story


def test_a_terminal_gets_colours_and_no_line_that_is_too_long_for_it():
    told = run(FORCE_COLOR="1", TERM="xterm-256color", COLUMNS="80").stdout
    assert "\x1b[" in told
    assert max(len(line) for line in re.sub(r"\x1b\[[\d;]*m", "", told).splitlines()) <= 80


def test_the_picture_of_the_readme_is_what_the_demo_shows(tmp_path):
    path = tmp_path / "demo.svg"
    assert run("--svg", str(path)).returncode == 0
    drawn = path.read_text("utf-8")
    assert words(drawn) == words(PICTURE.read_text("utf-8"))
    assert "Invoice of 27126.20 USD issued." in words(drawn)
    # Nothing is loaded from elsewhere.
    assert re.findall(r"url\(\W*http", drawn) == []


def words(svg: str) -> str:
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    return " ".join(unescape(" ".join(texts)).replace("\xa0", " ").split())


def test_a_picture_that_cannot_be_written_is_said_without_a_traceback(tmp_path):
    refused = run("--svg", str(tmp_path / "missing" / "demo.svg"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("the picture cannot be written: ")
    assert "Traceback" not in refused.stderr
