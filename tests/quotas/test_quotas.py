"""Service Quotas for SageMaker: which there are, and what they are set to."""

from __future__ import annotations

import re

import pytest

from moto_trainingplans import TrainingPlansError
from tests.support.model_history import needs
from tests.support.quotas import ACCOUNT, P4D, PLANS, everything

RESERVED_P4D = (
    "Number of ml.p4d.24xlarge instances in reserved capacity across training plans per Region"
)
# Codes that were seen, and the names that the guide or AWS's own listings give them.
RESERVED_TYPES = (
    *("ml.p4d.24xlarge", "ml.p4de.24xlarge", "ml.p5.4xlarge", "ml.p5.48xlarge", "ml.p5e.48xlarge"),
    *("ml.p5en.48xlarge", "ml.p6-b200.48xlarge", "ml.p6-b300.48xlarge", "ml.p6e-gb200.36xlarge"),
    *("ml.trn2.48xlarge", "ml-trn1-32xlarge"),  # the guide's own spelling of the last
)
CODES = {
    "L-867702E6": "Number of training plans per Region",
    "L-B9718876": RESERVED_P4D,
    "L-9EF527CA": RESERVED_P4D.replace("p4d.24xlarge", "p5.48xlarge"),
    "L-95C2C3D0": RESERVED_P4D.replace("p4d.24xlarge", "p4de.24xlarge"),
    "L-8762A75F": "ml.p5.48xlarge for cluster usage",
    "L-47E0BC8F": "ml.p4d.24xlarge for cluster usage",
    "L-BEF3120E": "ml.p4de.24xlarge for cluster usage",
    "L-FD431820": "ml.p5e.48xlarge for cluster usage",
    "L-6EF3AE05": "ml.p5en.48xlarge for cluster usage",
    "L-44097F05": "ml.p6-b200.48xlarge for cluster usage",
    "L-9883FE68": "ml.p6-b300.48xlarge for cluster usage",
    "L-5DB70460": "ml.p6e-gb200.36xlarge for cluster usage",
}


@needs("CreateCluster.input.InstanceGroups[].InstanceType=ml.p6-b300.48xlarge")
@pytest.mark.rule("QUOTA-01", "QUOTA-03")
@pytest.mark.parametrize("operation", ["list_service_quotas", "list_aws_default_service_quotas"])
def test_every_quota_is_listed_once_with_its_code_and_default(service_quotas, operation):
    quotas = everything(service_quotas, operation, "Quotas", ServiceCode="sagemaker")
    by_code = {quota["QuotaCode"]: quota for quota in quotas}
    assert len(by_code) == len(quotas)
    assert {code: by_code[code]["QuotaName"] for code in CODES} == CODES
    assert by_code[PLANS]["Value"] == 25.0
    assert by_code[P4D]["Value"] == 256.0
    assert by_code["L-47E0BC8F"]["Value"] == 10_000.0
    values = {quota["QuotaName"]: quota["Value"] for quota in quotas}
    reserved = {name for name in values if "in reserved capacity" in name}
    assert reserved == {RESERVED_P4D.replace("ml.p4d.24xlarge", name) for name in RESERVED_TYPES}
    assert {values[name] for name in reserved} == {256.0}
    usages = {name: value for name, value in values.items() if name.endswith(" usage")}
    assert set(usages.values()) == {10_000.0}
    assert "ml.m5.large for training job usage" in usages
    assert len(values) == 1 + len(reserved) + len(usages)
    assert all(quota["Adjustable"] for quota in quotas)
    assert {(quota["ServiceCode"], quota["ServiceName"]) for quota in quotas} == {
        ("sagemaker", "Amazon SageMaker")
    }


@pytest.mark.rule("QUOTA-01")
def test_codes_are_of_one_form_and_the_same_for_everybody_everywhere(
    service_quotas, client, stranger
):
    def codes(using):
        found = everything(using, "list_service_quotas", "Quotas", ServiceCode="sagemaker")
        return {quota["QuotaName"]: quota["QuotaCode"] for quota in found}

    own = codes(service_quotas)
    assert all(re.fullmatch("L-[0-9A-F]{8}", code) for code in own.values())
    assert len(set(own.values())) == len(own)
    # Those that were never seen are ours, and stay as they are from one version to the next.
    assert own["ml.p4d.24xlarge for training job usage"] == "L-98187436"
    assert own["ml.p4d.24xlarge for training warm pool usage"] == "L-9A97A52E"
    assert own["ml.m5.large for cluster usage"] == "L-3FDBD366"
    assert codes(client("service-quotas", "eu-north-1")) == own
    assert codes(stranger("service-quotas")) == own


