"""The frame of all pages: where one is, where one can go, and what was sent."""

from __future__ import annotations


def test_region_and_account_are_chosen_in_the_header_and_kept_in_the_address(open_console):
    """The pickers of the header lead to the same page elsewhere, and its calls go there."""
    console = open_console("plans")
    console.page.get_by_label("Region").select_option("eu-central-1")
    console.page.get_by_label("Account").fill("111122223333")
    console.page.get_by_role("button", name="Go").click()
    assert console.page.url == f"{console.base}/eu-central-1/111122223333/plans"
    assert console.page.get_by_label("Region").input_value() == "eu-central-1"
    assert console.sent == ["ListTrainingPlans"]
    assert "eu-central-1, account 111122223333" in console.text
