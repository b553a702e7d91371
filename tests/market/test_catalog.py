"""The catalogue's figures, held against what they were taken from."""

from __future__ import annotations

from fractions import Fraction

import pytest
from moto.core.utils import get_service_model

from moto_trainingplans.simulation.market.catalog import Target, load_catalog

pytestmark = pytest.mark.in_process("reads the package's own data")
catalog = load_catalog()
model = get_service_model("sagemaker")

RATES = {
    "ml.p4d.24xlarge": "13.57",
    "ml.p4de.24xlarge": "20.369",
    "ml.p5.4xlarge": "5.970",
    "ml.p5.48xlarge": "47.7574",
    "ml.p5e.48xlarge": "54.924",
    "ml.p5en.48xlarge": "63.158",
    "ml.p6-b200.48xlarge": "113.666",
    "ml.p6-b300.48xlarge": "129.168",
    "ml.trn1.32xlarge": "9.532",
    "ml.trn2.48xlarge": "35.7608",
    "ml.u-p6e-gb200x36": "380.952",
    "ml.u-p6e-gb200x72": "761.904",
}
REGIONS = {
    "ml.p4d.24xlarge": "us-east-1 us-east-2 us-west-2",
    "ml.p4de.24xlarge": "us-east-1 us-west-2",
    "ml.p5.4xlarge": "us-east-1 us-east-2 us-west-2 ap-northeast-1 ap-south-1 ap-southeast-2 "
    "eu-west-2 sa-east-1",
    "ml.p5.48xlarge": "us-east-1 us-east-2 us-west-1 us-west-2 ap-northeast-1 ap-southeast-3 "
    "ap-south-1 ap-southeast-2 eu-west-2 eu-north-1 sa-east-1",
    "ml.p5e.48xlarge": "us-east-2 us-west-1 us-west-2 ap-southeast-3 ap-south-1 ap-northeast-1 "
    "ap-southeast-2 eu-west-2 eu-north-1 sa-east-1",
    "ml.p5en.48xlarge": "us-east-1 us-east-2 us-west-1 us-west-2 ap-southeast-3 ap-south-1 "
    "ap-northeast-2 ap-northeast-1 eu-west-2 eu-south-2 eu-north-1",
    "ml.p6-b200.48xlarge": "us-east-1 us-east-2 us-west-2 ap-south-1 ap-south-2 eu-north-1 "
    "eu-west-3",
    "ml.p6-b300.48xlarge": "us-east-1 us-west-2 ap-northeast-2 ap-south-2 ap-southeast-3",
    "ml.trn1.32xlarge": "us-east-1 us-east-2 us-west-2 ap-south-1 ap-southeast-4 ap-southeast-2 "
    "eu-north-1",
    "ml.trn2.48xlarge": "us-east-2 ap-south-2",
    "ml.u-p6e-gb200x36": "us-east-1",
    "ml.u-p6e-gb200x72": "us-east-1",
}


@pytest.mark.rule("CATALOG-01")
def test_the_instance_types_are_those_of_the_model():
    assert catalog.instance_types == set(model.shape_for("ReservedCapacityInstanceType").enum)
    assert {target.value for target in Target} == set(model.shape_for("SageMakerResourceName").enum)


@pytest.mark.rule("CATALOG-03")
def test_each_type_has_its_hourly_rate():
    assert {name: each.hourly_rate for name, each in catalog.compute_types.items()} == {
        name: Fraction(rate) for name, rate in RATES.items()
    }


@pytest.mark.rule("CATALOG-02")
def test_ultra_servers_are_18_and_9_instances_of_4_gpus():
    for name, instances in (("ml.u-p6e-gb200x72", 18), ("ml.u-p6e-gb200x36", 9)):
        server = catalog.compute_types[name]
        assert (server.instance_type, server.instances) == ("ml.p6e-gb200.36xlarge", instances)
        assert server.accelerators.count == 4
        assert server.zones == {"us-east-1-dfw-2a"}


@pytest.mark.rule("CATALOG-05")
def test_each_type_is_sold_in_its_regions():
    sold = {
        name: {catalog.zones[zone].region for zone in each.zones}
        for name, each in catalog.compute_types.items()
    }
    assert sold == {name: set(regions.split()) for name, regions in REGIONS.items()}


@pytest.mark.rule("CATALOG-05")
def test_studio_apps_get_the_types_that_the_model_has_for_apps():
    types_of_apps = set(model.shape_for("AppInstanceType").enum)
    for each in catalog.compute_types.values():
        studio = {Target.STUDIO_APPS} if each.instance_type in types_of_apps else set()
        assert each.targets == {*Target} - {Target.STUDIO_APPS} | studio, each.name


@pytest.mark.rule("CATALOG-06")
def test_the_zones_are_those_that_ec2_describes(client):
    for region in sorted({region for regions in REGIONS.values() for region in regions.split()}):
        described = client("ec2", region).describe_availability_zones()["AvailabilityZones"]
        known = [zone for zone in catalog.zones.values() if zone.region == region]
        assert [(each["ZoneName"], each["ZoneId"]) for each in described] == [
            (zone.name, zone.zone_id) for zone in known if zone.name != "us-east-1-dfw-2a"
        ]
