"""What all pages have in common: where one is, what was sent, and what nobody can do to them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

AWKWARD = [
    *("", " ", "x", "-1", "0", "1e999", "9" * 30, "\u0663", "True", "null", "2025-13-01"),
    *("9999-12-31", "0001-01-01", "\x00", "\ud800", "a" * 5000, "../..", "{{7*7}}", "%s%n"),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202e", "aws:x", "[]", "{}"),
]
WORST = ["x", "9" * 30, "\ud800", '"><img src=x onerror=alert(1)>']
# What an address can say of an offering that the search has not.
BLOCK = {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1}
FORGED: list[dict[str, object]] = [
    *({"UpfrontFee": fee} for fee in ("nan", "-1", "x", 1, None, "1e400")),
    *({"TargetResources": targets} for targets in ([], ["x"], "training-job", [1])),
    *({"ReservedCapacityOfferings": blocks} for blocks in (None, [BLOCK], [BLOCK | {"x": 1}])),
    *(
        {"UpfrontFee": "1", "ReservedCapacityOfferings": [BLOCK | {name: value}]}
        for name in ("InstanceCount", "DurationHours", "StartTime", "EndTime", "UltraServerCount")
        for value in (0, -1, 1, 10**20, 10**400, 1e308, "1", None, [])
    ),
]
FIELDS = {
    "offerings": "target compute type server_type count start end duration unit",
    "plans": "name type status after before sort order size token",
    "plans/plan": "extend extend-unit",
    "reserve": "offering",
}
FORMS = {
    "reserve": "offering name spares tag-key tag-value",
    "plans/plan/tags": "arn key value",
    "plans/plan/tags/delete": "arn key",
    "plans/plan/extensions": "offering",
}


def typed(forms=FIELDS):
    """Awkward texts in all fields of each form, and the worst of them in each field alone."""
    for path, names in forms.items():
        for text in AWKWARD:
            yield path, names.split(), text
        for name in names.split():
            for text in WORST:
                yield path, [name], text


@pytest.fixture
def offering(sagemaker):
    """The id of an offering."""
    found = sagemaker.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
    )
    return found["TrainingPlanOfferings"][-1]["TrainingPlanOfferingId"]


@pytest.fixture
def console_url(frozen_server, plans):  # noqa: ARG001
    """The address of the console's pages of a Region and account."""
    return f"{frozen_server.url}/moto-api/training-plans/console/us-west-2/123456789012"


# -- where one is --------------------------------------------------------------------------------


def test_region_and_account_are_chosen_in_the_header_and_kept_in_the_address(open_console):
    """The pickers of the header lead to the same page elsewhere, and its calls go there."""
    console = open_console("offerings")
    console.page.get_by_label("Region").select_option("eu-central-1")
    console.page.get_by_label("Account").fill("111122223333")
    console.follow(console.page.get_by_role("button", name="Go"))
    assert console.page.url == f"{console.base}/eu-central-1/111122223333/offerings"
    assert console.page.get_by_label("Region").input_value() == "eu-central-1"
    console.follow(console.page.get_by_role("link", name="Plans", exact=True))
    assert console.page.url == f"{console.base}/eu-central-1/111122223333/plans"
    assert "eu-central-1, account 111122223333" in console.text


def test_each_account_sees_its_own_plans(open_console, sagemaker, offering):
    """What one account has bought the list of another does not show."""
    sagemaker.create_training_plan(TrainingPlanName="mine", TrainingPlanOfferingId=offering)
    assert "mine" in open_console("plans").text
    assert "mine" not in open_console("plans", account="111122223333").text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("nowhere-1/123456789012/plans", 404, "There is no Region 'nowhere-1'"),
        ("us-west-2/12345/plans", 404, "An account has 12 digits."),
        ("go?region=nowhere-1&account=123456789012", 400, "There is no Region"),
        ("go?region=us-west-2&account=x", 400, "An account has 12 digits."),
        ("us-west-2/123456789012/nothing", 404, "404"),
    ],
)
def test_what_is_no_place_or_page_is_told(console_url, path, status, told):
    """A page says what is wrong with the address, and leads back."""
    base = console_url.removesuffix("/us-west-2/123456789012")
    answer = requests.get(f"{base}/{path}", timeout=10)
    assert answer.status_code == status
    assert told in answer.text.replace("&#39;", "'")
    assert "/us-" in re.findall(r'href="([^"]*/plans)"', answer.text)[0]


def test_the_console_itself_leads_to_the_plans_of_the_default_place(console_url):
    """Its bare address leads to the plans of moto's default account."""
    base = console_url.removesuffix("/us-west-2/123456789012")
    for bare in (base, f"{base}/"):
        answer = requests.get(bare, timeout=10)
        assert re.fullmatch(rf"{base}/[a-z0-9-]+/123456789012/plans", answer.url)