@pytest.mark.rule("QUOTA-01")
def test_a_quota_and_its_default_are_told_apart(service_quotas, plans):
    plans.quotas.set("training-plan-total_count", 3, region="us-west-2")
    asked = {"ServiceCode": "sagemaker", "QuotaCode": PLANS}
    applied = service_quotas.get_service_quota(**asked)["Quota"]
    default = service_quotas.get_aws_default_service_quota(**asked)["Quota"]
    both = {
        "ServiceCode": "sagemaker",
        "ServiceName": "Amazon SageMaker",
        "QuotaCode": PLANS,
        "QuotaName": "Number of training plans per Region",
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
    assert default == {
        **both,
        "QuotaArn": f"arn:aws:servicequotas:us-west-2::sagemaker/{PLANS}",
        "Value": 25.0,
    }
    assert applied == {
        **both,
        "QuotaAppliedAtLevel": "ACCOUNT",
        "QuotaArn": f"arn:aws:servicequotas:us-west-2:{ACCOUNT}:sagemaker/{PLANS}",
        "Value": 3.0,
    }
    (listed,) = service_quotas.list_service_quotas(**asked)["Quotas"]
    assert listed == applied
    assert (
        service_quotas.list_service_quotas(**asked, QuotaAppliedAtLevel="RESOURCE")["Quotas"] == []
    )
    for level in ("ACCOUNT", "ALL"):
        found = service_quotas.list_service_quotas(**asked, QuotaAppliedAtLevel=level)["Quotas"]
        assert found == [applied]


@pytest.mark.rule("QUOTA-05")
def test_there_is_a_quota_on_warm_pools_of_each_type_that_trains(plans, service_quotas):
    quotas = everything(service_quotas, "list_service_quotas", "Quotas", ServiceCode="sagemaker")
    by_name = {quota["QuotaName"]: quota for quota in quotas}
    for_training = {name for name in by_name if name.endswith(" for training job usage")}
    assert {name for name in by_name if name.endswith(" for training warm pool usage")} == {
        name.replace("training job", "training warm pool") for name in for_training
    }
    quota = by_name["ml.p4d.24xlarge for training warm pool usage"]
    assert quota["Value"] == 10_000.0
    plans.quotas.set(quota["QuotaName"], 0, region="us-west-2")
    asked = {"ServiceCode": "sagemaker", "QuotaCode": quota["QuotaCode"]}
    assert service_quotas.get_service_quota(**asked)["Quota"]["Value"] == 0.0


@pytest.mark.rule("QUOTA-05")
def test_sagemaker_is_among_the_services_that_have_quotas(service_quotas):
    services = everything(service_quotas, "list_services", "Services")
    names = {each["ServiceCode"]: each["ServiceName"] for each in services}
    assert names["sagemaker"] == "Amazon SageMaker"
    # Those that moto knows go by the name that moto's own quotas have for them.
    (motos,) = {
        (each["ServiceCode"], each["ServiceName"])
        for each in service_quotas.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
    }
    assert motos in names.items()
    first = service_quotas.list_services(MaxResults=1)
    rest = service_quotas.list_services(MaxResults=1, NextToken=first["NextToken"])
    assert first["Services"] + rest["Services"] == services
    assert "NextToken" not in rest


@pytest.mark.rule("QUOTA-03")
def test_a_quota_is_at_most_what_the_models_number_for_it_holds(plans, value):
    plans.quotas.set("ml.p4d.24xlarge", 10_000_000_000, region="us-west-2")
    assert value(P4D) == 1e10
    with pytest.raises(TrainingPlansError, match="from 0 to 10,000,000,000, not 10000000001"):
        plans.quotas.set("ml.p4d.24xlarge", 10_000_000_001, region="us-west-2")
    assert value(P4D) == 1e10


@pytest.mark.rule("QUOTA-01")
def test_motos_own_quotas_stay_as_they_are(service_quotas, refusal):
    quotas = service_quotas.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
    assert {quota["ServiceCode"] for quota in quotas} == {"vpc"}
    code = quotas[0]["QuotaCode"]
    assert service_quotas.get_service_quota(ServiceCode="vpc", QuotaCode=code)["Quota"] == quotas[0]
    assert refusal(service_quotas.get_service_quota, ServiceCode="other", QuotaCode=PLANS) == (
        "NoSuchResourceException",
        "This service is not available in the current Region. Choose a different Region or a "
        "different service.",
    )


@pytest.mark.rule("QUOTA-03")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("training-plan-total_count", PLANS),
        ("Number of training plans per Region", PLANS),
        ("reserved-capacity-ml-p4d-24xlarge", P4D),
        ("ml.p4d.24xlarge", P4D),
        ("ml.p4d.24xlarge for cluster usage", "L-47E0BC8F"),
    ],
)
def test_the_control_object_sets_any_quota_by_any_of_its_names(plans, value, client, name, code):
    plans.quotas.set(name, 7, region="us-west-2")
    assert value(code) == 7
    plans.quotas.set(name, 8, region="us-west-2", account=ACCOUNT)
    assert value(code) == 8
    assert value(code, using=client("service-quotas", region="us-east-1")) > 8


@pytest.mark.rule("QUOTA-03")
def test_an_unknown_quota_name_is_an_error_that_says_what_is_allowed(plans):
    with pytest.raises(TrainingPlansError, match="training-plan-total_count"):
        plans.quotas.set("ml.p9.large for cluster usage", 1, region="us-west-2")
