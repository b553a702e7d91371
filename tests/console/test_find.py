"""Finding a training plan in the browser."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

# The search of the developer guide's console sample, by its time.
CONSOLE_TIME = "2025-07-23T19:12:30Z"
ZONE, TYPE = "us-west-2a", "ml.p4d.24xlarge"


@pytest.fixture
def results(open_console):
    """Searches, and gives the page and the rows of its table as lists of texts."""

    def run(query: str = "duration=1", **opened):
        console = open_console(f"offerings?{query}", **opened)
        rows = console.page.locator(".offerings tbody tr").all()
        return console, [row.locator("td").all_inner_texts() for row in rows]

    return run


def test_the_guides_console_sample_is_found_as_the_guide_shows_it(open_console, plans):
    """Start, duration, end, price, segments and highlight of three offerings.

    The two that do not last as long as was asked for are marked.
    """
    plans.clock.move_to(CONSOLE_TIME)
    console = open_console("offerings")
    console.page.get_by_label("Training job").check()
    console.choose(type=TYPE)
    console.fill(count="1", start="2025-07-23", duration="1")
    console.find("Find training plan")
    rows = console.page.locator(".offerings tbody tr")
    shown = [
        [" ".join(text.split()) for text in row.locator("td").all_inner_texts()[1:]]
        for row in rows.all()
    ]
    differs = "⚠ not the 1 day asked for"
    now = "Immediately available"
    assert shown == [
        [
            "2025-07-23 19:43",
            f"15 hours 47 minutes {differs}",
            *("2025-07-24 11:30", "$207.39", "1 segment", now),
        ],
        [
            "2025-07-23 19:43",
            f"1 day 15 hours 47 minutes {differs}",
            *("2025-07-25 11:30", "$533.07", "1 segment", now),
        ],
        ["2025-07-24 11:30", "1 day", "2025-07-25 11:30", "$318.89", "1 segment", "-"],
    ]


def test_the_price_is_broken_down_into_what_the_answer_tells(results):
    """Hours less the cut-off, times instances, times the rate that this makes, is the total."""
    console, _ = results("type=ml.p4d.24xlarge&count=4&duration=2")
    details = console.page.locator(".offerings tbody tr").last.locator("td").nth(4)
    details.locator("summary").click()
    terms = details.locator("dd").all_inner_texts()
    assert [" ".join(term.split()) for term in terms] == [
        "47.5 hours 2 days less the last 30 minutes of it",
        "4",
        "$13.57",
        "$2,578.30",
    ]


def test_a_split_offering_tells_its_segments(results, plans):
    """Two blocks in two zones: their times, durations and zones."""
    plans.capacity.clear()
    day = timedelta(days=1)
    start = datetime.fromisoformat("2025-01-22T11:30:00+00:00")
    for zone, at in ((ZONE, start), ("us-west-2b", start + 2 * day)):
        plans.capacity.set(zone, TYPE, 1, target="training-job", start=at, end=at + day)
    console, ((*_, segments, _),) = results("type=ml.p4d.24xlarge&duration=2")
    assert segments == "2 segments"
    console.page.get_by_text("2 segments").click()
    assert console.page.locator(".segments li").all_inner_texts() == [
        "2025-01-22 11:30 UTC to 2025-01-23 11:30 UTC\n1 day, zone us-west-2a",
        "2025-01-24 11:30 UTC to 2025-01-25 11:30 UTC\n1 day, zone us-west-2b",
    ]


def test_ultra_servers_are_searched_by_their_own_type(open_console, plans):
    """Choosing UltraServer shows their types in place of instance types, and searches by them."""
    console = open_console("offerings", region="us-east-1")
    assert not console.page.get_by_label("UltraServer type").is_visible()
    console.page.get_by_label("UltraServer", exact=False).first.check()
    assert not console.page.get_by_label("Instance type").is_visible()
    console.choose(server_type="ml.u-p6e-gb200x36")
    console.fill(count="2", duration="1")
    console.find("Find training plan")
    (call,) = plans.calls("SearchTrainingPlanOfferings")
    assert call.parameters == {
        "TargetResources": ["training-job"],
        "DurationHours": 24,
        "UltraServerType": "ml.u-p6e-gb200x36",
        "UltraServerCount": 2,
    }
    assert console.page.locator(".offerings tbody tr").count() == 1


def test_the_dates_and_the_duration_are_sent_as_days_of_utc(results, plans):
    """From the first moment of the start date to the last of the end date; hours as they are."""
    results("type=ml.p4d.24xlarge&start=2025-02-01&end=2025-02-05&duration=36&unit=hours")
    (call,) = plans.calls("SearchTrainingPlanOfferings")
    assert call.parameters["DurationHours"] == 36
    begin = datetime.fromisoformat("2025-02-01T00:00:00+00:00").timestamp()
    assert call.parameters["StartTimeAfter"] == begin
    assert call.parameters["EndTimeBefore"] == begin + 5 * 86400


def test_where_nothing_is_found_other_searches_are_offered_and_lead_to_something(results, plans):
    """Without the end date, fewer, shorter, and in the other Regions that sell the type."""
    plans.capacity.clear("us-west-2")
    console, rows = results("type=ml.p4d.24xlarge&count=8&duration=4&end=2025-02-10")
    assert rows == []
    links = console.page.locator("#page ul a")
    assert links.all_inner_texts() == [
        "without an end date",
        "with 4 in place of 8",
        "for 2 days in place of 4",
        "in us-east-1",
        "in us-east-2",
    ]
    console.follow(links.last)
    assert "/us-east-2/123456789012/offerings" in console.page.url
    assert console.page.locator(".offerings tbody tr").count() == 3


def test_a_type_that_a_region_does_not_sell_leads_to_those_that_do(results):
    """AWS refuses the search, and the page offers it elsewhere; of another refusal, nothing."""
    console, rows = results("compute=UltraServer&server_type=ml.u-p6e-gb200x72&duration=1")
    assert rows == []
    links = console.page.locator("#page ul a")
    assert links.all_inner_texts() == ["in us-east-1"]
    console.follow(links)
    assert console.page.locator(".offerings tbody tr").count() == 1
    console, rows = results("type=ml.p4d.24xlarge&count=3&duration=1")
    assert (rows, links.count()) == ([], 0)


@pytest.mark.parametrize("width", [390, 1280])
def test_an_opened_price_stays_within_its_column(open_console, width):
    """No line of the breakdown is wider than the breakdown, so none covers the segments."""
    page = open_console("offerings?type=ml.p5.48xlarge&count=2&duration=20", width=width).page
    details = page.locator(".offerings td.number details").first
    details.locator("summary").click()
    assert "less the last 30 minutes" in details.inner_text()
    too_wide = "all => all.filter((each) => each.scrollWidth > each.clientWidth).length"
    assert details.locator(".sum, .sum > div").evaluate_all(too_wide) == 0


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("type=ml.p4d.24xlarge&count=3&duration=1", "count", "Invalid instance count 3"),
        ("type=ml.p4d.24xlarge&count=257&duration=1", "count", "less than or equal to 256"),
        ("type=ml.p4d.24xlarge&duration=0", "duration", "greater than or equal to 1"),
        ("type=ml.p4d.24xlarge&duration=183", "duration", "182 days"),
        (
            "type=ml.p4d.24xlarge&duration=1&start=2025-02-02&end=2025-02-01",
            "end",
            "at least 24 hours after",
        ),
        ("type=ml.p5en.48xlarge&duration=1&target=studio-apps", "type", "Invalid instance type"),
        (
            "compute=UltraServer&server_type=ml.u-p6e-gb200x36&duration=1",
            "server_type",
            "Invalid instance type ml.u-p6e-gb200x36",
        ),
    ],
)
def test_what_aws_refuses_is_told_by_the_field(results, query, field, told):
    """The field is marked and described by AWS's words; what was typed stays."""
    console, rows = results(query, region="eu-central-1" if "studio" in query else "us-west-2")
    marked = console.page.locator("[aria-invalid='true']")
    assert [each.get_attribute("name") for each in marked.all()] == [field]
    described = marked.get_attribute("aria-describedby").split()[-1]
    assert told in console.page.locator(f"#{described}").inner_text()
    assert rows == []
    assert "ValidationException" in console.text


def test_searching_needs_no_script(results):
    """A browser without scripts searches, and opens what is folded."""
    console, rows = results("type=ml.p4d.24xlarge&duration=1", script=False)
    assert len(rows) == 3
    console.find("Next")
    assert "Reserve training plan" in console.text


def test_the_search_is_accessible(results, accessible, plans):
    """axe-core finds nothing serious in results, refusals and no results, in light and dark."""
    console, _ = results("type=ml.p4d.24xlarge&duration=1")
    for details in console.page.locator("details summary").all():
        details.click()
    accessible(console)
    console, _ = results("type=ml.p4d.24xlarge&count=3&duration=0")
    accessible(console)
    plans.capacity.clear("us-west-2")
    console, _ = results("type=ml.p4d.24xlarge&duration=1")
    accessible(console)