# -- what was sent -------------------------------------------------------------------------------


def texts(console, name):
    """The texts of a call in the panel, by their labels."""
    details = console.page.locator(".sent details").filter(has_text=name).first
    details.locator("summary").click()
    labels = [
        label.removesuffix(" Copy")
        for label in (
            " ".join(text.split()) for text in details.locator("figcaption").all_inner_texts()
        )
    ]
    return dict(zip(labels, details.locator("pre").all_inner_texts(), strict=True))


@pytest.mark.parametrize("account", ["123456789012", "111122223333"])
def test_the_command_and_the_python_that_are_shown_do_the_same(
    open_console, sagemaker, offering, account
):
    """Copied into a shell and into Python they give the answer that the page was given.

    For another account too, of which a role is assumed.
    """
    sagemaker.create_training_plan(TrainingPlanName="plan", TrainingPlanOfferingId=offering)
    console = open_console("plans?status=Scheduled&after=2025-01-01", account=account)
    told = texts(console, "ListTrainingPlans")
    answer = json.loads(told["Answer"])
    assert len(answer["TrainingPlanSummaries"]) == (1 if account == "123456789012" else 0)
    assert json.loads(told["JSON"])["Filters"] == [{"Name": "Status", "Value": "Scheduled"}]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = subprocess.run(
        ["bash", "-euc", told["AWS CLI"]],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
        timeout=60,
    )
    plans = [each["TrainingPlanArn"] for each in answer["TrainingPlanSummaries"]]
    by_shell = json.loads(shell.stdout)["TrainingPlanSummaries"]
    assert [each["TrainingPlanArn"] for each in by_shell] == plans
    lines = told["boto3"].replace("client.list", "answer = client.list")
    names: dict[str, object] = {}
    exec(lines, names)
    by_python = names["answer"]["TrainingPlanSummaries"]
    assert [each["TrainingPlanArn"] for each in by_python] == plans


