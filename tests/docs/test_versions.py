"""Which botocore has what is recorded, and so is known of tests that an older one cannot pass."""

from __future__ import annotations

import re
from pathlib import Path

import botocore
import pytest

from moto_trainingplans import requirements
from tests.support import model_history, older_models
from tests.support.model_history import (
    RECORD,
    Fact,
    lacking_in_models,
    named,
    needs,
    newest_recorded,
    parsed,
    recorded,
)
from tests.tools.version_tables import PAGE, written

PROJECT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.in_process("about what is installed here")
IS_NEWEST = parsed(botocore.__version__) >= parsed(newest_recorded())
EXTEND = Fact("sagemaker", "ExtendTrainingPlan", "operation")
NO_TARGET = Fact("sagemaker", "SearchTrainingPlanOfferings.input.TargetResources", "optional")
UNCACHED = model_history._lacking_of.__wrapped__
ARN = Fact("sagemaker", "DescribeTrainingPlan.input.TrainingPlanName", "max", 2048)


def test_the_page_has_what_is_recorded():
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "write it anew: python -m tests.tools.version_tables"


def test_the_oldest_versions_are_those_that_installers_are_told_and_the_record_begins_with():
    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    for name, oldest in requirements.OLDEST.items():
        assert set(re.findall(rf'"{name}(?:\[[\w,]+\])?>=([\d.]+)"', project)) == {oldest}
        assert f"| {name} | {oldest} |" in PAGE.read_text(encoding="utf-8")
    assert f'"from": "{requirements.OLDEST["botocore"]}"' in RECORD.read_text(encoding="utf-8")


@pytest.mark.skipif(not IS_NEWEST, reason="about a botocore that is as new as the record")
def test_the_newest_botocore_has_all_of_it_so_that_no_test_is_skipped_there():
    assert lacking_in_models() == {}
    assert model_history.lacking() == {}
    assert needs("MoveClusterNodes").args == (False,)


@pytest.fixture
def older(monkeypatch):
    """A botocore that lacks these facts, and has the older bounds of others."""

    def lack(*facts, **bounds):
        lacked = {fact: recorded()[fact] for fact in facts}
        for module in (model_history, older_models):
            monkeypatch.setattr(module, "lacking", lambda: lacked)
        monkeypatch.setattr(model_history, "_lacking_of", UNCACHED)
        shapes = {
            (fact.service, fact.path, fact.kind): bounds[fact.kind] for fact in facts if bounds
        }
        monkeypatch.setattr(model_history, "_bounds", lambda: shapes)

    return lack


def skipped(call, **members):
    """Why a call skips its test; None if it does not."""
    try:
        call(**members)
    except pytest.skip.Exception as skip:
        return str(skip)
    return None


def test_a_method_for_an_operation_that_is_lacking_skips_its_test(older, sagemaker):
    older(EXTEND)
    # A model without the operation has no such method.
    with pytest.raises(pytest.skip.Exception, match=r"the operation ExtendTrainingPlan: 1\.42\.66"):
        sagemaker.meta.events.emit("getattr.sagemaker.extend_training_plan", client=sagemaker)
    with pytest.raises(AttributeError):
        sagemaker.extend_training_plans  # noqa: B018


def test_a_request_skips_its_test_only_if_it_makes_use_of_what_is_lacking(older, sagemaker, buy):
    arn = buy("plan-of-many")  # more than 64 characters
    older(ARN, max=64)
    describe = sagemaker.describe_training_plan
    assert "1.43.105 is the first" in skipped(describe, TrainingPlanName=arn)
    assert skipped(describe, TrainingPlanName="plan-of-many") is None
    older(NO_TARGET)
    asked = {"InstanceType": "ml.p4d.24xlarge", "DurationHours": 24}
    find = sagemaker.search_training_plan_offerings
    assert "requests without SearchTrainingPlanOfferings.input.TargetResources" in skipped(
        find, **asked
    )
    assert skipped(find, TargetResources=["training-job"], **asked) is None
    (endpoints,) = named("SearchTrainingPlanOfferings.input.TargetResources[]=endpoint")
    older(endpoints)
    assert "'endpoint' for Search" in skipped(find, TargetResources=["endpoint"], **asked)
    assert skipped(find, TargetResources=["training-job"], **asked) is None
