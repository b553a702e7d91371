"""Reserving a plan in the browser."""

from __future__ import annotations

import pytest

HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def review(open_console):
    """Finds offerings and goes on with the last one, which starts the next morning."""

    def run(query="type=ml.p4d.24xlarge&duration=1", **opened):
        console = open_console(f"offerings?{query}", **opened)
        console.page.locator(".offerings input[type=radio]").last.check()
        console.find("Next")
        return console

    return run


def test_a_plan_is_reviewed_reserved_paid_and_scheduled(review, plans):
    """From the review to Pending, and to Scheduled by itself once it is paid.

    The purchase is CreateTrainingPlan, as any client makes it, and the page that it leads to is
    the plan's own.
    """
    plans.payments.delay(600)
    console = review("type=ml.p4d.24xlarge&count=2&duration=1")
    for warning in (
        "cannot be modified or cancelled",
        "No other account can use it",
        "serves the target it is bought for",
    ):
        assert warning in console.text
    assert "$637.79" in console.text
    console.fill(name="fine-tuning")
    console.fill(**{"tag-key": "team", "tag-value": "research"})
    console.press("Add tag")
    console.page.locator("[name='tag-key']").nth(1).fill("cost-center")
    console.page.locator("[name='tag-value']").nth(1).fill("4711")
    console.press("Submit")
    status = console.page.locator("#state .status").first
    status.get_by_text("Pending").wait_for()
    assert console.page.url == f"{console.place}/plans/fine-tuning"
    assert console.sent[0] == "CreateTrainingPlan"
    current = console.page.locator("nav [aria-current='page']")
    assert current.all_inner_texts() == ["Plans"]
    (call,) = plans.calls("CreateTrainingPlan")
    assert call.parameters["TrainingPlanName"] == "fine-tuning"
    assert call.parameters["TrainingPlanOfferingId"].startswith("tpo-")
    assert call.parameters["Tags"] == [
        {"Key": "team", "Value": "research"},
        {"Key": "cost-center", "Value": "4711"},
    ]
    assert console.page.evaluate("document.activeElement.className") == "note done"
    plans.clock.tick(600)
    status.get_by_text("Scheduled").wait_for()
    said = console.page.get_by_role("status").and_(console.page.locator("#said"))
    assert said.text_content() == "fine-tuning is Scheduled."
    # And it does not go on asking.
    assert console.page.locator("#state").get_attribute("hx-get") is None


def test_what_starts_at_once_is_warned_of(open_console):
    """Of an offering that is immediately available the review tells by when it must be paid."""
    console = open_console("offerings?type=ml.p4d.24xlarge&duration=1")
    console.find("Next")
    assert "within 30 minutes, provided that it is paid at least 5 minutes before" in console.text


def test_spare_instances_are_reserved_with_ultra_servers(review, sagemaker_in):
    """An UltraServer's review asks for spares, and they are reserved."""
    console = review(
        "compute=UltraServer&server_type=ml.u-p6e-gb200x36&duration=1&target=hyperpod-cluster",
        region="us-east-1",
    )
    console.fill(name="servers", spares="1")
    console.press("Submit")
    console.page.locator("#servers").wait_for()
    assert "1 of 1" in console.text
    plan = sagemaker_in("us-east-1").describe_training_plan(TrainingPlanName="servers")
    assert plan["AvailableSpareInstanceCount"] == 1


def test_a_name_that_aws_refuses_is_told_by_the_field_and_all_that_was_typed_stays(review, plans):
    """The message stands by the name, nothing is bought, and tags are still there."""
    console = review()
    console.fill(name="-no-", **{"tag-key": "team", "tag-value": "research"})
    console.press("Submit")
    marked = console.page.locator("[aria-invalid='true']")
    marked.wait_for()
    assert marked.get_attribute("name") == "name"
    assert marked.input_value() == "-no-"
    assert "ValidationException" in console.text
    assert console.page.locator("[name='tag-value']").input_value() == "research"
    assert console.page.url.startswith(f"{console.place}/reserve?")
    assert plans.history() == []


def test_a_refused_purchase_shows_awss_code_and_message(review, plans):
    """An offering that has begun meanwhile, and a fault that was ordered: code and message."""
    console = review()
    plans.faults.error("CreateTrainingPlan", "InternalFailure", "Try again later.")
    console.fill(name="plan")
    console.press("Submit")
    error = console.page.locator(".note.error")
    error.wait_for()
    assert " ".join(error.inner_text().split()) == "InternalFailure Try again later."
    assert console.page.evaluate("document.activeElement.className") == "note error"
    plans.clock.tick(86400)
    console.press("Submit")
    error.get_by_text("ResourceNotFound").wait_for()
    assert "was not found" in error.inner_text()


def test_what_is_typed_is_shown_as_text_and_never_run(review, plans):
    """A tag of markup is refused and shown as it is, and so is a message of a failed payment."""
    console = review()
    dialogs = []
    console.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    console.fill(name="plan", **{"tag-key": "team", "tag-value": HOSTILE})
    console.press("Submit")
    console.page.get_by_role("alert").wait_for()
    assert console.page.locator("[name='tag-value']").input_value() == HOSTILE
    assert HOSTILE in console.text
    plans.payments.fail_next(message=HOSTILE)
    console.fill(**{"tag-value": "research"})
    console.press("Submit")
    console.page.locator("#state").get_by_text(HOSTILE).first.wait_for()
    assert console.page.locator("#state .status").first.inner_text().endswith("Failed")
    assert console.page.locator("#page img").count() == 0
    assert dialogs == []


def test_a_plan_is_found_and_reserved_with_the_keyboard_alone(open_console, sagemaker):
    """Tab, arrow keys, space and Enter are enough, and each step shows where one is."""
    console = open_console("offerings")
    keys = console.page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            focused = console.page.evaluate(
                "[document.activeElement.name, document.activeElement.innerText,"
                " getComputedStyle(document.activeElement).outlineStyle]"
            )
            if name in (focused[0], (focused[1] or "").strip()):
                assert focused[2] != "none"
                return
        raise AssertionError(f"{name} cannot be reached")

    keys.press("Tab")
    assert console.page.evaluate("document.activeElement.innerText") == "Skip to the page"
    keys.press("Enter")
    assert console.page.evaluate("location.hash") == "#page"
    tab_to("target")
    keys.press("ArrowDown")
    tab_to("duration")
    keys.type("1")
    tab_to("Find training plan")
    keys.press("Enter")
    console.page.locator(".offerings").wait_for()
    keys.press("Tab")
    keys.press("Enter")  # past the header, from the top of the new page
    tab_to("offering")
    keys.press("ArrowDown")
    tab_to("Next")
    keys.press("Enter")
    console.page.locator("#review").wait_for()
    keys.press("Tab")
    keys.press("Enter")
    tab_to("name")
    keys.type("by-keyboard")
    tab_to("Submit")
    keys.press("Enter")
    console.page.locator("#state").wait_for()
    plan = sagemaker.describe_training_plan(TrainingPlanName="by-keyboard")
    assert plan["TargetResources"] == ["hyperpod-cluster"]


def test_the_review_is_accessible(review, accessible):
    """axe-core finds nothing serious in it, before and after a refusal, in light and dark."""
    console = review()
    accessible(console)
    console.fill(name="-")
    console.press("Submit")
    console.page.get_by_role("alert").wait_for()
    accessible(console)