def test_a_control_call_is_shown_as_curl_and_python(open_console):
    """The clock that the search is shown with was asked for by a control call, as is shown."""
    console = open_console("offerings")
    told = texts(console, "clock/now")
    shell = subprocess.run(
        ["bash", "-euc", f"{told['curl']} --silent --noproxy '*'"],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert json.loads(shell.stdout) == json.loads(told["Answer"])
    names: dict[str, object] = {}
    exec(told["Python"].replace("plans.clock", "now = plans.clock"), names)
    assert names["now"].isoformat() == json.loads(told["Answer"])


def test_what_was_sent_can_be_copied(open_console):
    """A button copies a text, and says so."""
    console = open_console("plans")
    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    told = texts(console, "ListTrainingPlans")
    button = console.page.get_by_role("button", name="Copy AWS CLI")
    button.click()
    console.page.get_by_text("Copied").wait_for()
    assert console.page.evaluate("navigator.clipboard.readText()") == told["AWS CLI"]


def test_calls_of_the_console_are_those_of_any_client(open_console, plans):
    """The simulation tells them in calls(), with Region and account, as it tells everybody's."""
    open_console("plans", region="us-east-1", account="111122223333")
    (call,) = plans.calls()
    assert (call.operation, call.region, call.account) == (
        *("ListTrainingPlans", "us-east-1", "111122223333"),
    )


# -- what nobody can do to them ------------------------------------------------------------------


def test_pages_run_and_load_nothing_but_what_comes_with_them(console_url):
    """The content policy allows no inline script or style, no evaluation, and no other server."""
    answer = requests.get(f"{console_url}/plans", timeout=10)
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", answer.text) == []
    for address in re.findall(r'(?:src|href)="([^"#]+)"', answer.text):
        assert address.startswith("/moto-api/training-plans/console/")


def test_the_script_that_comes_with_the_pages_has_its_licence_beside_it():
    """Htmx and its extension, each with the text of its licence, are in the package."""
    import moto_trainingplans.console as package

    vendor = Path(package.__file__).parent / "static" / "vendor"
    assert sorted(each.name for each in vendor.iterdir()) == [
        *("htmx.LICENSE.txt", "htmx.min.js", "json-enc.LICENSE.txt", "json-enc.js"),
    ]
    for licence in vendor.glob("*.LICENSE.txt"):
        assert "Permission to use, copy, modify, and/or distribute" in licence.read_text("utf-8")


def test_what_changes_something_takes_json_alone(console_url, plans, offering):
    """A form of another site, which is not JSON, is refused and changes nothing."""
    fields = {"name": "plan", "offering": json.dumps({"TrainingPlanOfferingId": offering})}
    for sent in ({"data": fields}, {"data": json.dumps(fields)}, {"files": {"name": b"plan"}}):
        answer = requests.post(f"{console_url}/reserve", timeout=10, **sent)
        assert answer.status_code in (403, 415)
    for body in ("[]", "1", "{", '{"name": 1}', '{"name": {"a": 1}}', '{"name": [[]]}', "[" * 5000):
        answer = requests.post(
            f"{console_url}/reserve",
            data=body,
            headers={"Content-Type": "application/json"},
            timeout=10,
        )
        assert answer.status_code == 400
    assert plans.history() == []


def test_nothing_that_is_typed_is_an_error_of_the_console(console_url, plans, sagemaker, offering):
    """Awkward texts in every field of every form: pages and 4xx, nothing bought, nothing run."""
    arn = sagemaker.create_training_plan(TrainingPlanName="plan", TrainingPlanOfferingId=offering)
    before = plans.history()
    session = requests.Session()
    valid = {
        "duration": "1",
        "type": "ml.p4d.24xlarge",
        "offering": json.dumps(
            {
                "TrainingPlanOfferingId": "tpo-0",
                "TargetResources": ["training-job"],
                "ReservedCapacityOfferings": [],
            }
        ),
        "arn": arn["TrainingPlanArn"],
        "key": "k",
        "name": "-",
    }

    def check(answer, *what):
        assert answer.status_code in (200, 400), what
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text

    for path, names, text in typed():
        asked = {key: valid[key] for key in FIELDS[path].split() if key in valid}
        query = asked | dict.fromkeys(names, text.encode("utf-8", "surrogatepass"))
        answer = session.get(f"{console_url}/{path}", params=query, timeout=20)
        check(answer, path, names, text)
    for path, names, text in typed(FORMS):
        body = {key: valid.get(key, "") for key in FORMS[path].split()} | dict.fromkeys(names, text)
        check(session.post(f"{console_url}/{path}", json=body, timeout=20), path, names, text)
    for changed in FORGED:
        forged = json.dumps(json.loads(valid["offering"]) | changed)
        answer = session.get(f"{console_url}/reserve", params={"offering": forged}, timeout=20)
        assert answer.status_code in (200, 400), changed
    assert plans.history() == before
    for text in AWKWARD:
        path = requests.utils.quote(text.encode("utf-8", "surrogatepass"), safe="")
        answer = session.get(f"{console_url}/plans/{path}", timeout=20)
        assert answer.status_code in (200, 404), text


def test_what_is_pressed_before_the_scripts_have_come_is_done_when_they_have(
    open_console, sagemaker, offering
):
    """A form, a button and a choice of a page that is still loading lose nothing."""
    sagemaker.create_training_plan(TrainingPlanName="plan", TrainingPlanOfferingId=offering)
    console = open_console("offerings?duration=1&type=ml.p4d.24xlarge")
    console.find("Next")
    console.page.wait_for_url("**/reserve?**")
    reserve = console.page.url
    late = []

    def hold(route):  # Playwright takes no bound method of a list
        late.append(route)

    console.page.route("**/htmx.min.js", hold)

    def scripts_come():
        while not late:
            console.page.wait_for_timeout(10)
        late.pop().continue_()

    console.page.goto(reserve, wait_until="commit")
    console.press("Add tag")
    scripts_come()
    console.page.locator("[name='tag-key']").wait_for()

    console.page.goto(f"{console.place}/jobs/new", wait_until="commit")
    console.choose(instance_type="ml.p4d.24xlarge")
    scripts_come()
    console.page.get_by_text("ml.p4d.24xlarge: Scheduled").wait_for()

    console.page.goto(f"{console.place}/plans/plan", wait_until="commit")
    console.fill(key="team", value="research")
    console.press("Set tag")
    scripts_come()
    console.page.get_by_role("table", name="Tags").get_by_text("research").wait_for()
    assert console.sent[0] == "AddTags"


def test_a_server_that_is_gone_is_told(open_console):
    """An action that no server answers says so on the page, and the page stays."""
    console = open_console("offerings?duration=1&type=ml.p4d.24xlarge")
    console.find("Next")
    console.page.route("**/reserve", lambda route: route.abort())
    console.fill(name="plan")
    console.press("Submit")
    console.page.get_by_text("The server does not answer").wait_for()
    assert console.page.locator("[name='name']").input_value() == "plan"
    console.faults.clear()  # htmx and Chromium log that the server does not answer


def test_the_frame_can_be_used_by_everybody(open_console, accessible):
    """Landmarks, a link past the navigation, the page that one is on; axe-core finds nothing."""
    for width in (390, 1280):
        console = open_console("plans", width=width)
        for role in ("banner", "main", "navigation"):
            assert console.page.get_by_role(role).count() == 1
        current = console.page.locator("nav [aria-current='page']")
        assert current.all_inner_texts() == ["Plans"]
        assert console.page.evaluate("document.documentElement.scrollWidth") <= width
        accessible(console)
