"""docs/errors.md has every code and text that a request can be refused with."""

from __future__ import annotations

import pytest

from tests.support.refusals import PAGE, listed, refusals
from tests.tools.error_table import CODES, written

pytestmark = pytest.mark.in_process("reads files alone")


def test_the_page_has_todays_texts():
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "write it anew: python -m tests.tools.error_table"


def test_every_text_is_listed_for_an_operation_that_a_test_was_refused_with_it():
    met = {key for _, key in listed()}
    assert [each for each in refusals() if each.key not in met] == []


def test_every_code_is_explained():
    assert {each.code for each in refusals()} - CODES.keys() == set()


def test_a_refusal_that_the_page_does_not_have_fails_the_test_that_meets_it(sagemaker, monkeypatch):
    monkeypatch.setattr("tests.support.refusals.listed", frozenset)
    with pytest.raises(AssertionError, match=r"DescribeTrainingPlan answers ResourceNotFound"):
        sagemaker.describe_training_plan(TrainingPlanName="nobody")
